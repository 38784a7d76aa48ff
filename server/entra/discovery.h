/*
 * entra/discovery.h - what clients read before they ask for a token. Every URL in it begins as the
 * client itself wrote this service's address (entra_base_url).
 */
#ifndef SERVER_ENTRA_DISCOVERY_H
#define SERVER_ENTRA_DISCOVERY_H

#include "request.h"

/* GET /{tenant}/.well-known/openid-configuration (v1; of "adfs" its one document) and
 * /{tenant}/v2.0/.well-known/openid-configuration. */
bool discovery_serve_v1(struct request *request, struct reply *reply, struct azb_error *err);
bool discovery_serve_v2(struct request *request, struct reply *reply, struct azb_error *err);
/* GET /{tenant}/discovery/keys and /{tenant}/discovery/v2.0/keys: RFC 7517. */
bool discovery_serve_keys_v1(struct request *request, struct reply *reply, struct azb_error *err);
bool discovery_serve_keys_v2(struct request *request, struct reply *reply, struct azb_error *err);
/* GET /common/discovery/instance: is this host an Entra login host? */
bool discovery_serve_instance(struct request *request, struct reply *reply, struct azb_error *err);
/* OPTIONS of all of them: a browser may read them from anywhere. */
bool discovery_serve_options(struct request *request, struct reply *reply, struct azb_error *err);

/* The headers of a cachable, public document. */
void discovery_headers(struct reply *reply);

#endif
