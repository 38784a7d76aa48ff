#!/usr/bin/env bash
# MSAL Node with a secret and with a certificate; its token lists jobs.
. "$(dirname "$0")/interop.inc"
client node
prepare
"$(node_program)" "$here/msal_node.js"
