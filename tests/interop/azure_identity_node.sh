#!/usr/bin/env bash
# @azure/identity: an application by secret, certificate, environment and default chain.
. "$(dirname "$0")/interop.inc"
client node
prepare
cat "$INTEROP_CERTIFICATE_KEY" "$INTEROP_CERTIFICATE" >"$work/both.pem"
export INTEROP_CERTIFICATE_BOTH=$work/both.pem
node=$(node_program)
"$node" "$here/clients_node.js" identity-secret identity-certificate
# The clients that have no option against instance discovery come in by the tenant "adfs".
AZURE_TENANT_ID=adfs "$node" "$here/clients_node.js" identity-default
