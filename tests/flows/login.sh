#!/usr/bin/env bash
# azb login as an application: by secret and by certificate; two logins, use, logout; who goes
# before whom; where tokens do not go; what is kept, and how.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin
admin=$AZURE_CLIENT_ID tenant=$AZURE_TENANT_ID secret=$AZURE_CLIENT_SECRET
logins=$XDG_CONFIG_HOME/azb/logins.json
secrets=$XDG_DATA_HOME/azb/secrets
source_of() { azb whoami -o json "$@" | jq -r .source; }
client_of() { azb whoami -o json "$@" | jq -r .clientId; }

# Without a login it is the environment, and looking makes no files.
same "$(source_of)" "environment (client_secret)"
ok azb auth list
same "$out" "[]"
has "$(cat "$work/err")" "nobody has signed in"
[ ! -e "$XDG_CONFIG_HOME" ] || fail_flow "looking has made $XDG_CONFIG_HOME"

# az's sign-in is shown, as nothing that azb could be told to use by a name.
mkdir "$AZURE_CONFIG_DIR"
cat >"$AZURE_CONFIG_DIR/azureProfile.json" <<'END'
{"subscriptions": [
  {"id": "s1", "name": "Old", "isDefault": false, "tenantId": "t", "environmentName": "AzureCloud",
   "user": {"name": "ben@contoso.com", "type": "user"}},
  {"id": "s2", "name": "Main", "isDefault": true, "tenantId": "t", "environmentName": "AzureCloud",
   "user": {"name": "ann@contoso.com", "type": "user"}}]}
END
ok azb auth list -o json
same "$(jq -c 'map([.name, .current, .kind, .username, .subscriptionName])' <<<"$out")" \
    '[[null,false,"azure_cli","ann@contoso.com","Main"]]'
has "$(cat "$work/err")" "az's own sign-in"
ok azb auth list -o table
has "$out" ann@contoso.com
rm -r "$AZURE_CONFIG_DIR"
refused 2 "no login is in use" azb logout
refused 4 "a person would have to sign in" azb login --no-input
refused 2 "needs --client-id" env -u AZURE_CLIENT_ID azb login
refused 3 "there is no login 'x'" azb auth use x
refused 2 "neither a login" azb whoami --as x

# An application with a secret, given by a file, standard input or the environment.
ok azb app create --display-name nightly
app=$(jq -r .appId <<<"$out")
ok azb app secret add --id nightly
app_secret=$(jq -r .secretText <<<"$out")
ok azb role assignment create --assignee nightly --role Reader
printf '%s\n' "$app_secret" >"$work/secret"
login=(azb login --service-principal --client-id "$app")
refused 4 AADSTS7000215 "${login[@]}" --client-secret-file - <<<wrong
refused 2 "needs the client secret" env -u AZURE_CLIENT_SECRET "${login[@]}"
refused 2 "holds no secret" "${login[@]}" --client-secret-file /dev/null
refused 2 "needs --tenant" env -u AZURE_TENANT_ID "${login[@]}"
refused 2 "is not https" "${login[@]}" --authority-host http://localhost
[ ! -e "$logins" ] || fail_flow "a sign-in that failed was kept"
ok "${login[@]}" --client-secret-file "$work/secret"
same "$(jq -r '.name, .kind, .current' <<<"$out" | tr '\n' ' ')" "$app client_secret true "
has "$(cat "$work/err")" "kept in clear text"
has "$(cat "$work/err")" "$secrets/$app"
same "$(stat -c %a "$logins" "$XDG_CONFIG_HOME/azb" "$secrets/$app" "$secrets" | tr '\n' ' ')" \
    "600 700 600 700 "
case $(cat "$logins") in *"$app_secret"*) fail_flow "the secret is in $logins" ;; esac

# It goes before the environment; a flag goes before it.
same "$(client_of)" "$app"
same "$(source_of)" "azb login ($app)"
same "$(client_of --as environment)" "$admin"
same "$(AZB_LOGIN=environment client_of)" "$admin"
same "$(AZB_LOGIN=environment client_of --as "$app")" "$app"
same "$(client_of --env-file "$STATE/env")" "$admin"
ok azb job list
refused 5 jobs/write azb job create --id j --pool-id p
ok azb job list --as environment

# A second login, with a certificate; its path is kept whole.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/crt.pem" \
    -subj /CN=nightly -days 2 2>/dev/null
cat "$work/key.pem" "$work/crt.pem" >"$work/both.pem"
ok azb app certificate add --id nightly --certificate "$work/crt.pem" --as environment
cd "$work"
ok azb login --certificate both.pem --client-id "$app" --name by-certificate
cd - >/dev/null
same "$(jq -r .certificatePath <<<"$out")" "$(realpath "$work/both.pem")"
same "$(source_of)" "azb login (by-certificate)"
ok azb auth list
same "$(jq -r '.[] | .name + " " + (.current | tostring)' <<<"$out" | tr '\n' ' ')" \
    "by-certificate true $app false "
# The same as PFX: its password is kept as a secret is, and goes with the login.
printf 'p\xc3\xa4ss w\xc3\xb6rd\n' >"$work/password"
openssl pkcs12 -export -inkey "$work/key.pem" -in "$work/crt.pem" -out "$work/both.pfx" \
    -passout "file:$work/password"
