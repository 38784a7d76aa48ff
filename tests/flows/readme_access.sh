#!/usr/bin/env bash
# The tour "why was it refused?" of README.md, as it stands there.
. "$(dirname "$0")/flow.sh"
cd "$work"
start_azbd
export AZB_STATE=$STATE
awk '/^## /{tour = /^## Tour: why was it refused/}
    tour && /^```$/{block = 0} block; tour && /^```sh$/{block = 1}' "$AZB_SOURCE/README.md" >tour.sh
commands=(explain can-i what-if "assignment create" suggest lint matrix watch)
for word in "${commands[@]}"; do
    grep -q "azb role $word" tour.sh || fail_flow "the tour does not have: azb role $word"
done
. ./tour.sh >tour.out 2>tour.err || fail_flow "$(cat tour.err)"
has "$(cat tour.err)" "azb role explain"
has "$(cat tour.err)" 'the role allows exactly the 1 operation that'
has "$(cat tour.out)" '"missing": "Microsoft.Batch/batchAccounts/jobs/read"'
same "$(jq -c '[.Actions, .DataActions]' least.json)" '[[],["Microsoft.Batch/batchAccounts/jobs/read"]]'
same "$(azb auth list)" "[]"
