#!/usr/bin/env bash
# The newest Azure CLI, unmodified, at an azbd: signs in, shows what it is, and lists what is there.
. "$(dirname "$0")/interop.inc"
. "$here/az.inc"
start_azbd
as_admin
az_setup
az_login_admin
field '.[0].cloudName' azb
field '.[0].id' "$AZURE_SUBSCRIPTION_ID"
ok az account show
field .tenantId "$AZURE_TENANT_ID"
field .user.name "$AZURE_CLIENT_ID"
ok az ad app list
field '.[0].displayName' "azb administrator"
az_login_person
field '.[0].user.name' "$AZB_USERNAME"
ok az ad signed-in-user show
field .userPrincipalName "$AZB_USERNAME"
