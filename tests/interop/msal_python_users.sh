#!/usr/bin/env bash
# MSAL Python: people in a browser and by device code, silently, on behalf of them, federated; straight
# at localhost, by the tenant "adfs", and as if at login.microsoftonline.com.
. "$(dirname "$0")/interop.inc"
prepare_users
run=("$clients/current/bin/python" "$here/msal_python_users.py")
"${run[@]}" direct device-code device-declined interactive on-behalf-of federated
"${run[@]}" adfs device-code interactive federated
azb run -- "${run[@]}" public device-code interactive on-behalf-of federated
