/*
 * Test controls of the signing keys. Rotating overlaps as in Entra: the new key signs, the older
 * ones stay published and accepted until they are retired.
 */
#include "control.h"

#include "base/error.h"
#include "document.h"
#include "entra/entra.h"
#include "service.h"

/* The newest one signs. */
static void write_key(struct json_writer *writer, const void *items, size_t at)
{
    const struct signing_key *const *keys = items;
    json_begin_object(writer);
    json_member(writer, "kid", keys[at]->kid);
    json_member_bool(writer, "signs", at == 0);
    json_end_object(writer);
}

static bool reply_keys(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct signing_key *keys[SIGNING_KEYS_MAX];
    size_t count = entra_keys(request->service->entra, keys, SIGNING_KEYS_MAX);
    return control_reply_list(request, reply, write_key, keys, count, err);
}

bool control_list_keys(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_keys(request, reply, err);
}

static bool make_key(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct request *request = context;
    return entra_make_key(connection, request->now, err);
}

/* A route that reads, though it writes: the new key is loaded only after its commit, and what is
 * replied is what is loaded. */
bool control_rotate_keys(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct service *service = request->service;
    if (entra_key_room(service->entra) == 0)
        return fail_status(err, 409, "TooManyKeys",
            "one run of azbd has %d signing keys at most, retired ones included: restart it",
            SIGNING_KEYS_MAX);
    return store_write_wait(service->store, make_key, request, err) &&
           entra_load_keys(service->entra, request->store, err) && reply_keys(request, reply, err);
}

struct retiring {
    struct service *service;
    struct text kid;
};

static bool retire_key(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct retiring *retiring = context;
    return entra_retire_key(retiring->service->entra, connection, retiring->kid, err);
}

bool control_retire_key(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct retiring retiring = {request->service, request->values[0]};
    if (!store_write_wait(request->service->store, retire_key, &retiring, err))
        return refuse_as(err, err->kind == AZB_ERROR_CONFLICT ? "OnlyKey" : "KeyNotFound");
    return reply_keys(request, reply, err);
}
