#!/usr/bin/env bash
# azure-identity: people in a browser and by device code, on behalf of them, federated.
. "$(dirname "$0")/interop.inc"
prepare_users
python=$clients/current/bin/python
"$python" "$here/identity_users.py" federated device-code interactive on-behalf-of
# The default credential of a workload from the environment alone.
env -u AZURE_CLIENT_SECRET AZURE_CLIENT_ID="$INTEROP_FEDERATED_ID" AZURE_TENANT_ID="$AZURE_TENANT_ID" \
    AZURE_FEDERATED_TOKEN_FILE="$INTEROP_FEDERATED_TOKEN_FILE" "$python" "$here/identity_users.py" default-workload
