"""The program of Microsoft's article "Authenticate Azure Batch services with Microsoft Entra ID".

It has production URLs and knows nothing of azbd. Only ids and the secret, which everybody has to
fill in, come from the environment. azure-batch 14, azure-common, msrestazure, adal.
"""
import io
import os
import sys
import time

from azure.batch import BatchServiceClient
from azure.batch import models
from azure.common.credentials import ServicePrincipalCredentials

TENANT_ID = os.environ["ARTICLE_TENANT_ID"]
RESOURCE = "https://batch.core.windows.net/"
BATCH_ACCOUNT_URL = os.environ.get("ARTICLE_BATCH_URL", "https://azb.eastus.batch.azure.com")
CLIENT_ID = os.environ["ARTICLE_CLIENT_ID"]
SECRET = os.environ["ARTICLE_SECRET"]

credentials = ServicePrincipalCredentials(
    client_id=CLIENT_ID,
    secret=SECRET,
    tenant=TENANT_ID,
    resource=RESOURCE,
)
batch_client = BatchServiceClient(credentials, batch_url=BATCH_ACCOUNT_URL)

POOL = os.environ["ARTICLE_POOL"]
JOB = os.environ.get("ARTICLE_JOB", "article-job")

print("jobs:", sorted(job.id for job in batch_client.job.list()))
batch_client.job.add(models.JobAddParameter(id=JOB, pool_info=models.PoolInformation(pool_id=POOL)))
batch_client.task.add(
    JOB, models.TaskAddParameter(id="one", command_line="/bin/echo hello from the article"))
added = batch_client.task.add_collection(
    JOB,
    [models.TaskAddParameter(id=f"many-{i}", command_line="/bin/true") for i in range(150)])
assert len(added.value) == 150, len(added.value)
assert all(str(item.status) in ("success", "TaskAddStatus.success") for item in added.value)

deadline = time.monotonic() + 60
while True:
    counts = batch_client.job.get_task_counts(JOB).task_counts
    if counts.completed == 151:
        break
    assert time.monotonic() < deadline, counts
    time.sleep(0.1)
assert counts.succeeded == 151, counts

task = batch_client.task.get(JOB, "one")
assert task.state == models.TaskState.completed and task.execution_info.exit_code == 0
listed = list(batch_client.task.list(JOB, models.TaskListOptions(max_results=40, select="id,state")))
assert len(listed) == 151, len(listed)
found = list(batch_client.task.list(JOB, models.TaskListOptions(filter="startswith(id,'many-1')")))
assert len(found) == 61, len(found)

output = io.BytesIO()
for piece in batch_client.file.get_from_task(JOB, "one", "stdout.txt"):
    output.write(piece)
sys.stdout.write("stdout.txt: " + output.getvalue().decode())
names = sorted(f.name for f in batch_client.file.list_from_task(JOB, "one"))
assert "stdout.txt" in names and "stderr.txt" in names, names

try:
    batch_client.pool.add(models.PoolAddParameter(id="refused", vm_size="standard_a1"))
    raise SystemExit("a pool was created without the right to")
except models.BatchErrorException as error:
    print("pool refused:", error.response.status_code, error.error.code)

batch_client.job.terminate(JOB)
batch_client.job.delete(JOB)
print("article: done")
