#!/usr/bin/env bash
# az group, az provider, az batch: accounts by Resource Manager, pools, jobs, tasks and files by the
# Batch service, with tokens and with keys.
. "$(dirname "$0")/interop.inc"
. "$here/az.inc"
all_flows_only
start_azbd
as_admin
az_setup
az_login_admin
unset AZURE_BATCH_ACCOUNT AZURE_BATCH_ENDPOINT AZURE_BATCH_ACCESS_KEY AZURE_BATCH_AUTH_MODE
S=/subscriptions/$AZURE_SUBSCRIPTION_ID

ok az provider list --query "[].namespace"
has "$out" Microsoft.Batch
ok az provider show --namespace Microsoft.Batch
field .registrationState Registered
ok az account list-locations --query "[?name=='westeurope']"
field length 1

ok az group create --name night --location westeurope --tags for=tests
field .properties.provisioningState Succeeded
ok az group list --query "[].name"
has "$out" night
ok az group exists --name night
same "$out" true

# az waits for an operation as long as Retry-After says.
began=$SECONDS
ok az batch account create --name second --resource-group night --location westeurope
[ $((SECONDS - began)) -lt 25 ] || fail_flow "az waited $((SECONDS - began)) s for an account"
field .provisioningState Succeeded
ok az batch account list --resource-group night
field '.[].name' second
ok az batch account show --name second --resource-group night
field .allowedAuthenticationModes[1] AAD
ok az batch account set --name second --resource-group night --tags a=b
field .tags.a b
ok az batch account keys list --name second --resource-group night
key=$(jq -r .primary <<<"$out")
ok az batch account keys renew --name second --resource-group night --key-name primary
[ "$(jq -r .primary <<<"$out")" != "$key" ] || fail_flow "the key stayed"
ok az batch location quotas show --location westeurope
field 'has("accountQuota")' true

# The new account with its key, and with a token.
ok az batch account login --name second --resource-group night --shared-key-auth
ok az batch job list
same "$out" "[]"
ok az batch account keys renew --name second --resource-group night --key-name primary
refused 1 AuthenticationFailed az batch job list
ok az batch account login --name second --resource-group night
ok az batch job list
same "$out" "[]"

# Work, in the account where tasks run.
ok az batch account login --name azb --resource-group azb
ok az batch pool create --id small --vm-size standard_d2s_v3 --target-dedicated-nodes 1 \
    --image debian:debian-12:12 --node-agent-sku-id "batch.node.debian 12"
ok az batch pool show --pool-id small
field .vmSize standard_d2s_v3
ok az batch pool list --query "[].id"
field '.[0]' small
ok az batch job create --id first --pool-id small
ok az batch task create --job-id first --task-id hello --command-line "/bin/echo hello from az"
done_yet() { [ "$(az batch task show --job-id first --task-id hello --query state --output tsv)" = completed ]; }
wait_for 60 done_yet
ok az batch task show --job-id first --task-id hello
field .executionInfo.exitCode 0
ok az batch task file list --job-id first --task-id hello --query "[].name"
has "$out" stdout.txt
ok az batch task file download --job-id first --task-id hello --file-path stdout.txt --destination "$work/stdout.txt"
same "$(cat "$work/stdout.txt")" "hello from az"
ok az batch task list --job-id first
field '.[0].id' hello
ok az batch job list
field '.[0].id' first
ok az batch job stop --job-id first
ok az batch job delete --job-id first --yes

ok az batch account delete --name second --resource-group night --yes
ok az batch account list --resource-group night
field length 0
ok az group delete --name night --yes
ok az group exists --name night
same "$out" false
ok az rest --url "$S/resourceGroups?api-version=2021-04-01"
field '.value | map(.name) | join(" ")' azb
