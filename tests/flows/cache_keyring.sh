#!/usr/bin/env bash
# The token cache in a keyring: what is stored there, that no token is in a file, and what happens
# where there is no keyring.
. "$(dirname "$0")/flow.sh"
for program in dbus-run-session gnome-keyring-daemon secret-tool; do
    command -v "$program" >/dev/null || {
        echo "$flow: $program is not installed (Debian packages dbus-daemon, gnome-keyring, libsecret-tools)" >&2
        exit 77
    }
done
[ -e /usr/lib/x86_64-linux-gnu/libsecret-1.so.0 ] || ldconfig -p | grep -q 'libsecret-1\.so\.0' || {
    echo "$flow: libsecret-1.so.0 is not installed (Debian package libsecret-1-0)" >&2
    exit 77
}
export tokens=$AZB_BUILD/tests/interop_token_cache cache=$work/cache/tokens.json
export HOME=$work XDG_DATA_HOME=$work/data XDG_RUNTIME_DIR=$work/run
mkdir -m 700 "$XDG_RUNTIME_DIR"
names=(localhost client tenant scope)

# Nobody answers: an error, or with AUTO a word and the file.
unset DBUS_SESSION_BUS_ADDRESS
refused 1 "session bus" "$tokens" find "keyring:$cache" "${names[@]}"
out=$("$tokens" save "auto:$cache" "${names[@]}" <<<"in-a-file" 2>"$work/err")
has "$(cat "$work/err")" "no session bus"
same "$("$tokens" find "$cache" "${names[@]}")" in-a-file
rm "$cache"

cat >"$work/session" <<'SESSION'
set -euo pipefail
names=(localhost client tenant scope)
printf secret | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null
"$tokens" save "keyring:$cache" "${names[@]}" <<<"in-the-keyring"
"$tokens" find "keyring:$cache" "${names[@]}"
"$tokens" save "auto:$cache" "${names[@]}" <<<"newer"
"$tokens" find "keyring:$cache" "${names[@]}"
"$tokens" find "$cache" "${names[@]}" # the file has none
secret-tool lookup xdg:schema azb type "Token cache" path "$cache" |
    jq -r '.AccessToken[] | .secret, .home_account_id'
# What cannot be understood there is set aside too.
printf 'no JSON' | secret-tool store --label=x xdg:schema azb type "Token cache" path "$cache"
"$tokens" find "keyring:$cache" "${names[@]}" 2>&1 | grep -c "set aside"
"$tokens" find "keyring:$cache" "${names[@]}" # and once is enough
cat "$cache".sig.unreadable-*
echo
"$tokens" save "keyring:$cache" "${names[@]}" <<<"again"
"$tokens" find "keyring:$cache" "${names[@]}"
SESSION
ok timeout 60 dbus-run-session -- bash "$work/session"
same "$out" "in-the-keyring
newer
newer
null
1
no JSON
again"
same "$(stat -c '%a %s' "$cache.sig")" "600 0"
same "$(ls "$work/cache" | grep -v unreadable)" tokens.json.sig
