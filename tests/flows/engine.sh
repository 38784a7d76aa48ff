#!/usr/bin/env bash
# How tasks end: exit codes, programs that are not there, limits, retries, dependencies, what they
# leave behind. Everything runs for real, on one pool.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin
ok azb pool create --id p --vm-size standard_d2s_v3 --image debian:debian-12:12 \
    --node-agent-sku-id "batch.node.debian 12" --target-dedicated-nodes 2
ok azb job create --id j --pool-id p
token=$(azb token)
version=api-version=2025-06-01

send() { # METHOD TARGET [BODY]
    local data=()
    [ -z "${3-}" ] || data=(--data-binary "$3" -H "Content-Type: application/json")
    status=$(curl -sS --cacert "$AZB_CA_FILE" --path-as-is -o "$work/body" -w '%{http_code}' -X "$1" \
        -H "Authorization: Bearer $token" "${data[@]}" "$URL$2")
    out=$(cat "$work/body")
}
# task ID COMMAND [JSON members]: in job $job.
job=j
task() {
    local command
    command=$(jq -n --arg c "$2" '$c')
    send POST "/jobs/$job/tasks?$version" "{\"id\":\"$1\",\"commandLine\":$command${3:+,$3}}"
    same "$status" 201
}
is() { # ID FILTER: jq says true
    send GET "/jobs/$job/tasks/$1?$version"
    jq -e "$2" <<<"$out" >/dev/null
}
completed() { is "$1" '.state == "completed"'; }
# ends ID FILTER: it completes, and then FILTER holds.
ends() {
    wait_for 30 completed "$1"
    jq -e "$2" <<<"$out" >/dev/null || fail_flow "task $1: not $2
$out"
}
file() { # ID PATH
    send GET "/jobs/$job/tasks/$1/files/$2?$version"
    same "$status" 200
}
failure='.executionInfo.result == "failure" and .executionInfo.failureInfo.category == "UserError"'

# Exit codes, and what was said.
task good "/bin/sh -c 'echo to stdout; echo to stderr >&2; pwd'"
ends good '.executionInfo | .exitCode == 0 and .result == "success" and .retryCount == 0'
file good stdout.txt
has "$out" "to stdout"
has "$out" "/workitems/j/job-1/good/wd"
file good stderr.txt
same "$out" "to stderr"
task bad "/bin/sh -c 'exit 127'"
ends bad "$failure and .executionInfo.exitCode == 127 and .executionInfo.failureInfo.code == \"FailureExitCode\""
task signal "/bin/sh -c 'kill -SEGV \$\$'"
ends signal "$failure and .executionInfo.exitCode == 139"
task missing "no-such-program --at-all"
ends missing "$failure and .executionInfo.failureInfo.code == \"CommandProgramNotFound\" and (.executionInfo | has(\"exitCode\") | not)"
task folder "/tmp"
ends folder "$failure and .executionInfo.failureInfo.code == \"CommandLaunchFailed\""
task words "/bin/echo 'a  b' \"c d\" e\\ f \$HOME *"
ends words '.executionInfo.exitCode == 0'
file words stdout.txt
same "$out" 'a  b c d e f $HOME *'

# Limits: SIGTERM is ignored, the clock is not.
task long "/bin/sh -c 'trap \"\" TERM; sleep 600; sleep 600'" '"constraints":{"maxWallClockTime":"PT0.5S","maxTaskRetryCount":3}'
ends long "$failure and .executionInfo.failureInfo.code == \"TaskEnded\" and .executionInfo.retryCount == 0"
task again "/bin/sh -c 'echo run >>\$AZ_BATCH_NODE_SHARED_DIR/runs; echo once; exit 4'" '"constraints":{"maxTaskRetryCount":2}'
ends again "$failure and .executionInfo.exitCode == 4 and .executionInfo.retryCount == 2"
same "$(cat "$STATE"/nodes/p/*/shared/runs | wc -l)" 3
file again stdout.txt
same "$out" once

# Terminated by its user: while it runs, and before.
task stopped "/bin/sh -c 'echo up; exec sleep 600'"
wait_for 30 is stopped '.state == "running"'
send POST "/jobs/j/tasks/stopped/terminate?$version"
same "$status" 204
ends stopped "$failure and .executionInfo.failureInfo.code == \"TaskEnded\""
send POST "/jobs/j/tasks/stopped/terminate?$version"
same "$status $(jq -r .code <<<"$out")" "409 TaskCompleted"

# What a task leaves behind ends with it, whatever session it moved to.
mark=4$RANDOM$RANDOM
task daemons "/bin/sh -c 'for i in 1 2 3 4 5; do setsid sleep $mark & done; sleep 0.1'"
ends daemons '.executionInfo.exitCode == 0'
! pgrep -f "sleep $mark" >/dev/null || fail_flow "a daemon of a task lives on"

