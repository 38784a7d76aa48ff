#!/usr/bin/env bash
# A real Chromium on the sign-in pages (tests/browser), and clients that hand their URL to it.
. "$(dirname "$0")/interop.inc"
client node
for tool in chromium certutil; do
    if ! command -v "$tool" >/dev/null; then
        echo "$flow: $tool is not installed (Debian packages chromium and libnss3-tools)" >&2
        exit 77
    fi
done
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
    "redirectUris": ["http://localhost/back", "http://localhost"]}]}
JSON
start_azbd "$work/state" --config "$work/config.json"
as_admin
export TEST_DOMAIN=$domain TEST_PASSWORD=$password
export INTEROP_NODE_MODULES=$clients/node/node_modules
node=$(node_program)
"$node" "$AZB_SOURCE/tests/browser/pages.js"
