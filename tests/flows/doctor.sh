#!/usr/bin/env bash
# azb doctor: each thing that can be wrong is found first and by name, with how to mend it.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin
unset HTTPS_PROXY https_proxy ALL_PROXY all_proxy NO_PROXY no_proxy
export PATH=$AZB_BIN:/usr/bin:/bin HOME=$work
admin=$AZURE_CLIENT_ID

# sick CHECK STATUS WORD REMEDY [NAME=VALUE...] [-- AZB-OPTIONS...]: what fails first, the exit code,
# a word of its detail and one of its remedy.
sick() {
    local check=$1 wanted=$2 word=$3 remedy=$4 status=0 settings=() finding
    shift 4
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        settings+=("$1")
        shift
    done
    [ $# -eq 0 ] || shift
    out=$(env "${settings[@]}" azb doctor -o json "$@" 2>"$work/err") || status=$?
    finding=$(jq -r --arg name "$check" '.checks[] | select(.name == $name)' <<<"$out")
    [ "$(jq -r .firstFailure <<<"$out")" = "$check" ] && [ $status -eq "$wanted" ] ||
        fail_flow "${settings[*]}: not '$check', $wanted, but ($status)
$out$(cat "$work/err")"
    has "$(jq -r .detail <<<"$finding")" "$word"
    has "$(jq -r .remedy <<<"$finding")" "$remedy"
}
status_of() { jq -r --arg name "$1" '.checks[] | select(.name == $name).status' <<<"$out"; }
part_of() {
    jq -r --arg name "$1" '.checks[] | select(.name == "credential").parts[] |
        select(.name == $name) | .state + ": " + .detail' <<<"$out"
}

# All is well.
ok azb doctor -o json
same "$(jq -r '[.checks[].status] | unique | join(" ")' <<<"$out")" ok
same "$(jq -r '[.checks[].name] | join(" ")' <<<"$out")" \
    "authority tenant clock proxy ca credential token audience account role"
same "$(jq .firstFailure <<<"$out")" null
same "$(part_of "client secret")" "set: client $admin"
ok azb doctor -o table
has "$out" "Nothing is wrong."
case $out in *$'\033'*) fail_flow "colours in a file" ;; esac

# The authority.
sick authority 6 "Connection refused" "azbd" AZURE_AUTHORITY_HOST=https://localhost:1
same "$(status_of tenant) $(status_of token) $(status_of ca)" "skipped skipped skipped"
sick authority 6 "could not be resolved" "network" AZURE_AUTHORITY_HOST=https://no.such.invalid
sick authority 2 "only https" "AZURE_AUTHORITY_HOST" AZURE_AUTHORITY_HOST=http://localhost
python3 -c 'import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()' "$STATE/server.pem" "$STATE/server.key" >"$work/port" 2>/dev/null &
azbd_pids+=($!)
wait_for 20 test -s "$work/port"
sick authority 1 "no authority that can be used" "login.microsoftonline.com" \
    AZURE_AUTHORITY_HOST="https://localhost:$(cat "$work/port")"

# The tenant.
sick tenant 4 AADSTS90002 AZURE_TENANT_ID AZURE_TENANT_ID=11111111-1111-1111-1111-111111111111
same "$(status_of authority) $(status_of token)" "ok skipped"
sick tenant 2 "neither a GUID nor a domain" AZURE_TENANT_ID AZURE_TENANT_ID=no_tenant

# The clock: an authority that lives eleven minutes ahead, and one just two.
other_clock() {
    rm -f "$work/other"
    python3 "$(dirname "$0")/other_date.py" "$URL" "$STATE/server.pem" "$STATE/server.key" \
        "$STATE/ca.pem" "$1" "$work/other" &
    azbd_pids+=($!)
    wait_for 20 test -s "$work/other"
}
other_clock 660
sick clock 4 "behind that of localhost" "timedatectl" AZURE_AUTHORITY_HOST="$(cat "$work/other")"
has "$out" "11 min"
other_clock -120
env AZURE_AUTHORITY_HOST="$(cat "$work/other")" azb doctor -o json >"$work/out" || true
out=$(cat "$work/out")
same "$(status_of clock)" warn

# The proxy.
sick proxy 6 "Connection refused" "NO_PROXY=localhost" HTTPS_PROXY=http://127.0.0.1:1
same "$(status_of authority) $(status_of account)" "skipped skipped"
sick proxy 6 "name of the proxy" "HTTPS_PROXY" HTTPS_PROXY=http://no.such.invalid:1
ok env HTTPS_PROXY=http://127.0.0.1:1 NO_PROXY=localhost azb doctor -o json
has "$out" "reached directly (NO_PROXY)"
# A proxy that refuses: azbd's does, for what it does not stand in for.
sick proxy 6 "refused the connection" "NO_PROXY=example.org" HTTPS_PROXY="$AZB_PROXY" \
    AZURE_AUTHORITY_HOST=https://example.org
