#!/usr/bin/env bash
# The directory by azb: what applications ask for and were allowed, federated credentials, users.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin

# A new application asks for Graph's User.Read, and for what is added; consent is told apart.
ok azb app create --display-name desktop --redirect-uri http://localhost --public-client
permissions() { azb app permission list --id desktop -o json | jq -r '.[]|"\(.api):\(.permission):\(.consent)"' | sort; }
same "$(permissions)" "Microsoft Graph:User.Read:"
ok azb app permission add --id desktop --permissions user_impersonation
ok azb app permission add --id desktop --api graph --permissions User.Read openid
same "$(permissions)" "$(printf '%s\n' "Microsoft Azure Batch:user_impersonation:" \
    "Microsoft Graph:User.Read:" "Microsoft Graph:openid:" | sort)"
refused 2 "offers no permission 'fly'" azb app permission add --id desktop --permissions fly
ok azb app permission consent --id desktop
ok azb app permission consent --id desktop --api graph --permissions openid
ok azb app permission consent --id desktop --api graph --permissions User.Read
same "$(permissions | grep -c ':everybody$')" 3
ok azb app permission delete --id desktop --api graph --permissions openid
same "$(permissions | wc -l)" 2
refused 2 "asks for no permission" azb app permission consent --id desktop --api arm

# What an application is can be changed; what is not named stays.
ok azb app update --id desktop --sign-in-audience AzureADMultipleOrgs --web-redirect-uri https://example.com/cb
ok azb app show --id desktop -o json
same "$(jq -r '.signInAudience, .web.redirectUris[0], .publicClient.redirectUris[0], .isFallbackPublicClient' <<<"$out" | tr '\n' ' ')" \
    "AzureADMultipleOrgs https://example.com/cb http://localhost true "
refused 2 "nothing to change" azb app update --id desktop
refused + "signInAudience" azb app update --id desktop --sign-in-audience everybody

# Federated credentials.
ok azb app federated-credential create --id desktop --name main --issuer https://issuer.example --subject repo
refused + "exists already" azb app federated-credential create --id desktop --name main \
    --issuer https://issuer.example --subject other
ok azb app federated-credential list --id desktop -o json
same "$(jq -r '.[0].audiences[0]' <<<"$out")" api://AzureADTokenExchange
ok azb app federated-credential delete --id desktop --name main
refused 3 "" azb app federated-credential delete --id desktop --name main

# Users: a password that was made is shown once; one of a file is not shown at all.
ok azb user create --user-principal-name ann@azb.onmicrosoft.com --display-name Ann -o json
same "$(jq -r '.password | length' <<<"$out")" 24
printf 'a password from a file\n' >"$work/password"
ok azb user create --user-principal-name bob@azb.onmicrosoft.com --display-name Bob \
    --given-name Bob --password-file "$work/password" -o json
same "$(jq -r .password <<<"$out")" null
refused + "domain" azb user create --user-principal-name eve@contoso.com --display-name Eve
ok azb user list -o json
same "$(jq -r '.[].userPrincipalName' <<<"$out" | sort | tr '\n' ' ')" \
    "ann@azb.onmicrosoft.com bob@azb.onmicrosoft.com user@azb.onmicrosoft.com "
ok azb user show --id BOB@azb.onmicrosoft.com -o json
same "$(jq -r .givenName <<<"$out")" Bob
ok azb user delete --id bob@azb.onmicrosoft.com
refused 3 "" azb user show --id bob@azb.onmicrosoft.com
refused 5 "application administrator" azb user delete --id "$AZB_USERNAME"

# App roles: what an application defines, who has it, and what of it stands in tokens.
ok azb app create --display-name api -o json
api=$(jq -r .appId <<<"$out")
ok azb app create --display-name worker -o json
worker=$(jq -r .appId <<<"$out")
ok azb app secret add --id worker -o json
secret=$(jq -r .secretText <<<"$out")
roles() { # the claim roles of a token of `worker` for the resource, "null" without, or the error
    local answer
    answer=$(curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -d grant_type=client_credentials \
        -d "client_id=$worker" --data-urlencode "client_secret=$secret" \
        --data-urlencode "scope=$1/.default" "$URL/$AZURE_TENANT_ID/oauth2/v2.0/token")
    jq -r '.access_token // .error_description' <<<"$answer" >"$work/token"
    if grep -q AADSTS "$work/token"; then
        grep -o 'AADSTS[0-9]*' "$work/token"
    else
        cut -d. -f2 "$work/token" | jq -Rr 'gsub("-";"+") | gsub("_";"/") | @base64d | fromjson | .roles | tojson'
    fi
}
same "$(roles "$api")" null
ok azb app role create --id api --value Jobs.Submit --description "Submits jobs" --allowed-member-types Application
ok azb app role create --id api --value Jobs.Read
refused + "Jobs.Read" azb app role create --id api --value Jobs.Read
ok azb app role list --id api -o json
same "$(jq -r '.[]|"\(.value):\(.allowedMemberTypes|sort|join(","))"' <<<"$out" | tr '\n' ' ')" \
    "Jobs.Submit:Application Jobs.Read:Application,User "
