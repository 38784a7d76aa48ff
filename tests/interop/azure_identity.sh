#!/usr/bin/env bash
# azure-identity's other credentials: a certificate, the environment, and DefaultAzureCredential,
# which has no option against instance discovery and comes in by the tenant "adfs".
. "$(dirname "$0")/interop.inc"
client current
prepare
cat "$INTEROP_CERTIFICATE_KEY" "$INTEROP_CERTIFICATE" >"$work/both.pem"
export INTEROP_CERTIFICATE_BOTH=$work/both.pem
worker=$AZURE_CLIENT_ID worker_secret=$AZURE_CLIENT_SECRET
lines=$(azb env --adfs --state "$STATE")
eval "$lines"
same "$AZURE_TENANT_ID" adfs
as_app "$worker" "$worker_secret"
"$clients/current/bin/python" "$here/azure_identity.py"
