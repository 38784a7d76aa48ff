#!/usr/bin/env bash
# libazb's credentials for people against azbd, with a person (tests/interop/person.py) at the pages:
# browser, silently from the cache on disk, device code, both declined, and a signed-out account.
. "$(dirname "$0")/flow.sh"
sign_in=$AZB_BUILD/tests/interop_sign_in tokens=$AZB_BUILD/tests/interop_token_cache
person=$AZB_SOURCE/tests/interop/person.py
start_azbd
as_admin
export SIGN_IN_HOST=$AZURE_AUTHORITY_HOST SIGN_IN_TENANT=$AZURE_TENANT_ID SIGN_IN_CLIENT=$AZURE_CLIENT_ID
ok azb app permission add --id "$AZURE_CLIENT_ID" --permissions user_impersonation
export SIGN_IN_CACHE=$work/cache/tokens.json
scope=https://batch.core.windows.net//.default

browser() { # OPTIONS...: a command for BROWSER, which says yes, or what the options say
    printf '#!/bin/sh\nexec /usr/bin/python3 "%s" %s "$1" >"%s" 2>&1\n' "$person" "$*" \
        "$work/person.log" >"$work/browser"
    chmod 700 "$work/browser"
    export BROWSER=$work/browser
}
claim_of() { # NAME TOKEN
    local payload
    payload=$(cut -d. -f2 <<<"$2" | tr '_-' '/+')
    while [ $((${#payload} % 4)) -ne 0 ]; do payload=$payload=; done
    base64 -d <<<"$payload" | jq -r ".$1"
}
# Two different tokens of the person's, and who it is.
expect_person() { # FILE
    same "$(sed -n 3p "$1")" "$AZB_USERNAME"
    same "$(claim_of scp "$(sed -n 1p "$1")")" user_impersonation
    [ "$(sed -n 1p "$1")" != "$(sed -n 2p "$1")" ] || fail_flow "the same token twice"
}

# Declined first: nothing is kept of it.
browser --answer no
refused 1 AADSTS65004 "$sign_in" browser "$scope"
[ ! -e "$SIGN_IN_CACHE" ] || fail_flow "something was kept of a sign-in that was declined"
refused 1 "interaction_required a person has to sign in" "$sign_in" silent "$scope"

browser
ok "$sign_in" browser "$scope"
printf '%s\n' "$out" >"$work/browser.out"
expect_person "$work/browser.out"
ok "$sign_in" silent "$scope"
printf '%s\n' "$out" >"$work/silent.out"
same "$(sed -n 1p "$work/silent.out")" "$(sed -n 2p "$work/browser.out")"
expect_person "$work/silent.out"

# Signed out: nothing of the account is left, and the person has to come again.
"$tokens" accounts "$SIGN_IN_CACHE" >"$work/accounts"
has "$(cat "$work/accounts")" "$AZB_USERNAME"
home=$(jq -r '.Account[].home_account_id' "$SIGN_IN_CACHE")
ok "$tokens" remove "$SIGN_IN_CACHE" "$home"
same "$(jq '[.AccessToken, .RefreshToken, .IdToken, .Account | length] | add' "$SIGN_IN_CACHE")" 0
refused 1 "interaction_required a person has to sign in" "$sign_in" silent "$scope"

# The device code, typed elsewhere.
unset SIGN_IN_CACHE
device() { # OPTIONS... of the person
    "$sign_in" device "$scope" >"$work/device.out" 2>"$work/device.prompt" &
    local pid=$! url code
    wait_for 20 grep -q ' ' "$work/device.prompt"
    read -r url code <"$work/device.prompt"
    /usr/bin/python3 "$person" --device "$@" "$url" "$code" >"$work/person.log" 2>&1 || true
    wait "$pid"
}
device
expect_person "$work/device.out"
if device --answer no; then
    fail_flow "a device code that was declined gave a token"
fi
has "$(cat "$work/device.prompt")" "the person declined the sign-in"
