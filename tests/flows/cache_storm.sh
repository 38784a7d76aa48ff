#!/usr/bin/env bash
# A hundred processes write one token cache at once while some are killed, most of them with the lock
# in hand: nothing that was acknowledged is lost, and nothing is left lying about.
. "$(dirname "$0")/flow.sh"
cache=$work/cache/tokens.json
storm=$AZB_BUILD/tests/flow_cache_storm
"$storm" "$cache" 100 400 60
same "$(stat -c %a "$cache")" 600
same "$(stat -c %a "$work/cache")" 700
# A killed writer may leave its half of a file; the next one writes over it.
"$storm" "$cache" 1 1 0
same "$(ls -A "$work/cache")" tokens.json
