#!/usr/bin/env bash
# Role files in every form, judged by jq: converted offline, looked at by lint, created, changed and
# given out. The files are those of the article and of az's own help.
. "$(dirname "$0")/flow.sh"
command -v jq >/dev/null || fail_flow "needs jq"
corpus=$AZB_SOURCE/tests/fuzz/corpus/role_json
article=$corpus/article.json

# What a role says, whatever its form: written by hand in jq, which knows nothing of our reader.
said() {
    jq -S '
      def list(n): [to_entries[] | select((.key | ascii_downcase) == n) | .value][0] // [];
      if .properties then .properties
        | {name: .roleName, description, custom: (.type == "CustomRole"), scopes: .assignableScopes,
           grants: [.permissions[] | {a: list("actions"), na: list("notactions"), d: list("dataactions"), nd: list("notdataactions")}]}
      elif .permissions then
        {name: .roleName, description, custom: (.roleType == "CustomRole"), scopes: .assignableScopes,
           grants: [.permissions[] | {a: list("actions"), na: list("notactions"), d: list("dataactions"), nd: list("notdataactions")}]}
      else
        {name: (.roleName // .Name), description: .Description, custom: (.IsCustom != false), scopes: .AssignableScopes,
           grants: [{a: list("actions"), na: list("notactions"), d: list("dataactions"), nd: list("notdataactions")}]}
      end' "$@"
}

# ---- forms, offline: every one into every other, and nothing is lost --------------------------
for file in "$article" "$corpus/az_update.json"; do
    said "$file" >"$work/wanted"
    for first in arm az az-input powershell; do
        ok azb role definition convert "$file" --form $first
        printf '%s\n' "$out" >"$work/first.json"
        same "$(said "$work/first.json")" "$(cat "$work/wanted")"
        for second in arm az az-input powershell; do
            ok azb role definition convert - --form $second <"$work/first.json"
            printf '%s\n' "$out" >"$work/second.json"
            same "$(said "$work/second.json")" "$(cat "$work/wanted")"
        done
    done
done
# The members that each tool knows, in its own spelling.
keys() { azb role definition convert "$corpus/az_update.json" --form "$1" | jq -c "$2 | keys"; }
same "$(keys arm .)" '["id","name","properties","type"]'
same "$(keys arm '.properties.permissions[0]')" '["actions","dataActions","notActions","notDataActions"]'
same "$(keys az .)" '["assignableScopes","description","id","name","permissions","roleName","roleType","type"]'
same "$(keys az-input .)" \
    '["Actions","AssignableScopes","DataActions","Description","IsCustom","Name","NotActions","NotDataActions"]'
same "$(keys powershell .)" \
    '["Actions","AssignableScopes","Condition","ConditionVersion","DataActions","Description","Id","IsCustom","Name","NotActions","NotDataActions"]'
same "$(azb role definition convert "$corpus/az_update.json" --form powershell | jq -r '.Id, .IsCustom')" \
    "11111111-1111-4111-8111-111111111111
true"
# A condition is kept where there is a place for it, and not dropped where there is none.
same "$(azb role definition convert "$corpus/powershell.json" --form arm |
    jq -c '.properties.permissions[0] | [.condition, .conditionVersion]')" \
    "$(jq -c '[.Condition, .ConditionVersion]' "$corpus/powershell.json")"
refused 2 "has no place for it" azb role definition convert "$corpus/powershell.json" --form az-input
refused 2 "holds one" azb role definition convert "$corpus/cli_output.json" --form powershell
refused 2 "none of arm, az, az-input, powershell" azb role definition convert "$article" --form yaml
echo '{' >"$work/torn.json"
refused 2 "torn.json: line 2, column 1" azb role definition convert "$work/torn.json" --form arm
refused 2 "torn.json: role definition: line 2" azb role definition create --role-definition "@$work/torn.json"
refused 2 "notaction: there is no such member" azb role definition convert "$corpus/broken_misspelt.json" --form az

# A list, as az role definition list prints it, becomes a list.
jq -s . "$article" "$corpus/az_update.json" >"$work/list.json"
ok azb role definition convert "$work/list.json" --form powershell
same "$(jq -c 'map(.Name)' <<<"$out")" '["Azure Batch Custom Job Submitter","Contoso On-call"]'
ok azb role lint "$work/list.json" -o json
same "$(jq -r '.[].where' <<<"$out")" "[0].properties.permissions[0].dataActions[0]"
# An id and its history come through; a GUID alone gets its home from the first scope.
jq '.createdOn = "2026-01-02T03:04:05Z"' <(azb role definition convert "$corpus/az_update.json" --form az) >"$work/old.json"
same "$(azb role definition convert "$work/old.json" --form arm | jq -r '.id, .properties.createdOn')" \
    "$(jq -r .id "$corpus/az_update.json")
