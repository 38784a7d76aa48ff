#!/usr/bin/env bash
# MSAL Node and @azure/identity: people in a browser and by device code, on behalf of them, federated.
. "$(dirname "$0")/interop.inc"
client node
prepare_users
"$(node_program)" "$here/clients_node.js" msal-federated identity-federated msal-device-code msal-device-declined \
    msal-interactive msal-code msal-on-behalf-of identity-device-code identity-on-behalf-of
"$(node_program)" "$here/openid_client.mjs" code device
