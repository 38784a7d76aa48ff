#!/usr/bin/env bash
# docs/access.md as it stands there: each block is run, and prints what the page says.
. "$(dirname "$0")/flow.sh"
cd "$work"
start_azbd "$work/state" --test-controls
export AZB_STATE=$STATE
# People read tables; here nothing is a terminal.
cat >prelude.sh <<'SH'
azb() {
    case "$*" in
    "role "*-o* | "app "* | "group "* | "user "* | "rest "* | "token "* | "login "* | "env") command azb "$@" ;;
    *) command azb "$@" -o table ;;
    esac
}
SH
"$AZB_SOURCE/tests/flows/page.py" "$AZB_SOURCE/docs/access.md" prelude.sh ||
    fail_flow "docs/access.md does not say what azb does"
