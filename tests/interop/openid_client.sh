#!/usr/bin/env bash
# openid-client from the discovery document: secret (body and Basic), private_key_jwt.
. "$(dirname "$0")/interop.inc"
client node
prepare
"$(node_program)" "$here/openid_client.mjs" secret certificate
