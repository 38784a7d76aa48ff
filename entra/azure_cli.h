/*
 * entra/azure_cli.h - what `az account get-access-token --output json` says.
 */
#ifndef ENTRA_AZURE_CLI_H
#define ENTRA_AZURE_CLI_H

#include "entra/token_response.h"

/* Its standard output. `now` is in seconds. False and err (PROTOCOL) when it is no usable token. */
AZB_MUST_CHECK bool azure_cli_output_read(struct text output, int64_t now, struct arena *arena,
    struct token_reply *reply, struct azb_error *err);

/* Its standard error, after it failed: always false. AZB_CODE_UNAVAILABLE when nobody is signed
 * in. */
bool azure_cli_fail(struct text said, struct arena *arena, struct azb_error *err);

#endif
