/*
 * libcurl is loaded with dlopen at the first request: linking it costs 4 ms and 8 MB at every
 * start, which a program that finds its token in the cache must not pay.
 */
#include "base/curl_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* Where the address of each function is stored. */
static const struct {
    const char *symbol;
    size_t offset;
} function_rows[] = {
    {"curl_global_init", offsetof(struct curl_functions, global_init)},
    {"curl_easy_init", offsetof(struct curl_functions, easy_init)},
    {"curl_easy_cleanup", offsetof(struct curl_functions, easy_cleanup)},
    {"curl_easy_reset", offsetof(struct curl_functions, easy_reset)},
    {"curl_easy_setopt", offsetof(struct curl_functions, easy_setopt)},
    {"curl_easy_perform", offsetof(struct curl_functions, easy_perform)},
    {"curl_easy_getinfo", offsetof(struct curl_functions, easy_getinfo)},
    {"curl_easy_strerror", offsetof(struct curl_functions, easy_strerror)},
    {"curl_slist_append", offsetof(struct curl_functions, slist_append)},
    {"curl_slist_free_all", offsetof(struct curl_functions, slist_free_all)},
};

/* Filled once by load_curl, then only read. */
static struct {
    pthread_once_t once;
    struct curl_functions functions;
    char problem[200]; /* "" when it was loaded */
} loaded = {.once = PTHREAD_ONCE_INIT};

static void load_functions(void *library)
{
    for (size_t i = 0; i < sizeof(function_rows) / sizeof(function_rows[0]); i++) {
        void *function = dlsym(library, function_rows[i].symbol);
        if (!function) {
            snprintf(loaded.problem, sizeof(loaded.problem), "libcurl.so.4 has no %s",
                function_rows[i].symbol);
            return;
        }
        memcpy((char *)&loaded.functions + function_rows[i].offset, &function, sizeof(function));
    }
    if (loaded.functions.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        snprintf(loaded.problem, sizeof(loaded.problem), "libcurl could not be initialised");
}

static void load_curl(void)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library) {
        load_functions(library);
        return;
    }
    const char *reason = dlerror();
    snprintf(loaded.problem, sizeof(loaded.problem), "libcurl could not be loaded (%s)",
        reason ? reason : "unknown reason");
}

const struct curl_functions *curl_functions(struct azb_error *err)
{
    pthread_once(&loaded.once, load_curl);
    if (!loaded.problem[0])
        return &loaded.functions;
    fail(
        err, AZB_ERROR_CONFIGURATION, "%s; HTTP needs the system's libcurl 7 or 8", loaded.problem);
    return NULL;
}
