#include "entra/outage.h"

#include "base/error.h"

#define OUTAGE_MAX_MS (3600LL * 1000) /* what base/http.h takes from a Retry-After */

void outage_init(struct outage *outage)
{
    pthread_mutex_init(&outage->lock, NULL);
}

bool outage_is(const struct azb_error *failure)
{
    return failure->kind == AZB_ERROR_NETWORK || failure->kind == AZB_ERROR_TIMEOUT ||
           failure->http_status == 429 || failure->http_status >= 500;
}

void outage_note(struct outage *outage, int64_t now_ms, const struct azb_error *failure)
{
    bool is_busy = failure->http_status == 429 || failure->http_status >= 500;
    if (!is_busy || failure->retry_after_ms == 0)
        return;
    pthread_mutex_lock(&outage->lock);
    outage->until_ms = now_ms + (int64_t)failure->retry_after_ms;
    outage->failure = *failure;
    outage->failure.claims = NULL;
    pthread_mutex_unlock(&outage->lock);
}

bool outage_check(struct outage *outage, int64_t now_ms, struct azb_error *err)
{
    pthread_mutex_lock(&outage->lock);
    int64_t left_ms = outage->until_ms - now_ms;
    /* More than can have been asked for: the clock was set back. */
    bool over = left_ms <= 0 || left_ms > OUTAGE_MAX_MS;
    if (!over && err) {
        azb_error_free(err);
        *err = outage->failure;
        err->retry_after_ms = (unsigned)left_ms;
    }
    pthread_mutex_unlock(&outage->lock);
    return over || fail_while(err, "not asked again so soon");
}
