/*
 * Host, tenant and metadata, one a line. Whatever is accepted leads to https at the host that was
 * named or at one of Microsoft's, and holds nothing that could split a request.
 */
#include <stdint.h>

#include "entra/authority.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_url(const char *string)
{
    struct url url;
    require(string && url_parse(text_of(string), &url));
    require(text_is(url.scheme, "https") || text_equal_nocase(url.scheme, TEXT("https")));
    for (const char *c = string; *c; c++)
        require(*c > ' ' && *c < 0x7f);
}

static void read_metadata(const struct authority_name *name, struct text body, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct authority_endpoints found = {0};
    if (!authority_metadata_read(name, body, arena, &found, &err)) {
        require(err.kind != AZB_ERROR_NONE && err.message[0]);
        return;
    }
    check_url(found.token);
    if (found.authorization)
        check_url(found.authorization);
    if (found.device)
        check_url(found.device);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scoped_arena struct arena arena = {0};
    struct text rest = {(const char *)data, size};
    struct text host = TEXT_NONE, tenant = TEXT_NONE;
    struct authority_name name;
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 16 << 20);
    if (size == 0 || !text_cut(&rest, '\n', &host) || !text_cut(&rest, '\n', &tenant))
        return 0;
    const char *host_string = text_string(&arena, host);
    const char *tenant_string = text_string(&arena, tenant);
    if (!authority_name_read(
            host_string, tenant_string, AUTHORITY_ORGANIZATIONS, &arena, &name, &err)) {
        require(err.kind == AZB_ERROR_ARGUMENT && err.message[0]);
        return 0;
    }
    check_url(authority_metadata_url(&name, &arena));
    struct authority_endpoints derived;
    require(authority_derived_endpoints(&name, &arena, &derived));
    check_url(derived.token);
    read_metadata(&name, rest, &arena);
    return 0;
}
