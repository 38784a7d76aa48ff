#!/usr/bin/env bash
# The test controls: the clock, token lifetimes, signing keys, failures and claims challenges, and
# that nobody has them who should not.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin
refused + "--test-controls" azb control clock
stop_azbd

start_azbd "$STATE" --test-controls
as_admin
ok azb app create --display-name worker
worker=$(jq -r .appId <<<"$out")
ok azb app secret add --id "$worker"
worker_secret=$(jq -r .secretText <<<"$out")
ok azb role assignment create --assignee "$worker" --role Owner

# Only the administrator, only on our own address, never a web page.
curl_azbd() { curl -sS --cacert "$STATE/ca.pem" "$@"; }
(
    as_app "$worker" "$worker_secret"
    refused + administrator azb control clock
)
has "$(curl_azbd "$URL/_azb/clock")" "'Authorization' header is missing"
ok azb token --resource https://management.core.windows.net/
admin_token=$out
has "$(curl_azbd -H "Authorization: Bearer $admin_token" -H "Origin: https://example.org" \
    "$URL/_azb/clock")" "not for web pages"
has "$(curl_azbd -H "Authorization: Bearer $admin_token" -H "Host: azbd.example:${URL##*:}" \
    "$URL/_azb/clock")" "loopback addresses only"

# What is wrong is named.
refused + "'move' must be a duration" azb control clock --move tomorrow
refused + "from -315360000 to 315360000 seconds" azb control clock --move P4000D
refused + "'failure' must be one of" azb control failures add --plane batch --failure 404
refused + "share above 0.5" azb control failures add --plane entra --failure 503
refused + "is not a number" azb control failures add --plane batch --failure 503 --count some
refused + "access_token" azb control challenges add --client-id "$worker" --claims '{}'
has "$(curl_azbd -H "Authorization: Bearer $admin_token" -H "Content-Type: application/json" \
    --data '{"mvoe":"P1D"}' "$URL/_azb/clock")" "'mvoe' is not a member of this control"

# The clock: a token that the service gave is expired when its clock has moved on.
token_of_worker() {
    as_app "$worker" "$worker_secret"
    azb token --resource https://batch.core.windows.net/
}
status_of() { # TOKEN: of a Batch request
    curl_azbd -o "$work/body" -D "$work/head" -w '%{http_code}' \
        -H "Authorization: Bearer $1" "$URL/jobs?api-version=2024-07-01.20.0"
}
token=$(token_of_worker)
same "$(status_of "$token")" 200
before=$(azb control clock -o json | jq -r .now)
ok azb control clock --move P1D
same "$(jq .movedSeconds <<<"$out")" 86400
[[ $(jq -r .now <<<"$out") > $before ]] || fail_flow "the clock did not move"
same "$(status_of "$token")" 401
has "$(cat "$work/body")" "expiry UTC time"
same "$(status_of "$(token_of_worker)")" 200

