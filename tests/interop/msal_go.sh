#!/usr/bin/env bash
# MSAL Go and azidentity: an application by secret, certificate, environment and default chain.
. "$(dirname "$0")/interop.inc"
client go
prepare
cat "$INTEROP_CERTIFICATE_KEY" "$INTEROP_CERTIFICATE" >"$work/both.pem"
export INTEROP_CERTIFICATE_BOTH=$work/both.pem
"$clients/go/clients" msal-secret msal-certificate identity-secret identity-certificate
# The clients that have no option against instance discovery come in by the tenant "adfs".
AZURE_TENANT_ID=adfs "$clients/go/clients" identity-environment identity-default