# A task that fits no node does not hide the ones behind it.
task wide /bin/true '"requiredSlots":2'
task narrow /bin/true
ends narrow '.executionInfo.exitCode == 0'
is wide '.state == "active"' || fail_flow "a task of two slots ran on nodes of one"

# Deleted and added anew at once: the new one keeps its files.
for i in 1 2 3 4 5; do
    task renewed "/bin/sh -c 'echo $i; sleep 0.05; ls .. | grep stdout'"
    wait_for 30 completed renewed
    file renewed stdout.txt
    same "$out" "$i
stdout.txt"
    send DELETE "/jobs/j/tasks/renewed?$version"
    same "$status" 200
done

# A folder without rights is no shelter, nor is a deep one; a file's own address, as the list gives it,
# leads to it.
task shelter "/bin/sh -c 'mkdir -p a/b; echo kept > a/b/c; chmod 555 a/b a; i=0; while [ \$i -lt 700 ]; do mkdir d; cd d; i=\$((i+1)); done; chmod 0 ../../..'"
ends shelter '.executionInfo.exitCode == 0'
send GET "/jobs/j/tasks/shelter/files?$version&recursive=true"
url=$(jq -r '.value[] | select(.name == "wd/a/b/c") | .url' <<<"$out")
send GET "${url#"$URL"}?$version"
same "$status $out" "200 kept"
send GET "/jobs/j/tasks/shelter/files/wd%2Fa%2Fb%2Fc?$version"
same "$status $out" "200 kept"
for climb in ../../../../env wd/../../../../../env ..%2F..%2Fgood%2Fstdout.txt /etc/passwd; do
    send GET "/jobs/j/tasks/shelter/files/$climb?$version"
    same "$status" 404
done
send DELETE "/jobs/j/tasks/shelter?$version"
same "$status" 200
gone() { ! ls -d "$STATE"/nodes/p/*/workitems/j/job-1/shelter >/dev/null 2>&1; }
wait_for 20 gone

# Dependencies: by id and by range; a failure blocks.
send POST "/jobs?$version" '{"id":"d","poolInfo":{"poolId":"p"},"usesTaskDependencies":true}'
same "$status" 201
job=d
task last /bin/true '"dependsOn":{"taskIds":["1","2"],"taskIdRanges":[{"start":1,"end":3}]}'
task blocked /bin/true '"dependsOn":{"taskIds":["fails"]}'
task fails "/bin/sh -c 'exit 1'"
for id in 1 2 3; do
    is last '.state == "active"' || fail_flow "last did not wait for $id"
    task "$id" /bin/true
done
ends last '.executionInfo.exitCode == 0'
ends fails '.executionInfo.exitCode == 1'
is blocked '.state == "active"' || fail_flow "a task ran although what it waits for failed"

# A job is deleted while its tasks run and are written.
send POST "/jobs?$version" '{"id":"x","poolInfo":{"poolId":"p"}}'
job=x
for id in 1 2 3 4 5 6; do
    task "$id" "/bin/sh -c 'while :; do echo more; sleep 0.01; done'"
done
wait_for 30 is 1 '.state == "running"'
send DELETE "/jobs/x?$version"
same "$status" 202
absent() { send GET "/jobs/x?$version"; [ "$status" = 404 ]; }
wait_for 30 absent
none_left() { ! ls -d "$STATE"/nodes/p/*/workitems/x >/dev/null 2>&1 && [ -z "$(ls -A "$STATE/engine")" ]; }
wait_for 20 none_left

# Environment settings have a limit; what is over it is refused, and holds up nobody.
many=$(jq -nc '[range(1001) | {name: "N\(.)", value: "v"}]')
send POST "/jobs?$version" "{\"id\":\"many\",\"poolInfo\":{\"poolId\":\"p\"},\"commonEnvironmentSettings\":$many}"
same "$status $(jq -r .code <<<"$out")" "400 InvalidPropertyValue"

# Resize to nothing with running tasks: they wait for new nodes.
send POST "/jobs?$version" '{"id":"r","poolInfo":{"poolId":"p"}}'
job=r
task moves "/bin/sh -c 'exec sleep 600'"
wait_for 30 is moves '.state == "running"'
ok azb pool resize --pool-id p --target-dedicated-nodes 0
wait_for 30 is moves '.state == "active" and .executionInfo.requeueCount == 1'
empty() { [ "$(azb pool show --pool-id p -o json | jq .currentDedicatedNodes)" = 0 ]; }
wait_for 30 empty
job=j
file good stdout.txt
has "$out" "to stdout"
