/*
 * An authority that remembers its endpoints, and the one request that finds them.
 */
#include "entra/authority.h"

#include <stdatomic.h>

#include "base/error.h"
#include "entra/token_response.h"

#define METADATA_MAX ((size_t)256 * 1024)

struct authority {
    struct arena arena; /* once it is shared: only of the flight's leader */
    struct authority_name name;
    char *metadata_url;
    struct authority_endpoints endpoints;
    atomic_bool known; /* the endpoints: then they stay */
    struct flights flights;
};

static bool fill(struct authority *authority, const char *host, const char *tenant,
    enum authority_tenants tenants, struct azb_error *err)
{
    struct arena *arena = &authority->arena;
    if (!authority_name_read(host, tenant, tenants, arena, &authority->name, err))
        return false;
    authority->metadata_url = authority_metadata_url(&authority->name, arena);
    authority->known = authority->name.is_microsoft;
    if (authority->known)
        authority_derived_endpoints(&authority->name, arena, &authority->endpoints);
    if (arena->failed)
        return fail_memory(err);
    return flights_init(&authority->flights, err);
}

struct authority *authority_new(
    const char *host, const char *tenant, enum authority_tenants tenants, struct azb_error *err)
{
    struct authority *authority = memory_alloc(sizeof(*authority));
    if (!authority) {
        fail_memory(err);
        return NULL;
    }
    arena_init(&authority->arena, 0);
    if (fill(authority, host, tenant, tenants, err))
        return authority;
    arena_free(&authority->arena);
    memory_free(authority);
    return NULL;
}

void authority_free(struct authority *authority)
{
    if (!authority)
        return;
    arena_free(&authority->arena);
    memory_free(authority);
}

const struct authority_name *authority_name(const struct authority *authority)
{
    return &authority->name;
}

static bool fetch(const struct authority *authority, struct http_client *http,
    struct patience patience, struct arena *arena, struct authority_endpoints *endpoints,
    struct azb_error *err)
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
    return authority_metadata_read(&authority->name, response.body, arena, endpoints, err);
}

static bool keep(
    struct authority *authority, const struct authority_endpoints *found, struct azb_error *err)
{
    struct arena *arena = &authority->arena;
    struct authority_endpoints kept = {
        .token = arena_string(arena, found->token),
        .authorization = arena_string(arena, found->authorization),
        .device = arena_string(arena, found->device),
    };
    if (!kept.token || !kept.authorization != !found->authorization ||
        !kept.device != !found->device)
        return fail_memory(err);
    authority->endpoints = kept;
    authority->known = true;
    return true;
}

/* The leader's part: what it finds stays with the authority, also for those who waited. */
static bool discover(struct authority *authority, struct http_client *http,
    struct patience patience, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct authority_endpoints found = {0};
    arena_init(&arena, 0);
    if (authority->known)
        return true;
    if (!fetch(authority, http, patience, &arena, &found, err))
        return fail_while(err, "asking %s for its metadata", authority->name.origin);
    return keep(authority, &found, err);
}

bool authority_find_endpoints(struct authority *authority, struct http_client *http,
    struct patience patience, const struct authority_endpoints **endpoints, struct azb_error *err)
{
    while (!authority->known) {
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
    *endpoints = &authority->endpoints;
    return true;
}
