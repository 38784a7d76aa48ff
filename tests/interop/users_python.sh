#!/usr/bin/env bash
# azure-identity: people in a browser and by device code, on behalf of them, federated.
. "$(dirname "$0")/interop.inc"
prepare_users
python=$clients/current/bin/python
three_ways interactive device-code on-behalf-of federated -- "$python" "$here/identity_users.py"
# The default credential of a workload, from the environment alone.
unset AZURE_CLIENT_SECRET
export AZURE_CLIENT_ID=$INTEROP_FEDERATED_ID AZURE_FEDERATED_TOKEN_FILE=$INTEROP_FEDERATED_TOKEN_FILE
"$python" "$here/identity_users.py" default-workload
