#!/usr/bin/env bash
# What a signed-in person may do is decided by roles, through groups in groups; and a single-page
# application signs in across origins.
. "$(dirname "$0")/flow.sh"
app=22222222-2222-4222-8222-222222222222
spa=33333333-3333-4333-8333-333333333333
inner=44444444-4444-4444-8444-444444444444
outer=55555555-5555-4555-8555-555555555555
cat >"$work/config.json" <<JSON
{"strictRefreshTokens": true, "users": [{"userPrincipalName": "ann@azb.onmicrosoft.com", "displayName": "Ann", "password": "only for this test"}],
 "groups": [{"displayName": "team", "id": "$inner", "members": ["ann@azb.onmicrosoft.com"]},
            {"displayName": "submitters", "id": "$outer", "members": ["team"]}],
 "applications": [
   {"displayName": "a program", "appId": "$app", "publicClient": true, "redirectUris": ["http://localhost/back"],
    "consents": [{"resource": "Microsoft Azure Batch", "scopes": ["user_impersonation"]},
                 {"resource": "Windows Azure Service Management API", "scopes": ["user_impersonation"]},
                 {"resource": "Microsoft Graph", "scopes": ["User.Read", "offline_access"]}]},
   {"displayName": "a page", "appId": "$spa", "spaRedirectUris": ["https://spa.example/app"],
    "consents": [{"resource": "Microsoft Azure Batch", "scopes": ["user_impersonation"]}]}],
 "roleAssignments": [{"principal": "submitters", "role": "Azure Batch Job Submitter"},
                     {"principal": "submitters", "role": "Reader"}]}
JSON
start_azbd "$work/state" --config "$work/config.json"
as_admin
jar=$work/cookies
authority=$URL/$AZURE_TENANT_ID
verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk # RFC 7636 appendix B
challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM

# browser [curl options] URL: one browser; the page is in $page, where it leads in $location.
browser() {
    page=$(curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -b "$jar" -c "$jar" \
        -H 'Accept: text/html' -D "$work/head" "$@")
    location=$(sed -n 's/^[Ll]ocation: \(.*\)\r$/\1/p' "$work/head")
}
unescape() {
    sed -e 's/&quot;/"/g' -e "s/&#39;/'/g" -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&amp;/\&/g'
}
# submit ACTION name=value...: the page's form whose action ends so, with what is hidden in it.
submit() {
    local form hidden=() name value more=() action
    form=$(tr '\n' ' ' <<<"$page" | grep -o "<form[^>]*action=\"[^\"]*$1\".*" | sed 's|</form>.*||')
    [ -n "$form" ] || fail_flow "no form $1 in: $page"
    while IFS=$'\t' read -r name value; do
        hidden+=(--data-urlencode "$name=$(unescape <<<"$value")")
    done < <(grep -o '<input type="hidden"[^>]*>' <<<"$form" |
        sed 's/.*name="\([^"]*\)" value="\([^"]*\)".*/\1\t\2/')
    action=$(sed 's/[^>]*action="\([^"]*\)".*/\1/' <<<"$form")
    shift
    for value in "$@"; do
        more+=(--data-urlencode "$value")
    done
    browser "${hidden[@]}" "${more[@]}" "$URL$action"
}
visit() { # CLIENT REDIRECT SCOPE
    browser -G --data-urlencode "client_id=$1" --data-urlencode "redirect_uri=$2" \
        -d response_type=code -d code_challenge_method=S256 -d "code_challenge=$challenge" \
        --data-urlencode "scope=$3" "$authority/oauth2/v2.0/authorize"
}
redeem() { # CLIENT REDIRECT [curl options]: $location's code
    local client=$1 back=$2 code
    shift 2
    code=$(sed 's/.*[?&#]code=\([^&]*\).*/\1/' <<<"$location")
    curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -d grant_type=authorization_code \
        -d "client_id=$client" --data-urlencode "redirect_uri=$back" \
        -d "code_verifier=$verifier" -d "code=$code" "$@" "$authority/oauth2/v2.0/token"
}
token() { # SCOPE: of Ann, for the program
    visit "$app" http://localhost:4321/back "$1"
    redeem "$app" http://localhost:4321/back | jq -r '.access_token // error(.error_description)'
}
call() { # TOKEN METHOD URL [body]: the status; the reply is in $work/reply
    curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -X "$2" -H "Authorization: Bearer $1" \
        ${4:+-H "Content-Type: $content" -d "$4"} -o "$work/reply" \
        -w '%{http_code}' "$3"
}

