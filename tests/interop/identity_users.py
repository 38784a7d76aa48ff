"""azure-identity with a person at the keyboard, and applications without a secret: FLOW..."""
import base64
import json
import os
import subprocess
import sys
import threading
import webbrowser

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    ClientAssertionCredential, DefaultAzureCredential, DeviceCodeCredential, InteractiveBrowserCredential,
    OnBehalfOfCredential, WorkloadIdentityCredential)

BATCH = "https://batch.core.windows.net/"
SCOPE = BATCH + "/.default"
TENANT = os.environ["AZURE_TENANT_ID"]
PUBLIC, API, FEDERATED = (os.environ.get(f"INTEROP_{name}_ID") for name in ("PUBLIC", "API", "FEDERATED"))
OPTIONS = {"authority": os.environ["AZURE_AUTHORITY_HOST"], "disable_instance_discovery": True}


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def is_user(token, client):
    found = claims(token)
    assert found["aud"] == BATCH and found["appid"] == client, found
    assert found["scp"] == "user_impersonation" and found["upn"] == os.environ["AZB_USERNAME"], found


def is_application(token, client):
    found = claims(token)
    assert found["aud"] == BATCH and found["idtyp"] == "app" and found["appid"] == client, found


def person(*words):
    subprocess.run([os.environ["INTEROP_PERSON"], *words], check=True)


def device(uri, code, _expires):
    threading.Thread(target=person, args=("--device", uri, code)).start()


class Browser(webbrowser.BaseBrowser):
    def open(self, url, new=0, autoraise=True):
        threading.Thread(target=person, args=(url,)).start()
        return True


# Whatever browser the credential prefers is this one.
webbrowser.get = lambda using=None: Browser()
webbrowser.open = lambda url, new=0, autoraise=True: Browser().open(url)


def device_code():
    credential = DeviceCodeCredential(PUBLIC, tenant_id=TENANT, prompt_callback=device, **OPTIONS)
    record = credential.authenticate(scopes=[SCOPE])
    assert record.username == os.environ["AZB_USERNAME"]
    is_user(credential.get_token(SCOPE).token, PUBLIC)
    # The same account for another resource: by the refresh token, nobody is asked.
    arm = claims(credential.get_token("https://management.core.windows.net//.default").token)
    assert arm["aud"] == "https://management.core.windows.net/", arm


def interactive():
    credential = InteractiveBrowserCredential(
        client_id=PUBLIC, tenant_id=TENANT, login_hint=os.environ["AZB_USERNAME"], **OPTIONS)
    is_user(credential.get_token(SCOPE).token, PUBLIC)
    is_user(credential.get_token(SCOPE, enable_cae=True).token, PUBLIC)


def on_behalf_of():
    user = InteractiveBrowserCredential(client_id=PUBLIC, tenant_id=TENANT, **OPTIONS)
    assertion = user.get_token(f"api://{API}/access_as_user").token
    service = OnBehalfOfCredential(
        TENANT, API, client_secret=os.environ["INTEROP_API_SECRET"], user_assertion=assertion, **OPTIONS)
    is_user(service.get_token(SCOPE).token, API)
    bad = OnBehalfOfCredential(
        TENANT, API, client_secret=os.environ["INTEROP_API_SECRET"], user_assertion=assertion[:-8] + "AAAAAAAA", **OPTIONS)
    try:
        bad.get_token(SCOPE)
    except ClientAuthenticationError as error:
        assert "AADSTS50013" in str(error), error
    else:
        raise AssertionError("a forged assertion was taken")


def federated():
    path = os.environ["INTEROP_FEDERATED_TOKEN_FILE"]

    def assertion():
        with open(path, encoding="ascii") as file:
            return file.read().strip()

    is_application(ClientAssertionCredential(TENANT, FEDERATED, assertion, **OPTIONS).get_token(SCOPE).token, FEDERATED)
    workload = WorkloadIdentityCredential(tenant_id=TENANT, client_id=FEDERATED, token_file_path=path, **OPTIONS)
    is_application(workload.get_token(SCOPE).token, FEDERATED)


def default_workload():
    """AZURE_FEDERATED_TOKEN_FILE and its companions in the environment, and nothing in code."""
    is_application(DefaultAzureCredential().get_token(SCOPE).token, FEDERATED)


for name in sys.argv[1:]:
    globals()[name.replace("-", "_")]()
    print("azure-identity:", name)
