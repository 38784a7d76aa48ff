#!/usr/bin/env bash
# All kinds of requests at the same time, tasks running meanwhile: each gets its own answer, nothing
# is lost, and azbd ends cleanly in the middle of them. With the tsan preset its threads meet here.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin
ok azb pool create --id p --vm-size standard_d2s_v3 --image debian:debian-12:12 \
    --node-agent-sku-id "batch.node.debian 12" --target-dedicated-nodes 2
ok azb job create --id j --pool-id p
ok azb task create --job-id j --task-id first --command-line "/bin/echo first"
first_is_over() { [ "$(azb task show --job-id j --task-id first | jq -r .state)" = completed ]; }
wait_for 20 first_is_over
batch=$(azb token)
arm=$(azb token --resource https://management.azure.com/)
form="grant_type=client_credentials&client_id=$AZURE_CLIENT_ID"
form+="&client_secret=$(jq -rn --arg secret "$AZURE_CLIENT_SECRET" '$secret | @uri')"
form+="&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
# A person's refresh token, and a device code that nobody types.
entra=$URL/$AZURE_TENANT_ID/oauth2/v2.0
device_code() {
    curl -sS --cacert "$AZB_CA_FILE" -d "client_id=$AZURE_CLIENT_ID" -d "scope=openid offline_access" "$entra/devicecode"
}
redeem="grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=$AZURE_CLIENT_ID&device_code"
typed=$(device_code)
"$AZB_SOURCE/tests/interop/person.py" --device "$(jq -r .verification_uri <<<"$typed")" \
    "$(jq -r .user_code <<<"$typed")" >"$work/person"
refresh="grant_type=refresh_token&client_id=$AZURE_CLIENT_ID&refresh_token=$(curl -sS --cacert "$AZB_CA_FILE" \
    -d "$redeem=$(jq -r .device_code <<<"$typed")" "$entra/token" | jq -r .refresh_token)"
poll="$redeem=$(device_code | jq -r .device_code)"
sign_in="/$AZURE_TENANT_ID/oauth2/v2.0/authorize?client_id=$AZURE_CLIENT_ID&response_type=code&scope=openid"
sign_in+="&redirect_uri=http%3A%2F%2Flocalhost%3A1"
subscription=/subscriptions/$AZURE_SUBSCRIPTION_ID
powers="\"assignableScopes\":[\"$subscription\"]"
powers+=',"permissions":[{"actions":["Microsoft.Batch/*/read"]}]'

# request STATUS METHOD TARGET TOKEN [BODY [TYPE]]: one more for curl; STATUS is what it must be.
request() {
    cat <<CONFIG
next
url = "$URL$3"
request = "$2"
cacert = "$AZB_CA_FILE"
max-time = 60
header = "Authorization: Bearer $4"
output = /dev/null
write-out = "$1 %{http_code} $2 $3\n"
CONFIG
    [ -z "${5-}" ] || printf 'data = "%s"\nheader = "Content-Type: %s"\n' \
        "${5//\"/\\\"}" "${6-application/json}"
}
# mix NAME: a bit of everything, under ids of its own.
mix() {
    local v=api-version=2025-06-01 authorization=$subscription/providers/Microsoft.Authorization
    local role i
    for i in $(seq 40); do
        request 201 POST "/jobs/j/tasks?$v" "$batch" "{\"id\":\"$1-$i\",\"commandLine\":\"/bin/true\"}"
        request 200 GET "/jobs/j/tasks/first/files/stdout.txt?$v" "$batch"
        request 200 GET "/jobs/j/tasks?$v&maxresults=5" "$batch"
        request 200 GET "/jobs/j/taskcounts?$v" "$batch"
        request 404 GET "/jobs/j/tasks/$1-none?$v" "$batch"
        request 401 GET "/pools?$v" "not.a.token"
        request 200 POST "/$AZURE_TENANT_ID/oauth2/v2.0/token" none \
            "$form" application/x-www-form-urlencoded
        request 200 POST "/$AZURE_TENANT_ID/oauth2/v2.0/token" none \
            "$refresh" application/x-www-form-urlencoded
        request 400 POST "/$AZURE_TENANT_ID/oauth2/v2.0/token" none \
            "$poll" application/x-www-form-urlencoded
        request 200 GET "$sign_in" none
        [ $((i % 4)) = 0 ] || continue
        role=$(cat /proc/sys/kernel/random/uuid)
        request 201 PUT "$authorization/roleDefinitions/$role?api-version=2022-04-01" "$arm" \
            "{\"properties\":{\"roleName\":\"$role\",$powers}}"
    done
}
play() { # NAME
    mix "$1" | tail -n +2 >"$work/$1.curl"
    curl -sS --parallel --parallel-max 6 -K "$work/$1.curl" >"$work/$1.answers" 2>"$work/$1.err"
}

play one &
one=$!
play two &
two=$!
wait $one && wait $two || fail_flow "$(cat "$work"/*.err)"
same "$(awk '$1 != $2' "$work"/*.answers)" ""
same "$(cat "$work"/*.answers | wc -l)" 820
ok azb job task-counts show --job-id j
same "$(jq '.taskCounts | .active + .running + .completed' <<<"$out")" 81

# The end comes while they are under way: what was answered was answered rightly, azbd says 0.
play three &
three=$!
some_answers() { [ "$(wc -l <"$work/three.answers")" -ge 40 ]; }
: >"$work/three.answers"
wait_for 20 some_answers
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
same "$status" 0
wait $three || true
same "$(awk '$1 != $2 && $2 != "000" && $2 != 503' "$work/three.answers")" ""
