#!/usr/bin/env bash
# Why somebody may not: azb role can-i, explain, what-if, suggest and watch, each reason seen once, and
# each answer tried out. Who asks is the administrator; who is asked about is one application a reason.
. "$(dirname "$0")/flow.sh"
secret=known-to-the-test-0123456789abcdefghij
guid() { printf '%08d-2222-4222-8222-222222222222' "$1"; } # the client id number $1
names=(worker grouped outsider narrow lookalike elsewhere listed subtracted conditional denied fixed)
applications() {
    local i
    for i in "${!names[@]}"; do
        jq -nc --arg n "${names[$i]}" --arg id "$(guid "$i")" --arg s "$secret" \
            '{displayName: $n, appId: $id, secrets: [{value: $s}]}'
    done | jq -sc .
}
group=/subscriptions/88888888-8888-8888-8888-888888888888/resourceGroups/azb
account=$group/providers/Microsoft.Batch/batchAccounts/azb
submitter="Azure Batch Job Submitter"
cat >"$work/config.json" <<JSON
{
  "applications": $(applications),
  "users": [{"userPrincipalName": "ann@azb.onmicrosoft.com", "displayName": "Ann", "password": "$secret"}],
  "groups": [
    {"displayName": "inner", "members": ["grouped", "ann@azb.onmicrosoft.com"]},
    {"displayName": "outer", "members": ["inner"]}
  ],
  "resourceGroups": [{"name": "azb1"}, {"name": "far"}],
  "managementGroups": [{"id": "top", "subscriptions": ["88888888-8888-8888-8888-888888888888"]}],
  "roleAssignments": [
    {"principal": "outer", "role": "$submitter"},
    {"principal": "narrow", "role": "$submitter"},
    {"principal": "lookalike", "role": "$submitter", "scope": "${group}1"},
    {"principal": "elsewhere", "role": "$submitter", "scope": "${group%/*}/far"},
    {"principal": "conditional", "role": "$submitter",
     "condition": "@Resource[Microsoft.Batch/batchAccounts/jobs:Name] StringEquals 'mine'"},
    {"principal": "denied", "role": "$submitter",
     "scope": "/providers/Microsoft.Management/managementGroups/top"}
  ],
  "denyAssignments": [{"name": "no jobs", "principals": ["denied"],
    "actions": ["Microsoft.Batch/*"], "dataActions": ["Microsoft.Batch/batchAccounts/jobs/*"]}]
}
JSON
start_azbd "$work/state" --config "$work/config.json" --test-controls
as_admin
ok azb whoami -o json
admin_object=$(jq -r .objectId <<<"$out")
admin=$AZURE_CLIENT_ID admin_secret=$AZURE_CLIENT_SECRET
i_am() { # NAME: azb is this application now
    local i
    for i in "${!names[@]}"; do
        [ "${names[$i]}" != "$1" ] || as_app "$(guid "$i")" "$secret"
    done
}
i_am_admin() { as_app "$admin" "$admin_secret"; }
role() { # NAME LIST...: a custom role in az's form
    printf '%s' "$2" | jq -c --arg n "$1" --arg s "$group" '. + {Name: $n, AssignableScopes: [$s]}' |
        azb role definition create --role-definition - >/dev/null
}
role "Wrong list" '{"Actions": ["Microsoft.Batch/batchAccounts/jobs/*"]}'
role "Taken away" '{"DataActions": ["Microsoft.Batch/batchAccounts/jobs/*"],
    "NotDataActions": ["Microsoft.Batch/batchAccounts/jobs/write"]}'
ok azb role assignment create --assignee listed --role "Wrong list"
ok azb role assignment create --assignee subtracted --role "Taken away"

# can-i: yes and no, by the exit code and in the first line; the commands and the long name, too.
ok azb role can-i jobs/write -o table
same "$(head -1 <<<"$out")" yes
ok azb role can-i job create --quiet
same "$out" ""
ok azb role can-i Microsoft.Batch/batchAccounts/jobs/write
same "$(jq -r '.allowed, .rule' <<<"$out" | tr '\n' ' ')" "true batchAccounts/listKeys/action "
refused 5 "" azb role can-i jobs/write --as worker -o table
same "$(head -1 <<<"$out")" no
has "$out" "No role is assigned"
refused 2 "did you mean 'jobs/write'" azb role can-i jobs/wirte
refused 2 "is a pattern" azb role can-i 'jobs/*'
refused 2 "both say who" azb role can-i jobs/write --as worker --assignee worker
refused 3 "no service principal" azb role can-i jobs/write --as nobody-at-all
refused 2 "--autopool goes with" azb role can-i account show --autopool