ok azb app role assignment create --id api --assignee worker --role Jobs.Submit
refused + "allowedMemberTypes" azb app role assignment create --id api --assignee "$AZB_USERNAME" --role Jobs.Submit
refused 3 "no app role" azb app role assignment create --id api --assignee worker --role Jobs.Fly
same "$(roles "$api")" '["Jobs.Submit"]'
same "$(roles https://batch.core.windows.net/)" null
ok azb app role assignment create --id api --assignee "$AZB_USERNAME" --role Jobs.Read
ok azb app role assignment list --id api -o json
same "$(jq -r '.[]|"\(.principalType):\(.role)"' <<<"$out" | sort | tr '\n' ' ')" \
    "ServicePrincipal:Jobs.Submit User:Jobs.Read "
ok azb app role assignment delete --id api --assignee worker --role Jobs.Submit
refused 3 "no such assignment" azb app role assignment delete --id api --assignee worker
same "$(roles "$api")" null
ok azb rest PATCH "/v1.0/servicePrincipals(appId='$api')" \
    --body '{"appRoleAssignmentRequired":true}'
same "$(roles "$api")" AADSTS501051
ok azb app role delete --id api --value Jobs.Read
ok azb app role assignment list --id api -o json
same "$(jq length <<<"$out")" 0

# Groups: roles that one was given are those of its members at once, also through groups in it.
as_worker() { # a command as the application `worker`
    AZURE_CLIENT_ID=$worker AZURE_CLIENT_SECRET=$secret "$@"
}
ok azb group create --display-name everybody --mail-nickname everybody --description "All of us"
ok azb group create --display-name programs --mail-nickname programs
refused + "mailNickname" azb group create --display-name x --mail-nickname "a b"
ok azb group list -o json
same "$(jq -r '.[].displayName' <<<"$out" | tr '\n' ' ')" "everybody programs "
ok azb group member add --group everybody --member-id programs
ok azb group member add --group everybody --member-id "$AZB_USERNAME"
refused + "already exist" azb group member add --group everybody --member-id programs
ok azb role assignment create --assignee everybody --role "Azure Batch Data Contributor"
refused 5 "" as_worker azb job list
ok azb group member add --group programs --member-id worker
ok as_worker azb job list
ok azb group member check --group everybody --member-id worker -o json
same "$(jq -r .value <<<"$out")" true
ok azb group member list -g everybody -o json
same "$(jq -r '.[]["@odata.type"]' <<<"$out" | sort | tr '\n' ' ')" \
    "#microsoft.graph.group #microsoft.graph.user "
ok azb group member remove --group programs --member-id worker
refused 5 "" as_worker azb job list
ok azb group owner add --group programs --owner-object-id worker
ok azb group owner list --group programs -o json
same "$(jq -r '.[].displayName' <<<"$out")" worker
ok azb group owner remove --group programs --owner-object-id worker
ok azb group delete --group programs
refused 3 "there is no group" azb group show --group programs

# Application permissions: what was consented to stands in the token, and Graph goes by it.
graph() { # the status of a request to Graph as `worker`: METHOD PATH [BODY]
    local token
    token=$(curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -d grant_type=client_credentials \
        -d "client_id=$worker" --data-urlencode "client_secret=$secret" \
        --data-urlencode "scope=https://graph.microsoft.com/.default" \
        "$URL/$AZURE_TENANT_ID/oauth2/v2.0/token" | jq -r .access_token)
    curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -o "$work/graph" -w '%{http_code}' -X "$1" \
        -H "Authorization: Bearer $token" -H "Content-Type: application/json" \
        ${3:+--data-binary "$3"} "$URL$2"
}
same "$(graph GET /v1.0/applications)" 403
has "$(cat "$work/graph")" "Application.Read.All"
ok azb app permission add --id worker --api graph --permissions Directory.Read.All=Role \
    Application.ReadWrite.OwnedBy=Role
refused 2 "offers no permission 'Fly.All=Role'" azb app permission add --id worker --api graph \
    --permissions Fly.All=Role
