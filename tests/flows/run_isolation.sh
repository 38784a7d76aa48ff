#!/usr/bin/env bash
# `azb run`: what the command sees, where it can connect to, how it ends. A stand-in plays azbd's
# two addresses, so that this flow shows the way out alone.
. "$(dirname "$0")/flow.sh"
command -v python3 >/dev/null || exit 77

cat >"$work/stand_in.py" <<'PYTHON'
"""Three listeners: the proxy, azbd, and one that nobody inside may reach. Each answers with its
name and the number of bytes that came before the sender's half-close."""
import os, socket, sys, threading
state = sys.argv[1]
names = ("proxy", "azbd", "outside")
listeners = {name: socket.create_server(("127.0.0.1", 0), backlog=128) for name in names}
ports = {name: listener.getsockname()[1] for name, listener in listeners.items()}

def answer(connection, name):
    count = 0
    while piece := connection.recv(65536):
        count += len(piece)
    connection.sendall(f"{name} {count}".encode())
    connection.close()

def serve(name):
    while True:
        connection, _ = listeners[name].accept()
        threading.Thread(target=answer, args=(connection, name), daemon=True).start()

os.mkdir(state)
with open(state + "/env", "w") as env:
    env.write(f"""export AZB_STATE='{state}'
export AZB_PROXY='http://127.0.0.1:{ports["proxy"]}'
export AZB_ARM_ENDPOINT='https://localhost:{ports["azbd"]}'
export AZURE_TENANT_ID='the-tenant'
export AZURE_CLIENT_ID='the-administrator'
export AZURE_CLIENT_SECRET='it'\\''s a secret'
export AZURE_BATCH_ACCOUNT='local'
export AZURE_BATCH_ACCESS_KEY='a-key'
export REQUESTS_CA_BUNDLE='{state}/ca-bundle.pem'
""")
threads = [threading.Thread(target=serve, args=(name,)) for name in names]
for thread in threads:
    thread.start()
with open(state + "/outside", "w") as outside:
    outside.write(str(ports["outside"]))
os.rename(state + "/outside", state + "/ready")
PYTHON
cat >"$work/ask.py" <<'PYTHON'
"""ask.py HOST PORT BYTES [CONNECTIONS]: prints the answer, or why there is no connection."""
import socket, sys, threading
host, port, length = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

def ask():
    with socket.create_connection((host, port), timeout=20) as connection:
        connection.sendall(b"x" * length)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(4096):
            answer += piece
    return answer.decode()

if len(sys.argv) < 5:
    try:
        print(ask())
    except OSError as problem:
        sys.exit(f"no connection: {problem.strerror}")
