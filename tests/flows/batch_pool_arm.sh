#!/usr/bin/env bash
# Pools through Resource Manager: the same pools as those of the Batch API, in the words of ARM.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin

POOLS=/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/azb/providers/Microsoft.Batch/batchAccounts/azb/pools
VERSION=api-version=2025-06-01
arm() { # METHOD PATH [BODY [HEADER=VALUE]]
    azb rest "$1" "$2?$VERSION" ${3:+--body "$3"} ${4:+--headers "$4"}
}
MACHINE='"deploymentConfiguration":{"virtualMachineConfiguration":{"imageReference":{"publisher":"debian",
    "offer":"debian-12","sku":"12","version":"latest"},"nodeAgentSkuId":"batch.node.debian 12"}}'
pool() { # NODES [further properties]
    echo "{\"properties\":{\"vmSize\":\"STANDARD_D2S_V3\",$MACHINE,
        \"scaleSettings\":{\"fixedScale\":{\"targetDedicatedNodes\":$1}}${2:-}}}"
}

# Made there, it runs tasks and is seen by the Batch API.
ok arm PUT "$POOLS/made" "$(pool 1 ',"taskSlotsPerNode":4,"metadata":[{"name":"team","value":"film"}],
    "taskSchedulingPolicy":{"nodeFillType":"pack"},"interNodeCommunication":"Disabled"')"
same "$(jq -r '"\(.name) \(.type) \(.properties.provisioningState) \(.properties.taskSlotsPerNode)"' <<<"$out")" \
    "made Microsoft.Batch/batchAccounts/pools Succeeded 4"
same "$(jq -r '.properties|"\(.taskSchedulingPolicy.nodeFillType) \(.scaleSettings.fixedScale.targetDedicatedNodes) \(.metadata[0].value) \(.deploymentConfiguration.virtualMachineConfiguration.nodeAgentSkuId)"' <<<"$out")" \
    "Pack 1 film batch.node.debian 12"
ok azb pool show --pool-id made -o json
same "$(jq -r '"\(.vmSize) \(.targetDedicatedNodes) \(.taskSlotsPerNode) \(.taskSchedulingPolicy.nodeFillType)"' <<<"$out")" \
    "standard_d2s_v3 1 4 Pack"
ok azb job create --id j --pool-id made
ok azb task create --job-id j --task-id t --command-line "true"
done_is() { [ "$(azb task show --job-id j --task-id t | jq -r .executionInfo.result)" = success ]; }
wait_for 30 done_is

# Made by the Batch API, it is seen here.
ok azb pool create --id other --vm-size standard_d2s_v3 --image debian:debian-12:12 \
    --node-agent-sku-id "batch.node.debian 12" --target-dedicated-nodes 0
same "$(arm GET "$POOLS" | jq -r '[.value[].name]|join(" ")')" "made other"
same "$(azb rest GET "$POOLS?$VERSION&\$filter=startswith(name,'ot')" | jq -r '[.value[].name]|join(" ")')" other
ok azb rest GET "$POOLS?$VERSION&maxresults=1"
same "$(jq '.value|length' <<<"$out")" 1
ok azb rest GET "$(jq -r .nextLink <<<"$out")"
same "$(jq -r '.value[0].name' <<<"$out")" other
refused + "PoolNotFound" arm GET "$POOLS/none"

# Changed: what stays as it is keeps its nodes; the ETag guards.
steady() { [ "$(arm GET "$POOLS/made" | jq -r .properties.allocationState)" = Steady ]; }
wait_for 20 steady
etag=$(arm GET "$POOLS/made" | jq -r .etag)
ok arm PATCH "$POOLS/made" '{"properties":{"scaleSettings":{"fixedScale":{"targetDedicatedNodes":2}},"metadata":[]}}' \
    "If-Match=$etag"
same "$(jq -r '.properties|"\(.allocationState) \(.resizeOperationStatus.targetDedicatedNodes)"' <<<"$out")" "Resizing 2"
refused + "ConditionNotMet" arm PATCH "$POOLS/made" '{"properties":{"metadata":[]}}' "If-Match=$etag"
refused + "ConditionNotMet" arm PUT "$POOLS/made" "$(pool 2)" 'If-None-Match=*'
refused + "ConditionNotMet" arm PUT "$POOLS/new" "$(pool 1)" "If-Match=$etag"
wait_for 20 steady
same "$(azb pool show --pool-id made -o json | jq .currentDedicatedNodes)" 2
ok arm PUT "$POOLS/made" "$(pool 2 ',"taskSlotsPerNode":4,"displayName":"The pool"')"
same "$(jq -r .properties.displayName <<<"$out")" "The pool"
refused + "only while the" arm PATCH "$POOLS/made" '{"properties":{"vmSize":"standard_d4s_v3"}}'
refused + "not being resized" arm POST "$POOLS/made/stopResize"
ok arm POST "$POOLS/made/disableAutoScale"

# Refused, never ignored.
bad() { refused + "$1" arm PUT "$POOLS/bad" "$2"; }
bad "UnsupportedProperty: properties.startTask" "$(pool 1 ',"startTask":{"commandLine":"true"}')"
bad "scaleSettings.autoScale" '{"properties":{"vmSize":"a","scaleSettings":{"autoScale":{"formula":"x"}}}}'
bad "retired certificates" "$(pool 1 ',"certificates":[{"id":"x"}]')"
bad "taskSlotsPerNode" "$(pool 1 ',"taskSlotsPerNode":0')"
bad "allowed are Disabled, Enabled" "$(pool 1 ',"interNodeCommunication":"perhaps"')"
bad "not known here: properties.colour" "$(pool 1 ',"colour":"red"')"
bad "vmSize" '{"properties":{}}'
bad "identity" '{"identity":{"type":"UserAssigned"},"properties":{}}'

# Its own permission; reading the account is not enough to write.
ok azb app create --display-name reader
id=$(jq -r .appId <<<"$out")
ok azb app secret add --id "$id"
secret=$(jq -r '.secretText // .password' <<<"$out")
ok azb role assignment create --assignee "$id" --role Reader
(
    as_app "$id" "$secret"
    ok arm GET "$POOLS/made"
    refused + "Microsoft.Batch/batchAccounts/pools/write" arm PUT "$POOLS/mine" "$(pool 1)"
    refused + "Microsoft.Batch/batchAccounts/pools/delete" arm DELETE "$POOLS/made"
)

# Deleted: an operation that ends when the nodes are gone.
ok arm DELETE "$POOLS/made"
gone() { ! arm GET "$POOLS/made" >/dev/null 2>&1; }
wait_for 30 gone
ok arm DELETE "$POOLS/made"
same "$(azb pool list | jq length)" 1
