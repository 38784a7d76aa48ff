"""MSAL Python against azbd: secret, certificate, cache, and Entra's own errors."""
import os
import sys

import msal

AUTHORITY = f"{os.environ['AZURE_AUTHORITY_HOST'].rstrip('/')}/{os.environ['AZURE_TENANT_ID']}"
BATCH = ["https://batch.core.windows.net//.default"]


def application(client_id, secret, authority=AUTHORITY):
    return msal.ConfidentialClientApplication(
        client_id, client_credential=secret, authority=authority, instance_discovery=False)


def token(app, scopes=BATCH):
    result = app.acquire_token_for_client(scopes)
    assert "access_token" in result, result
    return result


client_id = os.environ["AZURE_CLIENT_ID"]
app = application(client_id, os.environ["AZURE_CLIENT_SECRET"])
first = token(app)
assert first["token_source"] == "identity_provider" and first["expires_in"] > 3000, first
assert token(app)["token_source"] == "cache"

with open(os.environ["INTEROP_CERTIFICATE_KEY"], encoding="ascii") as file:
    private_key = file.read()
with open(os.environ["INTEROP_CERTIFICATE"], encoding="ascii") as file:
    public_certificate = file.read()
certificate_id = os.environ["INTEROP_CERTIFICATE_ID"]
for name, credential in {
        "sha-1 thumbprint (RS256)": {
            "thumbprint": os.environ["INTEROP_THUMBPRINT"], "private_key": private_key},
        "with x5c": {
            "thumbprint": os.environ["INTEROP_THUMBPRINT"], "private_key": private_key,
            "public_certificate": public_certificate},
        "sha-256 (PS256)": {
            "private_key": private_key, "public_certificate": public_certificate},
}.items():
    print("certificate:", name)
    token(application(certificate_id, credential))


def refused(app, word, scopes=BATCH):
    result = app.acquire_token_for_client(scopes)
    assert word in result.get("error_description", ""), (word, result)
    assert int(word.removeprefix("AADSTS")) in result["error_codes"], result
    return result


nothing = "11111111-2222-4333-8444-555555555555"
assert refused(application(client_id, "wrong"), "AADSTS7000215")["error"] == "invalid_client"
refused(application(nothing, "wrong"), "AADSTS700016")
refused(application(os.environ["INTEROP_EXPIRED_ID"], os.environ["INTEROP_EXPIRED_SECRET"]),
        "AADSTS7000222")
refused(app, "AADSTS500011", ["https://nobody.example/.default"])
refused(app, "AADSTS1002012", ["https://batch.core.windows.net//user_impersonation"])
try:
    application(client_id, "x", AUTHORITY.rsplit("/", 1)[0] + "/" + nothing).acquire_token_for_client(
        BATCH)
    sys.exit("an unknown tenant was accepted")
except ValueError as error:
    print("unknown tenant:", str(error).splitlines()[0])
print("MSAL Python: done")
