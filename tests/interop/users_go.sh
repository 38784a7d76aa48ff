#!/usr/bin/env bash
# MSAL Go and azidentity: people in a browser and by device code, on behalf of them, federated.
. "$(dirname "$0")/interop.inc"
client go
prepare_users
"$clients/go/clients" msal-federated identity-federated msal-device-code msal-interactive msal-on-behalf-of \
    identity-device-code
