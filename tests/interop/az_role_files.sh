#!/usr/bin/env bash
# Role files between azb and the Azure CLI: what azb writes for az is taken by az, what az prints is
# taken by azb, and the examples of az's own help read the same to both.
. "$(dirname "$0")/interop.inc"
. "$here/az.inc"
start_azbd
as_admin
az_setup
az_login_admin
scope=/subscriptions/$AZURE_SUBSCRIPTION_ID
list() { jq -c '(if type == "array" then .[0] else . end).permissions[0] | [.actions, .notActions, .dataActions, .notDataActions]' "$@"; }

# The article's role, written by azb for az, created by az, and shown by both.
azb role definition convert "$AZB_SOURCE/tests/fuzz/corpus/role_json/article.json" --form az-input |
    jq --arg scope "$scope" '.AssignableScopes = [$scope]' >"$work/input.json"
ok az role definition create --role-definition "@$work/input.json"
field .roleName "Azure Batch Custom Job Submitter"
id=$(jq -r .name <<<"$out")
ok azb role definition show --name "$id" --form az
field .name "$id"
printf '%s\n' "$out" >"$work/azb.json"
ok az role definition list --name "Azure Batch Custom Job Submitter" --scope "$scope"
printf '%s\n' "$out" >"$work/az.json"
same "$(list "$work/azb.json")" "$(list "$work/az.json")"
for member in id name roleName roleType type description assignableScopes; do
    same "$(jq -c ".$member" "$work/azb.json")" "$(jq -c ".[0].$member" "$work/az.json")"
done
ok azb role lint <(jq '.[0]' "$work/az.json") --scope "$scope" -o json
field 'map(.code) | join(" ")' no-autopool

# az's list, changed, goes back by azb; and by az what azb shows.
jq '.[0] | .description = "by azb"' "$work/az.json" >"$work/changed.json"
ok azb role definition update --role-definition "@$work/changed.json"
ok az role definition list --name "$id" --scope "$scope"
field '.[0].description' "by azb"
azb role definition show --name "$id" --form az | jq '.description = "by az"' >"$work/changed.json"
ok az role definition update --role-definition "@$work/changed.json"
ok azb role definition show --name "$id" --form az-input
field .Description "by az"
jq '.Description = "by az, by name"' <<<"$out" >"$work/changed.json"
ok az role definition update --role-definition "@$work/changed.json"
ok azb role definition show --name "$id" --form az
field .description "by az, by name"

# The file of az role definition update --help: of either form something.
jq -n --arg id "$scope/providers/Microsoft.Authorization/roleDefinitions/$id" --arg scope "$scope" '{
  roleName: "On-call", Description: "The mixture.", id: $id, roleType: "CustomRole",
  type: "Microsoft.Authorization/roleDefinitions", Actions: ["Microsoft.Batch/*/read", "Microsoft.Support/*"],
  DataActions: ["Microsoft.Batch/batchAccounts/jobs/*"], NotDataActions: ["Microsoft.Batch/batchAccounts/jobs/delete"],
  AssignableScopes: [$scope]}' >"$work/mixture.json"
ok az role definition update --role-definition "@$work/mixture.json"
by_az=$(az role definition list --name "$id" --scope "$scope")
ok azb role definition update --role-definition "@$work/mixture.json" --form az
same "$(list <<<"$out")" "$(list <<<"$by_az")"
field .roleName On-call

# An assignment with what azb's options say, as az sees it.
ok azb app create --display-name worker
app=$(jq -r .appId <<<"$out")
condition="(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}))"
ok azb role assignment create --assignee "$app" --role On-call --scope "$scope" --description "For the night" \
    --condition "$condition" --name 33333333-3333-4333-8333-333333333333
ok az role assignment list --assignee "$app" --scope "$scope"
field '.[0] | [.name, .description, .condition, .conditionVersion, .roleDefinitionName] | join("; ")' \
    "33333333-3333-4333-8333-333333333333; For the night; $condition; 2.0; On-call"
ok azb role assignment delete --ids "$(jq -r '.[0].id' <<<"$out")"
ok az role assignment list --assignee "$app" --scope "$scope"
field length 0
