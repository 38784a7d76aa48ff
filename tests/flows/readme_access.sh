#!/usr/bin/env bash
# The tour "why was it refused?" of README.md, as it stands there.
. "$(dirname "$0")/flow.sh"
cd "$work"
start_azbd
export AZB_STATE=$STATE
readme_blocks "## Tour: why was it refused?" all tour.sh "azb role explain" "azb role can-i" \
    "azb role what-if" "azb role assignment create" "azb role suggest" "azb role lint" \
    "azb role matrix" "azb role watch"
play ./tour.sh
has "$(cat played.err)" "azb role explain"
has "$(cat played.err)" 'the role allows exactly the 1 operation that'
has "$(cat played.out)" '"missing": "Microsoft.Batch/batchAccounts/jobs/read"'
same "$(jq -c '[.Actions, .DataActions]' least.json)" '[[],["Microsoft.Batch/batchAccounts/jobs/read"]]'
same "$(azb auth list)" "[]"
