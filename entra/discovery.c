/*
 * An authority that remembers its token endpoint, and the one request that finds it.
 */
#include "entra/authority.h"

#include <stdatomic.h>

#include "base/error.h"
#include "entra/token_response.h"

#define METADATA_MAX ((size_t)256 * 1024)

struct authority {
    struct arena arena;
    struct authority_name name;
    char *metadata_url;
    _Atomic(char *) token_endpoint; /* NULL until known; then it stays */
    struct flights flights;
};

static bool fill(
    struct authority *authority, const char *host, const char *tenant, struct azb_error *err)
{
    if (!authority_name_read(host, tenant, &authority->arena, &authority->name, err))
        return false;
    authority->metadata_url = authority_metadata_url(&authority->name, &authority->arena);
    if (authority->name.is_microsoft)
        authority->token_endpoint = authority_derived_endpoint(&authority->name, &authority->arena);
    if (authority->arena.failed)
        return fail_memory(err);
    return flights_init(&authority->flights, err);
}

struct authority *authority_new(const char *host, const char *tenant, struct azb_error *err)
{
    struct authority *authority = memory_alloc(sizeof(*authority));
    if (!authority) {
        fail_memory(err);
        return NULL;
    }
    arena_init(&authority->arena, 0);
    if (fill(authority, host, tenant, err))
        return authority;
    arena_free(&authority->arena);
    memory_free(authority);
    return NULL;
}

void authority_free(struct authority *authority)
{
    if (!authority)
        return;
    memory_free(authority->name.is_microsoft ? NULL : authority->token_endpoint);
    arena_free(&authority->arena);
    memory_free(authority);
}

const char *authority_tenant(const struct authority *authority)
{
    return authority->name.tenant;
}

static bool fetch(const struct authority *authority, struct http_client *http,
    struct patience patience, struct arena *arena, char **endpoint, struct azb_error *err)
{
    struct http_request request;
    struct http_response response;
    http_request_init(&request, "GET", authority->metadata_url);
    http_add_header(&request, "Accept", "application/json");
    request.idempotent = true;
    request.body_maximum = METADATA_MAX;
    request.cancel = patience.cancel;
    request.timeout_ms = patience_left_ms(patience, err);
    if (!request.timeout_ms || !http_send(http, &request, arena, &response, err))
        return false;
    if (response.status != 200)
        return token_response_fail(&response, NULL, arena, err);
    return authority_metadata_read(&authority->name, response.body, arena, endpoint, err);
}

/* The leader's part: what it finds stays with the authority, also for those who waited. */
static bool discover(struct authority *authority, struct http_client *http,
    struct patience patience, struct azb_error *err)
{
    scoped_arena struct arena arena;
    char *endpoint = NULL;
    arena_init(&arena, 0);
    if (authority->token_endpoint)
        return true;
    if (!fetch(authority, http, patience, &arena, &endpoint, err))
        return fail_while(err, "asking %s for its metadata", authority->name.origin);
    char *kept = memory_string(endpoint);
    if (!kept)
        return fail_memory(err);
    authority->token_endpoint = kept;
    return true;
}

bool authority_token_endpoint(struct authority *authority, struct http_client *http,
    struct patience patience, const char **endpoint, struct azb_error *err)
{
    while (!authority->token_endpoint) {
        struct flight *mine = NULL;
        enum flight_outcome outcome =
            flight_board(&authority->flights, TEXT("metadata"), patience, &mine, err);
        if (outcome == FLIGHT_FAILED)
            return false;
        if (outcome != FLIGHT_LEAD)
            continue;
        bool found = discover(authority, http, patience, err);
        flight_land(&authority->flights, mine, found ? NULL : err);
        if (!found)
            return false;
    }
    *endpoint = authority->token_endpoint;
    return true;
}
