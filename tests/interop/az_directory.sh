#!/usr/bin/env bash
# The newest Azure CLI, unmodified: az ad of every kind, as the administrator and as a person.
. "$(dirname "$0")/interop.inc"
. "$here/az.inc"
start_azbd
as_admin
az_setup
az_login_admin
batch=ddbf3205-c6bd-46ae-8127-60eb93363864
graph=00000003-0000-0000-c000-000000000000
directory_read=7ab1d382-f21e-4acd-a863-ba3e13f7da61 # Directory.Read.All, in its own name
user_read=e1fe6dd8-ba31-4d61-89e7-88639da4683d      # User.Read, in a user's

# Applications: created, changed, found by all that az looks for.
cat >"$work/roles.json" <<'JSON'
[{"allowedMemberTypes": ["Application"], "description": "Submits", "displayName": "Submit",
  "isEnabled": true, "value": "Jobs.Submit"}]
JSON
ok az ad app create --display-name desk --sign-in-audience AzureADMyOrg \
    --web-home-page-url https://desk.example --web-redirect-uris https://desk.example/cb \
    --enable-id-token-issuance true --public-client-redirect-uris http://localhost \
    --app-roles "@$work/roles.json"
field .web.homePageUrl https://desk.example
field .web.implicitGrantSettings.enableIdTokenIssuance true
field '.appRoles[0].value' Jobs.Submit
desk=$(jq -r .appId <<<"$out")
ok az ad app update --id "$desk" --identifier-uris "api://$desk" --set tags='["one","two"]'
ok az ad app show --id "api://$desk"
field '.tags|join(",")' one,two
ok az ad app list --display-name des
field length 1
ok az ad app list --filter "appId in ('$desk')"
field '.[0].displayName' desk
refused + "colour" az ad app list --filter "colour eq 'red'"
ok az ad app owner list --id "$desk"
field length 1

# Credentials.
ok az ad app credential reset --id "$desk" --append --display-name one
ok az ad app credential reset --id "$desk" --append --display-name two
ok az ad app credential list --id "$desk"
field length 2
ok az ad app credential delete --id "$desk" --key-id "$(jq -r '.[0].keyId' <<<"$out")"
HOME=$work ok az ad app credential reset --id "$desk" --create-cert
ok az ad app credential list --id "$desk" --cert
field length 1
ok az ad app credential delete --id "$desk" --cert --key-id "$(jq -r '.[0].keyId' <<<"$out")"
ok az ad app federated-credential create --id "$desk" --parameters \
    '{"name": "main", "issuer": "https://issuer.example", "subject": "repo", "audiences": ["api://AzureADTokenExchange"]}'
ok az ad app federated-credential update --id "$desk" --federated-credential-id main \
    --parameters '{"issuer": "https://issuer.example", "subject": "other", "audiences": ["api://AzureADTokenExchange"]}'
ok az ad app federated-credential show --id "$desk" --federated-credential-id main
field .subject other
ok az ad app federated-credential delete --id "$desk" --federated-credential-id main

# Service principals and what they may.
ok az ad sp create --id "$desk"
desk_sp=$(jq -r .id <<<"$out")
ok az ad sp show --id "api://$desk"
field .id "$desk_sp"
ok az ad sp list --filter "servicePrincipalNames/any(c:c eq 'https://batch.core.windows.net')"
field '.[0].appId' "$batch"
ok az ad sp credential reset --id "$desk_sp" --append
ok az ad sp credential list --id "$desk_sp"
field length 1
ok az ad sp owner list --id "$desk_sp"
ok az ad sp update --id "$desk_sp" --set tags='["of the principal"]'
ok az ad app permission add --id "$desk" --api "$graph" --api-permissions "$directory_read=Role"
refused + "duplicate values" az ad app permission add --id "$desk" --api "$graph" \
    --api-permissions "$user_read=Scope"
ok az ad app permission list --id "$desk"
field '[.[].resourceAccess[].type]|sort|unique|join(",")' Role,Scope
ok az ad app permission grant --id "$desk" --api "$graph" --scope User.Read
ok az ad app permission list-grants --id "$desk" --show-resource-name
field '.[0].resourceDisplayName' "Microsoft Graph"
ok az ad app permission delete --id "$desk" --api "$graph" --api-permissions "$user_read"

# One command for all of it, and again with the same name.
ok az ad sp create-for-rbac --name robot --role "Azure Batch Data Contributor" \
    --scopes "/subscriptions/$AZURE_SUBSCRIPTION_ID"
robot=$(jq -r .appId <<<"$out") secret=$(jq -r .password <<<"$out")
AZURE_CLIENT_ID=$robot AZURE_CLIENT_SECRET=$secret ok azb job list
HOME=$work ok az ad sp create-for-rbac --name robot --create-cert
field .appId "$robot"

# Users and groups.
ok az ad user create --display-name Ann --user-principal-name ann@azb.onmicrosoft.com \
    --password "a long password"
ann=$(jq -r .id <<<"$out")
ok az ad user update --id ann@azb.onmicrosoft.com --display-name "Ann Archer"
ok az ad user list --display-name "Ann A"
field '.[0].id' "$ann"
ok az ad user list --upn ann@azb.onmicrosoft.com
field length 1
ok az ad group create --display-name outer --mail-nickname outer
ok az ad group create --display-name inner --mail-nickname inner --description "within outer"
inner=$(jq -r .id <<<"$out")
ok az ad group create --display-name inner --mail-nickname inner
field .id "$inner"
ok az ad group member add --group outer --member-id "$inner"
ok az ad group member add --group inner --member-id "$ann"
refused + "already exist" az ad group member add --group inner --member-id "$ann"
ok az ad group member list --group inner
field '.[0].userPrincipalName' ann@azb.onmicrosoft.com
ok az ad group member check --group outer --member-id "$ann"
field .value true
ok az ad user get-member-groups --id ann@azb.onmicrosoft.com
field '[.[].displayName]|sort|join(",")' inner,outer
ok az ad group get-member-groups --group inner
field length 1
ok az ad group owner add --group inner --owner-object-id "$ann"
ok az ad group owner list --group inner
field '.[0].id' "$ann"
ok az ad group list --display-name inn
field length 1
ok az ad group member remove --group inner --member-id "$ann"
ok az ad group delete --group inner
ok az ad app owner add --id "$desk" --owner-object-id "$ann"
ok az ad app owner remove --id "$desk" --owner-object-id "$ann"
ok az ad user delete --id ann@azb.onmicrosoft.com
ok az ad sp delete --id "$desk"
ok az ad app delete --id "$desk"
refused 3 "does not exist" az ad app show --id "$desk"

# A person: what they own.
az_login_person
ok az ad app create --display-name "made by a person"
ok az ad signed-in-user list-owned-objects --type application
field '.[0].displayName' "made by a person"
