#!/usr/bin/env bash
# A secret that is typed at a terminal is not shown, and the terminal shows the rest again, however
# the typing ends.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin
ok /usr/bin/python3 "$AZB_SOURCE/tests/flows/hidden_input.py"
