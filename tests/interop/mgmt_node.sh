#!/usr/bin/env bash
# @azure/arm-authorization and @azure/arm-resources with @azure/identity.
. "$(dirname "$0")/interop.inc"
client node
start_azbd
as_admin
make_app worker ""
INTEROP_WORKER_OBJECT=$(azb rest GET "/v1.0/servicePrincipals(appId='$id')" | jq -r .id)
export INTEROP_WORKER_OBJECT INTEROP_NODE_MODULES=$clients/node/node_modules
"$(node_program)" "$here/mgmt_node.js"
