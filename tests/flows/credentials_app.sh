#!/usr/bin/env bash
# How an application signs in without a secret of its own: certificates (PEM, PFX, RS256, with their
# chain), another issuer's token in a file, managed identities, on behalf of a user, az; and the
# default chain, which finds each from the environment alone.
. "$(dirname "$0")/flow.sh"
token=$AZB_BUILD/tests/flow_get_token
app=22222222-2222-4222-8222-222222222222
desktop=33333333-3333-4333-8333-333333333333
issuer=https://issuer.example
cd "$work"

b64url() { basenc --base64url -w0 | tr -d =; }
claim() { # NAME: of the token in $out
    cut -d. -f2 <<<"$out" | jq -rR --arg name "$1" 'gsub("-";"+") | gsub("_";"/") |
        . + "=" * ((4 - length % 4) % 4) | @base64d | fromjson | .[$name]'
}
federated() { # SUBJECT: a token of the issuer, signed by openssl
    local now head body
    now=$(date +%s)
    head=$(printf '{"alg":"RS256","typ":"JWT","kid":"one"}' | b64url)
    body=$(jq -cn --arg iss "$issuer" --arg sub "$1" --argjson now "$now" \
        '{iss: $iss, sub: $sub, aud: "api://AzureADTokenExchange", iat: $now, nbf: $now,
          exp: ($now + 600), jti: ($now | tostring)}' | b64url)
    printf '%s.%s.%s' "$head" "$body" \
        "$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -sign issuer.key | b64url)"
}

# A root, and the application's certificate that it issued.
{
    openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=root
    openssl req -new -newkey rsa:2048 -nodes -keyout app.key -out app.csr -subj /CN=app
    openssl x509 -req -in app.csr -CA root.pem -CAkey root.key -out app.pem -set_serial 7
    openssl genrsa -out issuer.key 2048
} 2>"$work/openssl.log"
cat app.pem app.key root.pem >both.pem
openssl pkcs12 -export -inkey app.key -in app.pem -certfile root.pem -passout "pass:päss wörd" \
    -out app.pfx
openssl pkcs8 -topk8 -in app.key -passout pass:other -out encrypted.key
cat app.pem encrypted.key >encrypted.pem
modulus=$(openssl rsa -in issuer.key -noout -modulus | cut -d= -f2 | basenc --base16 -d | b64url)
printf '{"keys":[{"kty":"RSA","kid":"one","use":"sig","n":"%s","e":"AQAB"}]}' "$modulus" >keys.jwks
cat >config.json <<JSON
{
  "applications": [
    {"displayName": "worker", "appId": "$app", "certificates": [{"path": "app.pem"}],
     "federatedCredentials": [
       {"name": "main", "issuer": "$issuer", "subject": "system:serviceaccount:jobs:worker"}],
     "identifierUris": ["api://worker"],
     "scopes": [{"value": "Jobs.Read", "displayName": "Read jobs"}],
     "permissions": [{"resource": "Microsoft Azure Batch", "scopes": ["user_impersonation"]}],
     "consents": [{"resource": "Microsoft Azure Batch", "scopes": ["user_impersonation"]}]},
    {"displayName": "desktop", "appId": "$desktop", "publicClient": true,
     "redirectUris": ["http://localhost"],
     "permissions": [{"resource": "worker", "scopes": ["Jobs.Read"]}],
     "consents": [{"resource": "worker", "scopes": ["Jobs.Read"]}]}
  ],
  "issuers": [{"issuer": "$issuer", "path": "keys.jwks"}],
  "managedIdentities": [{"name": "nodes"}]
}
JSON
start_azbd "$work/state" --config "$work/config.json"
administrator=$(azb env --state "$STATE")
as_worker() {
    as_admin
    unset AZURE_CLIENT_SECRET AZURE_BATCH_ACCESS_KEY AZB_USERNAME AZB_PASSWORD
    export AZURE_CLIENT_ID=$app
}
# Nothing of the machine that runs this is found, and no az.
unset MSI_ENDPOINT IDENTITY_ENDPOINT IMDS_ENDPOINT AZURE_TOKEN_CREDENTIALS
programs=$PATH

# ---- Certificates -------------------------------------------------------------------------------
as_worker
ok "$token" certificate certificate_path=both.pem
same "$(claim appid) $(claim appidacr)" "$app 2"
ok "$token" certificate certificate_path=both.pem rs256=1
same "$(claim appid)" "$app"
ok "$token" certificate certificate_path=both.pem chain=1
ok "$token" certificate certificate_path=both.pem chain=1 rs256=1
ok "$token" certificate certificate_path=app.pfx "certificate_password=päss wörd" chain=1
ok "$token" certificate certificate_path=encrypted.pem certificate_password=other
refused + "the PFX does not open with this password" \
    "$token" certificate certificate_path=app.pfx certificate_password=wrong
