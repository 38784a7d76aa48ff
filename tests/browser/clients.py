"""MSAL Python and azure-identity sign in interactively, with BROWSER leading to a real Chromium."""
import base64
import json
import os

import azure.identity
import msal

HOST = os.environ["AZURE_AUTHORITY_HOST"].rstrip("/")
TENANT = os.environ["AZURE_TENANT_ID"]
APP = os.environ["TEST_APP"]
BATCH = "https://batch.core.windows.net//user_impersonation"


def expect(token):
    part = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert claims["scp"] == "user_impersonation", claims
    assert claims["upn"] == os.environ["AZB_USERNAME"], claims
    assert claims["appid"] == APP, claims


app = msal.PublicClientApplication(APP, authority=f"{HOST}/{TENANT}", instance_discovery=False)
result = app.acquire_token_interactive([BATCH], timeout=120)
assert "access_token" in result, result
expect(result["access_token"])
account = app.get_accounts()[0]
assert account["username"] == os.environ["AZB_USERNAME"], account
again = app.acquire_token_silent([BATCH], account, force_refresh=True)
expect(again["access_token"])
print("browser: MSAL Python")

credential = azure.identity.InteractiveBrowserCredential(
    authority=HOST, tenant_id=TENANT, client_id=APP, disable_instance_discovery=True, timeout=120)
expect(credential.get_token(BATCH).token)
print("browser: azure-identity")
