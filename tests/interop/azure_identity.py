"""azure-identity against azbd: certificates, the environment's credential, the default chain."""
import os

from azure.batch import BatchClient
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import (
    CertificateCredential, CredentialUnavailableError, DefaultAzureCredential,
    EnvironmentCredential)

AUTHORITY = os.environ["AZURE_AUTHORITY_HOST"]
ENDPOINT = os.environ["AZURE_BATCH_ENDPOINT"]
CERTIFICATE_ID = os.environ["INTEROP_CERTIFICATE_ID"]
PEM = os.environ["INTEROP_CERTIFICATE_BOTH"]
VARIABLES = ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH")


def lists_jobs(name, credential):
    print("credential:", name)
    assert isinstance([job.id for job in BatchClient(ENDPOINT, credential).list_jobs()], list)


def environment(**values):
    for name in VARIABLES:
        os.environ.pop(name, None)
    os.environ.update(values)


def refused(word, credential):
    try:
        list(BatchClient(ENDPOINT, credential).list_jobs())
    except (ClientAuthenticationError, HttpResponseError) as error:
        assert word in str(error), (word, str(error))
        print("refused:", word)
    else:
        raise AssertionError(f"{word}: was not refused")


for tenant in (os.environ["AZB_TENANT_ID"], "adfs"):
    for chain in (False, True):
        lists_jobs(f"certificate, tenant {tenant}, x5c {chain}", CertificateCredential(
            tenant, CERTIFICATE_ID, PEM, authority=AUTHORITY, send_certificate_chain=chain,
            disable_instance_discovery=True))
with open(PEM, "rb") as file:
    lists_jobs("certificate from bytes", CertificateCredential(
        "adfs", CERTIFICATE_ID, certificate_data=file.read(), authority=AUTHORITY))

secret = {name: os.environ[name] for name in VARIABLES if name in os.environ}
assert secret.get("AZURE_CLIENT_SECRET"), "the environment has no secret"
lists_jobs("environment, secret", EnvironmentCredential())
lists_jobs("default, secret", DefaultAzureCredential())

environment(AZURE_CLIENT_ID=CERTIFICATE_ID, AZURE_CLIENT_CERTIFICATE_PATH=PEM)
lists_jobs("environment, certificate", EnvironmentCredential())
lists_jobs("default, certificate", DefaultAzureCredential())

# The certificate of one application is nothing to another.
refused("AADSTS700027", CertificateCredential(
    "adfs", secret["AZURE_CLIENT_ID"], PEM, authority=AUTHORITY))
environment(AZURE_CLIENT_ID=secret["AZURE_CLIENT_ID"], AZURE_CLIENT_SECRET="wrong")
refused("AADSTS7000215", EnvironmentCredential())
environment(AZURE_CLIENT_ID=os.environ["INTEROP_NOROLE_ID"],
            AZURE_CLIENT_SECRET=os.environ["INTEROP_NOROLE_SECRET"])
refused("PermissionDenied", EnvironmentCredential())
environment()
try:
    EnvironmentCredential().get_token("https://batch.core.windows.net//.default")
except CredentialUnavailableError:
    pass
else:
    raise AssertionError("no credential in the environment, and a token all the same")
