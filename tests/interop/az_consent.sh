#!/usr/bin/env bash
# az ad app permission admin-consent: az refuses it in a cloud that it does not know, so it is Azure's
# own cloud here, whose names azb run leads to azbd.
. "$(dirname "$0")/interop.inc"
. "$here/az.inc"
start_azbd
as_admin
az_setup
az_login_admin
batch=ddbf3205-c6bd-46ae-8127-60eb93363864
ok az ad app create --display-name everybody
app=$(jq -r .appId <<<"$out")
permission=$(az ad sp show --id $batch --query "oauth2PermissionScopes[0].id" --output tsv)
ok az ad app permission add --id "$app" --api $batch --api-permissions "$permission=Scope"
refused 1 "sovereign clouds" az ad app permission admin-consent --id "$app"

export AZURE_CONFIG_DIR=$work/public AZURE_CORE_COLLECT_TELEMETRY=no AZURE_CORE_LOGIN_EXPERIENCE_V2=off
public_az() { azb run --state "$STATE" -- "$clients/az/bin/az" "$@"; }
public_az login --use-device-code >"$work/public.out" 2>"$work/public.err" &
login=$!
wait_for 60 grep -qE 'enter the code [A-Z0-9]+ to' "$work/public.err"
ok azb run --state "$STATE" -- "$here/person.py" --device \
    "$(grep -o 'https://[^ ]*' "$work/public.err" | head -1)" \
    "$(sed -n 's/.*enter the code \([A-Z0-9]*\).*/\1/p' "$work/public.err" | head -1)"
wait "$login" || fail_flow "$(cat "$work/public.err")"
ok public_az ad app permission admin-consent --id "$app"
ok azb app permission list --id "$app"
ok public_az ad app permission list-grants --id "$app"
has "$out" user_impersonation
