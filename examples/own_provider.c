/*
 * A token callback of the program's own: the client asks it on every request. This one reads the
 * token from a file that something else keeps fresh (`azb token > FILE`, for example).
 *
 *     ./own_provider TOKEN_FILE https://ACCOUNT.REGION.batch.azure.com POOL
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <azb/batch.h>

static bool token_from_file(void *context, const struct azb_token_request *request,
    struct azb_token *token, struct azb_error *err)
{
    char line[16384] = "";
    bool read = false;
    FILE *file = fopen(context, "r");
    (void)request; /* its `resource` says for whom the token must be */
    if (file && fgets(line, sizeof line, file)) {
        read = true;
    } else {
        err->kind = AZB_ERROR_IO;
        snprintf(err->message, sizeof err->message, "token file '%s': %s", (char *)context,
            strerror(errno));
    }
    if (file)
        fclose(file);
    line[strcspn(line, "\r\n")] = '\0';
    return read && azb_token_set(token, line, time(NULL) + 60, err);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: own_provider TOKEN_FILE BATCH_URL POOL\n");
        return 2;
    }
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    options.account_url = argv[2];
    options.token_provider = (struct azb_token_provider){token_from_file, argv[1]};
    struct azb_batch *batch = azb_batch_open(&options, &err);
    struct azb_reply reply = AZB_REPLY_INIT;
    bool done = batch && azb_pool_get(batch, AZB_ARGS(pool_get, .pool_id = argv[3]), &reply, &err);
    if (done)
        printf("%s has %d nodes\n", reply.value.pool->id,
            (int)reply.value.pool->current_dedicated_nodes.value);
    else
        fprintf(stderr, "own_provider: %s %s\n", err.code, err.message);
    azb_reply_free(&reply);
    azb_batch_free(batch);
    azb_error_free(&err);
    return done ? 0 : 1;
}
