#!/usr/bin/env bash
# The tour "sign in" of README.md, as it stands there: each block is run, up to "Against real Azure".
. "$(dirname "$0")/flow.sh"
person=$AZB_SOURCE/tests/interop/person.py
cd "$work"

# What the tour says has to be there: a CI service with keys that azbd knows.
b64url() { basenc --base64url -w0 | tr -d =; }
openssl genrsa -out issuer.key 2048 2>openssl.log
modulus=$(openssl rsa -in issuer.key -noout -modulus | cut -d= -f2 | basenc --base16 -d | b64url)
printf '{"keys":[{"kty":"RSA","kid":"one","use":"sig","n":"%s","e":"AQAB"}]}' "$modulus" >keys.jwks
echo '{"issuers": [{"issuer": "https://ci.example", "path": "keys.jwks"}]}' >config.json
now=$(date +%s)
head=$(printf '{"alg":"RS256","typ":"JWT","kid":"one"}' | b64url)
body=$(jq -cn --argjson now "$now" '{iss: "https://ci.example", sub: "repo:contoso/batch",
    aud: "api://AzureADTokenExchange", iat: $now, nbf: $now, exp: ($now + 600), jti: "1"}' | b64url)
printf '%s.%s.%s' "$head" "$body" \
    "$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -sign issuer.key | b64url)" >ci-token.jwt
start_azbd "$work/state" --config "$work/config.json"
export AZB_STATE=$STATE
unset MSI_ENDPOINT IDENTITY_ENDPOINT IMDS_ENDPOINT AZURE_POD_IDENTITY_AUTHORITY_HOST

# The person at the keyboard: in the browser, and where a code is typed.
cat >browser <<SH
#!/bin/sh
exec $person "\$1" >"$work/person.out" 2>&1
SH
chmod +x browser
export BROWSER=$work/browser
by_code() {
    local login page code
    command azb "$@" 2>"$work/told" &
    login=$!
    wait_for 20 grep -q 'enter the code' "$work/told"
    page=$(grep -o 'https://[^ ]*' "$work/told" | head -1)
    code=$(sed -n 's/.*code \([A-Z0-9]*\).*/\1/p' "$work/told" | head -1)
    "$person" --device "$page" "$code" >"$work/person.out" 2>&1 || return 1
    wait "$login"
}
azb() {
    case "$*" in
    "login --device-code"*) by_code "$@" ;;
    *) timeout 60 "$AZB_BIN/azb" "$@" ;;
    esac
}

readme_blocks "## Tour: sign in" all tour.sh "azb whoami" "azb login --device-code" \
    "azb login --service-principal" "azb login --certificate" "azb login --federated-token-file" \
    "azb login --identity" "azb auth use" "azb token" "azb doctor" "azb logout"
play ./tour.sh
same "$(grep -c "signed in as" played.err)" 5 # the sixth was told to the one who typed the code
has "$(cat told)" "signed in as"
has "$(cat played.out)" '"why": "the current one of `azb login`"'
has "$(cat played.out)" '"firstFailure": null'
[ -n "$AZB_ACCESS_TOKEN" ]
ok azb auth list
same "$out" "[]"