# Ann signs in once; the browser remembers her.
visit "$app" http://localhost:4321/back https://batch.core.windows.net//user_impersonation
submit /login login=ann@azb.onmicrosoft.com "passwd=only for this test"
batch=$(redeem "$app" http://localhost:4321/back | jq -r .access_token)
arm=$(token https://management.core.windows.net//user_impersonation)
graph=$(token https://graph.microsoft.com/User.Read)
account=/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/$AZURE_RESOURCE_GROUP/providers/Microsoft.Batch/batchAccounts/$AZURE_BATCH_ACCOUNT

# Batch: the role of the outer group lets her submit jobs, and nothing else; the refusal says why.
version='api-version=2024-07-01.20.0'
content='application/json; odata=minimalmetadata'
same "$(call "$batch" POST "$URL/jobs?$version" '{"id":"j","poolInfo":{"poolId":"p"}}')" 201
same "$(call "$batch" POST "$URL/pools?$version" '{"id":"p","vmSize":"standard_d2s_v3","virtualMachineConfiguration":{"imageReference":{"publisher":"canonical","offer":"0001-com-ubuntu-server-jammy","sku":"22_04-lts"},"nodeAgentSKUId":"batch.node.ubuntu 22.04"}}')" 403
has "$(cat "$work/reply")" Microsoft.Batch/batchAccounts/pools/write
has "$(cat "$work/reply")" "Missing action Microsoft.Batch/batchAccounts/pools/write"

content=application/json
# Resource Manager: Reader may read the account, not change it. Graph: herself.
same "$(call "$arm" GET "$URL$account?api-version=2025-06-01")" 200
same "$(call "$arm" POST "$URL$account/listKeys?api-version=2025-06-01")" 403
same "$(call "$graph" GET "$URL/v1.0/me")" 200
same "$(jq -r .userPrincipalName "$work/reply")" ann@azb.onmicrosoft.com
same "$(call "$graph" POST "$URL/v1.0/applications" '{"displayName":"x"}')" 403

# The group's roles are taken away: she is refused at once, with the token that she has.
ok azb role assignment delete --assignee submitters
content='application/json; odata=minimalmetadata'
same "$(call "$batch" POST "$URL/jobs?$version" '{"id":"k","poolInfo":{"poolId":"p"}}')" 403
has "$(cat "$work/reply")" Microsoft.Batch/batchAccounts/jobs/write
same "$(call "$arm" GET "$URL$account?api-version=2025-06-01")" 403

# A page of a script: its code is redeemed across origins only, and it may read the reply.
visit "$spa" https://spa.example/app "offline_access https://batch.core.windows.net//user_impersonation"
has "$(redeem "$spa" https://spa.example/app)" AADSTS9002327
answer=$(redeem "$spa" https://spa.example/app -H 'Origin: https://spa.example' -D "$work/head")
same "$(jq -r .token_type <<<"$answer")" Bearer
has "$(cat "$work/head")" "Access-Control-Allow-Origin: https://spa.example"
refresh() { # [curl options]
    curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -d grant_type=refresh_token -d "client_id=$spa" \
        --data-urlencode "refresh_token=$(jq -r .refresh_token <<<"$answer")" "$@" \
        "$authority/oauth2/v2.0/token"
}
has "$(refresh)" AADSTS9002327
has "$(refresh -H 'Origin: https://spa.example')" access_token
has "$(refresh -H 'Origin: https://spa.example')" AADSTS70000 # strictRefreshTokens: one use
visit "$app" http://localhost:4321/back https://batch.core.windows.net//user_impersonation
has "$(redeem "$app" http://localhost:4321/back -H 'Origin: https://spa.example')" AADSTS9002326
