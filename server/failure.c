#include "failure.h"

#include <pthread.h>

#include "base/error.h"

struct failures {
    pthread_mutex_t lock;
    struct failure_rule rules[FAILURE_RULES_MAX];
    size_t count;
    int64_t last_id;
};

/* ---- The list ----------------------------------------------------------------------------- */

struct failures *failures_new(struct azb_error *err)
{
    struct failures *failures = memory_alloc(sizeof *failures);
    if (!failures) {
        fail_memory(err);
        return NULL;
    }
    pthread_mutex_init(&failures->lock, NULL);
    return failures;
}

void failures_free(struct failures *failures)
{
    if (!failures)
        return;
    pthread_mutex_destroy(&failures->lock);
    memory_free(failures);
}

bool failures_add(struct failures *failures, struct failure_rule *rule, struct azb_error *err)
{
    pthread_mutex_lock(&failures->lock);
    bool room = failures->count < FAILURE_RULES_MAX;
    if (room) {
        rule->id = ++failures->last_id;
        failures->rules[failures->count++] = *rule;
    }
    pthread_mutex_unlock(&failures->lock);
    return room || fail(err, AZB_ERROR_CONFLICT, "there are %d failures already: remove some first",
                       FAILURE_RULES_MAX);
}

static void remove_at(struct failures *failures, size_t at)
{
    memmove(&failures->rules[at], &failures->rules[at + 1],
        (failures->count - at - 1) * sizeof failures->rules[0]);
    failures->count--;
}

bool failures_remove(struct failures *failures, int64_t id)
{
    bool found = false;
    pthread_mutex_lock(&failures->lock);
    for (size_t i = 0; i < failures->count && !found; i++) {
        found = failures->rules[i].id == id;
        if (found)
            remove_at(failures, i);
    }
    pthread_mutex_unlock(&failures->lock);
    return found;
}

void failures_clear(struct failures *failures)
{
    pthread_mutex_lock(&failures->lock);
    failures->count = 0;
    pthread_mutex_unlock(&failures->lock);
}

size_t failures_list(struct failures *failures, struct failure_rule *out)
{
    pthread_mutex_lock(&failures->lock);
    size_t count = failures->count;
    memcpy(out, failures->rules, count * sizeof *out);
    pthread_mutex_unlock(&failures->lock);
    return count;
}

/* ---- Striking ----------------------------------------------------------------------------- */

/* The words that each plane has for it; the last row is for all others. */
static const struct {
    enum plane plane;
    int status;
    const char *code;
} words[] = {
    {PLANE_ENTRA, 0, "AADSTS90033"},
    {PLANE_BATCH, 429, "TooManyRequests"},
    {PLANE_BATCH, 500, "InternalError"},
    {PLANE_BATCH, 0, "ServerBusy"},
    {PLANES, 429, "TooManyRequests"},
    {PLANES, 500, "InternalServerError"},
    {PLANES, 0, "ServiceUnavailable"},
};

static const char *word_of(enum plane plane, int status)
{
    size_t at = 0;
    while ((words[at].plane != plane && words[at].plane != PLANES) ||
           (words[at].status != status && words[at].status != 0))
        at++;
    return words[at].code;
}

static bool fits(const struct failure_rule *rule, const struct request *request)
{
    if (request->plane == PLANE_CONTROL || rule->left == 0)
        return false;
    if (rule->plane != PLANES && rule->plane != request->plane)
        return false;
    if (*rule->method && strcmp(rule->method, request->method) != 0)
        return false;
    return text_starts(request->path, rule->path);
}

/* Each request that fits owes its share; a whole one is paid by failing. */
static bool strikes(struct failure_rule *rule, const struct request *request)
{
    if (!fits(rule, request))
        return false;
    rule->owed += rule->share;
    if (rule->owed < 1 - 1e-9)
        return false;
    rule->owed -= 1;
    rule->failed++;
    rule->left -= rule->left > 0;
    return true;
}

static bool find_strike(
    struct failures *failures, const struct request *request, struct failure_rule *out)
{
    bool found = false;
    pthread_mutex_lock(&failures->lock);
    for (size_t i = 0; i < failures->count && !found; i++) {
        found = strikes(&failures->rules[i], request);
        if (found)
            *out = failures->rules[i];
    }
    pthread_mutex_unlock(&failures->lock);
    return found;
}

enum failure_effect failures_strike(
    struct failures *failures, const struct request *request, struct azb_error *err)
{
    struct failure_rule rule;
    if (!failures || !find_strike(failures, request, &rule))
        return FAILURE_NONE;
    if (rule.status == 0)
        return FAILURE_RESET;
    fail_status(err, rule.status, word_of(request->plane, rule.status),
        "This request fails because a test control of azbd says so.");
    error_add_value(err, "error", "temporarily_unavailable"); /* OAuth's word, for Entra's body */
    if (rule.retry_after_s >= 0)
        err->retry_after_ms = (unsigned)rule.retry_after_s * 1000;
    return FAILURE_ANSWER;
}
