#!/usr/bin/env bash
# @azure/arm-batch with @azure/identity: accounts, applications and pools by Resource Manager.
. "$(dirname "$0")/interop.inc"
client node
start_azbd
as_admin
python3 -c "import zipfile, sys; zipfile.ZipFile(sys.argv[1], 'w').writestr('a', 'b')" "$work/a.zip"
export INTEROP_PACKAGE=$work/a.zip INTEROP_NODE_MODULES=$clients/node/node_modules
"$(node_program)" "$here/mgmt_batch_node.js"