# Each reason, as can-i tells it here and as azbd tells it where it refuses.
reason() { # NAME WANTED [ARGUMENTS...]
    local name=$1 wanted=$2
    shift 2
    refused 5 "" azb role can-i jobs/write --as "$name" "$@"
    same "$(jq -r '.assignments[0].reason' <<<"$out")" "$wanted"
}
refusal() { # NAME WANTED
    i_am "$1"
    refused 5 "azb role explain" azb job create --id no --pool-id p
    ok azb role explain --last
    same "$(jq -r '[.explanation.assignments[0].reason, .principal.name] | join(" ")' <<<"$out")" "$2 $1"
    i_am_admin
}
ok azb role can-i jobs/write --as grouped
same "$(jq -r '.assignments[0] | [.reason, .throughGroup] | join(" ")' <<<"$out")" "grants true"
ok azb role can-i jobs/write --as ann@azb.onmicrosoft.com
reason lookalike scopeLooksAlike
reason elsewhere scopeElsewhere
reason narrow scopeBelow --scope "$group"
reason listed grantedAsAction
reason subtracted subtracted
reason conditional condition
has "$out" "batchAccounts/jobs:Name"
reason denied denied
same "$(jq -r '.denyAssignments[0].denyAssignmentName' <<<"$out")" "no jobs"
same "$(jq -r '.suggestion' <<<"$out")" null
refusal lookalike scopeLooksAlike
refusal elsewhere scopeElsewhere
refusal listed grantedAsAction
refusal subtracted subtracted
refusal conditional condition
refusal denied denied
# Of others with --all: the group that it is not in, and the principals that it is not.
refused 5 "" azb role can-i jobs/write --as outsider --all
same "$(jq -r '[.assignments[].reason] | unique | join(" ")' <<<"$out")" "group principal"
has "$(jq -r '.assignments[].sentence' <<<"$out")" \
    "would allow it, but is assigned to the group 'outer', of which the caller is no member"
# An application's own object id, and not its service principal's: roles do not know it.
ok azb app show --id worker
object=$(jq -r .id <<<"$out")
refused 1 PrincipalNotFound azb role assignment create --assignee-object-id "$object" \
    --assignee-principal-type ServicePrincipal --role Reader
refused 3 "is the object id of the application 'worker'" azb role can-i jobs/write --as "$object"

# The autopool's second right, and the command that mends it.
i_am grouped
ok azb role can-i jobs/write
i_am_admin
refused 5 "" azb role can-i job create --as grouped --autopool
same "$(jq -r .missing <<<"$out")" Microsoft.Batch/batchAccounts/pools/write
refused 5 "" azb role can-i jobs/write --as fixed
command=$(jq -r .suggestion.command <<<"$out")
eval "ok $command"
ok azb role can-i jobs/write --as fixed
i_am fixed
ok azb job create --id fixed --pool-id p
# It may not read role assignments: it hears that, and what its permissions say.
refused 5 "roleAssignments/read is missing" azb role can-i pools/write
ok azb role can-i jobs/write
same "$(jq -r .allowed <<<"$out")" true
refused 5 "Application.Read.All" azb role can-i jobs/write --as worker
refused 5 "roleAssignments/read" azb role can-i jobs/write --as "$admin_object"
i_am_admin