else:
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask())) for _ in range(int(sys.argv[4]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(len(answers), *set(answers))
PYTHON

STATE=$work/state
python3 "$work/stand_in.py" "$STATE" &
azbd_pids+=("$!")
wait_for 20 test -s "$STATE/ready"
outside=$(cat "$STATE/ready")
proxy=$(sed -n "s/.*AZB_PROXY='http:..127.0.0.1:\(.*\)'/\1/p" "$STATE/env")
azbd=$(sed -n "s/.*localhost:\(.*\)'/\1/p" "$STATE/env")
for name in $(env | sed -n 's/^\(AZURE_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
export AZB_STATE=$STATE
ask=(python3 "$work/ask.py")

# The environment.
ok azb run --no-isolation -- sh -c 'echo "$HTTPS_PROXY $https_proxy $HTTP_PROXY $http_proxy"'
url=http://127.0.0.1:$proxy
same "$out" "$url $url $url $url"
ok env NO_PROXY=localhost no_proxy=localhost ALL_PROXY=http://elsewhere azb run --no-isolation -- \
    sh -c 'echo "[$NO_PROXY$no_proxy$ALL_PROXY] $CURL_CA_BUNDLE"'
local=localhost,127.0.0.1,::1
same "$out" "[$local$local] $STATE/ca-bundle.pem"
ok azb run --no-isolation -- sh -c 'echo "$AZURE_CLIENT_ID $AZURE_CLIENT_SECRET"'
same "$out" "the-administrator it's a secret"
# The caller's identity wins, whole.
ok env AZURE_CLIENT_ID=mine azb run --no-isolation -- \
    sh -c 'echo "$AZURE_CLIENT_ID [$AZURE_CLIENT_SECRET] $AZURE_TENANT_ID"'
same "$out" "mine [] the-tenant"
ok env AZURE_BATCH_ACCOUNT=mine azb run --no-isolation -- \
    sh -c 'echo "$AZURE_BATCH_ACCOUNT [$AZURE_BATCH_ACCESS_KEY] $AZURE_CLIENT_ID"'
same "$out" "mine [] the-administrator"

refused 125 "$work/none" azb run --state "$work/none" -- true
sed '/AZB_PROXY/d' "$STATE/env" | install -D /dev/stdin "$work/without/env"
refused 125 --proxy-listen azb run --state "$work/without" -- true
sed 's/AZB_PROXY=.*/AZB_PROXY=http:\/\/127.0.0.1:1/' "$STATE/env" | install -D /dev/stdin "$work/dead/env"
refused 125 "does not answer" azb run --state "$work/dead" -- true
refused 2 COMMAND azb run

# How a command ends is how azb ends, inside a namespace and without one.
ends() {
    local mode=("$@")
    ok azb run "${mode[@]}" -- sh -c 'read -r line; echo "got $line"; echo said >&2' <<<input
    same "$out" "got input"
    same "$(cat "$work/err")" said
    refused 7 "" azb run "${mode[@]}" -- sh -c 'exit 7'
    refused 137 "" azb run "${mode[@]}" -- sh -c 'kill -KILL $$'
    refused 127 "no command 'no-such-command'" azb run "${mode[@]}" -- no-such-command
    refused 127 "No such file" azb run "${mode[@]}" -- ./no-such-command
    refused 126 "ermission denied" azb run "${mode[@]}" -- /etc/passwd
    # Without "#!", as shells do.
    install -D -m 755 /dev/stdin "$work/folder/plain-script" <<<'echo plain "$@"'
    ok env PATH="$work/folder:$PATH" azb run "${mode[@]}" plain-script --option
    same "$out" "plain --option"
}
ends --no-isolation

# Where namespaces are not allowed it says so, and what else there is.
if unshare -Ur true 2>/dev/null; then
    refused 125 --no-isolation unshare -Ur sh -c \
        'echo 0 >/proc/sys/user/max_net_namespaces; exec azb run -- true'
    ok unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_net_namespaces; exec azb run --no-isolation -- true'
fi
if ! azb run -- true 2>"$work/err"; then
    has "$(cat "$work/err")" --no-isolation
    echo "$flow: no namespaces here, their part is left out: $(cat "$work/err")" >&2
    exit 0
fi
ends

# The ways out, and nothing else.
ok azb run -- "${ask[@]}" 127.0.0.1 "$proxy" 10
same "$out" "proxy 10"
ok azb run -- "${ask[@]}" localhost "$azbd" 5000000
same "$out" "azbd 5000000"
ok "${ask[@]}" 127.0.0.1 "$outside" 3
same "$out" "outside 3"
refused 1 "Connection refused" azb run -- "${ask[@]}" 127.0.0.1 "$outside" 3
refused 1 "Network is unreachable" azb run -- "${ask[@]}" 192.0.2.1 443 3
same "$(azb run -- cat /proc/net/dev | grep -c :)" 1
# More connections than are carried at a time: none is lost, and waiting costs nothing.
ok azb run -- "${ask[@]}" 127.0.0.1 "$proxy" 100000 450
same "$out" "450 proxy 100000"
# A command that is root outside is root inside; anybody else is who they were.
same "$(azb run -- id -u)" "$(id -u)"
if [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --clear-groups unshare -Ur true 2>/dev/null; then
    chmod 755 "$work" "$STATE" && chmod 644 "$STATE/env" "$work/ask.py"
    nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    if "${nobody[@]}" "$AZB_BIN/azb" --version >/dev/null 2>&1; then
        same "$("${nobody[@]}" "$AZB_BIN/azb" run -- sh -c 'id -u; id -g' | tr '\n' ' ')" "65534 65534 "
        ok "${nobody[@]}" "$AZB_BIN/azb" run -- "${ask[@]}" 127.0.0.1 "$proxy" 10
        same "$out" "proxy 10"
        refused 1 "Connection refused" \
            "${nobody[@]}" "$AZB_BIN/azb" run -- "${ask[@]}" 127.0.0.1 "$outside" 3
    fi
fi

# Signals go to the command, which decides. FIFO and file are how the two sides wait for each other.
cat >"$work/waits.sh" <<'SH'
trap 'echo "$1" >"$2/caught"; exit 3' "$1"
echo $$ >"$2/pid"
while :; do read -r line <"$2/fifo"; done
SH
mkfifo "$work/fifo"
for signal in TERM INT HUP USR1; do
    rm -f "$work/pid" "$work/caught"
    # A background job of a script ignores INT unless it has a process group of its own.
    set -m
    azb run -- bash "$work/waits.sh" "$signal" "$work" &
    runner=$!
    set +m
    wait_for 20 test -s "$work/pid"
    kill "-$signal" "$runner"
    status=0
    wait "$runner" || status=$?
    same "$status" 3
    same "$(cat "$work/caught")" "$signal"
done
# azb is killed: the command, which has no way out any more, is told to end.
rm -f "$work/pid" "$work/caught"
azb run -- bash "$work/waits.sh" TERM "$work" &
runner=$!
wait_for 20 test -s "$work/pid"
kill -KILL "$runner"
wait "$runner" 2>/dev/null || true
wait_for 20 test -s "$work/caught"
