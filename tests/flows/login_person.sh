#!/usr/bin/env bash
# A person signs in with azb login, in the browser and by device code; what the next commands find on
# the disk, and that they then need no network.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin
person=$AZB_SOURCE/tests/interop/person.py
username=$AZB_USERNAME
source_of() { azb whoami -o json "$@" | jq -r .source; }
tokens=$XDG_DATA_HOME/azb/tokens.json

# The browser: one that is a person with curl's manners.
cat >"$work/browser" <<SH
#!/bin/sh
exec $person "\$1" >"$work/browser.out" 2>&1
SH
chmod +x "$work/browser"
ok env BROWSER="$work/browser" timeout 60 azb login --tokens-in file
same "$(jq -r '.name, .kind, .username, .tenantId' <<<"$out" | tr '\n' ' ')" \
    "$username user $username $AZURE_TENANT_ID "
has "$(cat "$work/err")" "$tokens"
same "$(stat -c %a "$tokens")" 600
case $(cat "$XDG_CONFIG_HOME/azb/logins.json") in *"$AZB_PASSWORD"*) fail_flow "a password is kept" ;; esac

# It is that user from then on, silently; the environment only where it is asked for.
same "$(source_of)" "azb login ($username)"
same "$(azb whoami -o json | jq -r .user)" "$username"
same "$(source_of --as environment)" "environment (client_secret)"
ok azb job create --id j --pool-id p
ok azb job delete --job-id j --yes
first=$(azb token)
same "$(azb token)" "$first"
same "$(azb token --decode -o json | jq -r .claims.scp)" user_impersonation

# From the disk it takes no network: neither libcurl nor a TLS library is loaded, nothing is asked.
loaded() { LD_DEBUG=files "$@" 2>&1 >/dev/null | grep -E 'lib(curl|ssl|gnutls|secret|glib)' || true; }
same "$(loaded azb token)" ""
[ -n "$(loaded azb token --force)" ] || fail_flow "LD_DEBUG does not show what is loaded"
stop_azbd
ok azb token
ok azb token --min-valid 20m -o json
expires=$(jq .expires_on <<<"$out")
[ "$expires" -gt "$(date +%s)" ] || fail_flow "expires_on is $expires"
same "$(date -u -d "$(jq -r .expiresOn <<<"$out")" +%s)" "$expires"
eval "$(azb token -o env)"
same "$(azb token)" "$AZB_ACCESS_TOKEN"
same "$AZB_ACCESS_TOKEN_EXPIRES_ON" "$expires"
refused 6 "" azb token --force
refused 6 "" azb token --min-valid 3h
refused 6 "" azb token --resource "$AZB_ARM_ENDPOINT"
refused 2 "no span of time" azb token --min-valid soon
refused 2 "give one" azb token --scope a --resource b
refused 2 "none of json, table, tsv, env" azb token -o yaml
refused 2 "none of json, table, tsv" azb job list -o env
azbd_options=(--listen "127.0.0.1:${URL##*:}" --proxy-listen 127.0.0.1:0)
rm -f "$work/ready"
azbd --state "$STATE" "${azbd_options[@]}" --ready-file "$work/ready" 2>>"$work/azbd.log" &
pid=$!
azbd_pids+=("$pid")
wait_for 20 served_or_dead

# With the refresh token there are tokens for other services, and new ones.
[ "$(azb token --force)" != "$first" ] || fail_flow "--force gave the old token"
same "$(azb token --resource https://management.core.windows.net/ --decode -o json | jq -r .claims.aud)" \
    https://management.core.windows.net/
ok azb rest GET "/subscriptions"

# A device code: what to do is on stderr at once, and nothing else is on stdout.
azb login --device-code --name by-code --tokens-in file >"$work/out" 2>"$work/err" </dev/null &
login=$!
told() { grep -q 'enter the code' "$work/err"; }
wait_for 20 told
same "$(cat "$work/out")" ""
page=$(grep -o 'https://[^ ]*' "$work/err" | head -1)
code=$(sed -n 's/.*code \([A-Z0-9]*\).*/\1/p' "$work/err" | head -1)
"$person" --device "$page" "$code" >"$work/person.out" 2>&1 || fail_flow "$(cat "$work/person.out")"
wait "$login" || fail_flow "$(cat "$work/err")"
same "$(jq -r .name "$work/out")" by-code
same "$(source_of)" "azb login (by-code)"

# Who declines is not signed in; nothing changes.
azb login --device-code --tokens-in file >"$work/out" 2>"$work/err" </dev/null &
login=$!
wait_for 20 told
page=$(grep -o 'https://[^ ]*' "$work/err" | head -1)
code=$(sed -n 's/.*code \([A-Z0-9]*\).*/\1/p' "$work/err" | head -1)
"$person" --answer no --device "$page" "$code" >"$work/person.out" 2>&1 || true
status=0
wait "$login" || status=$?
same $status 4
same "$(source_of)" "azb login (by-code)"

# Nobody there: --no-input says so at once; --no-browser prints the address.
refused 4 "a person would have to sign in" azb login --no-input
refused 2 "Azure CLI's own application" azb login --authority-host https://login.microsoftonline.com \
    --client-id 04b07795-8ddb-461a-bbee-02f9e1bf7b46
BROWSER="$work/browser" azb login --no-browser --tokens-in file >"$work/out" 2>"$work/err" &
login=$!
address() { grep -q 'https://[^ ]*/authorize?' "$work/err"; }
wait_for 20 address
"$person" "$(grep -o 'https://[^ ]*/authorize?[^ ]*' "$work/err" | head -1)" >"$work/person.out" 2>&1 ||
    fail_flow "$(cat "$work/person.out")"
wait "$login" || fail_flow "$(cat "$work/err")"
same "$(jq -r .name "$work/out")" by-code # the same person again: no third login
same "$(azb auth list -o json | jq -r '[.[].name] | join(" ")')" "by-code $username"

# An application's tokens are kept too, and go with it.
ok azb login --service-principal --name app --tokens-in file
[ "$(azb token)" = "$(azb token)" ] || fail_flow "each command asks anew"
same "$(jq --arg id "$AZURE_CLIENT_ID" \
    '[.AccessToken[] | select(.client_id == $id and .home_account_id == null)] | length' "$tokens")" 1
ok azb logout app
same "$(jq --arg id "$AZURE_CLIENT_ID" \
    '[.AccessToken[] | select(.client_id == $id and .home_account_id == null)] | length' "$tokens")" 0

# Signed out: the user's tokens leave the disk with the last of their logins.
ok azb logout by-code
ok azb job list
ok azb logout --all
same "$(jq '[.AccessToken[], .RefreshToken[], .Account[]] | length' "$tokens")" 0
same "$(source_of)" "environment (client_secret)"