2026-01-02T03:04:05Z"
same "$(jq '.Id = "11111111-1111-4111-8111-111111111111"' "$corpus/cli_input.json" |
    azb role definition convert - --form az | jq -r .id)" \
    "$(jq -r '.AssignableScopes[0]' "$corpus/cli_input.json")/providers/Microsoft.Authorization/roleDefinitions/11111111-1111-4111-8111-111111111111"
refused 2 "line 1, column" azb role definition convert "$corpus/truncated.json" --form arm
refused 2 "expected an object, found a number" azb role definition convert <(echo '[7]') --form arm

# ---- lint: exit codes, JSON, people ---------------------------------------------------------
findings() { jq -r '.[] | [.level, .code, .where, .fix] | join(" ")' <<<"$out"; }
ok azb role lint "$article" -o json
same "$(findings)" "hint no-autopool properties.permissions[0].dataActions[0] add Microsoft.Batch/batchAccounts/pools/write to actions"
ok azb role lint "$corpus/broken_write_only.json" -o json # warnings only
same "$(jq -r 'map(.level) | unique | join(" ")' <<<"$out")" "hint warning"
refused 1 "" azb role lint "$corpus/broken_jobs_in_actions.json" -o json
same "$(findings)" "error wrong-list Actions[0] move it to DataActions
error wrong-list Actions[1] move it to DataActions
error wrong-list DataActions[0] move it to Actions"
same "$(jq -r '.[] | [.file, .line, .column] | join(":")' <<<"$out" | head -1)" \
    "$corpus/broken_jobs_in_actions.json:5:15"
refused 1 "" azb role lint - -o json <"$corpus/truncated.json"
same "$(jq -r '.[] | [.file, .code, .where] | join("; ")' <<<"$out")" "standard input; syntax; line 1, column 61"
refused 1 "" azb role lint "$article" -o json --scope /subscriptions/99999999-9999-4999-8999-999999999999
same "$(jq -r '.[] | select(.level == "error").code' <<<"$out")" "scope-outside"
refused 1 "" azb role lint "$corpus/broken_misspelt.json" -o table
has "$out" "7 errors"
has "$out" "$corpus/broken_misspelt.json:11:9: error:"
has "$out" "-> Microsoft.Batch/batchAccounts/pools/read"
has "$(azb role lint "$corpus/powershell.json" -o table)" "nothing to find"
refused 2 "cannot open" azb role lint "$work/none.json"
refused 2 "must start with '/'" azb role lint "$article" --scope rg
head -c 1100000 /dev/zero | tr '\0' ' ' >"$work/large.json"
refused 1 "" azb role lint "$work/large.json" -o table
has "$out" "1100000 bytes are too many"

# ---- created, shown, changed ------------------------------------------------------------------
start_azbd
as_admin
subscription=/subscriptions/$AZURE_SUBSCRIPTION_ID
cat >"$work/runner.json" <<JSON
{ "Name": "Runner", "IsCustom": true, "Description": "Runs.", "Actions": ["Microsoft.Batch/batchAccounts/pools/read"],
  "NotActions": [], "DataActions": ["Microsoft.Batch/batchAccounts/jobs/*"], "NotDataActions": [],
  "AssignableScopes": ["$subscription"] }
JSON
for form in arm az az-input powershell; do
    azb role definition convert "$work/runner.json" --form $form |
        sed "s/\"Runner\"/\"Runner $form\"/" >"$work/runner-$form.json"
    ok azb role definition create --role-definition "@$work/runner-$form.json" --form $form
    printf '%s\n' "$out" >"$work/made-$form.json"
    same "$(said "$work/made-$form.json")" "$(said "$work/runner-$form.json")"
    ok azb role definition show --name "Runner $form" --form $form
    same "$(said <<<"$out")" "$(said "$work/runner-$form.json")"
done
ok azb role definition list --custom-role-only --scope "$subscription" -o json
same "$(jq -r '.[].properties.roleName' <<<"$out" | sort)" "Runner arm
Runner az
Runner az-input
Runner powershell"
ok azb role definition list --resource-group "$AZURE_RESOURCE_GROUP" --name Reader --form az
same "$(jq -r '.[] | [.roleName, .roleType, .name, (.permissions | length)] | join(" ")' <<<"$out")" \
    "Reader BuiltInRole acdd72a7-3385-48ef-bd42-f606fba81ae7 1"
ok azb role definition show --name Owner --scope / --form powershell
same "$(jq -c '[.Id, .IsCustom, .Actions]' <<<"$out")" '["8e3af657-a8ff-443c-a75c-2fe8c4bcb635",false,["*"]]'
id=$(jq -r .name "$work/made-arm.json")
ok azb role definition show --name "$id" -o json
same "$(jq -r '.properties.roleName' <<<"$out")" "Runner arm"
ok azb role definition list --name "$id" -o json
same "$(jq length <<<"$out")" 1

# By id, in az's own mixture of forms; by name when there is no id.
jq '{roleName: "Walker", Description: "Walks.", id: .id, roleType: "CustomRole", type: .type,
     Actions: ["Microsoft.Batch/batchAccounts/read"], AssignableScopes: .properties.assignableScopes}' \
    "$work/made-arm.json" >"$work/walker.json"
