/*
 * cli/endpoint.h - the services that azb talks to; each has its own base URL and audience.
 */
#ifndef CLI_ENDPOINT_H
#define CLI_ENDPOINT_H

enum endpoint { ENDPOINT_BATCH, ENDPOINT_ARM, ENDPOINT_GRAPH, ENDPOINTS };

#endif
