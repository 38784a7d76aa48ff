#!/usr/bin/env bash
# The state folder: one azbd at a time, private, refused when it is of a newer version; ports in use;
# a task that looks for the administrator's secret does not find it.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin
same "$(stat -c %a "$STATE")" 700
for private in "$STATE/env" "$STATE"/*.key "$STATE"/azb.db; do
    same "$(stat -c %a "$private")" 600
done
ok openssl verify -CAfile "$STATE/ca.pem" "$STATE/server.pem"

refused + "$pid" azbd --state "$STATE" --listen 127.0.0.1:0 --proxy-listen none
refused + "${URL##*:}" azbd --state "$work/other" --listen "127.0.0.1:${URL##*:}" --proxy-listen none
refused + "allow-remote" azbd --state "$work/other" --listen 0.0.0.0:0 --proxy-listen none

# A task sees its own directories and the system, nothing of the state.
ok azb pool create --id p --vm-size standard_d2s_v3 --image debian:debian-12:12 \
    --node-agent-sku-id "batch.node.debian 12" --target-dedicated-nodes 1
ok azb job create --id j --pool-id p
ok azb task create --job-id j --task-id thief --command-line \
    "/bin/sh -c 'cat $STATE/env; cat $STATE/azb.db; ls $STATE; env; cat /proc/$pid/environ; echo tried > mine; cat mine'"
finished() { [ "$(azb task show --job-id j --task-id thief -o json | jq -r .state)" = completed ]; }
wait_for 30 finished
ok azb task file download --job-id j --task-id thief --file-path stdout.txt --destination -
has "$out" tried
for secret in "$AZURE_CLIENT_SECRET" "$AZURE_BATCH_ACCESS_KEY"; do
    case $out in *"$secret"*) fail_flow "a task read a secret" ;; esac
done
case $out in *SQLite*) fail_flow "a task read the database" ;; esac
ok azb task file download --job-id j --task-id thief --file-path stderr.txt --destination -
has "$out" "Permission denied"

# Ids are stable, the secret stays good, jobs are still there after a restart.
before=$(sort "$STATE/env" | grep -v -e PORT -e localhost -e PROXY)
stop_azbd
start_azbd "$STATE"
after=$(sort "$STATE/env" | grep -v -e PORT -e localhost -e PROXY)
same "$after" "$before"
as_admin
ok azb job show --job-id j

# The secret is nowhere in the clear but in STATE/env; when that file is gone, another one is made
# and the lost one is good no more.
if grep -aqrF --exclude=env "$AZURE_CLIENT_SECRET" "$STATE"; then
    fail_flow "the state holds the administrator's secret outside of env"
fi
lost=$AZURE_CLIENT_SECRET
stop_azbd
rm "$STATE/env"
start_azbd "$STATE"
as_admin
ok azb job show --job-id j
AZURE_CLIENT_SECRET=$lost refused + AADSTS7000215 azb job show --job-id j
stop_azbd
sed -i "s/^export AZURE_CLIENT_SECRET=.*/export AZURE_CLIENT_SECRET='it'\\\\''s wrong'/" "$STATE/env"
start_azbd "$STATE"
as_admin
ok azb job show --job-id j

# A secret of one's own comes back from STATE/env, quotes and all.
stop_azbd
quoted="o'neil's 'secret"
printf '{"administrator":{"secret":"%s"}}' "$quoted" >"$work/config.json"
start_azbd "$work/quoted" --config "$work/config.json"
stop_azbd
start_azbd "$work/quoted"
as_admin
same "$AZURE_CLIENT_SECRET" "$quoted"
ok azb job list
stop_azbd
start_azbd "$work/state"

# A state from a newer version is left alone.
stop_azbd
python3 - "$STATE/azb.db" <<'PY'
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA user_version = 999")
connection.commit()
PY
refused + "newer" azbd --state "$STATE" --listen 127.0.0.1:0 --proxy-listen none