same "$(roles https://graph.microsoft.com)" null
refused 2 "admin-consent gives it" azb app permission consent --id worker --api graph \
    --permissions Directory.Read.All=Role
ok azb app permission admin-consent --id worker
ok azb app permission admin-consent --id worker
same "$(roles https://graph.microsoft.com)" '["Application.ReadWrite.OwnedBy","Directory.Read.All"]'
ok azb app permission list --id worker -o json
same "$(jq -r '.[]|"\(.permission):\(.type):\(.consent)"' <<<"$out" | sort | tr '\n' ' ')" \
    "Application.ReadWrite.OwnedBy:Role:application Directory.Read.All:Role:application User.Read:Scope:everybody "
same "$(graph GET /v1.0/groups)" 200
ok as_worker azb group list -o json
same "$(graph POST /v1.0/groups '{"displayName":"x","mailNickname":"x","mailEnabled":false,"securityEnabled":true}')" 403
has "$(cat "$work/graph")" "groups administrator"
same "$(graph POST /v1.0/applications '{"displayName":"child"}')" 201
child=$(jq -r .id "$work/graph")
same "$(graph PATCH "/v1.0/applications/$child" '{"tags":["mine"]}')" 204
same "$(graph PATCH "/v1.0/applications(appId='$api')" '{"tags":["mine"]}')" 403
ok azb app owner list --id child -o json
same "$(jq -r '.[].displayName' <<<"$out")" worker
ok azb app owner add --id child --owner-object-id "$AZB_USERNAME"
ok azb app owner remove --id child --owner-object-id worker
same "$(graph PATCH "/v1.0/applications/$child" '{"tags":[]}')" 403
ok azb app delete --id child
refused 3 "there is no application" azb app show --id child

# The portal's own service, which `az ad app permission admin-consent` calls on a host of its own.
ok azb app create --display-name desk -o json
desk=$(jq -r .appId <<<"$out")
portal=$(curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -d grant_type=client_credentials \
    -d "client_id=$AZURE_CLIENT_ID" --data-urlencode "client_secret=$AZURE_CLIENT_SECRET" \
    -d resource=74658136-14ec-4630-ad9b-26e160ff0fc6 "$URL/$AZURE_TENANT_ID/oauth2/token" | jq -r .access_token)
same "$(curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -o /dev/null -w '%{http_code}' -X POST \
    -H "Host: main.iam.ad.ext.azure.com" -H "Authorization: Bearer $portal" -H "Content-Length: 0" \
    "$URL/api/RegisteredApplications/$desk/Consent?onBehalfOfAll=true")" 204
ok azb app permission list --id desk -o json
same "$(jq -r '.[]|"\(.permission):\(.consent)"' <<<"$out")" "User.Read:everybody"

# Service principals, and the one command that makes all that a program needs.
ok azb sp create-for-rbac --display-name robot --role "Azure Batch Data Contributor" \
    --scopes "/subscriptions/$AZURE_SUBSCRIPTION_ID" -o json
worker=$(jq -r .appId <<<"$out")
secret=$(jq -r .password <<<"$out")
same "$(jq -r .tenant <<<"$out")" "$AZURE_TENANT_ID"
ok as_worker azb job list
refused 2 "--role and --scopes go together" azb sp create-for-rbac --display-name x --role Owner
ok azb sp show --id robot -o json
same "$(jq -r .appId <<<"$out")" "$worker"
ok azb sp delete --id robot
refused 4 "" as_worker azb job list
ok azb sp create --id robot
ok azb sp list -o json
same "$(jq -r '[.[]|select(.displayName=="robot")]|length' <<<"$out")" 1

# An application that is deleted while it signs in: each answer is a token or says what is gone.
ok azb app create --display-name brief -o json
brief=$(jq -r .appId <<<"$out")
ok azb app secret add --id brief -o json
jq -r '"client_secret=\(.secretText)"' <<<"$out" >"$work/brief"
pids=()
for i in $(seq 30); do
    curl -sS --noproxy '*' --cacert "$AZB_CA_FILE" -d grant_type=client_credentials \
        -d "client_id=$brief" -d "@$work/brief" -d "scope=https://graph.microsoft.com/.default" \
        -o "$work/answer.$i" "$URL/$AZURE_TENANT_ID/oauth2/v2.0/token" &
    pids+=($!)
done
ok azb app delete --id brief
wait "${pids[@]}"
same "$(jq -s '[.[]|select((.access_token or (.error_description|test("AADSTS700016|AADSTS7000229")))|not)]|length' \
    "$work"/answer.*)" 0