refused + "encrypted, and no password was given" \
    "$token" certificate certificate_path=encrypted.pem
openssl req -x509 -newkey rsa:2048 -nodes -keyout x.key -out x.pem -subj /CN=x 2>>openssl.log
cat x.pem x.key >unknown.pem
refused + AADSTS700027 "$token" certificate certificate_path=unknown.pem

# The command line, from the environment.
export AZURE_CLIENT_CERTIFICATE_PATH=app.pfx
refused + "protected with a password" azb token
export AZURE_CLIENT_CERTIFICATE_PASSWORD="päss wörd" AZURE_CLIENT_SEND_CERTIFICATE_CHAIN=true
ok azb token
same "$(claim appid)" "$app"
ok azb whoami
has "$out" client_certificate
ok "$token" default
same "$(claim appid)" "$app"
# What the program says itself is enough without the environment, and goes before it.
ok env -u AZB_CA_FILE -u AZURE_AUTHORITY_HOST "$token" default ca_file="$AZB_CA_FILE" \
    authority_host="$AZURE_AUTHORITY_HOST"
ok env AZB_CA_FILE=/nonexistent AZURE_AUTHORITY_HOST=https://localhost:1 "$token" default \
    ca_file="$AZB_CA_FILE" authority_host="$AZURE_AUTHORITY_HOST"
refused + "localhost:1" "$token" default authority_host=https://localhost:1
unset AZURE_CLIENT_CERTIFICATE_PATH AZURE_CLIENT_CERTIFICATE_PASSWORD
unset AZURE_CLIENT_SEND_CERTIFICATE_CHAIN
refused + ROPC env AZURE_USERNAME=ann AZURE_PASSWORD=hunter2 azb token

# ---- Another issuer's token ---------------------------------------------------------------------
export AZURE_FEDERATED_TOKEN_FILE=$work/federated
federated system:serviceaccount:jobs:worker >federated
ok "$token" workload-identity
same "$(claim appid) $(claim appidacr)" "$app 2"
ok "$token" assertion assertion_file="$work/federated"
echo >>federated # the file may end with a line
ok "$token" default
same "$(claim appid)" "$app"
federated system:serviceaccount:jobs:other >federated
refused + AADSTS70021 "$token" workload-identity
# A refusal ends the chain: no other identity is taken instead.
refused + "WorkloadIdentityCredential: AADSTS70021" "$token" default
rm federated
refused + "federated cannot be opened" "$token" workload-identity
unset AZURE_FEDERATED_TOKEN_FILE

# ---- Managed identities -------------------------------------------------------------------------
for place in imds app-service ml cloud-shell; do
    (
        as_nobody
        eval "$(azb env --state "$STATE" --identity "$place")"
        ok "$token" managed-identity
        same "$place $(claim appidacr) $(claim aud)" "$place 2 https://batch.core.windows.net/"
        system=$(claim oid)
        ok "$token" default
        same "$(claim oid)" "$system"
        # By a proxy that nobody answers at: metadata goes straight.
        ok env HTTPS_PROXY=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 \
            ALL_PROXY=http://127.0.0.1:9 "$token" managed-identity
        case $place in
        imds)
            refused + "Identity not found" \
                "$token" managed-identity client_id=00000000-0000-4000-8000-000000000000
            ;;
        app-service)
            refused + "App Service refused to give a token (HTTP 401)" \
                env IDENTITY_HEADER=wrong "$token" managed-identity
            ;;
        cloud-shell)
            refused + "Cloud Shell (the source of managed identities here) knows the system" \
                "$token" managed-identity client_id=x
            ;;
        esac
    )
done
as_admin
nodes=$(curl -sS --cacert "$STATE/ca.pem" \
    -H "Authorization: Bearer $(azb token --resource https://graph.microsoft.com)" \
    "$AZB_GRAPH_ENDPOINT/v1.0/servicePrincipals?\$filter=displayName%20eq%20'nodes'" |
    jq -r '.value[0].appId')
as_nobody
eval "$(azb env --state "$STATE" --identity imds)"
ok "$token" managed-identity client_id="$nodes"
same "$(claim appid)" "$nodes"
ok env AZURE_CLIENT_ID="$nodes" "$token" default
same "$(claim appid)" "$nodes"

# ---- Service Fabric: its certificate, which no authority vouches for, is pinned ------------------
if command -v python3 >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -keyout sf.key -out sf.pem -subj /CN=fabric \
        2>>openssl.log
    cat >fabric.py <<'PY'
import http.server, json, ssl, sys

