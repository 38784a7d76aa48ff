#!/usr/bin/env bash
# A real Chromium on all of the sign-in pages (tests/browser).
. "$(dirname "$0")/interop.inc"
client node
chromium_is_there
export TEST_APP=22222222-2222-4222-8222-222222222222
domain=azb.onmicrosoft.com
password=long-enough-$RANDOM$RANDOM$RANDOM
person() { # NAME: one of the configuration's users
    echo "{\"userPrincipalName\": \"$1@$domain\", \"displayName\": \"${1^} Example\", \"password\": \"$password\""
}
cat >"$work/config.json" <<JSON
{"users": [$(person ann)}, $(person bob)}, $(person carl)},
    $(person boss), "globalAdministrator": true}],
 "applications": [{"displayName": "a program", "appId": "$TEST_APP", "publicClient": true,
    "redirectUris": ["http://localhost/back"]}]}
JSON
start_azbd "$work/state" --config "$work/config.json"
as_admin
export TEST_DOMAIN=$domain TEST_PASSWORD=$password
export INTEROP_NODE_MODULES=$clients/node/node_modules
node=$(node_program)
"$node" "$AZB_SOURCE/tests/browser/pages.js"
