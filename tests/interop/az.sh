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
awk "/^### The portal's steps/{ours = 1} /^## /{ours = 0}"'
    ours && /^```$/{block = 0} block; ours && /^```sh$/{count++; block = count == 1}' \
    "$AZB_SOURCE/README.md" >steps.sh
for word in "login --service-principal" "ad app create" "ad sp create" "ad app permission add" \
    "ad app credential reset" "role assignment create" "role definition create" "batch pool delete"; do
    grep -q "az $word" steps.sh || fail_flow "README.md's steps do not have: az $word"
done
. ./steps.sh >steps.out 2>steps.err || fail_flow "$(cat steps.err)"

# What came of them, from azbd's own side.
as_admin
ok azb app permission list --id nightly
has "$out" user_impersonation
ok azb job show --job-id nightly
field .state active
# The denial, as az shows it: what was missing, the smallest role, and where all of it stands.
told=$(tr -d '\n' <steps.err)
has "$told" "does not have"
has "$told" "batchAccounts/pools/delete"
link=$(grep -o "$URL/access/v1/decisions/[A-Za-z0-9_-]*" steps.err | head -1)
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
