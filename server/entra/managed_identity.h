/*
 * entra/managed_identity.h - the endpoints where programs get the tokens of managed identities, as
 * machines of Azure have them: IMDS, App Service, Azure ML and Cloud Shell.
 *
 * Which identity: directory/managed_identity.h. App Service and Azure ML ask for the state's secret
 * (STATE/identity-header, 0600). IMDS and Cloud Shell ask for nothing but the header Metadata, as
 * theirs do: whoever runs on this machine may be the identity. So they answer only on loopback
 * names and as 169.254.169.254 through the proxy, and not at all with --allow-remote.
 *
 * Sources: Microsoft's "How to use managed identities on an Azure VM to acquire an access token",
 * "How to use managed identities for App Service and Azure Functions", and what MSAL and
 * azure-identity send and read.
 */
#ifndef SERVER_ENTRA_MANAGED_IDENTITY_H
#define SERVER_ENTRA_MANAGED_IDENTITY_H

#include "route.h"

serve_fn identity_serve_imds;        /* GET /metadata/identity/oauth2/token */
serve_fn identity_serve_app_service; /* GET /msi/token, Azure ML too: by api-version */
serve_fn identity_serve_cloud_shell; /* POST /msi/token */

#endif
