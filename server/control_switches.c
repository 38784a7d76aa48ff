/* Test controls with a few named positions: a row for each. The first position is Entra's own. */
#include "control.h"

#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "entra/entra.h"

static const char *const off_on[] = {"off", "on", NULL};

static size_t get_single_use(struct service *service)
{
    return entra_single_use_assertions(service->entra) ? 1 : 0;
}

static void set_single_use(struct service *service, size_t position)
{
    entra_set_single_use_assertions(service->entra, position == 1);
}

/* In the order of enum entra_refresh_mode. */
static const char *const refresh_modes[] = {"entra", "strict", NULL};

static size_t get_refresh_mode(struct service *service)
{
    return (size_t)entra_refresh_mode(service->entra);
}

static void set_refresh_mode(struct service *service, size_t position)
{
    entra_set_refresh_mode(service->entra, (enum entra_refresh_mode)position);
}

static size_t get_cae_tokens(struct service *service)
{
    return entra_cae_tokens(service->entra) ? 1 : 0;
}

static void set_cae_tokens(struct service *service, size_t position)
{
    entra_set_cae_tokens(service->entra, position == 1);
}

static size_t get_slow_down(struct service *service)
{
    return entra_slow_down(service->entra) ? 1 : 0;
}

static void set_slow_down(struct service *service, size_t position)
{
    entra_set_slow_down(service->entra, position == 1);
}

static const char *const access_modes[] = {"enforce", "audit", NULL};

static size_t get_access(struct service *service)
{
    return authorizer_audit(service->authorizer) ? 1 : 0;
}

static void set_access(struct service *service, size_t position)
{
    if (position != get_access(service))
        authorizer_set_audit(service->authorizer, position == 1);
}

static const struct control_switch {
    const char *name;
    const char *const *positions;
    size_t (*get)(struct service *service);
    void (*set)(struct service *service, size_t position);
} switches[] = {
    {"singleUseAssertions", off_on, get_single_use, set_single_use},
    {"refreshTokens", refresh_modes, get_refresh_mode, set_refresh_mode},
    {"caeTokens", off_on, get_cae_tokens, set_cae_tokens},
    {"slowDown", off_on, get_slow_down, set_slow_down},
    {"access", access_modes, get_access, set_access},
};

#define SWITCHES (sizeof switches / sizeof *switches)

static bool reply_switches(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    buffer_init(&out, 4096);
    json_writer_init(&writer, &out, 0);
    json_begin_object(&writer);
    for (size_t i = 0; i < SWITCHES; i++)
        json_member(
            &writer, switches[i].name, switches[i].positions[switches[i].get(request->service)]);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &out, err);
}

bool control_get_switches(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_switches(request, reply, err);
}

/* All members are read before the first switch moves: a body with a mistake changes nothing. */
bool control_set_switches(struct request *request, struct reply *reply, struct azb_error *err)
{
    size_t positions[SWITCHES];
    struct control_field fields[SWITCHES];
    for (size_t i = 0; i < SWITCHES; i++) {
        positions[i] = switches[i].get(request->service);
        fields[i] = (struct control_field){
            switches[i].name, CONTROL_CHOICE, i * sizeof positions[0], 0, 0, switches[i].positions};
    }
    if (!control_read(request, fields, SWITCHES, positions, err))
        return false;
    for (size_t i = 0; i < SWITCHES; i++)
        switches[i].set(request->service, positions[i]);
    return reply_switches(request, reply, err);
}
