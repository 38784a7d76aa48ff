#!/usr/bin/env bash
# Every help text, as tests/snapshots/help.txt has it. UPDATE_SNAPSHOTS=1 writes the file anew; the
# difference is for review.
. "$(dirname "$0")/flow.sh"
snapshot=$AZB_SOURCE/tests/snapshots/help.txt
commands() { azb help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z -]*[a-z]\)\(  .*\)\{0,1\}$/\1/p'; }

{
    azb help
    while read -r -a words; do
        echo
        echo "=== azb ${words[*]} --help"
        azb "${words[@]}" --help </dev/null
    done < <(commands)
} >"$work/help.txt"
[ "$(grep -c '^===' "$work/help.txt")" -ge 50 ] || fail_flow "only $(grep -c '^===' "$work/help.txt") commands"

# Readable: at most 100 columns, and no tab or trailing blank.
long=$(LC_ALL=C.UTF-8 awk 'length > 100' "$work/help.txt")
same "$long" ""
same "$(grep -n -P '\t| $' "$work/help.txt" || true)" ""
# The other ways to ask say the same.
same "$(azb help job create)" "$(azb job create -h)"
same "$(azb --help)" "$(azb help)"
same "$(azb)" "$(azb help)"
same "$(azb help --help)" "$(azb help)"
ok azb help exit-codes
has "$out" "0  done"
ok azb job --help
has "$out" "job task-counts show"
refused 2 'did you mean `azb job list`' azb jbo list
refused 2 'did you mean --pool-id' azb job create --poolid p
refused 2 "azb help" azb xyzzy
same "$(azb --version)" "azb $(sed -n 's/^project(azb VERSION \([0-9.]*\).*/\1/p' "$AZB_SOURCE/CMakeLists.txt")"

if [ "${UPDATE_SNAPSHOTS:-}" = 1 ]; then
    cp "$work/help.txt" "$snapshot"
    exit 0
fi
diff -u "$snapshot" "$work/help.txt" || fail_flow "the help is not as in $snapshot (UPDATE_SNAPSHOTS=1 rewrites it)"

# The documents name commands that are there, and errors that azbd gives.
while read -r _ words; do
    # shellcheck disable=SC2086
    ok azb $words --help
done < <(cd "$AZB_SOURCE" && grep -ohE '`azb [a-z][a-z -]*' README.md docs/*.md | sed 's/ -.*//' | sort -u)
while read -r code; do
    grep -q "{$code," "$AZB_SOURCE/server/entra/aadsts.c" || fail_flow "docs/sign-in.md: azbd has no AADSTS$code"
done < <(grep '^|' "$AZB_SOURCE/docs/sign-in.md" | grep -oE '(AADSTS| )[0-9]{5,7}\b' | grep -oE '[0-9]+' | sort -u)
