#!/usr/bin/env bash
# The newest Azure CLI, unmodified: applications of a Batch account, whose packages it uploads as blobs.
. "$(dirname "$0")/interop.inc"
. "$here/az.inc"
start_azbd
as_admin
az_setup
az_login_admin

# az wants a storage account to be named before it makes an application.
at=(--name azb --resource-group azb)
refused + "needs auto-storage" az batch application create "${at[@]}" --application-name tool
ok az batch account set "${at[@]}" --storage-account \
    "/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/azb/providers/Microsoft.Storage/storageAccounts/store"
field '.autoStorage.storageAccountId | endswith("/store")' true
ok az batch account autostorage-keys sync "${at[@]}"
ok az batch application create "${at[@]}" --application-name tool
field .allowUpdates true
python3 -c "import zipfile, sys; zipfile.ZipFile(sys.argv[1], 'w').writestr('tool', 'x')" "$work/tool.zip"
ok az batch application package create "${at[@]}" --application-name tool --version-name 1.0 \
    --package-file "$work/tool.zip"
field .state Active
ok az batch application package list "${at[@]}" --application-name tool
field '[.[].name] | join(",")' 1.0
ok az batch application set "${at[@]}" --application-name tool --default-version 1.0
ok az batch application show "${at[@]}" --application-name tool
field .defaultVersion 1.0
ok az batch account login "${at[@]}"
ok az batch application summary list
field '.[0].versions[0]' 1.0
ok az batch location quotas show --location westeurope
field .accountQuota 50
ok az batch application package delete "${at[@]}" --application-name tool --version-name 1.0 --yes
ok az batch application delete "${at[@]}" --application-name tool --yes
