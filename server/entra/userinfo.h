/*
 * entra/userinfo.h - OpenID Connect's userinfo (Core section 5.3), which at Microsoft is Graph's.
 */
#ifndef SERVER_ENTRA_USERINFO_H
#define SERVER_ENTRA_USERINFO_H

#include "request.h"

/* GET and POST /{tenant}/openid/userinfo, with a delegated token for Graph. */
bool userinfo_serve(struct request *request, struct reply *reply, struct azb_error *err);
/* GET and POST https://graph.microsoft.com/oidc/userinfo: Graph's plane has checked the caller. */
bool userinfo_serve_graph(struct request *request, struct reply *reply, struct azb_error *err);

#endif
