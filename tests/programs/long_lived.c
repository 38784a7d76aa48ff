/*
 * A program that lives for months, as flows/long_lived.sh plays it: one client of libazb, held
 * open, its secret, or the certificate of its application, in a file. Each line on standard input
 * is a number of calls to make; each is answered by one line, "ok" or the error that the caller of
 * the first failed call gets to see.
 *
 *     long_lived SECRET_FILE
 *     long_lived --certificate PEM_FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <azb/batch.h>

static struct azb_credential *by_certificate(const char *path, struct azb_error *err)
{
    struct azb_client_certificate_options options = AZB_CLIENT_CERTIFICATE_OPTIONS_INIT;
    options.tenant_id = getenv("AZURE_TENANT_ID");
    options.client_id = getenv("AZURE_CLIENT_ID");
    options.certificate_path = path;
    options.authority_host = getenv("AZURE_AUTHORITY_HOST");
    options.ca_file = getenv("AZB_CA_FILE");
    return azb_credential_client_certificate(&options, err);
}

static struct azb_credential *by_secret(const char *secret_path, struct azb_error *err)
{
    struct azb_client_secret_options options = AZB_CLIENT_SECRET_OPTIONS_INIT;
    options.tenant_id = getenv("AZURE_TENANT_ID");
    options.client_id = getenv("AZURE_CLIENT_ID");
    options.client_secret_path = secret_path;
    options.authority_host = getenv("AZURE_AUTHORITY_HOST");
    options.ca_file = getenv("AZB_CA_FILE");
    return azb_credential_client_secret(&options, err);
}

static struct azb_batch *open_batch(struct azb_credential *credential, struct azb_error *err)
{
    struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    options.account_url = getenv("AZURE_BATCH_ENDPOINT");
    options.token_provider = azb_credential_provider(credential);
    options.ca_file = getenv("AZB_CA_FILE");
    return azb_batch_open(&options, err);
}

static bool call(struct azb_batch *batch, long count, struct azb_error *err)
{
    for (long i = 0; i < count; i++) {
        struct azb_reply reply = AZB_REPLY_INIT;
        if (!azb_job_list(batch, AZB_ARGS(job_list), &reply, err))
            return false;
        azb_reply_free(&reply);
    }
    return true;
}

static void serve(struct azb_batch *batch)
{
    char line[32];
    while (fgets(line, sizeof line, stdin)) {
        struct azb_error err = AZB_ERROR_INIT;
        if (call(batch, strtol(line, NULL, 10), &err))
            puts("ok");
        else
            printf("%s: %s %s\n", azb_error_kind_text(err.kind), err.code, err.message);
        fflush(stdout);
        azb_error_free(&err);
    }
}

int main(int argc, char **argv)
{
    struct azb_error err = AZB_ERROR_INIT;
    bool has_certificate = argc == 3 && strcmp(argv[1], "--certificate") == 0;
    if (argc != 2 && !has_certificate)
        return 2;
    struct azb_credential *credential =
        has_certificate ? by_certificate(argv[2], &err) : by_secret(argv[1], &err);
    struct azb_batch *batch = credential ? open_batch(credential, &err) : NULL;
    if (batch)
        serve(batch);
    else
        fprintf(stderr, "long_lived: %s\n", err.message);
    azb_batch_free(batch);
    azb_credential_free(credential);
    azb_error_free(&err);
    return batch ? 0 : 1;
}
