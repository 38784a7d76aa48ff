#!/usr/bin/env bash
# The article's Python program with production URLs, unmodified, through azb run.
. "$(dirname "$0")/interop.inc"
client article
prepare
export ARTICLE_TENANT_ID=$AZURE_TENANT_ID ARTICLE_CLIENT_ID=$AZURE_CLIENT_ID
export ARTICLE_SECRET=$AZURE_CLIENT_SECRET ARTICLE_POOL=two
ok azb run --state "$STATE" -- "$clients/article/bin/python" "$here/article.py"
has "$out" "stdout.txt: hello from the article"
has "$out" "pool refused: 403 PermissionDenied"
has "$out" "article: done"

# Microsoft's own words reach its users.
export ARTICLE_JOB=other
ARTICLE_SECRET=wrong refused 1 AADSTS7000215 \
    azb run --state "$STATE" -- "$clients/article/bin/python" "$here/article.py"
ARTICLE_TENANT_ID=11111111-2222-4333-8444-555555555555 refused 1 AADSTS90002 \
    azb run --state "$STATE" -- "$clients/article/bin/python" "$here/article.py"
ARTICLE_CLIENT_ID=$INTEROP_NOROLE_ID ARTICLE_SECRET=$INTEROP_NOROLE_SECRET refused 1 PermissionDenied \
    azb run --state "$STATE" -- "$clients/article/bin/python" "$here/article.py"