ok env HTTPS_PROXY=http://user:s3cret@127.0.0.1:1 NO_PROXY=localhost azb doctor -o json
case $out in *s3cret*) fail_flow "the proxy's password is shown" ;; esac

# The CA.
sick ca 2 "No such file" "AZB_CA_FILE" AZB_CA_FILE=/no/such/file
sick ca 2 "holds no certificate" "AZB_CA_FILE" AZB_CA_FILE=/etc/passwd
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/other.pem" \
    -subj /CN=other -days 2 2>/dev/null
sick ca 6 "not trusted" "$work/other.pem" AZB_CA_FILE="$work/other.pem"
same "$(status_of authority) $(status_of account)" "skipped skipped"
sick ca 2 "No such file" "SSL_CERT_FILE" AZB_CA_FILE= SSL_CERT_FILE=/no/such/file

# Who: what each source sees, and which variable is missing.
sick credential 2 AZURE_CLIENT_SECRET "azb login" AZURE_CLIENT_SECRET=
same "$(part_of "client secret")" "not set: AZURE_CLIENT_SECRET"
sick credential 2 AZURE_CLIENT_ID "azb login" AZURE_CLIENT_ID=
same "$(part_of "client secret")" "incomplete: AZURE_CLIENT_ID is missing"
sick credential 1 "/no/such" "azb login" AZURE_CLIENT_SECRET= \
    AZURE_CLIENT_CERTIFICATE_PATH=/no/such
same "$(part_of certificate)" "incomplete: '/no/such' cannot be read"
sick credential 2 "neither a login" "azb login" -- --as nobody
ok env IDENTITY_ENDPOINT=http://x azb doctor -o json
same "$(part_of "managed identity")" "incomplete: IDENTITY_HEADER is missing"

# The token.
sick token 4 AADSTS7000215 "azb app secret add" AZURE_CLIENT_SECRET=wrong
sick token 4 AADSTS700016 "AZURE_CLIENT_ID" AZURE_CLIENT_ID=11111111-1111-1111-1111-111111111111

# The audience: the slash.
sick audience 4 "has no slash at its end" "export AZB_BATCH_RESOURCE=https://batch.core.windows.net/" \
    AZB_BATCH_RESOURCE=https://batch.core.windows.net
same "$(status_of role)" skipped

# The account.
sick account 2 "is not set" "AZURE_BATCH_ENDPOINT=https://ACCOUNT" AZURE_BATCH_ENDPOINT=
sick account 2 "not https" "AZURE_BATCH_ENDPOINT" AZURE_BATCH_ENDPOINT=http://localhost
sick account 2 "more than a host" "AZURE_BATCH_ENDPOINT" AZURE_BATCH_ENDPOINT="$URL/jobs"
sick account 2 "nothing was sent" "AZB_TRUSTED_HOSTS=no.such.invalid" \
    AZURE_BATCH_ENDPOINT=https://no.such.invalid
sick account 6 "could not be resolved" "AZURE_BATCH_ENDPOINT" \
    AZURE_BATCH_ENDPOINT=https://no.such.invalid AZB_TRUSTED_HOSTS=no.such.invalid
sick account 6 "Connection refused" "AZURE_BATCH_ENDPOINT" AZURE_BATCH_ENDPOINT=https://localhost:1

# The role; the command that is proposed works.
ok azb app create --display-name poor
poor=$(jq -r .appId <<<"$out")
ok azb app secret add --id poor
secret=$(jq -r .secretText <<<"$out")
sick role 5 PermissionDenied "azb role assignment create" \
    AZURE_CLIENT_ID="$poor" AZURE_CLIENT_SECRET="$secret"
remedy=$(jq -r '.checks[] | select(.name == "role").remedy' <<<"$out")
ok bash -c "${remedy#*runs: }"
ok env AZURE_CLIENT_ID="$poor" AZURE_CLIENT_SECRET="$secret" azb doctor

# A shared key asks nobody for a token.
ok azb doctor -o json --auth-mode shared_key
same "$(status_of token) $(status_of audience) $(status_of role)" "skipped skipped ok"

# For people: the verdict at the end, and its exit code.
status=0
azb doctor -o table --as nobody >"$work/out" 2>&1 || status=$?
same $status 2
has "$(cat "$work/out")" "The first thing that is wrong is the credential"
has "$(cat "$work/out")" "Mend it: "
