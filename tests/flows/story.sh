#!/usr/bin/env bash
# The service-principal story by the command line: no role, Reader, custom role, tasks, files.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin
admin=$AZURE_CLIENT_ID admin_secret=$AZURE_CLIENT_SECRET

ok azb whoami -o json
same "$(jq -r .clientId <<<"$out")" "$AZURE_CLIENT_ID"
same "$(jq -r .tenantId <<<"$out")" "$AZURE_TENANT_ID"

ok azb app create --display-name "story app" --redirect-uri http://localhost
app=$(jq -r .appId <<<"$out")
same "$(jq -r '.publicClient.redirectUris[0]' <<<"$out")" http://localhost
ok azb app secret add --id "$app" --expires 30d
secret=$(jq -r .secretText <<<"$out")
[ "${#secret}" -ge 32 ] || fail_flow "the secret is only ${#secret} characters long"
ok azb app show --id "$app"
case $out in *"$secret"*) fail_flow "the secret is shown again" ;; esac

as_app "$app" "$secret"
refused 5 PermissionDenied azb job list
has "$err" Explanation
has "$err" "role assignment create"

as_app "$admin" "$admin_secret"
ok azb role assignment create --assignee "$app" --role Reader
as_app "$app" "$secret"
ok azb job list
same "$out" "[]"
refused 5 jobs/write azb job create --id j --pool-id p

as_app "$admin" "$admin_secret"
ok azb role definition create --role-definition "@$AZB_SOURCE/examples/custom-role.json"
refused 1 RoleDefinitionWithSameNameExists \
    azb role definition create --role-definition "@$AZB_SOURCE/examples/custom-role.json"
ok azb role definition list --custom-role-only
same "$(jq length <<<"$out")" 1
ok azb role assignment create --assignee "$app" --role "Azure Batch Custom Job Submitter"
refused 1 RoleAssignmentExists \
    azb role assignment create --assignee "$app" --role "Azure Batch Custom Job Submitter"
as_app "$app" "$secret"
ok azb job create --id j --pool-id p --priority 5
same "$(jq -r '.id, .priority, .poolInfo.poolId' <<<"$out" | tr '\n' ' ')" "j 5 p "
pool=(--vm-size standard_d2s_v3 --image debian:debian-12:12
    --node-agent-sku-id "batch.node.debian 12" --target-dedicated-nodes 2)
refused 5 pools/write azb pool create --id p "${pool[@]}"
refused 5 pools/delete azb pool delete --pool-id p --yes
# An autopool is a pool: the right to make jobs does not cover it.
cat >"$work/auto.json" <<JSON
{"id":"auto","poolInfo":{"autoPoolSpecification":{"poolLifetimeOption":"job",
 "pool":{"vmSize":"standard_d2s_v3","targetDedicatedNodes":1}}}}
JSON
refused 5 pools/write azb job create --json-file "$work/auto.json"

as_app "$admin" "$admin_secret"
ok azb pool create --id p "${pool[@]}"
idle() { [ "$(azb node list --pool-id p --filter "state eq 'idle'" -o json | jq length)" = 2 ]; }
wait_for 20 idle
ok azb pool show --pool-id p
same "$(jq -r .currentDedicatedNodes <<<"$out")" 2

as_app "$app" "$secret"
ok azb task create --job-id j --task-id one --command-line "/bin/sh -c 'echo from \$AZ_BATCH_TASK_ID'"
jq -nc '[range(120) | {id: "t\(.)", commandLine: "/bin/true"}]' >"$work/tasks.json"
ok azb task create --job-id j --json-file "$work/tasks.json"
same "$(jq '[.[] | select(.status == "success")] | length' <<<"$out")" 120
refused 1 TaskExists azb task create --job-id j --task-id ONE --command-line true
done_all() {
    [ "$(azb job task-counts show --job-id j -o json | jq .taskCounts.completed)" = 121 ]
}
wait_for 60 done_all
ok azb task file download --job-id j --task-id one --file-path stdout.txt --destination -
same "$out" "from one"
ok azb task file download --job-id j --task-id one --file-path stdout.txt --destination "$work/got"
same "$(cat "$work/got")" "from one"
ok azb task file list --job-id j --task-id one --recursive -o tsv
has "$out" stderr.txt
ok azb token --decode
same "$(jq -r .claims.appid <<<"$out")" "$app"
same "$(jq -r .claims.aud <<<"$out")" https://batch.core.windows.net/
refused 3 TaskNotFound azb task show --job-id j --task-id nobody
refused 3 FileNotFound azb task file download --job-id j --task-id one --file-path no --destination -

# Taking the role away acts at once; the shared key is not bound by roles.
as_app "$admin" "$admin_secret"
ok azb role assignment delete --assignee "$app" --role "Azure Batch Custom Job Submitter"
as_app "$app" "$secret"
refused 5 jobs/write azb job stop --job-id j
as_nobody
ok env AZURE_BATCH_ACCESS_KEY="$(sed -n "s/^export AZURE_BATCH_ACCESS_KEY=//p" "$STATE/env" | tr -d \'\")" \
    azb job delete --job-id j --yes --auth-mode shared_key

# Credentials from a file or standard input.
ok azb job list --env-file "$STATE/env"
ok azb token --env-file - <"$STATE/env"
same "${out:0:2}" ey
printf 'AZURE_TENANT_ID=x\nnonsense\n' >"$work/credentials"
refused 2 "line 2" azb token --env-file "$work/credentials"

# The state survives kill -9: what was acknowledged is there.
as_admin
ok azb job create --id survives --pool-id p
stop_azbd KILL
start_azbd "$STATE"
as_admin
ok azb job show --job-id survives
