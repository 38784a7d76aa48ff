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
awk "/^### The portal's steps/{ours = 1} /^## /{ours = 0}"'
    ours && /^```$/{block = 0} block; ours && /^```sh$/{count++; block = count == 2}' \
    "$AZB_SOURCE/README.md" >steps.sh
for word in "app create" "app permission add" "app permission admin-consent" "app secret add" \
    "role assignment create" "role definition create" "login --service-principal" "pool delete"; do
    grep -q "azb $word" steps.sh || fail_flow "README.md's steps do not have: azb $word"
done
. ./steps.sh >steps.out 2>steps.err || fail_flow "$(cat steps.err)"

as_admin
ok azb job show --job-id nightly-azb --as environment
same "$(jq -r .state <<<"$out")" active
ok azb pool show --pool-id small --as environment
same "$(jq -r .state <<<"$out")" active
has "$(cat steps.err)" Microsoft.Batch/batchAccounts/pools/delete
