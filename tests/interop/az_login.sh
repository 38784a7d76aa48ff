#!/usr/bin/env bash
# Every way in which az signs in, each with the account that it shows and a token that Batch takes.
. "$(dirname "$0")/interop.inc"
. "$here/az.inc"
all_flows_only
prepare_users
az_setup
tenant=(--tenant "$AZURE_TENANT_ID")

# What az wrote, az reads; and ~/.azure was not touched.
ok az cloud show --name azb
field .endpoints.resourceManager "$URL/"
field .endpoints.batchResourceId https://batch.core.windows.net/
field .isActive true
same "$(stat -c %a "$AZURE_CONFIG_DIR/clouds.config")" 600

# A secret; a wrong one, in Entra's words. (With a token in its cache, az does not ask again.)
make_app by-secret Reader
refused 1 AADSTS7000215 az login --service-principal --username "$id" --password wrong "${tenant[@]}"
ok az login --service-principal --username "$id" --password "$secret" "${tenant[@]}"
field '.[0].user.name' "$id"

# A certificate.
make_app by-certificate Reader
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=az -keyout "$work/key.pem" \
    -out "$work/cert.pem" 2>/dev/null
ok azb app certificate add --id "$id" --certificate "$work/cert.pem"
cat "$work/key.pem" "$work/cert.pem" >"$work/both.pem"
ok az login --service-principal --username "$id" --certificate "$work/both.pem" "${tenant[@]}"
field '.[0].user.name' "$id"
ok az account get-access-token --resource https://batch.core.windows.net/
curl --silent --fail --cacert "$AZB_CA_FILE" -H "Authorization: Bearer $(jq -r .accessToken <<<"$out")" \
    "$URL/jobs?api-version=2024-07-01.20.0" >"$work/jobs.json"
same "$(jq -c .value "$work/jobs.json")" "[]"

# The token of another issuer.
ok azb role assignment create --assignee "$INTEROP_FEDERATED_ID" --role Reader
ok az login --service-principal --username "$INTEROP_FEDERATED_ID" \
    --federated-token "$(cat "$INTEROP_FEDERATED_TOKEN_FILE")" "${tenant[@]}"
field '.[0].user.name' "$INTEROP_FEDERATED_ID"
ok az batch account show --name azb --resource-group azb
field .name azb

# A person: by device code without a tenant, and with one.
az_login_person
field '.[0].user.type' user
field '.[0].tenantDefaultDomain' azb.onmicrosoft.com
ok az account get-access-token
field .tokenType Bearer
ok az account get-access-token --resource https://batch.core.windows.net/
field .tenant "$AZURE_TENANT_ID"
az_login_person "${tenant[@]}"
field '.[0].user.name' "$AZB_USERNAME"
ok az logout
ok az account list --query "[?user.type=='user']"
field length 0

# A managed identity, where it would run in Azure.
ok azb role assignment create --assignee "$AZURE_BATCH_ACCOUNT" --role Reader
identity=$(
    lines=$(azb env --state "$STATE" --identity imds)
    eval "$lines"
    az login --identity && az account show --query user
) || fail_flow "az login --identity: $identity"
has "$identity" systemAssignedIdentity