login=(azb login --certificate "$work/both.pfx" --client-id "$app" --name by-pfx)
refused 2 "is protected with a password" "${login[@]}"
refused 2 "password" "${login[@]}" --certificate-password-file - <<<wrong
refused 2 "holds no password" "${login[@]}" --certificate-password-file /dev/null
[ ! -e "$secrets/by-pfx" ] || fail_flow "the password of a login that failed was kept"
ok "${login[@]}" --certificate-password-file "$work/password"
same "$(jq -r .certificatePath <<<"$out")" "$(realpath "$work/both.pfx")"
same "$(stat -c %a "$secrets/by-pfx")" 600
case $(cat "$logins") in *wörd*) fail_flow "the password is in $logins" ;; esac
ok azb token --force
ok azb logout by-pfx
[ ! -e "$secrets/by-pfx" ] || fail_flow "the password of a login that is gone is still there"
ok azb auth use by-certificate
refused 2 "choose one" azb login --certificate "$work/both.pem" --identity
ok azb auth use "$app"
same "$(source_of)" "azb login ($app)"
refused 3 "there is no login 'nobody'" azb auth use nobody

# In a shell without the environment the login leads to the same service.
bare=(env -u AZURE_TENANT_ID -u AZURE_CLIENT_ID -u AZURE_CLIENT_SECRET -u AZURE_AUTHORITY_HOST
    -u AZURE_BATCH_ENDPOINT -u AZB_CA_FILE -u SSL_CERT_FILE -u AZB_ARM_ENDPOINT -u AZB_GRAPH_ENDPOINT)
ok "${bare[@]}" azb job list
same "$(jq -r .source <<<"$("${bare[@]}" azb whoami -o json)")" "azb login ($app)"

# A token does not leave its cloud. (Nothing listens on port 1: what is sent there fails otherwise.)
refused 2 "nothing was sent" env AZURE_BATCH_ENDPOINT=https://batch.example.org:1 azb job list
has "$err" "export AZB_TRUSTED_HOSTS=batch.example.org"
refused 6 "batch.example.org" env AZURE_BATCH_ENDPOINT=https://batch.example.org:1 \
    AZB_TRUSTED_HOSTS='a;batch.example.org' azb job list
refused 2 "nothing was sent" env AZURE_BATCH_ENDPOINT=https://azb.eastus.batch.azure.com \
    azb job list
refused 2 "nothing was sent" "${bare[@]}" \
    AZURE_TENANT_ID="$tenant" AZURE_CLIENT_ID="$app" AZURE_CLIENT_SECRET=x \
    AZURE_BATCH_ENDPOINT="$URL" azb job list --as environment
# After `azb env` a login of another cloud is not meant, and whoami says so.
jq '.logins |= map(.authorityHost = "https://login.microsoftonline.com")' "$logins" >"$work/other"
cp "$logins" "$work/kept"
cat "$work/other" >"$logins"
same "$(client_of)" "$admin"
has "$(azb whoami -o json | jq -r .why)" "AZURE_AUTHORITY_HOST names $URL"
refused 2 "nothing was sent" azb job list --as "$app"
cat "$work/kept" >"$logins"

# What is damaged is set aside, what others could have written is not believed.
echo '{"version": 1, "logins": [{"kind": "x"}]}' >"$logins"
ok azb whoami -o json
same "$(jq -r .clientId <<<"$out")" "$admin"
has "$(cat "$work/err")" "$logins.unreadable"
has "$(cat "$logins.unreadable")" '"x"'
cp "$work/kept" "$logins"
chmod 666 "$logins"
refused 2 "can be changed" azb whoami
chmod 600 "$logins"
mv "$logins" "$work/real"
ln -s "$work/real" "$logins"
refused 2 "symbolic link" azb whoami
same "$(client_of --as environment)" "$admin"
rm "$logins"
mv "$work/real" "$logins"
chmod 644 "$secrets/$app"
refused 2 "can be read" azb whoami
chmod 600 "$secrets/$app"

# A service without a home has no logins, and works.
ok env -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u HOME azb whoami

# Ten at once: none is lost, and the file is whole.
for number in $(seq 10); do
    azb login --service-principal --client-id "$app" --client-secret-file "$work/secret" \
        --name "n$number" >"$work/login.$number" 2>&1 &
    jobs[number]=$!
done
for number in $(seq 10); do wait "${jobs[number]}" || fail_flow "$(cat "$work/login.$number")"; done
ok azb auth list
same "$(jq length <<<"$out")" 12

# Signing out: the secret goes too, and who is next is said.
ok azb auth use "$app"
ok azb logout
has "$(cat "$work/err")" "is the current login now"
[ ! -e "$secrets/$app" ] || fail_flow "the secret of a login that is gone is still there"
ok azb logout by-certificate
ok azb logout --all
same "$(jq length "$logins" | head -1)" 2
same "$(jq '.logins | length' "$logins")" 0
same "$(ls -A "$secrets")" ""
same "$(client_of)" "$admin"
