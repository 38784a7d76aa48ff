/* The first bytes that the proxy sees: as they are, and each beginning of them. */
#include <stddef.h>
#include <stdint.h>
#include "proxy_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct proxy_head head, shorter;
    struct text bytes = {(const char *)data, size};
    enum proxy_verdict verdict = proxy_head_read(bytes, 8443, &head);
    if (verdict != PROXY_TUNNEL && verdict != PROXY_REFUSE)
        return 0;
    if (head.length == 0 || head.length > size)
        abort();
    /* The verdict stands with the head's last byte, and does not before it. */
    struct text whole = text_slice(bytes, 0, head.length);
    if (proxy_head_read(whole, 8443, &shorter) != verdict)
        abort();
    whole.length--;
    if (proxy_head_read(whole, 8443, &shorter) != PROXY_WAIT)
        abort();
    return 0;
}
