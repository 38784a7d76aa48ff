"""Managed identities by MSAL Python and azure-identity, where the environment says that they run:
`python managed_identity.py PLACE`, one process each, because clients keep what they found out."""
import base64
import json
import os
import sys
import time

import msal
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CredentialUnavailableError, DefaultAzureCredential, ManagedIdentityCredential

PLACE = sys.argv[1]
BATCH = "https://batch.core.windows.net/"
USER_ASSIGNED = os.environ["INTEROP_IDENTITY_CLIENT_ID"]
SYSTEM_ASSIGNED = os.environ["INTEROP_SYSTEM_CLIENT_ID"]


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def check(token, client_id):
    c = claims(token)
    assert c["aud"] == BATCH, c
    assert c["appid"] == client_id and c["idtyp"] == "app" and c["appidacr"] == "2", c
    assert "/providers/" in c["xms_mirid"], c
    assert 23 * 3600 < c["exp"] - time.time() <= 24 * 3600, c


def by_msal(identity, client_id):
    client = msal.ManagedIdentityClient(identity, http_client=requests.Session())
    result = client.acquire_token_for_client(resource=BATCH)
    assert "access_token" in result, result
    check(result["access_token"], client_id)
    assert result["token_source"] == "identity_provider", result
    assert client.acquire_token_for_client(resource=BATCH)["token_source"] == "cache"


def by_credential(credential, client_id):
    token = credential.get_token(BATCH + "/.default")
    check(token.token, client_id)
    assert 23 * 3600 < token.expires_on - time.time() <= 24 * 3600


def refused(get, error):
    try:
        get()
    except error as e:
        return str(e)
    raise AssertionError("was not refused")


by_credential(ManagedIdentityCredential(), SYSTEM_ASSIGNED)
by_credential(DefaultAzureCredential(exclude_environment_credential=False), SYSTEM_ASSIGNED)
# Cloud Shell has no user-assigned identities, and there MSAL Python itself asks an address that is
# fixed in it (http://localhost:50342).
if PLACE != "cloud-shell":
    by_msal(msal.SystemAssignedManagedIdentity(), SYSTEM_ASSIGNED)
    by_credential(ManagedIdentityCredential(client_id=USER_ASSIGNED), USER_ASSIGNED)
    by_msal(msal.UserAssignedManagedIdentity(client_id=USER_ASSIGNED), USER_ASSIGNED)
    nobody = ManagedIdentityCredential(client_id="00000000-0000-4000-8000-000000000000")
    refused(lambda: nobody.get_token(BATCH + "/.default"),
            (ClientAuthenticationError, CredentialUnavailableError))
if PLACE in ("imds", "app-service"):
    resource_id = os.environ["INTEROP_IDENTITY_RESOURCE_ID"]
    by_msal(msal.UserAssignedManagedIdentity(resource_id=resource_id), USER_ASSIGNED)
    by_msal(msal.UserAssignedManagedIdentity(object_id=os.environ["INTEROP_IDENTITY_OBJECT_ID"]),
            USER_ASSIGNED)
print(f"python: {PLACE}")
