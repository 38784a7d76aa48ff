#!/usr/bin/env bash
# Why was it refused: curl and jq ask the access plane; a follower hears of each denial; audit mode
# and propagation; parallel denials while roles change.
. "$(dirname "$0")/flow.sh"
start_azbd "$work/state" --test-controls
as_admin
admin_arm=$(azb token --resource https://management.core.windows.net/)
ok azb app create --display-name '<b>worker</b>'
worker=$(jq -r .appId <<<"$out")
ok azb app secret add --id "$worker"
secret=$(jq -r .secretText <<<"$out")
ok azb job create --id job --pool-id pool -o json
token_of_worker() { (as_app "$worker" "$secret"; azb token --resource "$1"); }
batch=$(token_of_worker https://batch.core.windows.net/)
jobs="$URL/jobs?api-version=2025-06-01"

# asked TOKEN URL [curl options]: status in $status, body in $work/body, headers in $work/head.
asked() {
    local token=$1 url=$2
    shift 2
    status=$(curl -sS --cacert "$STATE/ca.pem" -D "$work/head" -o "$work/body" -w '%{http_code}' \
        ${token:+-H "Authorization: Bearer $token"} "$@" "$url")
}
header() { sed -n "s/^$1: //Ip" "$work/head" | tr -d '\r'; }
log() { asked "$admin_arm" "$URL/access/v1/decisions?$1"; }

# A refusal: header, link and body lead to the same decision, whole.
asked "$batch" "$jobs"
same "$status" 403
id=$(header azb-decision-id)
link=$(header Link | sed 's/^<\(.*\)>; rel="describedby"$/\1/')
same "$link" "$URL/access/v1/decisions/$id"
same "$(jq -r '.values[] | select(.key == "ExplanationLink").value' "$work/body")" "$link"
asked "" "$link"
same "$status" 200
same "$(jq -r '"\(.allowed) \(.plane) \(.method) \(.path) \(.status) \(.kind)"' "$work/body")" \
    "false batch GET /jobs 403 dataAction"
same "$(jq -r .principal.name "$work/body")" '<b>worker</b>'
same "$(jq -r .explanation.missing "$work/body")" Microsoft.Batch/batchAccounts/jobs/read
asked "" "$link" -H 'Accept: text/html'
has "$(cat "$work/body")" '&lt;b&gt;worker&lt;/b&gt;'
asked "" "${link%?}x"
same "$status" 404

# HEAD: the headers alone.
asked "$batch" "$URL/jobs/job?api-version=2025-06-01" --head
same "$status" 403
[ -n "$(header azb-decision-id)" ] || fail_flow "HEAD has no decision"

# The command that it proposes helps.
command=$(curl -sS --cacert "$STATE/ca.pem" "$link" | jq -r .explanation.suggestion.command)
eval "ok $command"
asked "$batch" "$jobs"
same "$status" 200
same "$(header azb-decision-id)" ""

# Credentials that are refused are decisions, too: a token of another audience, an expired one.
asked "$admin_arm" "$jobs"
same "$status" 401
asked "" "$URL/access/v1/decisions/$(header azb-decision-id)"
same "$(jq -r .tokenProblem.reason "$work/body")" audience
ok azb control clock --move P1D
asked "$batch" "$jobs"
same "$status" 401
asked "" "$URL/access/v1/decisions/$(header azb-decision-id)"
same "$(jq -r '"\(.tokenProblem.reason) \(.principal.clientId)"' "$work/body")" "expired $worker"
admin_arm=$(azb token --resource https://management.core.windows.net/ --force)
batch=$(token_of_worker https://batch.core.windows.net/)

# Who used what, and who may ask.
asked "$admin_arm" "$URL/access/v1/usage?principal=$worker"
same "$(jq -r '.value[] | select(.operation | endswith("jobs/read")) | "\(.count) \(.denied)"' "$work/body")" "1 2"
worker_arm=$(token_of_worker https://management.core.windows.net/)
asked "$worker_arm" "$URL/access/v1/usage?principal=$worker"
same "$status" 200
asked "$worker_arm" "$URL/access/v1/decisions"
same "$status" 403

# AuthZEN.
question=$(jq -n --arg id "$worker" '{subject: {type: "service_principal", id: $id},
    action: {name: "Microsoft.Batch/batchAccounts/read"}, resource: {type: "scope", id: "/"}}')
asked "$worker_arm" "$URL/access/v1/evaluation" --json "$question"
same "$(jq -c '[.decision, (.context.explanation | type)]' "$work/body")" '[false,"object"]'
asked "" "$URL/.well-known/authzen-configuration"
same "$(jq -r .access_evaluation_endpoint "$work/body")" "$URL/access/v1/evaluation"

# A follower waits without holding anybody up, and wakes.
log wait=0
next=$(jq -r .next "$work/body")
curl -sS --cacert "$STATE/ca.pem" -H "Authorization: Bearer $admin_arm" \
    "$URL/access/v1/decisions?after=$next&allowed=false&wait=60" >"$work/followed" &
follower=$!
asked "$batch" "$jobs"
same "$status" 200
asked "$batch" "$URL/jobs/other?api-version=2025-06-01" -X DELETE
same "$status" 403
wait "$follower"
same "$(jq -r '.value[].id' "$work/followed")" "$(header azb-decision-id)"

# Propagation.
ok azb control propagation --delay PT5M
ok azb role assignment create --assignee "$worker" --role "Azure Batch Data Contributor"
ok azb control clock --move PT2M
asked "$batch" "$URL/jobs/other?api-version=2025-06-01" -X DELETE
same "$status" 403
has "$(cat "$work/body")" "was made 2 minutes ago and acts in 3 minutes"
ok azb control propagation
same "$(jq '.pending | length' <<<"$out")" 1
ok azb control clock --move PT3M
asked "$batch" "$URL/jobs/other?api-version=2025-06-01" -X DELETE
same "$status" 404
ok azb control propagation --delay PT0S

# Audit mode.
ok azb control switches --access audit
groups=/subscriptions/$(sed 's|.*/subscriptions/\([^/]*\)/.*|\1|' <<<"$command")/resourcegroups?api-version=2022-12-01
asked "$worker_arm" "$URL$groups"
same "$status" 200
[ -n "$(header azb-would-deny)" ] || fail_flow "nothing says that it would be denied"
grep -q "AUDIT MODE" "$work/azbd.log" || fail_flow "audit mode is not loud"
ok azb control switches --access enforce

# Parallel denials while roles change: each has its own decision, and none is lost.
ok azb app create --display-name stranger
stranger=$(jq -r .appId <<<"$out")
ok azb app secret add --id "$stranger"
stranger_token=$( (as_app "$stranger" "$(jq -r .secretText <<<"$out")"; azb token --resource https://batch.core.windows.net/) )
log wait=0
next=$(jq -r .next "$work/body")
for i in 1 2 3 4; do
    curl -sS --cacert "$STATE/ca.pem" -H "Authorization: Bearer $stranger_token" -D "$work/heads$i" \
        -o /dev/null "$URL/jobs/x[1-25]?api-version=2025-06-01" &
    denied[i]=$!
done
for _ in 1 2 3; do
    ok azb role assignment create --assignee "$worker" --role Reader
    ok azb role assignment delete --assignee "$worker" --role Reader
done
wait "${denied[@]}"
log "after=$next&allowed=false&principal=$stranger"
same "$(jq '.value | length' "$work/body")" 100
same "$(jq -r '.value[].id' "$work/body" | sort)" \
    "$(cat "$work"/heads* | sed -n 's/^azb-decision-id: //Ip' | tr -d '\r' | sort)"

# A principal that is removed: its token lives on, and what it does is still explained.
ok azb app delete --id "$stranger"
asked "$stranger_token" "$jobs"
same "$status" 403
asked "" "$URL/access/v1/decisions/$(header azb-decision-id)"
same "$(jq -r .principal.clientId "$work/body")" "$stranger"

# --access audit, from the start; and a mistake in it.
stop_azbd
start_azbd "$STATE" --access audit
as_admin
asked "$(token_of_worker https://management.core.windows.net/)" "$URL$groups"
same "$status" 200
[ -n "$(header azb-would-deny)" ] || fail_flow "--access audit enforces"
refused + "must be enforce or audit" azbd --state "$work/none" --listen 127.0.0.1:0 --access off
