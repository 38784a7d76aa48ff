/*
 * Adds a job with two tasks, waits for them and prints what the first one wrote.
 * The identity comes from the environment (AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET).
 *
 *     ./submit_and_wait https://ACCOUNT.REGION.batch.azure.com POOL JOB
 */
#include <stdio.h>
#include <azb/batch.h>

static bool submit_and_wait(
    struct azb_batch *batch, const char *pool_id, const char *job_id, struct azb_error *err)
{
    struct azb_reply reply = AZB_REPLY_INIT;
    struct azb_pool_info pool = {.pool_id = pool_id};
    struct azb_job job = {.id = job_id, .pool_info = &pool};
    struct azb_task tasks[] = {
        {.id = "hello", .command_line = "/bin/echo hello from a task"},
        {.id = "host", .command_line = "/bin/hostname"},
    };
    bool done = azb_job_create(batch, AZB_ARGS(job_create, .job = &job), &reply, err);
    for (size_t i = 0; done && i < sizeof tasks / sizeof *tasks; i++)
        done = azb_task_create(
            batch, AZB_ARGS(task_create, .job_id = job_id, .task = &tasks[i]), &reply, err);
    struct azb_wait_options wait = AZB_WAIT_OPTIONS_INIT;
    wait.timeout_ms = 60000;
    done = done && azb_wait_for_tasks(batch, job_id, &wait, &reply, err) &&
           azb_task_file_get(batch,
               AZB_ARGS(
                   task_file_get, .job_id = job_id, .task_id = "hello", .file_path = "stdout.txt"),
               &reply, err);
    if (done)
        fwrite(reply.bytes, 1, reply.byte_count, stdout);
    azb_reply_free(&reply);
    return done;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: submit_and_wait BATCH_URL POOL JOB\n");
        return 2;
    }
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_credential *credential = azb_credential_environment(&err);
    struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    options.account_url = argv[1];
    if (credential)
        options.token_provider = azb_credential_provider(credential);
    struct azb_batch *batch = credential ? azb_batch_open(&options, &err) : NULL;
    bool done = batch && submit_and_wait(batch, argv[2], argv[3], &err);
    if (!done)
        fprintf(stderr, "submit_and_wait: %s %s\n", err.code, err.message);
    azb_batch_free(batch);
    azb_credential_free(credential);
    azb_error_free(&err);
    return done ? 0 : 1;
}