class Fabric(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        good = self.headers.get("Secret") == "sf-secret" and "2019-07-01-preview" in self.path
        body = {"access_token": "fabric-token", "expires_on": 4102444800, "token_type": "Bearer"}
        if not good:
            body = {"error": {"code": "SecretHeaderNotFound", "message": "no"}}
        data = json.dumps(body).encode()
        self.send_response(200 if good else 400)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fabric)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("sf.pem", "sf.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
with open("fabric.part", "w") as out:
    out.write(str(server.server_address[1]))
import os
os.rename("fabric.part", "fabric.port")
server.serve_forever()
PY
    python3 fabric.py 2>fabric.log &
    azbd_pids+=($!)
    wait_for 20 test -s fabric.port
    (
        as_nobody
        unset AZURE_POD_IDENTITY_AUTHORITY_HOST
        IDENTITY_ENDPOINT=https://127.0.0.1:$(cat fabric.port)/metadata/identity/oauth2/token
        IDENTITY_SERVER_THUMBPRINT=$(openssl x509 -in sf.pem -noout -fingerprint -sha1 |
            cut -d= -f2 | tr -d :)
        export IDENTITY_ENDPOINT IDENTITY_HEADER=sf-secret IDENTITY_SERVER_THUMBPRINT
        ok "$token" managed-identity
        same "$out" fabric-token
        refused + "SecretHeaderNotFound" env IDENTITY_HEADER=x "$token" managed-identity
        refused + "another one than the thumbprint names" env \
            IDENTITY_SERVER_THUMBPRINT=0000000000000000000000000000000000000000 \
            "$token" managed-identity
        # Azbd's certificate, which is trusted, is not the one either.
        refused + "another one than the thumbprint names" env IDENTITY_ENDPOINT="$URL/" \
            "$token" managed-identity
    )
fi
unset AZURE_POD_IDENTITY_AUTHORITY_HOST

# ---- az -----------------------------------------------------------------------------------------
as_nobody
mkdir bin
cat >bin/az <<'SH'
#!/bin/sh
[ -z "$AZ_SIGNED_OUT" ] || { echo "Please run 'az login' to setup account." >&2; exit 1; }
printf '{"accessToken":"%s","expires_on":%s}' "az-$6" $(($(date +%s) + 3600))
SH
chmod 700 bin/az
PATH=$work/bin:$programs
ok "$token" azure-cli
same "$out" "az-https://batch.core.windows.net/"
refused + "CredentialUnavailable: az is not signed in: run \`az login\`" \
    env AZ_SIGNED_OUT=1 "$token" azure-cli
ok env AZURE_TOKEN_CREDENTIALS=dev "$token" default
same "$out" "az-https://batch.core.windows.net/"
refused + "is 'devel', which names no credential; dev, prod, EnvironmentCredential" \
    env AZURE_TOKEN_CREDENTIALS=devel "$token" default

# ---- Nothing at all: what each member tried -----------------------------------------------------
PATH=$programs
refused + "no credential of the chain is available" \
    env AZURE_TOKEN_CREDENTIALS=prod AZURE_CLIENT_ID=x "$token" default
for word in "EnvironmentCredential: the environment describes no identity; missing: AZURE_TENANT_ID" \
    "WorkloadIdentityCredential: workload identity is not configured" \
    "ManagedIdentityCredential: IMDS"; do
    has "$err" "$word"
done

# ---- On behalf of a user ------------------------------------------------------------------------
# A token for somebody else is no assertion for this application, and Entra says so.
eval "$administrator"
other=$(azb token)
refused + AADSTS "$token" on-behalf-of user_assertion="$other" \
    client_secret="$AZURE_CLIENT_SECRET" client_id="$AZURE_CLIENT_ID"

# A person signs in to a desktop program, whose token the worker takes to Batch as that person.
if command -v python3 >/dev/null; then
    printf '#!/bin/sh\nexec %s "$1" >browser.out 2>&1\n' "$AZB_SOURCE/tests/interop/person.py" \
        >browser
    chmod +x browser
    ok env BROWSER="$work/browser" timeout 60 azb login --client-id "$desktop" \
        --scope api://worker/Jobs.Read --name desktop --tokens-in file
    user=$(azb token --as desktop --scope api://worker/Jobs.Read)
    ok "$token" on-behalf-of client_id="$app" certificate_path=both.pem user_assertion="$user"
    same "$(claim appid) $(claim scp) $(claim aud)" \
        "$app user_impersonation https://batch.core.windows.net/"
    same "$(claim upn)" "$AZB_USERNAME"
    refused + AADSTS "$token" on-behalf-of client_id="$app" certificate_path=unknown.pem \
        user_assertion="$user"
fi
