"""MSAL Python and libazb with one cache file, in both directions and at once."""
import json
import os
import subprocess
import urllib.parse

import msal
import msal_extensions

HOST = os.environ["AZURE_AUTHORITY_HOST"].rstrip("/")
ENVIRONMENT = urllib.parse.urlsplit(HOST).hostname  # MSAL Python's keys have no port
TENANT, CLIENT = os.environ["AZURE_TENANT_ID"], os.environ["AZURE_CLIENT_ID"]
FOLDER = os.environ["INTEROP_FOLDER"]
BATCH = "https://batch.core.windows.net//.default"
HOME, USERNAME = f"0a0b0c0d-0000-0000-0000-000000000001.{TENANT}", "ann@contoso.com"


def azb(verb, path, *arguments, secrets=()):
    names = [] if verb in ("accounts", "remove") else [ENVIRONMENT, CLIENT, TENANT]
    run = subprocess.run(
        [os.environ["INTEROP_TOKEN_CACHE"], verb, path, *names, *arguments],
        input="".join(secret + "\n" for secret in secrets), capture_output=True, text=True)
    assert run.returncode == 0 and not run.stderr, (verb, run.stderr)
    return run.stdout.strip()


def cache(path):
    return msal_extensions.PersistedTokenCache(msal_extensions.FilePersistence(path))


def confidential(path):
    return msal.ConfidentialClientApplication(
        CLIENT, client_credential=os.environ["AZURE_CLIENT_SECRET"],
        authority=f"{HOST}/{TENANT}", instance_discovery=False, token_cache=cache(path))


class Recorder:
    """Answers metadata requests and keeps what is posted to the token endpoint."""

    def __init__(self):
        self.posted = []

    def get(self, url, **_):
        return Answer(200, {
            "issuer": f"{HOST}/{TENANT}/v2.0",
            "authorization_endpoint": f"{HOST}/{TENANT}/oauth2/v2.0/authorize",
            "token_endpoint": f"{HOST}/{TENANT}/oauth2/v2.0/token"})

    def post(self, url, data=None, **_):
        self.posted.append(data)
        return Answer(400, {"error": "invalid_grant", "error_description": "for this test"})

    def close(self):
        pass


class Answer:
    def __init__(self, status, body):
        self.status_code, self.text, self.headers = status, json.dumps(body), {}

    def raise_for_status(self):
        assert self.status_code < 400


def theirs_then_ours():
    path = f"{FOLDER}/theirs.json"
    assert azb("find", path, BATCH) == ""
    got = confidential(path).acquire_token_for_client([BATCH])
    assert got["token_source"] == "identity_provider", got
    assert azb("find", path, BATCH) == got["access_token"]
    assert azb("accounts", path) == ""
    print("what MSAL Python wrote, libazb finds")


def ours_then_theirs():
    path = f"{FOLDER}/ours.json"
    azb("save", path, BATCH, secrets=["token-of-azb"])
    got = confidential(path).acquire_token_for_client([BATCH])
    assert got["access_token"] == "token-of-azb" and got["token_source"] == "cache", got
    print("what libazb wrote, MSAL Python finds")


def user():
    path = f"{FOLDER}/user.json"
    azb("save", path, BATCH, HOME, USERNAME, secrets=["at-of-ann", "rt-of-ann"])
    network = Recorder()
    app = msal.PublicClientApplication(CLIENT, authority=f"{HOST}/{TENANT}", http_client=network,
                                       instance_discovery=False, token_cache=cache(path))
    accounts = app.get_accounts()
    assert [a["username"] for a in accounts] == [USERNAME], accounts
    assert accounts[0]["home_account_id"] == HOME
    silent = app.acquire_token_silent([BATCH], accounts[0])
    assert silent["access_token"] == "at-of-ann" and not network.posted, silent
    app.acquire_token_silent_with_error([BATCH], accounts[0], force_refresh=True)
    assert network.posted[-1]["refresh_token"] == "rt-of-ann", network.posted
    app.remove_account(accounts[0])
    assert azb("accounts", path) == "" and azb("find", path, BATCH, HOME) == ""
    print("a user that libazb signed in: listed, silent, refreshed and removed by MSAL Python")


def user_of_theirs():
    path = f"{FOLDER}/user2.json"
    import base64

    def encoded(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    claims = {"oid": "1", "sub": "1", "preferred_username": USERNAME, "tid": TENANT}
    cache(path).add({
        "client_id": CLIENT, "scope": [BATCH], "environment": ENVIRONMENT,
        "token_endpoint": f"{HOST}/{TENANT}/oauth2/v2.0/token", "grant_type": "authorization_code",
        "response": {
            "access_token": "at", "refresh_token": "rt", "expires_in": 3600,
            "id_token": f"{encoded({})}.{encoded(claims)}.",
            "client_info": encoded({"uid": HOME.split(".")[0], "utid": TENANT})}})
    assert azb("find", path, BATCH, HOME) == "at"
    assert azb("refresh-token", path, BATCH) == f"{HOME} rt"
    assert azb("accounts", path) == f"{HOME} {USERNAME} {ENVIRONMENT} {CLIENT}"
    azb("remove", path, HOME)
    assert cache(path).serialize() and not list(cache(path).search("RefreshToken", query={}))
    print("a user that MSAL Python signed in: found, listed and removed by libazb")


def at_once():
    path = f"{FOLDER}/both.json"
    shared = cache(path)
    ours = subprocess.Popen(
        [os.environ["INTEROP_TOKEN_CACHE"], "many", path, ENVIRONMENT, CLIENT, TENANT, "-", "150",
         "ours"], stderr=subprocess.PIPE, text=True)
    for i in range(25):
        shared.add({
            "client_id": CLIENT, "scope": [f"theirs{i}"], "environment": ENVIRONMENT,
            "token_endpoint": f"{HOST}/{TENANT}/oauth2/v2.0/token",
            "response": {"access_token": f"theirs{i}", "expires_in": 3600}})
    errors = ours.communicate()[1]
    assert ours.returncode == 0 and not errors, errors
    with open(path, encoding="utf-8") as file:
        held = {entry["secret"] for entry in json.load(file)["AccessToken"].values()}
    missing = ({f"theirs{i}" for i in range(25)} | {f"ours{i}" for i in range(150)}) - held
    assert not missing, sorted(missing)
    assert not os.path.exists(path + ".lockfile")
    print("both at once: 25 and 150 tokens, none lost")


theirs_then_ours()
ours_then_theirs()
user()
user_of_theirs()
at_once()
