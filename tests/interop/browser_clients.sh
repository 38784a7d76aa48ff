#!/usr/bin/env bash
# MSAL and azure-identity for Node and Python, interactively: their URL goes to a real Chromium that
# walks our pages, the code comes back to their own listener by form_post.
. "$(dirname "$0")/interop.inc"
client node
client current
chromium_is_there
export TEST_APP=22222222-2222-4222-8222-222222222222
cat >"$work/config.json" <<JSON
{"applications": [{"displayName": "a program", "appId": "$TEST_APP", "publicClient": true,
    "redirectUris": ["http://localhost"]}]}
JSON
start_azbd "$work/state" --config "$work/config.json"
as_admin
export INTEROP_NODE_MODULES=$clients/node/node_modules
node=$(node_program)
# What BROWSER names: the state's first user.
cat >"$work/browser" <<SCRIPT
#!/bin/sh
exec "$node" "$AZB_SOURCE/tests/browser/person.js" "\$1"
SCRIPT
chmod +x "$work/browser"
BROWSER=$work/browser "$node" "$AZB_SOURCE/tests/browser/clients.js"
BROWSER="$work/browser %s &" "$clients/current/bin/python" "$AZB_SOURCE/tests/browser/clients.py"
