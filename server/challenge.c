#include "challenge.h"

#include <pthread.h>

#include "base/error.h"
#include "base/jwt.h"

struct challenges {
    pthread_mutex_t lock;
    struct challenge all[CHALLENGES_MAX];
    size_t count;
};

/* ---- The list ----------------------------------------------------------------------------- */

struct challenges *challenges_new(struct azb_error *err)
{
    struct challenges *challenges = memory_alloc(sizeof *challenges);
    if (!challenges) {
        fail_memory(err);
        return NULL;
    }
    pthread_mutex_init(&challenges->lock, NULL);
    return challenges;
}

void challenges_free(struct challenges *challenges)
{
    if (!challenges)
        return;
    pthread_mutex_destroy(&challenges->lock);
    memory_free(challenges);
}

/* Under the lock. NULL: that application is not challenged. */
static struct challenge *find(struct challenges *challenges, const char *client_id)
{
    for (size_t i = 0; i < challenges->count; i++)
        if (string_equal_nocase(challenges->all[i].client_id, client_id))
            return &challenges->all[i];
    return NULL;
}

bool challenges_add(
    struct challenges *challenges, const struct challenge *challenge, struct azb_error *err)
{
    pthread_mutex_lock(&challenges->lock);
    struct challenge *place = find(challenges, challenge->client_id);
    if (!place && challenges->count < CHALLENGES_MAX)
        place = &challenges->all[challenges->count++];
    if (place)
        *place = *challenge;
    pthread_mutex_unlock(&challenges->lock);
    return place || fail(err, AZB_ERROR_CONFLICT,
                        "%d applications are challenged already: clear them first", CHALLENGES_MAX);
}

void challenges_clear(struct challenges *challenges)
{
    pthread_mutex_lock(&challenges->lock);
    challenges->count = 0;
    pthread_mutex_unlock(&challenges->lock);
}

size_t challenges_list(struct challenges *challenges, struct challenge *out)
{
    pthread_mutex_lock(&challenges->lock);
    size_t count = challenges->count;
    memcpy(out, challenges->all, count * sizeof *out);
    pthread_mutex_unlock(&challenges->lock);
    return count;
}

/* ---- Is it met ---------------------------------------------------------------------------- */

/* A date is a number in a token and often a string in a request. */
static bool date_of(const struct json *value, int64_t *out)
{
    return value && (value->type == JSON_STRING || value->type == JSON_NUMBER) &&
           json_number_to_i64(value->text, out);
}

static bool is_late_enough(const struct json *found, const struct json *wanted)
{
    int64_t from = 0, least = 0;
    return date_of(found, &from) && date_of(wanted, &least) && from >= least;
}

static bool holds(const struct json *found, const struct json *wanted)
{
    if (!found)
        return false;
    if (found->type != JSON_ARRAY)
        return text_equal(found->text, wanted->text);
    for (const struct json *item = found->first; item; item = item->next)
        if (text_equal(item->text, wanted->text))
            return true;
    return false;
}

static bool holds_one_of(const struct json *found, const struct json *values)
{
    for (const struct json *value = values->first; value; value = value->next)
        if (holds(found, value))
            return true;
    return false;
}

/* OpenID Connect Core section 5.5.1: "value" or "values"; null asks for the claim alone. */
static bool claim_met(const struct json *asked, const struct json *found)
{
    const struct json *value = json_get(asked, "value"), *values = json_get(asked, "values");
    if (value && text_is(asked->name, "nbf"))
        return is_late_enough(found, value);
    if (value)
        return holds(found, value);
    return values ? holds_one_of(found, values) : found != NULL;
}

bool challenge_met(const struct json *claims, const struct json *payload)
{
    const struct json *asked = json_get(claims, "access_token");
    for (const struct json *one = asked ? asked->first : NULL; one; one = one->next) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", TEXT_ARGS(one->name));
        if (!claim_met(one, json_get(payload, name)))
            return false;
    }
    return true;
}

/* ---- On a request ------------------------------------------------------------------------- */

/* The token was verified before; only its payload is read again here. */
static const struct json *payload_of(struct request *request)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct text rest = text_trim(text_of(request_header(request, "Authorization"))), scheme;
    struct jwt jwt = {0};
    text_cut(&rest, ' ', &scheme);
    bool parsed = jwt_parse(text_trim(rest), JWT_STRICT, &request->arena, &jwt, &ignored);
    azb_error_free(&ignored);
    return parsed ? jwt.payload : NULL;
}

static bool copy_of(struct challenges *challenges, const char *client_id, struct challenge *out)
{
    pthread_mutex_lock(&challenges->lock);
    const struct challenge *found = find(challenges, client_id);
    if (found)
        *out = *found;
    pthread_mutex_unlock(&challenges->lock);
    return found != NULL;
}

static void count_refusal(struct challenges *challenges, const char *client_id)
{
    pthread_mutex_lock(&challenges->lock);
    struct challenge *found = find(challenges, client_id);
    if (found)
        found->refused++;
    pthread_mutex_unlock(&challenges->lock);
}

bool challenges_check(struct challenges *challenges, struct request *request, struct azb_error *err)
{
    struct challenge challenge;
    if (!challenges || !copy_of(challenges, request->caller.client_id, &challenge))
        return true;
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *claims = json_parse(text_of(challenge.claims), &request->arena, &ignored);
    const struct json *payload = payload_of(request);
    azb_error_free(&ignored);
    if (claims && payload && challenge_met(claims, payload))
        return true;
    count_refusal(challenges, challenge.client_id);
    fail_status(err, 401, "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is "
        "formed correctly.");
    error_add_value(err, "AuthenticationErrorDetail",
        "The access token does not have the claims that are needed here.");
    err->claims = memory_string(challenge.claims);
    return err->claims ? false : fail_memory(err);
}