# Tokens: what is wrong before any role is asked.
token_problem() { # WANTED FILE
    refused 5 "" azb role can-i jobs/write --token "$2"
    same "$(jq -r .tokenProblem.reason <<<"$out")" "$1"
}
azb token --resource https://management.azure.com/ >"$work/arm.token"
token_problem audience "$work/arm.token"
azb token >"$work/good.token"
ok azb role can-i jobs/write --token "$work/good.token"
ok azb control token-lifetime --set PT1S
azb token >"$work/old.token"
ok azb control token-lifetime --set PT0S
is_old() { [ "$( (azb role can-i jobs/write --token "$work/old.token" || true) | jq -r .tokenProblem.reason)" = expired ]; }
wait_for 20 is_old
token_problem expired "$work/old.token"
ok azb control clock --move P1D
azb token >"$work/early.token"
ok azb control clock --move=-P1D
token_problem notYet "$work/early.token"
claims=$(cut -d. -f2 "$work/good.token" | tr -- -_ +/ | sed -e 's/$/===/' | base64 -d 2>/dev/null || true)
other=$(jq -c '.tid = "99999999-9999-4999-8999-999999999999"' <<<"$claims" | base64 -w0 | tr -- +/ -_ | tr -d =)
printf '%s.%s.%s' "$(cut -d. -f1 "$work/good.token")" "$other" "$(cut -d. -f3 "$work/good.token")" >"$work/other.token"
token_problem tenant "$work/other.token"
refused + "cannot be decoded" azb role can-i jobs/write --token <(echo no token)
refused_token() { # WANTED FILE: what azbd's log says of a request with that token
    curl -s -o /dev/null -D "$work/headers" --cacert "$AZB_CA_FILE" -H "Authorization: Bearer $(cat "$2")" \
        "$AZURE_BATCH_ENDPOINT/jobs?api-version=2025-06-01"
    ok azb role explain "$(sed -n 's/^azb-decision-id: *//Ip' "$work/headers" | tr -d '\r')"
    same "$(jq -r '[.status, .tokenProblem.reason] | join(" ")' <<<"$out")" "401 $1"
}
refused_token audience "$work/arm.token"
ok azb control clock --move P1D
refused_token expired "$work/old.token"
ok azb control clock --move=-P1D
refused_token signature "$work/other.token"
refused 4 "azb role explain" env AZB_BATCH_RESOURCE=https://management.azure.com/ azb job list
ok azb role explain --last -o table
has "$out" "token   audience"
refused 2 "no id of a decision" azb role explain ../jobs

# --last is the refusal that was shown last, of this azbd, or says which one it would be.
refused 3 "leads to https://localhost:1" env AZB_ARM_ENDPOINT=https://localhost:1 azb role explain --last
i_am "elsewhere"
refused 5 Forbidden azb control clock # a refusal that has no id
i_am_admin
refused 3 "the last refusal had no id" azb role explain --last
refused 3 DecisionNotFound azb role explain 00000000-0000-4000-8000-000000000000
refused 2 "--last" azb role explain
refused 2 "keeps no decisions" env AZB_ARM_ENDPOINT="$URL/elsewhere" azb role explain "${object%-*}-000000000000"

# what-if is what happens: it is told, done, and asked again. Members of nested groups are told by name.
can() { azb role can-i "$1" --as "$2" --quiet; }
ok azb role what-if --add --assignee worker --role "$submitter"
same "$(jq -r '.[] | select(.operation | endswith("/jobs/write")) | [.change, .principalName] | join(" ")' <<<"$out")" "gained worker"
! can jobs/write worker || fail_flow "what-if changed something"
ok azb role assignment create --assignee worker --role "$submitter"
can jobs/write worker || fail_flow "what-if promised jobs/write"
ok azb role what-if --add --assignee worker --role "$submitter"
same "$out" "[]"
has "$(cat "$work/err")" "this very assignment is there already"
ok azb role what-if --add --assignee grouped --role "$submitter" --scope "$group"
same "$(jq -r '[.[].principalName] | unique | join(" ")' <<<"$out")" grouped
ok azb role what-if --add --assignee grouped --role "$submitter" --scope "$account"
same "$out" "[]"
has "$(cat "$work/err")" "through the group"
ok azb role what-if --remove --assignee outer
same "$(jq -r '[.[] | select(.change == "lost") | .principalName] | unique | join(" ")' <<<"$out")" \
    "ann@azb.onmicrosoft.com grouped inner outer"
ok azb role what-if --remove --assignee outer -o table
has "$out" "the user 'ann@azb.onmicrosoft.com'"
ok azb role assignment delete --assignee outer
! can jobs/write grouped || fail_flow "what-if said that grouped loses jobs/write"
refused 3 "no assignment" azb role what-if --remove --assignee outer
jq -nc --arg s "$group" '{Name: "Taken away", AssignableScopes: [$s],
    DataActions: ["Microsoft.Batch/batchAccounts/jobs/write"]}' >"$work/changed.json"
