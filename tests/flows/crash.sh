#!/usr/bin/env bash
# azbd is killed under load, several times: what it acknowledged is there afterwards, tasks that ran
# are found or run again, none is run twice at a time.
. "$(dirname "$0")/flow.sh"
start_azbd "$work/state"
port=${URL##*:}
as_admin
ok azb pool create --id p --vm-size standard_d2s_v3 --image debian:debian-12:12 \
    --node-agent-sku-id "batch.node.debian 12" --target-dedicated-nodes 4
ok azb job create --id kept --pool-id p
ok azb job create --id waits --pool-id nowhere
version=api-version=2025-06-01

post() { # PATH BODY: prints the status, 000 when there was no answer
    curl -s --cacert "$AZB_CA_FILE" -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" \
        -H "Content-Type: application/json" --data-binary "$2" "$URL$1?$version" || true
}
# writer NAME: adds jobs and tasks until azbd is gone; what was acknowledged is noted.
writer() {
    local i=0 status
    while i=$((i + 1)); do
        status=$(post /jobs "{\"id\":\"$1-$i\",\"poolInfo\":{\"poolId\":\"nowhere\"}}")
        [ "$status" = 201 ] || break
        echo "/jobs/$1-$i" >>"$work/acknowledged.$1"
        status=$(post /jobs/waits/tasks "{\"id\":\"$1-$i\",\"commandLine\":\"/bin/true\"}")
        [ "$status" = 201 ] || break
        echo "/jobs/waits/tasks/$1-$i" >>"$work/acknowledged.$1"
    done
    # A refusal is not the end that this flow is about.
    [ "$status" = 000 ] || echo "$1-$i: $status" >>"$work/refused"
}
noted() { [ "$(cat "$work"/acknowledged.* 2>/dev/null | wc -l)" -ge "$1" ]; }

# A task that takes its time, and one that writes down each of its runs and holds a lock as it runs.
ok azb task create --job-id kept --task-id long --command-line "/bin/sh -c 'echo begun; while [ ! -e \$AZ_BATCH_NODE_SHARED_DIR/go ]; do sleep 0.05; done; echo done; exit 5'"
runs() { [ "$(azb task show --job-id kept --task-id long -o json | jq -r .state)" = running ]; }
wait_for 30 runs

for round in 1 2 3; do
    token=$(azb token)
    writers=()
    for name in a b c; do
        writer "$round$name" &
        writers+=("$!")
    done
    for i in 1 2 3 4 5 6 7 8; do
        [ "$(post /jobs/kept/tasks "{\"id\":\"$round-$i\",\"commandLine\":\"/bin/sh -c 'mkdir \$AZ_BATCH_NODE_SHARED_DIR/$round-$i && sleep 0.2 && rmdir \$AZ_BATCH_NODE_SHARED_DIR/$round-$i'\"}")" = 201 ]
    done
    wait_for 60 noted $((round * 40))
    stop_azbd KILL
    wait "${writers[@]}"
    [ ! -e "$work/refused" ] || fail_flow "refused: $(cat "$work/refused")"
    # The same port is free, though tasks of the one that was killed live on.
    start_azbd "$work/state" --listen "127.0.0.1:$port"
    as_admin
done

# Nothing that was acknowledged is lost.
token=$(azb token)
listed() { # LIST: the paths in all its pages
    local next="$URL$1?$version"
    while [ "$next" != null ]; do
        curl -sS --cacert "$AZB_CA_FILE" -H "Authorization: Bearer $token" "$next" >"$work/page"
        jq -r '.value[].url' "$work/page"
        next=$(jq -r '."odata.nextLink"' "$work/page")
    done
}
{ listed /jobs; listed /jobs/waits/tasks; } | sed "s|^$URL||" | sort >"$work/there"
sort "$work"/acknowledged.* >"$work/wanted"
[ "$(wc -l <"$work/wanted")" -ge 120 ] || fail_flow "there was no load"
lost=$(comm -23 "$work/wanted" "$work/there")
[ -z "$lost" ] || fail_flow "acknowledged and lost: $lost"

# The long task is the same run as before the first end, and ends as itself.
shown=$(azb task show --job-id kept --task-id long -o json)
same "$(jq -r '.state, .executionInfo.requeueCount' <<<"$shown" | tr '\n' ' ')" "running 0 "
for folder in "$STATE"/nodes/p/*/shared; do
    touch "$folder/go"
done
all_ended() {
    [ "$(azb task list --job-id kept -o json | jq '[.[] | select(.state != "completed")] | length')" = 0 ]
}
wait_for 60 all_ended
shown=$(azb task show --job-id kept --task-id long -o json)
same "$(jq -r '.executionInfo.exitCode, .executionInfo.retryCount' <<<"$shown" | tr '\n' ' ')" "5 0 "
ok azb task file download --job-id kept --task-id long --file-path stdout.txt --destination -
same "$out" "begun
done"
# Two runs of one task at a time would have failed; runs that were lost were begun anew.
same "$(azb task list --job-id kept -o json | jq -c '[.[] | select(.id != "long" and .executionInfo.result != "success") | .id]')" "[]"
settled() { [ -z "$(ls -A "$STATE/engine")" ]; }
wait_for 20 settled
