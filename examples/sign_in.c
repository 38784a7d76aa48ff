/*
 * Lists the jobs of a Batch account as the person at the keyboard, who is asked once: the tokens
 * stay on disk. In the browser, or by a code where there is none (SSH_CONNECTION).
 *
 *     cc sign_in.c $(pkg-config --cflags --libs azb) -o sign_in
 *     ./sign_in TENANT CLIENT_ID https://ACCOUNT.REGION.batch.azure.com
 */
#include <stdio.h>
#include <stdlib.h>
#include <azb/batch.h>

static int failed(const char *what, const struct azb_error *err)
{
    fprintf(stderr, "sign_in: %s: %s%s%s\n", what, err->code, *err->code ? ": " : "", err->message);
    return 1;
}

int main(int argc, char **argv)
{
    struct azb_error err = AZB_ERROR_INIT;
    if (argc != 4) {
        fprintf(stderr, "usage: sign_in TENANT CLIENT_ID BATCH_URL\n");
        return 2;
    }
    struct azb_cache_options where = AZB_CACHE_OPTIONS_INIT;
    where.path = getenv("SIGN_IN_CACHE"); /* NULL: where azb has its own */
    where.protection = AZB_CACHE_AUTO;    /* in the keyring, where there is one */
    struct azb_cache *cache = azb_cache_open(&where, &err);
    if (!cache)
        return failed("tokens on disk", &err);

    struct azb_user_options user = AZB_USER_OPTIONS_INIT;
    user.tenant_id = argv[1];
    user.client_id = argv[2];                             /* with http://localhost registered */
    user.authority_host = getenv("AZURE_AUTHORITY_HOST"); /* NULL: the public cloud */
    user.cache = cache;
    struct azb_credential *credential = getenv("SSH_CONNECTION")
                                            ? azb_credential_device_code(&user, &err)
                                            : azb_credential_interactive_browser(&user, &err);
    struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    options.account_url = argv[3];
    options.token_provider = azb_credential_provider(credential);
    struct azb_batch *batch = credential ? azb_batch_open(&options, &err) : NULL;
    struct azb_reply page = AZB_REPLY_INIT;
    for (bool more = batch && azb_job_list(batch, AZB_ARGS(job_list), &page, &err); more;
         more = azb_next_page(batch, &page, &err))
        for (size_t i = 0; i < page.value.job_page->value.count; i++)
            puts(page.value.job_page->value.items[i].id);
    int status = err.kind == AZB_ERROR_NONE ? 0 : failed("jobs", &err);
    azb_reply_free(&page);
    azb_batch_free(batch);
    azb_credential_free(credential);
    azb_cache_free(cache);
    azb_error_free(&err);
    return status;
}
