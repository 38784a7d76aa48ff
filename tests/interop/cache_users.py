"""One sign-in of a person, used by libazb and by MSAL Python from one cache file."""
import base64
import json
import os
import subprocess
import urllib.parse

import msal
import msal_extensions

AUTHORITY = os.environ["AZURE_AUTHORITY_HOST"].rstrip("/")
HOST = urllib.parse.urlsplit(AUTHORITY).hostname
TENANT, CLIENT = os.environ["AZURE_TENANT_ID"], os.environ["INTEROP_PUBLIC_ID"]
BATCH = "https://batch.core.windows.net//.default"
TOOL = os.environ["INTEROP_TOKEN_CACHE"]


def azb(verb, path, host):
    run = subprocess.run([TOOL, verb, path, host, CLIENT, TENANT, BATCH], capture_output=True, text=True)
    assert run.returncode == 0, (verb, run.stderr)
    return run.stdout.strip()


def person(code, url):
    subprocess.run([os.environ["INTEROP_PERSON"], "--device", url, code], check=True)


def application(path):
    cache = msal_extensions.PersistedTokenCache(msal_extensions.FilePersistence(path))
    return msal.PublicClientApplication(
        CLIENT, authority=f"{AUTHORITY}/{TENANT}", instance_discovery=False, token_cache=cache)


def is_users(token):
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["upn"] == os.environ["AZB_USERNAME"] and claims["scp"] == "user_impersonation", claims
    return token


def account_of(app):
    accounts = app.get_accounts()
    assert [a["username"] for a in accounts] == [os.environ["AZB_USERNAME"]], accounts
    return accounts[0]


def by_libazb():
    path = f"{os.environ['INTEROP_FOLDER']}/by_libazb.json"
    with subprocess.Popen([TOOL, "device-code", path, AUTHORITY, CLIENT, TENANT, BATCH],
                          stdout=subprocess.PIPE, text=True) as signing_in:
        person(*signing_in.stdout.readline().split())
        first = is_users(signing_in.stdout.readline().strip())
    assert signing_in.returncode == 0
    app = application(path)
    silent = app.acquire_token_silent_with_error([BATCH], account_of(app))
    assert silent["access_token"] == first and silent["token_source"] == "cache", silent
    renewed = app.acquire_token_silent_with_error([BATCH], account_of(app), force_refresh=True)
    assert is_users(renewed["access_token"]) != first, renewed
    assert renewed["token_source"] == "identity_provider", renewed
    home = account_of(app)["home_account_id"]
    run = subprocess.run([TOOL, "find", path, HOST, CLIENT, TENANT, BATCH, home],
                         capture_output=True, text=True, check=True)
    assert run.stdout.strip() == renewed["access_token"]  # and back again
    assert azb("refresh", path, AUTHORITY) not in (first, renewed["access_token"])
    print("signed in by libazb: MSAL Python goes on with the access token and the refresh token")


def by_msal():
    path = f"{os.environ['INTEROP_FOLDER']}/by_msal.json"
    app = application(path)
    flow = app.initiate_device_flow([BATCH])
    person(flow["user_code"], flow["verification_uri"])
    got = app.acquire_token_by_device_flow(flow)
    first = is_users(got["access_token"])
    home = account_of(app)["home_account_id"]
    run = subprocess.run([TOOL, "find", path, HOST, CLIENT, TENANT, BATCH, home],
                         capture_output=True, text=True, check=True)
    assert run.stdout.strip() == first
    renewed = is_users(azb("refresh", path, AUTHORITY))
    assert renewed != first
    again = application(path)
    silent = again.acquire_token_silent_with_error([BATCH], account_of(again))
    assert silent["access_token"] == renewed, "MSAL Python did not see the new token"
    with open(path, encoding="utf-8") as file:
        held = json.load(file)
    for section in ("AccessToken", "RefreshToken", "IdToken", "Account", "AppMetadata"):
        assert len(held[section]) == 1, (section, list(held[section]))
    print("signed in by MSAL Python: libazb goes on, and nothing is there twice")


by_libazb()
by_msal()
