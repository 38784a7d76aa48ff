#!/usr/bin/env bash
# MSAL Go and azidentity: people in a browser and by device code, on behalf of them, federated.
. "$(dirname "$0")/interop.inc"
client go
prepare_users
three_ways msal-interactive msal-device-code msal-on-behalf-of msal-federated identity-device-code \
    identity-federated -- "$clients/go/clients"
