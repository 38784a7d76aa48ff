#!/usr/bin/env bash
# The endpoints of managed identities: IMDS, App Service, Azure ML, Cloud Shell; what each needs,
# what it answers, and what a role does for the identity.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin
proxy=$AZB_PROXY
same "$(stat -c %a "$STATE/identity-header")" 600
ask() { # [curl options...] URL-QUERY: sets out and status
    status=$(curl -sS --cacert "$STATE/ca.pem" -o "$work/body" -w '%{http_code}' "$@")
    out=$(cat "$work/body")
}
claim() { # NAME: of the token in $out
    jq -r .access_token <<<"$out" | jq -rR --arg name "$1" 'split(".")[1] | gsub("-";"+") |
        gsub("_";"/") | . + "=" * ((4 - length % 4) % 4) | @base64d | fromjson | .[$name]'
}
resource=resource=https://batch.core.windows.net/
imds="$URL/metadata/identity/oauth2/token?api-version=2018-02-01&$resource"

# IMDS, with the slash that MSAL Node writes and without.
for url in "$imds" "${imds/token?/token/?}"; do
    ask -H Metadata:true "$url"
    same "$status" 200
    same "$(jq -r '[.token_type, .expires_in, .resource, .refresh_token] | join(" ")' <<<"$out")" \
        "Bearer 86400 https://batch.core.windows.net/ "
    same "$(jq -r '.expires_on | type' <<<"$out")" string
done
same "$(claim aud)" https://batch.core.windows.net/
same "$(claim idtyp) $(claim appidacr)" "app 2"
same "$(claim appid)" "$(jq -r .client_id <<<"$out")"
has "$(claim xms_mirid)" /providers/
token=$(jq -r .access_token <<<"$out")
identity=$(claim oid) client=$(claim appid)

ask "$imds"
same "$status $(jq -r .error <<<"$out")" "400 bad_request_102"
ask -H Metadata:true -H "X-Forwarded-For: 10.0.0.1" "$imds"
same "$status $(jq -r .error <<<"$out")" "400 invalid_request"
ask -H Metadata:true -H "Host: rebound.example" "$imds"
same "$status $(jq -r .error <<<"$out")" "403 access_denied"
ask -H Metadata:true "$URL/metadata/identity/oauth2/token?$resource"
same "$status" 400
has "$out" "'api-version' is missing"
ask -H Metadata:true "$URL/metadata/identity/oauth2/token?api-version=2018-02-01"
has "$out" "'resource' is missing"
ask -H Metadata:true "${imds/batch.core/batsch.core}"
same "$status $(jq -r .error <<<"$out")" "400 invalid_resource"
ask -H Metadata:true "$imds&client_id=${client^^}"
same "$status" 200
ask -H Metadata:true "$imds&object_id=$identity"
same "$status" 200
ask -H Metadata:true "$imds&client_id=00000000-0000-4000-8000-000000000000"
same "$status" 400
has "$out" "Identity not found"
ask -H Metadata:true "$imds&client_id=$client&object_id=$identity"
has "$out" "one of them may"
ask -H Metadata:true "$imds&xms_cc=cp1&token_sha256_to_refresh=$(printf %064d 0)"
same "$status" 200

# The real address, in clear text, through the proxy only.
ask -x "$proxy" -H Metadata:true \
    "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&$resource"
same "$status" 200

# App Service and Azure ML: with the state's secret.
lines=$(azb env --state "$STATE" --identity app-service)
case $lines in *AZURE_CLIENT_SECRET=*) fail_flow "the administrator's secret is among $lines" ;; esac
(
    eval "$lines"
    [ -z "${AZURE_CLIENT_ID:-}" ] || fail_flow "AZURE_CLIENT_ID is still set"
    ask -H "X-IDENTITY-HEADER: $IDENTITY_HEADER" "$IDENTITY_ENDPOINT?api-version=2019-08-01&$resource"
    same "$status $(jq -r 'keys | join(" ")' <<<"$out")" \
        "200 access_token client_id expires_on not_before resource token_type"
    ask -H "X-IDENTITY-HEADER: wrong" "$IDENTITY_ENDPOINT?api-version=2019-08-01&$resource"
    same "$status $(jq .statusCode <<<"$out")" "401 401"
    ask "$IDENTITY_ENDPOINT?api-version=2019-08-01&$resource"
    same "$status" 401
    eval "$(azb env --state "$STATE" --identity ml)"
    ask -H "secret: $MSI_SECRET" "$MSI_ENDPOINT?api-version=2017-09-01&$resource&clientid=$client"
    same "$status" 200
    ask -H "secret: $MSI_SECRET" "$MSI_ENDPOINT?api-version=2017-09-01&$resource&client_id=$client"
    has "$out" "does not take the parameter 'client_id'"
    eval "$(azb env --state "$STATE" --identity cloud-shell)"
    [ -z "${MSI_SECRET:-}" ] || fail_flow "MSI_SECRET is still set"
    ask -H Metadata:true -d "$resource" "$MSI_ENDPOINT"
    same "$status $(jq -r .expires_in <<<"$out")" "200 86400"
    ask -H Metadata:true -d "$resource&client_id=$client" "$MSI_ENDPOINT"
    same "$status $(jq -r .error.code <<<"$out")" "400 invalid_request"
    ask -d "$resource" "$MSI_ENDPOINT"
    same "$status" 400
)
refused + "none of imds" azb env --state "$STATE" --identity arc

# No role by default; with one it works.
jobs="$URL/jobs?api-version=2024-07-01.20.0"
ask -H "Authorization: Bearer $token" "$jobs"
same "$status" 403
ok azb role assignment create --assignee "$identity" --role Reader
ask -H "Authorization: Bearer $token" "$jobs"
same "$status" 200

# The secret is the state's: it outlives a restart.
stop_azbd
start_azbd "$STATE"
same "$(azb env --state "$STATE" --identity app-service | grep IDENTITY_HEADER=)" \
    "$(grep IDENTITY_HEADER= <<<"$lines")"

# Where there is no such service, the way on is said.
AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:1 refused 6 imds azb login --identity
