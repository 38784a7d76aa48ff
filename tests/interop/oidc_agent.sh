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
    oidc-gen --issuer "$AZURE_AUTHORITY_HOST$AZURE_TENANT_ID/v2.0" --client-id "$INTEROP_PUBLIC_ID" \
        --client-secret "" --scope "$scope" --cert-path "$AZB_CA_FILE" --manual --confirm-yes --no-url-call \
        --prompt=none --pw-cmd "echo test" "$@" "$name" >"$work/$name" 2>&1 </dev/null &
    gen_pid=$!
}
