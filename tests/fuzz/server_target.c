/*
 * A request's target and Host, from the wire to the route's values. The first byte picks the
 * method, the first line is the Host, the rest the target.
 */
#include <stddef.h>
#include <stdint.h>
#include "exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct router *router(void)
{
    static struct router *made;
    struct azb_error err = AZB_ERROR_INIT;
    if (!made)
        made = router_new(&err);
    return made;
}

static void find(struct exchange *exchange)
{
    static const char *const names[] = {"api-version", "$filter", "timeout", "x"};
    struct request *request = &exchange->request;
    struct azb_error err = AZB_ERROR_INIT;
    if (exchange->err.kind != AZB_ERROR_NONE)
        return;
    if (route_find(request, &err) && !request->route)
        abort();
    route_allow(request);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        request_query(request, names[i]);
    azb_error_free(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "X"};
    static struct exchange exchange;
    static struct service service;
    if (size < 1)
        return 0;
    service.router = router();
    char *input = calloc(1, size + 1);
    memcpy(input, data + 1, size - 1);
    char *line = strchr(input, '\n');
    char *target = line ? line + 1 : input;
    if (line)
        *line = '\0';
    exchange_start(&exchange, &service, target);
    exchange.from_proxy = data[0] & 0x80;
    if (line)
        exchange_add_header(&exchange, "Host", input);
    exchange_begin(&exchange, methods[(data[0] & 0x7f) % 7]);
    find(&exchange);
    exchange_reset(&exchange);
    free(input);
    return 0;
}
