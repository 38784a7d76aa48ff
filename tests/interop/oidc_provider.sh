#!/usr/bin/env bash
# libazb's credentials against a server that we did not write: npm's oidc-provider, certified by the
# OpenID Foundation. Browser with PKCE and form_post, device code, refresh with rotation, a web
# application's code, client secret, and a certificate (private_key_jwt, PS256).
. "$(dirname "$0")/interop.inc"
client node
node=$(node_program)
sign_in=$AZB_BUILD/tests/interop_sign_in
export INTEROP_NODE_MODULES=$clients/node/node_modules

# A CA, a server's certificate for localhost, an application's certificate and its public key.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=interop CA" \
    -keyout "$work/ca-key.pem" -out "$work/ca.pem" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$work/server-key.pem" \
    -out "$work/server.csr" 2>/dev/null
openssl x509 -req -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca-key.pem" -days 2 \
    -extfile <(echo "subjectAltName=DNS:localhost") -out "$work/server.pem" 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=application \
    -keyout "$work/client-key.pem" -out "$work/client-certificate.pem" 2>/dev/null
cat "$work/client-key.pem" "$work/client-certificate.pem" >"$work/client.pem"
"$node" -e '
  const { createPublicKey } = require("node:crypto");
  const pem = require("node:fs").readFileSync(process.argv[1]);
  console.log(JSON.stringify({ ...createPublicKey(pem).export({ format: "jwk" }), use: "sig" }));
' "$work/client-certificate.pem" >"$work/client.jwk.json"

"$node" "$here/oidc_provider.mjs" "$work" >"$work/port" 2>"$work/azbd-provider.log" &
azbd_pids+=($!)
wait_for 20 test -s "$work/port"
SIGN_IN_HOST=https://localhost:$(cat "$work/port")
export SIGN_IN_HOST SIGN_IN_TENANT=adfs AZB_CA_FILE=$work/ca.pem NODE_EXTRA_CA_CERTS=$work/ca.pem
unset AZURE_IDENTITY_DISABLE_CP1

person() {
    "$node" "$here/oidc_person.mjs" "$@"
}
# Two different tokens in the file, and USERNAME in the third line.
expect_tokens() { # FILE [USERNAME]
    test -n "$(sed -n 1p "$1")"
    test -n "$(sed -n 2p "$1")"
    test "$(sed -n 1p "$1")" != "$(sed -n 2p "$1")"
    test "$(sed -n 3p "$1")" = "${2:-}"
}
person_of() { # what stands for the browser: BROWSER's command
    printf '#!/bin/sh\nexec "%s" "%s" "$1" >"%s" 2>&1\n' "$node" "$here/oidc_person.mjs" \
        "$work/person.log" >"$work/browser"
    chmod 700 "$work/browser"
}

# Without "consent" it would not grant offline_access (OpenID Connect Core 1.0 section 11).
export SIGN_IN_PROMPT=consent
echo "$flow: browser" >&2
person_of
export SIGN_IN_CLIENT=public SIGN_IN_CACHE=$work/cache/tokens.json
BROWSER=$work/browser SIGN_IN_REDIRECT_URI=http://localhost/signed-in \
    "$sign_in" browser "openid jobs.read" >"$work/browser.out" || {
    cat "$work/person.log" >&2
    exit 1
}
expect_tokens "$work/browser.out" ann@contoso.com

echo "$flow: silently, from the cache that the browser's sign-in left" >&2
"$sign_in" silent "openid jobs.read" >"$work/silent.out"
expect_tokens "$work/silent.out" ann@contoso.com
test "$(sed -n 1p "$work/silent.out")" = "$(sed -n 2p "$work/browser.out")"
unset SIGN_IN_CACHE

echo "$flow: device code" >&2
"$sign_in" device "openid jobs.read" >"$work/device.out" 2>"$work/device.prompt" &
device=$!
wait_for 20 grep -q ' ' "$work/device.prompt"
read -r url code <"$work/device.prompt"
person "$url" "$code"
wait "$device" || { cat "$work/device.prompt" >&2; exit 1; }
expect_tokens "$work/device.out" ann@contoso.com

echo "$flow: a web application's code" >&2
export SIGN_IN_CLIENT=web SIGN_IN_SECRET='web secret & more'
coproc web { "$sign_in" web "openid jobs.read"; }
web_pid=$web_PID
exec {from}<&"${web[0]}" {to}>&"${web[1]}"
read -r url <&"$from"
person "$url" >&"$to"
cat <&"$from" >"$work/web.out"
wait "$web_pid"
expect_tokens "$work/web.out" ann@contoso.com

echo "$flow: client secret" >&2
"$sign_in" secret jobs.read >"$work/secret.out"
expect_tokens "$work/secret.out"
SIGN_IN_SECRET=wrong "$sign_in" secret jobs.read >"$work/wrong.out" 2>&1 && exit 1
grep -q '^invalid_client ' "$work/wrong.out"

echo "$flow: certificate" >&2
export SIGN_IN_CLIENT=certificate SIGN_IN_CERTIFICATE=$work/client.pem
"$sign_in" certificate jobs.read >"$work/certificate.out"
expect_tokens "$work/certificate.out"