ok azb role what-if --role-definition "@$work/changed.json"
same "$(jq -r '.[] | select(.operation | contains("/jobs/")) | [.change, .operation[30:], .principalName] | join(" ")' <<<"$out" | sort)" \
    "$(printf '%s\n' "gained jobs/write subtracted" "lost jobs/delete subtracted" "lost jobs/read subtracted")"
! can jobs/write subtracted || fail_flow "what-if changed the role"
ok azb role what-if --delete-role "Taken away"
has "$(cat "$work/err")" "deletes no role that somebody has: 1 assignment"
same "$(jq -r '.[] | [.change, .operation[30:], .principalName] | join(" ")' <<<"$out")" \
    "$(printf '%s\n' "lost jobs/read subtracted" "lost jobs/delete subtracted")"
ok azb role what-if --delete-role "Wrong list"
has "$(cat "$work/err")" "nothing changes: the role grants no operation"
refused 2 "built-in role" azb role what-if --delete-role Reader
refused 2 "say one of" azb role what-if --add --remove --assignee worker --role Reader
refused 2 "needs --role" azb role what-if --add --assignee worker

# suggest: the role of what worker did is enough for the same program, and for nothing more.
program() { azb job list >/dev/null && azb job create --id "$1" --pool-id p >/dev/null && azb pool list >/dev/null; }
ok azb role assignment create --assignee worker --role Reader
i_am worker
program suggested || fail_flow "worker may not work"
refused 5 "" azb pool delete --pool-id p --yes
i_am_admin
ok azb role suggest --app worker --name "Just enough"
has "$(cat "$work/err")" "allows exactly the 3 operations"
has "$(cat "$work/err")" "only refused is left out"
same "$(jq -r '.Actions + .DataActions | map(.[30:]) | join(" ")' <<<"$out")" "pools/read jobs/read jobs/write"
suggested=$out
ok azb role suggest --app worker --include-denied --form arm
has "$out" batchAccounts/pools/delete
azb role definition create --role-definition - <<<"$suggested" >/dev/null
ok azb role assignment delete --assignee worker
ok azb role assignment create --assignee worker --role "Just enough"
i_am worker
program again || fail_flow "the suggested role is not enough"
refused 5 jobs/delete azb job delete --job-id again --yes
i_am_admin
refused 3 "used nothing" azb role suggest --app outsider
refused 3 "--include-denied" azb role suggest --app lookalike
refused 2 "no time" azb role suggest --app worker --since yesterday

# watch: follows, also across a restart of azbd, and ends after --count.
azb role watch --app worker --denied --since 1h --count 4 -o json >"$work/watched" 2>"$work/watch.err" &
watcher=$!
i_am worker
refused 5 "" azb pool delete --pool-id one --yes
wait_for 20 grep -q '"/pools/one"' "$work/watched"
port=${URL##*:}
stop_azbd
rm -f "$work/ready"
azbd --state "$STATE" --listen "127.0.0.1:$port" --proxy-listen 127.0.0.1:0 --ready-file "$work/ready" \
    2>>"$work/azbd.log" &
pid=$!
azbd_pids+=("$pid")
wait_for 20 served_or_dead
refused 5 "" azb pool delete --pool-id two --yes
wait "$watcher" || fail_flow "watch ended with $?: $(cat "$work/watch.err")"
i_am_admin
same "$(jq -r 'select(.path | startswith("/pools")) | .path' "$work/watched" | tr '\n' ' ')" "/pools/p /pools/one /pools/two "
same "$(jq -r .allowed "$work/watched" | sort -u)" false
refused 2 "--count" azb role watch --count 0

# The matrix: the roles of this service, and without it the ones that azb knows.
ok azb role matrix --role "Just enough" Reader --action 'jobs/*' -o json
same "$(jq -r '.[] | select(.operation | endswith("/jobs/write")) | .roles | [."Just enough", .Reader] | join(" ")' <<<"$out")" \
    "granted none"
same "$(jq -r '.[] | select(.operation | endswith("/jobs/read")) | .roles.Reader' <<<"$out")" batchRule
ok env -u AZB_ARM_ENDPOINT azb role matrix --built-in -o table
same "$(LC_ALL=C.UTF-8 awk 'length > 100' <<<"$out")" ""
refused 3 "did you mean 'Reader'" azb role matrix --built-in --role Raeder
