#!/usr/bin/env bash
# MSAL Python with a secret and with a certificate in its three forms.
. "$(dirname "$0")/interop.inc"
client current
prepare
"$clients/current/bin/python" "$here/msal_python.py"
