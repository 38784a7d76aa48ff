# Sourced by each flow: a story played with the real binaries, from outside.
#
#   AZB_BIN     folder of azb and azbd (the build under test)
#   start_azbd  starts a service on a fresh state (or the given one) and waits until it serves
#   as_admin    the administrator's environment (azb env); as_nobody clears it
#   ok, refused, same, has   checks; the first that fails ends the flow with both sides shown
#
# Nothing here sleeps for luck: what takes time is waited for by a condition with a limit.

set -euo pipefail
: "${AZB_BIN:?AZB_BIN must name the folder of azb and azbd}"
PATH=$AZB_BIN:$PATH
flow=$(basename "$0" .sh)
work=$(mktemp -d "/tmp/azb-$flow.XXXXXX")
azbd_pids=()
# Logins and tokens of the story's own: never those of whoever runs it.
export XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_CACHE_HOME=$work/cache AZURE_CONFIG_DIR=$work/azure
unset AZB_LOGIN AZB_TRUSTED_HOSTS COLUMNS
# LeakSanitizer cannot work under ptrace or in some containers; a leak is a failure elsewhere too.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}

finish() {
    local status=$? pid
    for pid in "${azbd_pids[@]}"; do
        kill -TERM "$pid" 2>/dev/null || true
    done
    for pid in "${azbd_pids[@]}"; do
        wait "$pid" 2>/dev/null || true
    done
    # What a sanitizer found while azbd ran, or when it ended, is a failure of the story.
    if grep -qs -e "ERROR: .*Sanitizer" -e "WARNING: ThreadSanitizer" -e "runtime error:" \
        "$work"/azbd*.log && [ $status -eq 0 ]; then
        status=1
    fi
    if [ $status -ne 0 ]; then
        echo "--- $flow failed; the service said:" >&2
        cat "$work"/azbd*.log >&2 2>/dev/null || true
        [ ! -s "$work/played.err" ] || { echo "--- and what it played:"; cat "$work/played.err"; } >&2
    fi
    rm -rf "$work"
    exit $status
}
trap finish EXIT

# wait_for SECONDS COMMAND...: until the command succeeds; the limit is a failure.
wait_for() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        if [ "$SECONDS" -ge "$until" ]; then
            echo "$flow: waited in vain for: $*" >&2
            return 1
        fi
        sleep 0.02
    done
}

# start_azbd [state [options...]]: sets STATE, URL and pid.
start_azbd() {
    STATE=${1:-$work/state}
    [ $# -gt 0 ] && shift
    rm -f "$work/ready"
    azbd --state "$STATE" --listen 127.0.0.1:0 --proxy-listen 127.0.0.1:0 \
        --ready-file "$work/ready" "$@" 2>>"$work/azbd.log" &
    pid=$!
    azbd_pids+=("$pid")
    wait_for 20 served_or_dead
    URL=$(cat "$work/ready")
}
served_or_dead() {
    [ -s "$work/ready" ] && return 0
    kill -0 "$pid" 2>/dev/null || { echo "$flow: azbd did not start" >&2; exit 1; }
    return 1
}
stop_azbd() { # [SIGNAL]
    kill "-${1:-TERM}" "$pid"
    wait "$pid" 2>/dev/null || true
}

as_admin() {
    local lines
    lines=$(azb env --state "$STATE")
    eval "$lines"
}
as_nobody() {
    unset AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_CLIENT_SECRET AZURE_CLIENT_CERTIFICATE_PATH
    unset AZURE_BATCH_ACCESS_KEY
}
# as_app ID SECRET
as_app() {
    unset AZURE_CLIENT_CERTIFICATE_PATH
    export AZURE_CLIENT_ID=$1 AZURE_CLIENT_SECRET=$2
}

fail_flow() {
    echo "$flow: $*" >&2
    exit 1
}
# ok COMMAND...: it succeeds; its output is in $out.
ok() {
    out=$("$@" 2>"$work/err") || fail_flow "failed ($?): $*
$out
$(cat "$work/err")"
}
# refused STATUS WORD COMMAND...: it ends with STATUS (any but 0: '+') and its stderr holds WORD.
refused() {
    local wanted=$1 word=$2 status=0
    shift 2
    out=$("$@" 2>"$work/err") || status=$?
    err=$(cat "$work/err")
    [ $status -ne 0 ] || fail_flow "was not refused: $*
$out"
    [ "$wanted" = + ] || [ $status -eq "$wanted" ] ||
        fail_flow "ended with $status, not $wanted: $*
$err"
    case $err$(tr -s ' \n' ' ' <<<"$err") in # also across the ends of its lines
    *"$word"*) ;;
    *) fail_flow "stderr does not say '$word': $*
$err" ;;
    esac
}
same() { # WHAT WANTED
    [ "$1" = "$2" ] || fail_flow "expected
$2
and got
$1"
}
has() { # TEXT WORD
    case $1 in
    *"$2"*) ;;
    *) fail_flow "does not hold '$2':
$1" ;;
    esac
}

# readme_blocks HEADING WHICH FILE WORD...: writes the sh blocks (all of them, or number WHICH) of that
# section of README.md, up to the next heading, to FILE; each WORD must be in them.
readme_blocks() {
    local heading=$1 which=$2 file=$3 word
    shift 3
    awk -v heading="$heading" -v which="$which" '
        /^##/ {ours = $0 == heading}
        ours && /^```$/ && block {block = 0; print ""}
        block
        ours && /^```sh$/ {count++; block = which == "all" || count == which}' \
        "$AZB_SOURCE/README.md" >"$file"
    for word in "$@"; do
        grep -q -e "$word" "$file" || fail_flow "README.md, $heading: it does not have: $word"
    done
}

# play FILE: its commands, here; one that fails ends the flow. They said played.out and played.err.
# (Never with `||` behind it: a command in the middle could fail unseen then.)
play() {
    . "$1" >"$work/played.out" 2>"$work/played.err"
}
