/*
 * A service that got a user's token in a request and calls Batch as that user.
 *
 *     cc on_behalf_of.c $(pkg-config --cflags --libs azb) -o on_behalf_of
 *     AZURE_CLIENT_SECRET=... ./on_behalf_of TENANT CLIENT_ID https://... < the-users-token
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <azb/batch.h>

static int failed(const char *what, const struct azb_error *err)
{
    fprintf(stderr, "on_behalf_of: %s: %s%s%s\n", what, err->code, *err->code ? ": " : "",
        err->message);
    return 1;
}

int main(int argc, char **argv)
{
    struct azb_error err = AZB_ERROR_INIT;
    char token[16384];
    if (argc != 4 || !fgets(token, sizeof token, stdin)) {
        fprintf(stderr, "usage: AZURE_CLIENT_SECRET=... on_behalf_of TENANT CLIENT_ID BATCH_URL\n");
        return 2;
    }
    token[strcspn(token, "\n")] = '\0';
    struct azb_on_behalf_of_options service = AZB_ON_BEHALF_OF_OPTIONS_INIT;
    service.tenant_id = argv[1];
    service.client_id = argv[2];
    service.client_secret = getenv("AZURE_CLIENT_SECRET");
    service.authority_host = getenv("AZURE_AUTHORITY_HOST"); /* NULL: the public cloud */
    service.user_assertion = token; /* made for this service: its audience is the service's own */
    struct azb_credential *credential = azb_credential_on_behalf_of(&service, &err);
    if (!credential)
        return failed("credential", &err);

    struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    options.account_url = argv[3];
    options.token_provider = azb_credential_provider(credential);
    struct azb_batch *batch = azb_batch_open(&options, &err);
    struct azb_reply page = AZB_REPLY_INIT;
    bool listed = batch && azb_job_list(batch, AZB_ARGS(job_list), &page, &err);
    if (listed)
        printf("the user has %zu jobs on the first page\n", page.value.job_page->value.count);
    int status = listed ? 0 : failed("jobs", &err);
    azb_reply_free(&page);
    azb_batch_free(batch);
    azb_credential_free(credential);
    azb_error_free(&err);
    return status;
}
