#!/usr/bin/env bash
# oidc-agent (C, Debian): the device flow and the code flow from the discovery document, tokens from
# the refresh token it keeps. Loopback ports of its choice, client_secret both by Basic and in the form.
. "$(dirname "$0")/interop.inc"
command -v oidc-agent >/dev/null || { echo "$flow: oidc-agent is not installed (Debian package oidc-agent-cli)" >&2; exit 77; }
prepare_users
export HOME=$work OIDC_CONFIG_DIR=$work/oidc-agent
mkdir -m 700 "$OIDC_CONFIG_DIR"
eval "$(oidc-agent)" >/dev/null
agent_pid=$OIDCD_PID
trap 'kill "$agent_pid" 2>/dev/null || true; finish' EXIT
scope="openid profile offline_access https://batch.core.windows.net//user_impersonation"

# generate NAME OPTIONS...: oidc-gen in the background, its words in $work/NAME.
generate() {
    local name=$1
    shift
    oidc-gen --issuer "${AZURE_AUTHORITY_HOST%/}/$AZURE_TENANT_ID/v2.0" --client-id "$INTEROP_PUBLIC_ID" \
        --client-secret "" --scope "$scope" --cert-path "$AZB_CA_FILE" --manual --confirm-yes --no-url-call \
        --prompt=none --pw-cmd "echo test" "$@" "$name" >"$work/$name" 2>&1 </dev/null &
    gen_pid=$!
}

# The person does what oidc-gen says on the terminal.
sign_in() { # NAME PERSON'S-WORDS...
    local name=$1
    shift
    "$INTEROP_PERSON" "$@" >"$work/person" || fail_flow "the person did not get through"
    wait "$gen_pid" || { cat "$work/$name" >&2; fail_flow "oidc-gen failed"; }
}
# What the agent gives is the user's, and so is the next one, which comes by the refresh token.
check_tokens() {
    local token
    for _ in 1 2; do
        token=$(oidc-token --time 90000 "$1" 2>"$work/err" || oidc-token "$1")
        same "$(cut -d. -f2 <<<"$token" | tr '_-' '/+' | base64 -d 2>/dev/null | jq -r '.upn, .scp')" \
            "$AZB_USERNAME
user_impersonation"
    done
}

generate device --flow=device
wait_for 20 grep -q "enter the code" "$work/device"
sign_in device --device "$(grep -o 'https://[^ ]*deviceauth' "$work/device" | head -1)" \
    "$(sed -n 's/.*enter the code: //p' "$work/device")"
check_tokens device

generate code --flow=code --port=$((20000 + RANDOM % 20000)) --no-scheme
wait_for 20 grep -q "/authorize?" "$work/code"
sign_in code "$(grep -o 'https://[^ ]*/authorize?[^ ]*' "$work/code" | head -1)"
check_tokens code
echo "oidc-agent: device and code flow"
