#!/usr/bin/env bash
# The newest Azure CLI, unmodified: resource groups, providers, regions, management groups, and what
# az lists of roles.
. "$(dirname "$0")/interop.inc"
. "$here/az.inc"
cat >"$work/groups.json" <<'JSON'
{
  "managementGroups": [
    {"id": "platform", "displayName": "Platform"},
    {"id": "batch", "parent": "platform", "subscriptions": ["88888888-8888-8888-8888-888888888888"]}
  ],
  "roleAssignments": [
    {"principal": "azb administrator", "role": "Owner",
     "scope": "/providers/Microsoft.Management/managementGroups/platform"}
  ]
}
JSON
start_azbd "$work/state" --config "$work/groups.json"
as_admin
az_setup
az_login_admin

ok az group create --name interop --location westeurope --tags a=1 b=2
field .properties.provisioningState Succeeded
ok az group exists --name interop
same "$out" true
ok az group list --tag a=1
field '.[0].name' interop
ok az group update --name interop --set tags.c=3
field .tags.c 3
ok az group show --name interop
field .location westeurope
refused + "InvalidResourceGroupLocation" az group create --name interop --location eastus
refused + "LocationNotAvailableForResourceGroup" az group create --name other --location atlantis
ok az group delete --name interop --yes
ok az group exists --name interop
same "$out" false
refused + "ResourceGroupNotFound" az group show --name interop

ok az provider register --namespace Microsoft.Batch
ok az provider show --namespace Microsoft.Batch
field .registrationState Registered
ok az provider list --query '[].namespace'
has "$out" Microsoft.Authorization
ok az provider operation show --namespace Microsoft.Batch
has "$out" Microsoft.Batch/batchAccounts/jobs/write
ok az account list-locations --query '[].name'
has "$out" westeurope
ok az resource list --resource-type Microsoft.Batch/batchAccounts
field '.[0].name' "$AZURE_BATCH_ACCOUNT"
ok az resource show --ids "$(jq -r '.[0].id' <<<"$out")"
field .type Microsoft.Batch/batchAccounts

ok az account management-group list
field '[.[].name] | sort | join(",")' batch,platform
ok az account management-group show --name platform --expand --recurse
field '.children[0].children[0].name' "$AZURE_SUBSCRIPTION_ID"

# What stands at the group is inherited below it.
group=/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/$AZURE_RESOURCE_GROUP
ok az role assignment list --scope "$group" --include-inherited
has "$out" /providers/Microsoft.Management/managementGroups/platform
ok az role assignment list --all
has "$out" "$group"
ok az role definition list --custom-role-only
same "$(jq -c . <<<"$out")" '[]'
