#!/usr/bin/env bash
# azure-mgmt-authorization, azure-mgmt-resource and their kin with azure-identity; azure-batch with a
# role that was just given and taken away.
. "$(dirname "$0")/interop.inc"
client management
cat >"$work/management.json" <<'JSON'
{
  "managementGroups": [
    {"id": "platform", "displayName": "Platform"},
    {"id": "batch", "displayName": "Batch", "parent": "platform",
     "subscriptions": ["88888888-8888-8888-8888-888888888888"]}
  ],
  "subscriptions": [
    {"id": "99999999-9999-4999-8999-999999999999", "name": "another", "managementGroup": "platform"}
  ],
  "denyAssignments": [
    {"id": "dddddddd-dddd-4ddd-8ddd-dddddddddddd", "name": "nobody deletes pools",
     "scope": "/subscriptions/88888888-8888-8888-8888-888888888888", "principals": ["*"],
     "actions": ["Microsoft.Batch/batchAccounts/pools/delete"]}
  ],
  "applications": [
    {"displayName": "worker", "appId": "e0000000-0000-4000-8000-000000000001",
     "servicePrincipalId": "e0000000-0000-4000-8000-000000000002",
     "secrets": [{"value": "only-for-tests-of-management"}]},
    {"displayName": "governor", "appId": "e0000000-0000-4000-8000-000000000003",
     "secrets": [{"value": "only-for-tests-of-governing"}]}
  ],
  "roleAssignments": [
    {"principal": "governor", "role": "Owner",
     "scope": "/providers/Microsoft.Management/managementGroups/platform"}
  ]
}
JSON
start_azbd "$work/state" --config "$work/management.json"
as_admin
export INTEROP_WORKER_ID=e0000000-0000-4000-8000-000000000001
export INTEROP_WORKER_OBJECT=e0000000-0000-4000-8000-000000000002
export INTEROP_WORKER_SECRET=only-for-tests-of-management
export INTEROP_GOVERNOR_ID=e0000000-0000-4000-8000-000000000003
export INTEROP_GOVERNOR_SECRET=only-for-tests-of-governing
"$clients/management/bin/python" "$here/mgmt_python.py"
