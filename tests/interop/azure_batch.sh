#!/usr/bin/env bash
# azure-batch 15 with azure-identity's ClientSecretCredential and with a shared key.
. "$(dirname "$0")/interop.inc"
client current
prepare
"$clients/current/bin/python" "$here/batch_current.py"
