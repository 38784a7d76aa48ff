/*
 * ca.h - the local certificate authority of a state and the server's certificate.
 *
 * STATE/ca.pem (0644) and ca.key, server.pem, server.key (0600), ca-bundle.pem (0644: the system's
 * roots and ours). The authority can vouch for loopback addresses and the names of hosts.h only
 * (critical name constraints), and is never installed system-wide. Both keys are P-256. What
 * expires within 30 days, or names other hosts than hosts.h does, is made anew at start.
 */
#ifndef SERVER_CA_H
#define SERVER_CA_H

#include "base/text.h"
#include "service.h"

/* Makes what is missing; fills both with PEM. The caller frees the buffers. */
bool ca_open(
    struct service *service, struct buffer *certificate, struct buffer *key, struct azb_error *err);

#endif
