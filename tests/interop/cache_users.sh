#!/usr/bin/env bash
# A person signs in once, with libazb or with MSAL Python; the other goes on silently from the same
# file, by the access token and by the refresh token.
. "$(dirname "$0")/interop.inc"
prepare_users
INTEROP_TOKEN_CACHE=$AZB_BUILD/tests/interop_token_cache INTEROP_FOLDER=$work \
    REQUESTS_CA_BUNDLE=$AZB_CA_FILE "$clients/current/bin/python" "$here/cache_users.py"
