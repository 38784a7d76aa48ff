#!/usr/bin/env bash
# MSAL Node and @azure/identity: people in a browser and by device code, on behalf of them, federated;
# openid-client in a browser and by device code.
. "$(dirname "$0")/interop.inc"
client node
prepare_users
node=$(node_program)
three_ways msal-interactive msal-device-code msal-device-declined msal-code msal-on-behalf-of msal-federated \
    identity-device-code identity-on-behalf-of identity-federated -- "$node" "$here/clients_node.js"
"$node" "$here/openid_client.mjs" code device
