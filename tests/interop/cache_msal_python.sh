#!/usr/bin/env bash
# One file of tokens for libazb and MSAL Python: what one wrote the other finds, and both may write it
# at the same time.
. "$(dirname "$0")/interop.inc"
client current
start_azbd
as_admin
make_app cache ""
as_app "$id" "$secret"
INTEROP_TOKEN_CACHE=$AZB_BUILD/tests/interop_token_cache INTEROP_FOLDER=$work \
    "$clients/current/bin/python" "$here/cache_msal_python.py"
