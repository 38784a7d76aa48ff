#!/usr/bin/env bash
# az role: definitions and assignments, by every name that a principal has; and what az says when
# Resource Manager says no.
. "$(dirname "$0")/interop.inc"
. "$here/az.inc"
all_flows_only
start_azbd
as_admin
az_setup
az_login_admin
S=/subscriptions/$AZURE_SUBSCRIPTION_ID
account=$S/resourceGroups/azb/providers/Microsoft.Batch/batchAccounts/azb

# Custom roles: az's file, its update, and ARM's own form, which az only takes by az rest.
ok az role definition create --role-definition "$AZB_SOURCE/examples/custom-role.az.json"
field .roleName "Azure Batch Custom Job Submitter"
ok az role definition list --custom-role-only
field '.[0].permissions[0].dataActions[0]' "Microsoft.Batch/batchAccounts/jobs/*"
jq '.Description = "Changed."' "$AZB_SOURCE/examples/custom-role.az.json" >"$work/role.json"
ok az role definition update --role-definition "$work/role.json"
ok az role definition list --name "Azure Batch Custom Job Submitter"
field '.[0].description' Changed.
ok az role definition show --scope "$S" --name "$(jq -r '.[0].name' <<<"$out")"
field .description Changed.
refused 1 "role name" az role definition create --role-definition "$AZB_SOURCE/examples/custom-role.json"
jq '.properties.roleName = "By az rest"' "$AZB_SOURCE/examples/custom-role.json" >"$work/arm.json"
ok az rest --method put --body "@$work/arm.json" --url \
    "$S/providers/Microsoft.Authorization/roleDefinitions/44444444-4444-4444-8444-444444444444?api-version=2022-04-01"
ok az role definition list --name "By az rest"
field '.[0].roleType' CustomRole

# A program, a person and a group.
ok az ad app create --display-name worker
app=$(jq -r .appId <<<"$out")
ok az ad sp create --id "$app"
principal=$(jq -r .id <<<"$out")
person=$(az ad user show --id "$AZB_USERNAME" --query id --output tsv)
ok az ad group create --display-name team --mail-nickname team
group=$(jq -r .id <<<"$out")
ok az ad group member add --group team --member-id "$principal"

# By client id, object id, user name and group; the same one again is the one that is there.
ok az role assignment create --assignee "$app" --role Reader --scope "$S"
field .principalId "$principal"
first=$(jq -r .name <<<"$out")
ok az role assignment create --assignee "$principal" --role Reader --scope "$S"
field .name "$first"
ok az role assignment create --assignee "$AZB_USERNAME" --role Reader --scope "$S/resourceGroups/azb"
field .principalType User
ok az role assignment create --assignee-object-id "$group" --assignee-principal-type Group \
    --role "Azure Batch Job Submitter" --scope "$account"
ok az role assignment create --assignee "$app" --role "Azure Batch Custom Job Submitter" --scope "$account" \
    --description "For the night"

ok az role assignment list --all
field 'length > 4' true
ok az role assignment list --assignee "$app"
field '.[].roleDefinitionName' Reader
ok az role assignment list --assignee "$app" --scope "$account"
field '.[].description' "For the night"
ok az role assignment list --assignee "$app" --scope "$account" --include-inherited
field '[.[].roleDefinitionName] | sort | join(", ")' "Azure Batch Custom Job Submitter, Reader"
ok az role assignment list --assignee "$app" --all --include-groups
field '[.[].principalType] | unique | join(" ")' "Group ServicePrincipal"
ok az role assignment list --role Reader --scope "$S/resourceGroups/azb"
field '.[].principalName' "$AZB_USERNAME"

# A condition; one that says nothing that can be read.
condition="@Resource[Microsoft.Batch/batchAccounts/pools:name] StringEquals 'small'"
ok az role assignment create --assignee "$AZB_USERNAME" --role "Azure Batch Data Contributor" --scope "$S" \
    --condition "$condition" --condition-version 2.0
field .condition "$condition"
refused 1 ondition az role assignment create --assignee "$AZB_USERNAME" --role Contributor --scope "$S" \
    --condition "@Resource[" --condition-version 2.0

# What is wrong, in Resource Manager's and in az's own words.
refused 1 PrincipalNotFound az role assignment create --role Reader --scope "$S" \
    --assignee-object-id 11111111-2222-4333-8444-555555555555 --assignee-principal-type ServicePrincipal
refused 1 "Cannot find user or service principal" az role assignment create --assignee nobody --role Reader --scope "$S"
refused 1 "doesn't exist" az role assignment create --assignee "$app" --role Nonsense --scope "$S"
refused + ResourceGroupNotFound az role assignment create --assignee "$app" --role Reader --scope "$S/resourceGroups/none"
refused 1 RoleDefinitionHasAssignments az role definition delete --name "Azure Batch Custom Job Submitter"
refused 1 RoleAssignmentExists az rest --method put --body \
    "{\"properties\": {\"roleDefinitionId\": \"$S/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7\", \"principalId\": \"$principal\"}}" \
    --url "$S/providers/Microsoft.Authorization/roleAssignments/66666666-6666-4666-8666-666666666666?api-version=2022-04-01"

# A reader may not give roles: the denial, its explanation, and where it stands.
ok az ad app credential reset --id "$app"
secret=$(jq -r .password <<<"$out")
ok az login --service-principal --username "$app" --password "$secret" --tenant "$AZURE_TENANT_ID"
refused 1 AuthorizationFailed az role assignment create --assignee-object-id "$person" \
    --assignee-principal-type User --role Owner --scope "$S"
has "$err" "Microsoft.Authorization/roleAssignments/write"
has "$err" "/access/v1/decisions/"
az_login_admin

# Taken away, one by one, and then all.
ok az role assignment delete --assignee "$app" --role Reader --scope "$S"
ok az role assignment delete --assignee "$app" --role "Azure Batch Custom Job Submitter" --scope "$account"
ok az role assignment list --assignee "$app" --all
field length 0
ok az role definition delete --name "Azure Batch Custom Job Submitter"
ok az role definition delete --name 44444444-4444-4444-8444-444444444444 --scope "$S"
ok az role definition list --custom-role-only
field length 0
