#!/usr/bin/env bash
# The portal's steps of README.md with azb, as they stand there. (tests/interop/az.sh runs those with az.)
. "$(dirname "$0")/flow.sh"
start_azbd
export AZB_STATE=$STATE
as_admin
ok azb pool create --id small --vm-size standard_d2s_v3 --image debian:debian-12:12 \
    --node-agent-sku-id "batch.node.debian 12"
cd "$work"
ln -s "$AZB_SOURCE/examples" examples
readme_blocks "### The portal's steps" 2 steps.sh "azb app create" "azb app permission add" \
    "azb app permission admin-consent" "azb app secret add" "azb role assignment create" \
    "azb role definition create" "azb login --service-principal" "azb pool delete"
play ./steps.sh

as_admin
ok azb job show --job-id nightly-azb --as environment
same "$(jq -r .state <<<"$out")" active
ok azb pool show --pool-id small --as environment
same "$(jq -r .state <<<"$out")" active
has "$(cat played.err)" Microsoft.Batch/batchAccounts/pools/delete
