#!/usr/bin/env bash
# What is wrong is refused with the service's own code, the thing is named, and nothing is lost.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin
ok azb pool create --id p --vm-size standard_d2s_v3 --image debian:debian-12:12 \
    --node-agent-sku-id "batch.node.debian 12" --target-dedicated-nodes 1
ok azb job create --id kept --pool-id p --priority 3
token=$(azb token)
version=api-version=2025-06-01

# send METHOD TARGET [BODY [curl options...]]: status in $status, body in $out.
send() {
    local method=$1 target=$2 body=${3-}
    shift 2
    [ $# -eq 0 ] || shift
    local data=()
    [ -z "$body" ] || data=(--data-binary "$body" -H "Content-Type: application/json")
    status=$(curl -sS --cacert "$AZB_CA_FILE" --path-as-is -o "$work/body" -w '%{http_code}' \
        -D "$work/headers" -X "$method" -H "Authorization: Bearer $token" "${data[@]}" "$@" "$URL$target")
    out=$(cat "$work/body")
}
# answers STATUS CODE [WORD]: the last answer.
answers() {
    same "$status" "$1"
    same "$(jq -r .code <<<"$out")" "$2"
    [ $# -lt 3 ] || has "$out" "$3"
}
value() { jq -r --arg key "$1" '.values[] | select(.key == $key) | .value' <<<"$out"; }

post() { send POST "/jobs?$version" "$1"; }
post 'not json'
answers 400 InvalidRequestBody "line 1"
post '{"id":"x","poolInfo":{"poolId":"p"}'
answers 400 InvalidRequestBody
post '{"id":"x","poolInfo":{"poolId":"p"},"priority":"high"}'
answers 400 InvalidPropertyValue
same "$(value PropertyName)" priority
post '{"id":"x","poolInfo":{"poolId":"p"},"constraints":{"maxTaskRetryCount":"two"}}'
same "$(value PropertyName)" constraints.maxTaskRetryCount
post '{"poolInfo":{"poolId":"p"}}'
answers 400 MissingRequiredProperty
same "$(value PropertyName)" id
post '{"id":"x","poolInfo":{"poolId":"p"},"colour":"red"}'
answers 400 UnsupportedProperty
same "$(value PropertyName)" colour
post '{"id":"x","poolInfo":{"poolId":"p"},"state":"active"}'
answers 400 UnsupportedProperty
same "$(value PropertyName)" state
post '{"id":"x","poolInfo":{"poolId":"p"},"priority":1001}'
answers 400 OutOfRangePriority 1000
post "{\"id\":\"$(printf 'x%.0s' $(seq 65))\",\"poolInfo\":{\"poolId\":\"p\"}}"
answers 400 InvalidPropertyValue 64
post '{"id":"a/b","poolInfo":{"poolId":"p"}}'
answers 400 InvalidPropertyValue
send GET "/jobs/$(printf 'x%.0s' $(seq 65))?$version"
[ "$status" = 404 ] || [ "$status" = 400 ] || fail_flow "a long id: $status $out"
send GET "/jobs/a%2Fb?$version"
[ "$status" = 404 ] || [ "$status" = 400 ] || fail_flow "an id with a slash: $status $out"
send GET "/jobs/kept%2F..%2Fkept?$version"
[ "$status" != 200 ] || fail_flow "a path was climbed: $out"

send GET "/jobs/a%zz?$version"
answers 400 InvalidInput "hexadecimal digits"
send GET "/jobs/$(printf 'x%.0s' $(seq 9000))?$version"
answers 414 InvalidUri
send GET "/jobs?$version" '' -H "X-Long: $(printf 'x%.0s' $(seq 20000))"
answers 431 InvalidHeaderValue

head -c 1048577 /dev/zero | tr '\0' ' ' >"$work/large"
status=$(curl -sS --cacert "$AZB_CA_FILE" -o "$work/body" -w '%{http_code}' -X POST \
    -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
    --data-binary "@$work/large" "$URL/jobs?$version")
out=$(cat "$work/body")
answers 413 RequestBodyTooLarge 1048576

send GET "/jobs"
answers 400 MissingRequiredQueryParameter api-version
send GET "/jobs?api-version=1999-01-01"
answers 400 UnsupportedRequestVersion 1999-01-01
for good in 2020-09-01.12.0 2024-07-01.20.0 2025-06-01 2026-10-01; do
    send GET "/jobs?api-version=$good"
    same "$status" 200
done
send GET "/jobs?$version&maxresults=-5"
answers 400 InvalidQueryParameterValue "MaxResults cannot be less than 1"
send GET "/jobs?$version&%24filter=id%20like%20'x'"
answers 400 InvalidQueryParameterValue
send GET "/jobs?$version&%24select=id,colour"
answers 400 InvalidQueryParameterValue colour
send GET "/nowhere?$version"
same "$status" 404
send PUT "/jobs?$version" '{}'
same "$status" 405
send GET "/certificates?$version"
has "$out" retired
send GET "/jobschedules?$version"
has "$out" NotImplemented

# Conditions.
send GET "/jobs/kept?$version"
etag=$(jq -r .eTag <<<"$out")
send GET "/jobs/kept?$version" '' -H "If-None-Match: $etag"
same "$status" 304
send PATCH "/jobs/kept?$version" '{"priority":4}' -H 'If-Match: 0x0'
answers 412 ConditionNotMet
send PATCH "/jobs/kept?$version" '{"priority":4}' -H "If-Match: $etag"
same "$status" 200

# Who is calling.
good=$token
b64() { basenc --base64url -w0 | tr -d =; }
IFS=. read -r header payload signature <<<"$good"
none=$(printf '{"alg":"none","typ":"JWT"}' | b64)
token="$none.$payload."
send GET "/jobs?$version"
answers 401 AuthenticationFailed
has "$(tr -d '\r' <"$work/headers")" "WWW-Authenticate: Bearer "
hs=$(printf '{"alg":"HS256","typ":"JWT","kid":%s}' "$(printf '%s' "$header==" | basenc -d --base64url 2>/dev/null | jq .kid)" | b64)
openssl x509 -in "$STATE/ca.pem" -pubkey -noout >"$work/public.pem"
mac=$(printf '%s.%s' "$hs" "$payload" | openssl dgst -sha256 -hmac "$(cat "$work/public.pem")" -binary | b64)
for token in "$hs.$payload.$mac" "$header.$payload" "$header.$payload.${signature:0:100}" \
    "$header.$payload.$signature.x" "$header.$(printf '{}' | b64).$signature" "" "x y"; do
    send GET "/jobs?$version"
    answers 401 AuthenticationFailed
done
token=$(azb token --scope https://batch.core.windows.net/.default)
send GET "/jobs?$version"
answers 401 AuthenticationFailed slash
token=$(azb token --resource https://management.core.windows.net/)
send GET "/jobs?$version"
answers 401 AuthenticationFailed
status=$(curl -sS --cacert "$AZB_CA_FILE" -o "$work/body" -w '%{http_code}' "$URL/jobs?$version")
same "$status" 401
status=$(curl -sS --cacert "$AZB_CA_FILE" -o "$work/body" -w '%{http_code}' \
    -H "Authorization: SharedKey $AZURE_BATCH_ACCOUNT:d3Jvbmc=" \
    -H "ocp-date: $(date -u '+%a, %d %b %Y %H:%M:%S GMT')" "$URL/jobs?$version")
same "$status" 403
refused 4 AADSTS7000215 env AZURE_CLIENT_SECRET=wrong azb job list
refused 4 AADSTS700016 env AZURE_CLIENT_ID=11111111-2222-4333-8444-555555555555 azb job list
refused 4 90002 env AZURE_TENANT_ID=11111111-2222-4333-8444-555555555555 azb job list

# Nothing of all that was kept, and what was there still is.
token=$good
send GET "/jobs?$version"
same "$(jq -r '.value[].id' <<<"$out")" kept

# The command line, as a stranger mistypes it.
refused 2 "is not an azb command" azb jobb list
refused 2 "--nonsense" azb job list --nonsense
refused 2 "job-id" azb job show
refused 2 "--yes" azb job delete --job-id kept </dev/null
refused 2 "table" azb job list -o yaml
refused 2 "NAME=VALUE" azb task create --job-id kept --task-id t --environment-settings oops
refused 2 "no token is sent" azb rest GET https://evil.example/jobs
refused 2 "AZURE_CLIENT_SECRET" env -u AZURE_CLIENT_SECRET azb job list
