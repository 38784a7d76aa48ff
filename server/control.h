/*
 * control.h - the plane of /_azb/, and the plain error body that it gives.
 */
#ifndef SERVER_CONTROL_H
#define SERVER_CONTROL_H

#include "route.h"

/* {"error":{"code":...,"message":...}} */
void control_refuse(struct request *request, struct reply *reply, const struct azb_error *err);

#endif
