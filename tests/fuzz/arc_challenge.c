/*
 * The WWW-Authenticate of Azure Arc's 401. Whatever it says, nothing outside of the agent's folder
 * is read: below a root that holds no such folder, no key is ever found.
 */
#include <stdint.h>

#include "entra/managed_identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    char *key = NULL;
    arena_init(&arena, 16 << 20);
    char *challenge = arena_copy(&arena, data ? (const char *)data : "", size);
    if (!challenge)
        return 0;
    /* Files that can be read are next to the root: /proc/self/../../etc/hostname is none of them.
     */
    if (arc_key_read("/proc/self", challenge, &arena, &key, &err) || key || !err.message[0])
        abort();
    return 0;
}
