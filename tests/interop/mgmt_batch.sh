#!/usr/bin/env bash
# azure-mgmt-batch with azure-identity: accounts, keys, applications and pools by Resource Manager; then
# azure-batch on the account that was just made, with its key and with Entra.
. "$(dirname "$0")/interop.inc"
client management
start_azbd
as_admin
"$clients/management/bin/python" "$here/mgmt_batch.py"