ok azb role definition update --role-definition "@$work/walker.json" --form az
same "$(jq -r '[.name, .roleName, .description, .permissions[0].actions[0]] | join(" ")' <<<"$out")" \
    "$id Walker Walks. Microsoft.Batch/batchAccounts/read"
jq '.Description = "Runs faster."' "$work/runner-az-input.json" >"$work/faster.json"
ok azb role definition update --role-definition - <"$work/faster.json"
same "$(azb role definition show --name "Runner az-input" --form az-input | jq -r .Description)" "Runs faster."
refused 3 "azb role definition create makes it" azb role definition update --role-definition "$(jq -c '.Name = "Nobody"' "$work/runner.json")"
refused + "there is a role with the id" azb role definition create --role-definition "@$work/walker.json"
refused 2 "DataActions" azb role definition create --role-definition "$(jq -c '.DataActions = 7' "$work/runner.json")"
refused 2 "condition" azb role definition create --role-definition "$(jq -c '.Condition = "@"' "$work/runner.json")"
refused 2 "leave --output out" azb role definition show --name Reader --form az -o table
ok azb role definition delete --name Walker --scope "$subscription"
refused 3 "there is no role 'Walker'" azb role definition show --name Walker --scope "$subscription"

# ---- given out ----------------------------------------------------------------------------
ok azb app create --display-name worker -o json
app=$(jq -r .appId <<<"$out")
ok azb role assignment create --assignee "$app" --role "Runner az" --description "For the night" \
    --name 22222222-2222-4222-8222-222222222222 -o json
same "$(jq -r '[.name, .properties.description, .properties.roleDefinitionName] | join("; ")' <<<"$out")" \
    "22222222-2222-4222-8222-222222222222; For the night; Runner az"
made=$(jq -r .id <<<"$out")
condition="(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}))"
ok azb role assignment create --assignee "$app" --role Reader --scope "$subscription" --condition "$condition" -o json
same "$(jq -r '.properties | [.condition, .conditionVersion] | join("; ")' <<<"$out")" "$condition; 2.0"
inherited=$(jq -r .id <<<"$out")
refused + "ondition" azb role assignment create --assignee "$app" --role Owner --condition "@"
refused 2 "goes with --condition" azb role assignment create --assignee "$app" --role Owner --condition-version 2.0
refused 2 "is no GUID" azb role assignment create --assignee "$app" --role Owner --name mine
refused 2 "of --assignee it is known" azb role assignment create --assignee "$app" --assignee-principal-type User --role Owner

roles_of() { jq -r '.[].properties.roleDefinitionName' <<<"$out" | sort | paste -sd ,; }
ok azb role assignment list --assignee "$app" -o json
same "$(roles_of)" "Runner az"
ok azb role assignment list --assignee "$app" --include-inherited -o json
same "$(roles_of)" "Reader,Runner az"
ok azb role assignment list --all --assignee "$app" -o json
same "$(roles_of)" "Reader,Runner az"
ok azb role assignment list --all --role Reader -o json
same "$(roles_of)" "Reader"
ok azb role assignment list --resource-group "$AZURE_RESOURCE_GROUP" --assignee "$app" -o json
same "$(roles_of)" ""
# Through groups in groups, when that is asked for.
ok azb group create --display-name outer --mail-nickname outer -o json
outer=$(jq -r .id <<<"$out")
ok azb group create --display-name inner --mail-nickname inner -o json
ok azb group member add --group outer --member-id "$(jq -r .id <<<"$out")"
worker=$(azb rest GET "/v1.0/servicePrincipals?\$filter=appId%20eq%20'$app'" | jq -r '.value[0].id')
ok azb group member add --group inner --member-id "$worker"
ok azb role assignment create --assignee "$outer" --role "Azure Batch Account Reader"
ok azb role assignment list --all --assignee "$app" -o json
same "$(roles_of)" "Reader,Runner az"
ok azb role assignment list --all --assignee "$app" --include-groups -o json
same "$(roles_of)" "Azure Batch Account Reader,Reader,Runner az"
ok azb role assignment list --assignee-object-id "$worker" --include-groups -o json
same "$(roles_of)" "Azure Batch Account Reader,Runner az"
ok azb role assignment delete --assignee-object-id "$outer"
refused 2 "leave --scope" azb role assignment list --all --scope "$subscription"
refused 2 "one of them" azb role assignment list --scope "$subscription" -g rg
refused 2 "goes with --assignee" azb role assignment list --include-groups
refused 3 "there is no role" azb role assignment list --role "No such role"

ok azb role assignment delete --ids "$made" "$inherited"
ok azb role assignment list --all --assignee "$app" -o json
same "$(roles_of)" ""
refused 2 "is no role assignment" azb role assignment delete --ids "$subscription"
refused 2 "leave --role out" azb role assignment delete --ids "$made" --role Reader
refused 2 "say --ids" azb role assignment delete --role Reader
refused 3 "no such assignment" azb role assignment delete --assignee "$app"
