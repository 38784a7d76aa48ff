#!/usr/bin/env bash
# azbd --config: a known state, with the example of docs/configuration.md and the article's role.
. "$(dirname "$0")/flow.sh"
tenant=11111111-1111-4111-8111-111111111111
app=22222222-2222-4222-8222-222222222222
secret=known-to-the-test-0123456789abcdefghij
cat >"$work/config.json" <<JSON
{
  "tenant": {"id": "$tenant"},
  "account": {"name": "known"},
  "applications": [
    {"displayName": "worker", "appId": "$app", "secrets": [{"value": "$secret"}]}
  ],
  "roles": ["$AZB_SOURCE/examples/custom-role.json"],
  "roleAssignments": [{"principal": "worker", "role": "Azure Batch Custom Job Submitter"}]
}
JSON
start_azbd "$work/state" --config "$work/config.json"
as_admin
same "$AZURE_TENANT_ID" "$tenant"
same "$AZURE_BATCH_ACCOUNT" known
as_app "$app" "$secret"
ok azb job create --id j --pool-id p
refused 5 pools/write azb pool resize --pool-id p --target-dedicated-nodes 1

# The same file again changes nothing; another value of the secret replaces the old one.
stop_azbd
start_azbd "$STATE" --config "$work/config.json"
as_admin
as_app "$app" "$secret"
ok azb job show --job-id j
stop_azbd
sed -i "s/$secret/another-$secret/" "$work/config.json"
start_azbd "$STATE" --config "$work/config.json"
as_admin
as_app "$app" "$secret"
refused 4 AADSTS7000215 azb job list
as_app "$app" "another-$secret"
ok azb job list

# The user of the state: named by the file, and otherwise the same at each start.
stop_azbd
cat >"$work/people.json" <<JSON
{
  "user": {"userPrincipalName": "me@azb.onmicrosoft.com", "password": "only for this test"},
  "users": [{"userPrincipalName": "ann@azb.onmicrosoft.com", "displayName": "Ann", "password": "another one"}],
  "applications": [
    {"displayName": "desktop", "publicClient": true, "redirectUris": ["http://localhost"],
     "permissions": [{"resource": "Microsoft Azure Batch", "scopes": ["user_impersonation"]}]}
  ],
  "managedIdentities": [{"name": "nodes"}],
  "roleAssignments": [{"principal": "nodes", "role": "Azure Batch Job Submitter"}]
}
JSON
start_azbd "$work/people" --config "$work/people.json"
as_admin
same "$AZB_USERNAME" me@azb.onmicrosoft.com
same "$AZB_PASSWORD" "only for this test"
same "$(stat -c %a "$STATE/env")" 600
same "$(cat "$STATE"/azb.db* | grep -ac "only for this test" || true)" 0
stop_azbd
start_azbd "$work/own"
as_admin
same "$AZB_USERNAME" user@azb.onmicrosoft.com
password=$AZB_PASSWORD
same "$(cat "$STATE"/azb.db* | grep -acF -e "$password" || true)" 0
stop_azbd
start_azbd "$STATE"
as_admin
same "$AZB_PASSWORD" "$password"

# What is wrong is named by its path, and nothing is served.
stop_azbd
printf '{"applications":[{"displayName":"x","secrets":[{"expires":"soon"}]}]}' >"$work/wrong.json"
refused + 'applications[0].secrets[0].expires' \
    azbd --state "$work/other" --listen 127.0.0.1:0 --proxy-listen none --config "$work/wrong.json"
refused + "line 1" azbd --state "$work/other" --listen 127.0.0.1:0 --proxy-listen none \
    --config <(printf 'not json')
ok azbd --config-schema
ok jq -e '.properties.applications' <<<"$out"
