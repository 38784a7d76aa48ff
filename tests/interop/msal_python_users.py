"""MSAL Python with a person at the keyboard, and for APIs and pipelines: AUTHORITY FLOW...

AUTHORITY is what stands before the tenant: "direct" (localhost, no instance discovery), "adfs" (the
tenant that needs no option at all) or "public" (login.microsoftonline.com, inside of `azb run`).
"""
import base64
import json
import os
import subprocess
import sys
import threading
import webbrowser

import msal

BATCH = "https://batch.core.windows.net/"
SCOPES = [BATCH + "/.default"]
PUBLIC, API, FEDERATED = (os.environ[f"INTEROP_{name}_ID"] for name in ("PUBLIC", "API", "FEDERATED"))
HOST = os.environ["AZURE_AUTHORITY_HOST"].rstrip("/")
AUTHORITIES = {
    "direct": {"authority": f"{HOST}/{os.environ['AZURE_TENANT_ID']}", "instance_discovery": False},
    "adfs": {"authority": f"{HOST}/adfs"},
    "public": {"authority": f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}"},
}
OPTIONS = AUTHORITIES[sys.argv[1]]
ADFS = sys.argv[1] == "adfs"


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def good(result):
    assert "access_token" in result, result
    return result


def person(*words):
    """Without the person nobody would ever end the wait for the answer."""
    if subprocess.run([os.environ["INTEROP_PERSON"], *words], check=False).returncode != 0:
        os._exit(1)


class Browser(webbrowser.BaseBrowser):
    def open(self, url, new=0, autoraise=True):
        threading.Thread(target=person, args=(url,)).start()
        return True


webbrowser.get = lambda using=None: Browser()
webbrowser.open = lambda url, new=0, autoraise=True: Browser().open(url)


def is_user(result, client):
    found = claims(good(result)["access_token"])
    assert found["aud"] == BATCH and found["appid"] == client and found["idtyp"] == "user", found
    assert found["scp"] == "user_impersonation" and found["upn"] == os.environ["AZB_USERNAME"], found
    assert found["tid"] == os.environ["AZURE_TENANT_ID"], found


def silent(app, result):
    """From the cache, by the refresh token for another resource, and by force."""
    [account] = app.get_accounts()
    assert account["username"] == os.environ["AZB_USERNAME"], account
    cached = good(app.acquire_token_silent(SCOPES, account))
    assert cached["access_token"] == result["access_token"] and cached["token_source"] == "cache"
    arm = good(app.acquire_token_silent(["https://management.core.windows.net//.default"], account))
    assert claims(arm["access_token"])["aud"] == "https://management.core.windows.net/", arm
    forced = good(app.acquire_token_silent(SCOPES, account, force_refresh=True))
    assert forced["access_token"] != result["access_token"]
    if not ADFS:
        assert account["home_account_id"] == \
            f"{account['local_account_id']}.{os.environ['AZURE_TENANT_ID']}", account


def device_code():
    app = msal.PublicClientApplication(PUBLIC, **OPTIONS)
    flow = app.initiate_device_flow(SCOPES)
    assert "enter the code " + flow["user_code"] in flow["message"], flow
    threading.Thread(
        target=person, args=("--device", flow["verification_uri"], flow["user_code"])).start()
    result = app.acquire_token_by_device_flow(flow)
    is_user(result, PUBLIC)
    assert result["id_token_claims"]["aud"] == PUBLIC
    silent(app, result)


def device_declined():
    app = msal.PublicClientApplication(PUBLIC, **OPTIONS)
    flow = app.initiate_device_flow(SCOPES)
    person("--answer", "no", "--device", flow["verification_uri"], flow["user_code"])
    result = app.acquire_token_by_device_flow(flow)
    assert result["error"] == "authorization_declined", result


def interactive():
    app = msal.PublicClientApplication(PUBLIC, client_capabilities=["cp1"], **OPTIONS)
    result = app.acquire_token_interactive(SCOPES, login_hint=os.environ["AZB_USERNAME"])
    is_user(result, PUBLIC)
    assert claims(result["access_token"])["xms_cc"] == ["cp1"], claims(result["access_token"])
    silent(app, result)


def on_behalf_of():
    user = msal.PublicClientApplication(PUBLIC, **OPTIONS)
    assertion = good(user.acquire_token_interactive([f"api://{API}/access_as_user"]))["access_token"]
    service = msal.ConfidentialClientApplication(
        API, client_credential=os.environ["INTEROP_API_SECRET"], **OPTIONS)
    is_user(service.acquire_token_on_behalf_of(assertion, SCOPES), API)
    refused = service.acquire_token_on_behalf_of(assertion[:-8] + "AAAAAAAA", SCOPES)
    assert refused["error_codes"] == [50013], refused
    storage = service.acquire_token_on_behalf_of(
        assertion, ["https://storage.azure.com/user_impersonation"])
    assert storage["error_codes"] == [65001] and storage["suberror"] == "consent_required", storage


def federated():
    def assertion():
        with open(os.environ["INTEROP_FEDERATED_TOKEN_FILE"], encoding="ascii") as file:
            return file.read().strip()

    credential = {"client_assertion": assertion}
    app = msal.ConfidentialClientApplication(FEDERATED, client_credential=credential, **OPTIONS)
    found = claims(good(app.acquire_token_for_client(SCOPES))["access_token"])
    assert found["appid"] == FEDERATED and found["appidacr"] == "2", found
    wrong = msal.ConfidentialClientApplication(API, client_credential=credential, **OPTIONS)
    assert wrong.acquire_token_for_client(SCOPES)["error_codes"] == [700211]


for name in sys.argv[2:]:
    globals()[name.replace("-", "_")]()
    print(f"MSAL Python ({sys.argv[1]}):", name)
