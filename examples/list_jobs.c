/*
 * Lists the jobs of a Batch account as a service principal.
 *
 *     cc list_jobs.c $(pkg-config --cflags --libs azb) -o list_jobs
 *     AZURE_CLIENT_SECRET=... ./list_jobs TENANT CLIENT_ID https://ACCOUNT.REGION.batch.azure.com
 */
#include <stdio.h>
#include <stdlib.h>
#include <azb/batch.h>

static int failed(const char *what, const struct azb_error *err)
{
    fprintf(
        stderr, "list_jobs: %s: %s%s%s\n", what, err->code, *err->code ? ": " : "", err->message);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: AZURE_CLIENT_SECRET=... list_jobs TENANT CLIENT_ID BATCH_URL\n");
        return 2;
    }
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_client_secret_options app = AZB_CLIENT_SECRET_OPTIONS_INIT;
    app.tenant_id = argv[1];
    app.client_id = argv[2];
    app.client_secret = getenv("AZURE_CLIENT_SECRET");
    app.authority_host = getenv("AZURE_AUTHORITY_HOST"); /* NULL: the public cloud */
    struct azb_credential *credential = azb_credential_client_secret(&app, &err);
    if (!credential)
        return failed("credential", &err);

    struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    options.account_url = argv[3];
    options.token_provider = azb_credential_provider(credential);
    struct azb_batch *batch = azb_batch_open(&options, &err);
    if (!batch)
        return failed("client", &err);

    struct azb_reply page = AZB_REPLY_INIT;
    for (bool more = azb_job_list(batch, AZB_ARGS(job_list), &page, &err); more;
         more = azb_next_page(batch, &page, &err)) {
        const struct azb_job_page *jobs = page.value.job_page;
        for (size_t i = 0; i < jobs->value.count; i++)
            printf("%s\t%s\n", jobs->value.items[i].id, jobs->value.items[i].state.text);
    }
    int status = err.kind == AZB_ERROR_NONE ? 0 : failed("jobs", &err);
    azb_reply_free(&page);
    azb_batch_free(batch);
    azb_credential_free(credential);
    azb_error_free(&err);
    return status;
}
