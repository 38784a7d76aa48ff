#!/usr/bin/env bash
# Azurite (Microsoft's storage emulator) with --oauth basic judges the claims of azbd's tokens for
# https://storage.azure.com: an application's and a managed identity's are taken, another audience's
# is not.
. "$(dirname "$0")/interop.inc"
client node
start_azbd
as_admin
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
    -keyout "$work/azurite.key" -out "$work/azurite.pem" 2>/dev/null

# Port 0: Azurite says which it got.
"$(node_program)" "$clients/node/node_modules/azurite/dist/src/blob/main.js" --oauth basic \
    --cert "$work/azurite.pem" --key "$work/azurite.key" --blobHost 127.0.0.1 --blobPort 0 \
    --location "$work/azurite" --skipApiVersionCheck --disableTelemetry >"$work/azurite.log" 2>&1 &
azbd_pids+=($!) # ends with the flow
listens() { grep -qo 'listens on https://127.0.0.1:[0-9]*' "$work/azurite.log"; }
wait_for 60 listens || fail_flow "$(cat "$work/azurite.log")"
port=$(grep -o 'listens on https://127.0.0.1:[0-9]*' "$work/azurite.log" | grep -o '[0-9]*$')

blob() { # TOKEN METHOD PATH [curl options...]: sets status and out
    local token=$1 method=$2 path=$3
    shift 3
    status=$(curl -sS --cacert "$work/azurite.pem" -o "$work/body" -w '%{http_code}' -X "$method" \
        -H "Authorization: Bearer $token" -H "x-ms-version: 2021-10-04" \
        -H "x-ms-date: $(date -u '+%a, %d %b %Y %H:%M:%S GMT')" \
        "$@" "https://localhost:$port/devstoreaccount1/$path")
    out=$(cat "$work/body")
}
ok azb token --resource https://storage.azure.com
token=$out
blob "$token" PUT 'tasks?restype=container' -d ''
same "$status" 201
blob "$token" PUT 'tasks/hello.txt' -H 'x-ms-blob-type: BlockBlob' --data-binary hello
same "$status" 201
blob "$token" GET 'tasks/hello.txt'
same "$status $out" "200 hello"

identity=$(curl -sS --cacert "$STATE/ca.pem" -H Metadata:true \
    "$URL/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://storage.azure.com/" |
    jq -r .access_token)
blob "$identity" GET 'tasks/hello.txt'
same "$status $out" "200 hello"

ok azb token --resource https://batch.core.windows.net/
blob "$out" GET 'tasks/hello.txt'
same "$status" 403
