/*
 * The errors of Entra that people meet most, with applications and by themselves, and what to do
 * next. docs/sign-in.md has the same as a table.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
#include "entra/token_response.h"

static const struct {
    int64_t code;
    const char *advice;
} rows[] = {
    {7000215,
        "Check that the secret's value was copied, not the secret's id: the value is shown only "
        "once, when the secret is made. `azb app secret add` makes a new one."},
    {7000222, "The client secret has expired: make a new one with `azb app secret add`."},
    {7000218,
        "The application is confidential: it needs a client secret or a certificate. For people's "
        "sign-in by code, allow public client flows (`azb app update --public-client true`)."},
    {700025, "The application is registered as a public client: take the secret or certificate "
             "away, or register it as a confidential one."},
    {700016,
        "There is no application with this client id in this tenant: check AZURE_CLIENT_ID and "
        "AZURE_TENANT_ID, and that it has a service principal there."},
    {7000112, "The application is disabled in this tenant: an administrator can enable its service "
              "principal."},
    {90002, "There is no such tenant at this authority: check AZURE_TENANT_ID, and "
            "AZURE_AUTHORITY_HOST for the right cloud."},
    {900023, "The tenant must be a GUID or a domain name: check AZURE_TENANT_ID."},
    {500011, "The resource is not known in this tenant: write it exactly as registered, for Batch "
             "https://batch.core.windows.net/ with its final slash, and check the cloud."},
    {1002012, "An application asks for a resource with /.default behind it: for Batch that is "
              "https://batch.core.windows.net//.default, with two slashes."},
    {70011, "The scope is malformed: for Batch it is https://batch.core.windows.net//.default."},
    {700022, "One request can name one resource only: ask for each one by itself."},
    {700027, "The certificate is not registered for this application, or has expired: upload its "
             "public part with `azb app certificate add`, and check that the thumbprints agree."},
    {700024, "The assertion is outside its time range: set this machine's clock."},
    {700023, "The assertion was made for another endpoint: check the authority host."},
    {700030, "The certificate's subject name is not among those that the application trusts."},
    {50027, "The assertion is malformed: services that know no PS256 need RS256."},
    {53003, "A conditional access policy forbids it: an administrator can see which one in the "
            "sign-in logs."},
    {50194, "The application has one tenant: name it instead of a shared one."},
    {700211, "No federated credential of the application has this issuer: compare with `azb app "
             "federated-credential list`, to the byte."},
    {700212, "The audience of the other issuer's token must be that of the federated credential, "
             "api://AzureADTokenExchange if nothing else was said."},
    {700213, "No federated credential of the application has this subject: compare with `azb app "
             "federated-credential list`, to the byte."},
    {50011, "Register this redirect URI for the application (`azb app update --redirect-uri`): for "
            "azb http://localhost, of the kind for desktop applications."},
    {50076, "More than a password is asked for: sign in again, in the browser."},
    {50105, "The user is not assigned to the application: an administrator can do that."},
    {50173, "The password was changed, or the sign-in was ended: sign in again."},
    {65001, "Nobody has consented to what the application asks for: sign in again and accept, or "
            "`azb app permission consent` for everybody."},
    {65004, "Sign in again and accept, if you trust the application."},
    {650057, "The application does not ask for a permission of this resource: `azb app permission "
             "add`, or API permissions in Entra."},
    {70008, "It has expired: sign in again."},
    {700082, "Nobody has used this sign-in for too long: sign in again."},
    {90093, "An administrator of the tenant has to consent: `azb app permission consent`, or "
            "Enterprise applications in Entra."},
    {90094, "An administrator of the tenant has to consent: `azb app permission consent`, or "
            "Enterprise applications in Entra."},
};

const char *token_advice(int64_t code)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].code == code)
            return rows[i].advice;
    return NULL;
}
