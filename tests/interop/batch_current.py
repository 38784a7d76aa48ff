"""azure-batch 15 with azure-identity, straight at azbd: the whole story, then Microsoft's errors."""
import os
import time

from azure.batch import BatchClient, models
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import (
    ClientAuthenticationError, HttpResponseError, ResourceExistsError, ResourceNotFoundError)
from azure.identity import ClientSecretCredential

TENANT = os.environ["AZURE_TENANT_ID"]
AUTHORITY = os.environ["AZURE_AUTHORITY_HOST"]
ENDPOINT = os.environ["AZURE_BATCH_ENDPOINT"]
POOL = os.environ["INTEROP_POOL"]


def credential(client_id, secret, tenant=TENANT):
    return ClientSecretCredential(
        tenant, client_id, secret, authority=AUTHORITY, disable_instance_discovery=True)


def story(client, job):
    assert isinstance([j.id for j in client.list_jobs()], list)
    client.create_job(models.BatchJobCreateOptions(
        id=job, pool_info=models.BatchPoolInfo(pool_id=POOL),
        all_tasks_complete_mode=models.BatchAllTasksCompleteMode.NO_ACTION))
    client.create_task(job, models.BatchTaskCreateOptions(
        id="one", command_line="/bin/sh -c 'echo out; echo err >&2; exit 3'"))
    results = client.create_tasks(job, [
        models.BatchTaskCreateOptions(id=f"t{i}", command_line="/bin/true") for i in range(250)])
    assert results is not None
    deadline = time.monotonic() + 60
    while (counts := client.get_job_task_counts(job).task_counts).completed < 251:
        assert time.monotonic() < deadline, counts
        time.sleep(0.1)
    assert counts.succeeded == 250 and counts.failed == 1, counts

    task = client.get_task(job, "one")
    assert task.execution_info.exit_code == 3
    assert task.execution_info.failure_info.code == "FailureExitCode"
    assert b"".join(client.download_task_file(job, "one", "stdout.txt")) == b"out\n"
    assert b"".join(client.download_task_file(job, "one", "stderr.txt")) == b"err\n"
    assert b"".join(client.download_task_file(
        job, "one", "stdout.txt", ocp_range="bytes=1-2")) == b"ut"
    assert int(client.get_task_file_properties(job, "one", "stdout.txt").content_length) == 4
    assert len(list(client.list_tasks(job, select=["id"], max_results=100))) == 251
    assert [t.id for t in client.list_tasks(job, filter="id eq 'T7'")] == ["t7"]
    client.update_job(job, models.BatchJobUpdateOptions(priority=7))
    assert client.get_job(job).priority == 7
    client.delete_task(job, "t0")
    # azure-batch 15.1.0 cannot terminate without options, and does not export their class.
    client.begin_terminate_job(
        job, {"terminateReason": "enough"}, polling_interval=0).result()
    assert client.get_job(job).state == models.BatchJobState.COMPLETED
    client.begin_delete_job(job, polling_interval=0).result()


def refused(call, kind, *words):
    try:
        call()
    except kind as error:
        text = str(error)
        for word in words:
            assert word in text, (word, text)
        return error
    raise SystemExit(f"not refused: {words}")


me = credential(os.environ["AZURE_CLIENT_ID"], os.environ["AZURE_CLIENT_SECRET"])
client = BatchClient(ENDPOINT, me)
story(client, "current-bearer")
key = AzureNamedKeyCredential(
    os.environ["AZURE_BATCH_ACCOUNT"], os.environ["AZURE_BATCH_ACCESS_KEY"])
story(BatchClient(ENDPOINT, key), "current-shared-key")

refused(lambda: client.get_job("nobody"), ResourceNotFoundError, "JobNotFound")
client.create_job(models.BatchJobCreateOptions(
    id="twice", pool_info=models.BatchPoolInfo(pool_id=POOL)))
refused(lambda: client.create_job(models.BatchJobCreateOptions(
    id="TWICE", pool_info=models.BatchPoolInfo(pool_id=POOL))), ResourceExistsError, "JobExists")
refused(lambda: client.create_job(models.BatchJobCreateOptions(
    id="x" * 65, pool_info=models.BatchPoolInfo(pool_id=POOL))), HttpResponseError, "64")
client.begin_delete_job("twice", polling_interval=0).result()

wrong_key = AzureNamedKeyCredential(os.environ["AZURE_BATCH_ACCOUNT"], "d3Jvbmc=")
refused(lambda: list(BatchClient(ENDPOINT, wrong_key).list_jobs()), HttpResponseError,
        "AuthenticationFailed")


def lists_with(client_id, secret, tenant=TENANT, **options):
    return lambda: list(BatchClient(ENDPOINT, credential(client_id, secret, tenant),
                                    **options).list_jobs())


app, secret = os.environ["AZURE_CLIENT_ID"], os.environ["AZURE_CLIENT_SECRET"]
nothing = "11111111-2222-4333-8444-555555555555"
refused(lists_with(app, "wrong"), ClientAuthenticationError, "AADSTS7000215")
refused(lists_with(nothing, secret), ClientAuthenticationError, "AADSTS700016")
# azure-identity words this one itself, when the tenant's metadata is refused.
refused(lists_with(app, secret, nothing), ClientAuthenticationError, nothing, "check your tenant")
refused(lists_with(os.environ["INTEROP_EXPIRED_ID"], os.environ["INTEROP_EXPIRED_SECRET"]),
        ClientAuthenticationError, "AADSTS7000222")
error = refused(
    lists_with(app, secret, credential_scopes=["https://batch.core.windows.net/.default"]),
    ClientAuthenticationError, "AuthenticationFailed")
assert "slash" in error.response.text(), error.response.text()
error = refused(
    lists_with(os.environ["INTEROP_NOROLE_ID"], os.environ["INTEROP_NOROLE_SECRET"]),
    HttpResponseError, "PermissionDenied")
assert error.status_code == 403 and "Explanation" in error.response.text()
print("azure-batch 15: done")