# Token lifetime.
ok azb control token-lifetime --set PT10M
same "$(jq .lifetimeSeconds <<<"$out")" 600
life_of() { jq -rR 'split(".")[1] | gsub("-";"+") | gsub("_";"/") | . + "=" * ((4 - length % 4) % 4) |
    @base64d | fromjson | .exp - .iat - 300' <<<"$1"; }
same "$(life_of "$(token_of_worker)")" 600
ok azb control token-lifetime --set PT0S
same "$(jq -r .mode <<<"$out")" entra

# Operations of Resource Manager.
ok azb control operations
same "$(jq -r '"\(.durationSeconds) \(.outcome)"' <<<"$out")" "0 succeeded"
ok azb control operations --duration PT1H --outcome failed
same "$(jq -r '"\(.durationSeconds) \(.outcome)"' <<<"$out")" "3600 failed"
refused 1 "outcome" azb control operations --outcome perhaps
ok azb control operations --duration PT0S --outcome succeeded

# Keys: the old one is accepted until it is retired, even for a token that was seen before.
token=$(token_of_worker)
same "$(status_of "$token")" 200
ok azb control keys list
old=$(jq -r '.[0].kid' <<<"$out")
ok azb control keys rotate
same "$(jq length <<<"$out")" 2
same "$(jq -r '.[1].kid' <<<"$out")" "$old"
same "$(status_of "$token")" 200
same "$(curl_azbd "$URL/common/discovery/keys" | jq '.keys | length')" 2
ok azb control keys retire --kid="$old"
same "$(status_of "$token")" 401
same "$(curl_azbd "$URL/common/discovery/keys" | jq '.keys | length')" 1
same "$(status_of "$(token_of_worker)")" 200
refused + "there is no signing key" azb control keys retire --kid="$old"
refused + "only one" azb control keys retire --kid="$(azb control keys list -o json | jq -r '.[0].kid')"

# Failures: so many, a share, a path, no answer at all.
token=$(token_of_worker)
ok azb control failures add --plane batch --failure 429 --count 2 --retry-after PT7S --path /jobs
same "$(status_of "$token")" 429
has "$(tr -d '\r' <"$work/head")" "Retry-After: 7"
has "$(cat "$work/body")" TooManyRequests
same "$(status_of "$token")" 429
same "$(status_of "$token")" 200
ok azb control failures list
same "$(jq -c '.[0] | [.left, .failed]' <<<"$out")" "[0,2]"
ok azb control failures clear
ok azb control failures add --plane batch --failure 503 --share 0.5
id=$(jq -r '.[0].id' <<<"$out")
same "$(for _ in 1 2 3 4 5 6; do status_of "$token"; done)" 200503200503200503
ok azb control failures remove --id "$id"
refused + "there is no failure" azb control failures remove --id "$id"
ok azb control failures add --plane batch --failure reset --count 1
status_of "$token" >/dev/null 2>&1 && fail_flow "an answer came"
same "$(status_of "$token")" 200
ok azb control failures add --plane entra --failure 503 --count 1
has "$(curl_azbd "$URL/common/discovery/keys")" temporarily_unavailable

# A claims challenge: the old token is challenged, a new one with the claims is not.
ok azb control challenges add --client-id "$worker" \
    --claims '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
same "$(status_of "$token")" 401
has "$(cat "$work/head")" 'error="insufficient_claims", claims="'
same "$(status_of "$(token_of_worker)")" 401
ok env AZURE_CLIENT_ID="$worker" AZURE_CLIENT_SECRET="$worker_secret" azb job list
ok azb control challenges list
same "$(jq '.[0].refused' <<<"$out")" 3
ok azb job list
ok azb control challenges clear
same "$(status_of "$token")" 200

# Switches.
ok azb control switches --single-use-assertions on
same "$(jq -r .singleUseAssertions <<<"$out")" on
refused + 'must be one of "off", "on"' azb control switches --single-use-assertions maybe
refused + 'must be one of "entra", "strict"' azb control switches --slow-down on \
    --refresh-tokens never
ok azb control switches
same "$(jq -r '[.refreshTokens, .slowDown] | join(" ")' <<<"$out")" "entra off"
long_tokens() { # whether a token of a client that says cp1 lives for 20 hours
    curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -d grant_type=client_credentials \
        -d "client_id=$AZURE_CLIENT_ID" --data-urlencode "client_secret=$AZURE_CLIENT_SECRET" \
        --data-urlencode "scope=https://batch.core.windows.net//.default" "$@" \
        "$URL/$AZURE_TENANT_ID/oauth2/v2.0/token" | jq '.expires_in >= 72000 and .expires_in <= 100800'
}
cp1='claims={"access_token":{"xms_cc":{"values":["CP1"]}}}'
same "$(long_tokens --data-urlencode "$cp1")" false
ok azb control switches --cae-tokens on
same "$(long_tokens --data-urlencode "$cp1") $(long_tokens)" "true false"
ok azb control switches --cae-tokens off
same "$(long_tokens --data-urlencode "$cp1")" false
ok azb control switches --refresh-tokens strict --slow-down on
same "$(jq -r '[.refreshTokens, .slowDown] | join(" ")' <<<"$out")" "strict on"

# Keys of an issuer: they are checked, and replace the ones before.
issuer=https://issuer.example
for name in first second; do
    openssl genrsa -out "$work/$name.pem" 2048 2>/dev/null
    modulus=$(openssl rsa -in "$work/$name.pem" -noout -modulus | cut -d= -f2 | basenc -d --base16 | base64 -w0 |
        tr '+/' '-_' | tr -d =)
    printf '{"keys":[{"kty":"RSA","use":"sig","kid":"%s","n":"%s","e":"AQAB"}]}' "$name" "$modulus" \
        >"$work/$name.jwks"
done
ok azb rest POST "/v1.0/applications/$(azb app show --id "$worker" -o json | jq -r .id)/federatedIdentityCredentials" \
    --body "{\"name\":\"pipeline\",\"issuer\":\"$issuer\",\"subject\":\"job\",\"audiences\":[\"api://AzureADTokenExchange\"]}"
encoded() { base64 -w0 | tr '+/' '-_' | tr -d =; }
assertion() { # NAME of the key: makes the file
    local body now
    now=$(date -d "$(azb control clock -o json | jq -r .now)" +%s)
    body=$(printf '{"alg":"RS256","kid":"%s"}' "$1" | encoded).$(printf \
        '{"iss":"%s","sub":"job","aud":"api://AzureADTokenExchange","iat":%d,"exp":%d}' \
        "$issuer" "$now" "$((now + 600))" | encoded)
    printf '%s.%s' "$body" "$(printf %s "$body" | openssl dgst -sha256 -sign "$work/$1.pem" | encoded)" \
        >"$work/assertion"
}
by_assertion() { # what the token endpoint says
    curl_azbd "$URL/$AZURE_TENANT_ID/oauth2/v2.0/token" -d grant_type=client_credentials \
        -d "client_id=$worker" -d scope=https://batch.core.windows.net//.default \
        -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
        --data-urlencode "client_assertion@$work/assertion"
}
refused + "an array 'keys'" azb control issuers set --issuer "$issuer" --jwks '{"keys":1}'
ok azb control issuers set --issuer "$issuer" --jwks "@$work/first.jwks"
assertion first
has "$(by_assertion)" '"access_token"'
ok azb control issuers set --issuer "$issuer" --jwks "@$work/second.jwks"
has "$(by_assertion)" AADSTS
assertion second
has "$(by_assertion)" '"access_token"'

# Deny assignments: what roles give is taken away, until they are removed.
groups=/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups?api-version=2022-09-01
denial=dddddddd-dddd-4ddd-8ddd-dddddddddddd
as_admin
refused + "denyAssignmentName" azb control deny-assignments set --properties "{\"scope\":\"/\"}"
refused + "'denied' is not a member" azb control deny-assignments set --properties '{"denied":1}'
ok azb rest GET "$groups"
ok azb control deny-assignments set --id $denial --properties "{\"denyAssignmentName\":\"no groups\",
    \"scope\":\"/subscriptions/$AZURE_SUBSCRIPTION_ID\",
    \"permissions\":[{\"actions\":[\"Microsoft.Resources/subscriptions/resourceGroups/read\"]}],
    \"principals\":[{\"id\":\"00000000-0000-0000-0000-000000000000\"}]}"
refused + "AuthorizationFailed" azb rest GET "$groups"
ok azb rest GET "/subscriptions/$AZURE_SUBSCRIPTION_ID/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01"
has "$out" "no groups"
ok azb control deny-assignments remove --id $denial
ok azb rest GET "$groups"
refused + "no deny assignment" azb control deny-assignments remove --id $denial
