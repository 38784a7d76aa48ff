#!/usr/bin/env bash
# The newest Azure CLI, unmodified: the portal's steps of README.md as they stand there, up to a
# denial in az's own words; and a person who signs in.
. "$(dirname "$0")/interop.inc"
. "$here/az.inc"
start_azbd
export AZB_STATE=$STATE
as_admin
ok azb pool create --id small --vm-size standard_d2s_v3 --image debian:debian-12:12 \
    --node-agent-sku-id "batch.node.debian 12"
cd "$work"
ln -s "$AZB_SOURCE/examples" examples
readme_blocks "### The portal's steps" 1 steps.sh "az login --service-principal" "az ad app create" \
    "az ad sp create" "az ad app permission add" "az ad app credential reset" \
    "az role assignment create" "az role definition create" "az batch pool delete"
play ./steps.sh

# What came of them, from azbd's own side.
as_admin
ok azb app permission list --id nightly
has "$out" user_impersonation
ok azb job show --job-id nightly
field .state active
# The denial, as az shows it: what was missing, the smallest role, and where all of it stands.
told=$(tr -d '\n' <played.err)
has "$told" "does not have"
has "$told" "batchAccounts/pools/delete"
link=$(grep -o "$URL/access/v1/decisions/[A-Za-z0-9_-]*" played.err | head -1)
[ -n "$link" ] || fail_flow "no link to the explanation: $told"
explanation=$(curl --silent --fail --cacert "$AZB_CA_FILE" -H "Accept: application/json" "$link")
same "$(jq -r .allowed <<<"$explanation")" false
same "$(jq -r .action <<<"$explanation")" Microsoft.Batch/batchAccounts/pools/delete
ok azb pool show --pool-id small
field .state active

# A person, without the name of a tenant.
az_login_person
field '.[0].user.name' "$AZB_USERNAME"
ok az ad signed-in-user show
field .userPrincipalName "$AZB_USERNAME"
