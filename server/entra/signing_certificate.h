/*
 * entra/signing_certificate.h - the self-signed certificate that a signing key is published with.
 */
#ifndef SERVER_ENTRA_SIGNING_CERTIFICATE_H
#define SERVER_ENTRA_SIGNING_CERTIFICATE_H

#include "base/crypto.h"

/* DER in the arena, for the RSA private key in `pem`. Good for 5 years from `now` (ticks): clients
 * use it as a container of the key and do not look at its dates. */
bool signing_certificate(
    struct text pem, int64_t now, struct arena *arena, struct text *der, struct azb_error *err);

#endif
