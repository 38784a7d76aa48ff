#!/usr/bin/env bash
# A person signs in: the pages over the wire, from the authorize request to a token that lists jobs.
. "$(dirname "$0")/flow.sh"
app=22222222-2222-4222-8222-222222222222
cat >"$work/config.json" <<JSON
{"applications": [{"displayName": "a program", "appId": "$app", "publicClient": true,
    "redirectUris": ["http://localhost/back"]}]}
JSON
start_azbd "$work/state" --config "$work/config.json"
as_admin
jar=$work/cookies
authority=$URL/$AZURE_TENANT_ID
verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk # RFC 7636 appendix B
challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
back=http://localhost:4321/back

# browser [curl options] URL: one browser; the page is in $page, its status in $status, where it
# leads in $location.
browser() {
    page=$(curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -b "$jar" -c "$jar" \
        -H 'Accept: text/html' -D "$work/head" "$@")
    status=$(sed -n '1s/[^ ]* \([0-9]*\).*/\1/p' "$work/head")
    location=$(sed -n 's/^[Ll]ocation: \(.*\)\r$/\1/p' "$work/head")
}
unescape() {
    sed -e 's/&quot;/"/g' -e "s/&#39;/'/g" -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&amp;/\&/g'
}
# submit ACTION name=value...: the page's form whose action ends so, with what is hidden in it.
submit() {
    local form hidden=() name value more=()
    form=$(tr '\n' ' ' <<<"$page" | grep -o "<form[^>]*action=\"[^\"]*$1\".*" | sed 's|</form>.*||')
    [ -n "$form" ] || fail_flow "no form $1 in: $page"
    while IFS=$'\t' read -r name value; do
        hidden+=(--data-urlencode "$name=$(unescape <<<"$value")")
    done < <(grep -o '<input type="hidden"[^>]*>' <<<"$form" |
        sed 's/.*name="\([^"]*\)" value="\([^"]*\)".*/\1\t\2/')
    local action
    action=$(sed 's/[^>]*action="\([^"]*\)".*/\1/' <<<"$form")
    shift
    for value in "$@"; do
        more+=(--data-urlencode "$value")
    done
    browser "${hidden[@]}" "${more[@]}" "$URL$action"
}
visit() { # more parameters
    browser -G --data-urlencode "client_id=$app" --data-urlencode "redirect_uri=$back" \
        -d response_type=code --data-urlencode "state=a b&c" -d code_challenge_method=S256 \
        -d "code_challenge=$challenge" -d nonce=n "$@" \
        --data-urlencode "scope=openid profile offline_access https://batch.core.windows.net//user_impersonation" \
        "$authority/oauth2/v2.0/authorize"
}
parameter() { # NAME of the location's query or fragment
    sed "s/.*[?&#]$1=\([^&]*\).*/\1/" <<<"$location" | sed 's/+/ /g; s/%/\\x/g' | xargs -0 printf '%b'
}
redeem() { # CODE [curl options]
    local code=$1
    shift
    curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -d grant_type=authorization_code \
        -d "client_id=$app" --data-urlencode "redirect_uri=$back" -d "code_verifier=$verifier" \
        --data-urlencode "code=$code" "$@" "$authority/oauth2/v2.0/token"
}

# A wrong password, then the right one; the application is named, and what it asks for.
visit
same "$status" 200
has "$page" "a program"
submit /login "login=$AZB_USERNAME" passwd=wrong
has "$page" AADSTS50126
submit /login "login=$AZB_USERNAME" "passwd=$AZB_PASSWORD"
has "$page" "Access Azure Batch Service"
submit /login/consent decision=cancel
same "$status" 303
same "$(parameter error)" access_denied
visit
submit /login/consent decision=accept
same "$status" 303
has "$location" "$back?code="
same "$(parameter state)" "a b&c"
same "$(parameter iss)" "$authority/v2.0"

# The code becomes tokens, once.
code=$(parameter code)
answer=$(redeem "$code")
same "$(jq -r .token_type <<<"$answer")" Bearer
has "$(jq -r .scope <<<"$answer")" user_impersonation
[ "$(jq -r .refresh_token <<<"$answer")" != null ] || fail_flow "no refresh token: $answer"
has "$(redeem "$code")" AADSTS54005
token=$(jq -r .access_token <<<"$answer")
claims=$(cut -d. -f2 <<<"$token" | tr -- '-_' '+/' | base64 -d 2>/dev/null || true)
has "$claims" '"scp":"user_impersonation"'
has "$claims" "$AZB_USERNAME"

# Who is signed in is not asked again: nothing is shown, not even with prompt=none.
visit -d prompt=none
same "$status" 302
redeem "$(parameter code)" -d code_verifier=wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong >"$work/out"
has "$(cat "$work/out")" AADSTS
visit -d response_mode=form_post
has "$page" 'method="post" action="http://localhost:4321/back"'
has "$page" '<noscript>'

# A device code, typed as a person would.
device=$(curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -d "client_id=$app" \
    --data-urlencode "scope=openid https://batch.core.windows.net//user_impersonation" \
    "$authority/oauth2/v2.0/devicecode")
poll() {
    curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -d "client_id=$app" \
        -d grant_type=urn:ietf:params:oauth:grant-type:device_code \
        -d "device_code=$(jq -r .device_code <<<"$device")" "$authority/oauth2/v2.0/token"
}
browser "$(jq -r .verification_uri <<<"$device")"
submit /deviceauth otc=WRONGCODE
has "$page" AADSTS70018
submit /deviceauth "otc=$(jq -r .user_code <<<"$device" | tr 'A-Z' 'a-z')"
has "$page" "Pick an account"
choice=$(grep -o 'name="choice" value="[^"]*"' <<<"$page" | head -1 | sed 's/.*value="\([^"]*\)"/\1/')
submit /login/account "choice=$choice"
has "$page" "Are you trying to sign in to a program?"
has "$(poll)" authorization_pending
submit /login/device decision=continue
has "$page" "You are signed in"
[ "$(poll | jq -r .access_token)" != null ] || fail_flow "no token for the device"

# Signing out; then the pages begin again.
browser "$authority/oauth2/v2.0/logout?client_id=$app&post_logout_redirect_uri=http%3A%2F%2Fevil.example"
same "$status" 200
has "$page" "You have signed out"
visit -d prompt=none
same "$(parameter error)" login_required

# What must not leave stays here, as a page with a code.
browser "$authority/oauth2/v2.0/authorize?client_id=$app&redirect_uri=https%3A%2F%2Fevil.example"
same "$status" 400
has "$page" AADSTS50011
browser "$URL/nowhere.example/oauth2/v2.0/authorize"
has "$page" AADSTS90002
