// The tasks of a job, from C++: a guard for what C frees by hand, azb_args<>() for the arguments.
// The identity comes from the environment (AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET).
//
//     c++ list_tasks.cpp $(pkg-config --cflags --libs azb) -o list_tasks
//     ./list_tasks https://ACCOUNT.REGION.batch.azure.com JOB
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <azb/batch.h>

struct error : azb_error {
    error() : azb_error(AZB_ERROR_INIT) {}
    error(const error &) = delete;
    ~error() { azb_error_free(this); }
};
struct reply : azb_reply {
    reply() : azb_reply(AZB_REPLY_INIT) {}
    reply(const reply &) = delete;
    ~reply() { azb_reply_free(this); }
};
template <typename T> using handle = std::unique_ptr<T, void (*)(T *)>;

static void list_tasks(const char *url, const char *job)
{
    error err;
    const handle<azb_credential> credential(azb_credential_environment(&err), azb_credential_free);
    if (!credential)
        throw std::runtime_error(err.message);
    azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    options.account_url = url;
    options.token_provider = azb_credential_provider(credential.get());
    const handle<azb_batch> batch(azb_batch_open(&options, &err), azb_batch_free);

    reply page;
    auto args = azb_args<azb_task_list_args>();
    args.job_id = job;
    for (bool more = azb_task_list(batch.get(), &args, &page, &err); more;
         more = azb_next_page(batch.get(), &page, &err))
        for (size_t i = 0; i < page.value.task_page->value.count; i++)
            std::printf("%s\t%s\n", page.value.task_page->value.items[i].id,
                page.value.task_page->value.items[i].state.text);
    if (err.kind != AZB_ERROR_NONE)
        throw std::runtime_error(err.message);
}

int main(int argc, char **argv)
{
    try {
        list_tasks(argc == 3 ? argv[1] : "", argc == 3 ? argv[2] : "");
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "list_tasks: %s\n", failure.what());
        return 1;
    }
}
