#!/usr/bin/env bash
# Managed identities by MSAL and azure-identity for Python, Node and Go, unmodified, with
# nothing but the environment of each place: IMDS, App Service, Azure ML, Cloud Shell.
. "$(dirname "$0")/interop.inc"
client current
client node
client go
user_assigned=dddddddd-1111-4111-8111-111111111111
printf '{"managedIdentities":[{"name":"nodes","clientId":"%s"}]}' "$user_assigned" >"$work/config.json"
start_azbd "$work/state" --config "$work/config.json"
as_admin

describe() { # [PARAMETER]: the identity's client id, object id and resource id, from IMDS itself
    curl -sS --cacert "$STATE/ca.pem" -H Metadata:true \
        "$URL/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://batch.core.windows.net/${1:-}" |
        jq -r .access_token | jq -rR 'split(".")[1] | gsub("-";"+") | gsub("_";"/") |
            . + "=" * ((4 - length % 4) % 4) | @base64d | fromjson | [.appid, .oid, .xms_mirid] | @tsv'
}
read -r INTEROP_SYSTEM_CLIENT_ID _ <<<"$(describe)"
read -r INTEROP_IDENTITY_CLIENT_ID INTEROP_IDENTITY_OBJECT_ID INTEROP_IDENTITY_RESOURCE_ID \
    <<<"$(describe "&client_id=$user_assigned")"
same "$INTEROP_IDENTITY_CLIENT_ID" "$user_assigned"
export INTEROP_SYSTEM_CLIENT_ID INTEROP_IDENTITY_CLIENT_ID INTEROP_IDENTITY_OBJECT_ID
export INTEROP_IDENTITY_RESOURCE_ID INTEROP_NODE_MODULES=$clients/node/node_modules

in_place() { # PLACE COMMAND...: with what `azb env --identity` prints, and no more
    local place=$1 lines
    shift
    lines=$(azb env --state "$STATE" --identity "$place")
    (eval "$lines" && "$@" "$place") || fail_flow "$place: $*"
}
for place in imds app-service ml cloud-shell; do
    in_place "$place" "$clients/current/bin/python" "$here/managed_identity.py"
    in_place "$place" "$(node_program)" "$here/managed_identity.js"
    # MSAL Go knows no other address of IMDS than 169.254.169.254.
    [ "$place" = imds ] || in_place "$place" "$clients/go/clients" msal-managed-identity identity-managed --
done
azb run --state "$STATE" -- "$clients/go/clients" msal-managed-identity identity-managed
