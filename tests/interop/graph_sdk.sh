#!/usr/bin/env bash
# msgraph-sdk with production URLs, unmodified, through azb run: applications, service principals,
# permissions, groups, owners, pages, errors.
. "$(dirname "$0")/interop.inc"
client graph
start_azbd
as_admin
ok azb run --state "$STATE" -- "$clients/graph/bin/python" "$here/graph_sdk.py"
has "$out" "graph: done"
