"""azure-mgmt-batch and azure-batch, unmodified, against azbd: each function is one story."""
import io
import os
import time
import urllib.request
import zipfile

from azure.batch import BatchClient, models as batch_models
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.batch import BatchManagementClient

SUBSCRIPTION = os.environ["AZURE_SUBSCRIPTION_ID"]
GROUP = os.environ["AZURE_RESOURCE_GROUP"]
admin = ClientSecretCredential(
    os.environ["AZURE_TENANT_ID"], os.environ["AZURE_CLIENT_ID"],
    os.environ["AZURE_CLIENT_SECRET"], authority=os.environ["AZURE_AUTHORITY_HOST"],
    disable_instance_discovery=True)
arm = BatchManagementClient(
    admin, SUBSCRIPTION, base_url=os.environ["AZB_ARM_ENDPOINT"],
    credential_scopes=["https://management.azure.com/.default"])


def refused(code, call, *arguments, **named):
    try:
        answer = call(*arguments, **named)
        if hasattr(answer, "__iter__"):
            list(answer)
    except HttpResponseError as error:
        assert error.error and error.error.code == code, (code, str(error))
        return error
    raise AssertionError(f"{code}: was not refused")


def wait_for(what, limit=30):
    until = time.monotonic() + limit
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def names_and_quotas():
    name = {"name": "story", "type": "Microsoft.Batch/batchAccounts"}
    assert arm.location.check_name_availability("westeurope", name).name_available
    taken = arm.location.check_name_availability("eastus", dict(name, name="azb"))
    assert not taken.name_available and taken.reason == "AlreadyExists", taken
    wrong = arm.location.check_name_availability("eastus", dict(name, name="A_b"))
    assert not wrong.name_available and wrong.reason == "Invalid", wrong
    assert arm.location.get_quotas("eastus").account_quota == 50
    sizes = [s.name for s in arm.location.list_supported_virtual_machine_skus("eastus", maxresults=3)]
    assert "Standard_D2s_v3" in sizes and len(sizes) == len(set(sizes)), sizes
    family = arm.location.list_supported_virtual_machine_skus(
        "eastus", filter="familyName eq 'standardDSv3Family'")
    assert {s.family_name for s in family} == {"standardDSv3Family"}
    assert "Microsoft.Batch/batchAccounts/jobs/write" in [o.name for o in arm.operations.list()]


def an_account_is_made():
    made = arm.batch_account.begin_create(GROUP, "story", {
        "location": "westeurope", "tags": {"team": "film"}, "identity": {"type": "SystemAssigned"},
        "properties": {"autoStorage": {
            "storageAccountId": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/"
                                "Microsoft.Storage/storageAccounts/store"}}}).result()
    assert made.provisioning_state == "Succeeded" and made.location == "westeurope", made
    assert made.tags == {"team": "film"} and made.identity.principal_id
    assert made.auto_storage.last_key_sync is not None
    arm.batch_account.synchronize_auto_storage_keys(GROUP, "story")
    assert [a.name for a in arm.batch_account.list_by_resource_group(GROUP)] == ["azb", "story"]
    assert "story" in [a.name for a in arm.batch_account.list()]
    changed = arm.batch_account.update(GROUP, "story", {"tags": {"team": "sound"}})
    assert changed.tags == {"team": "sound"} and changed.auto_storage is not None
    refused("InvalidAccountName", arm.batch_account.begin_create, GROUP, "A_b",
            {"location": "eastus"})
    refused("InvalidPropertyValue", arm.batch_account.update, GROUP, "story",
            {"properties": {"allowedAuthenticationModes": ["Magic"]}})
    refused("ResourceNotFound", arm.batch_account.get, GROUP, "nothing")


def keys_open_it():
    account = arm.batch_account.get(GROUP, "story")
    keys = arm.batch_account.get_keys(GROUP, "story")
    by_key = BatchClient(f"https://{account.account_endpoint}",
                         AzureNamedKeyCredential("story", keys.primary))
    assert list(by_key.list_jobs()) == []
    other = arm.batch_account.regenerate_key(GROUP, "story", {"keyName": "Primary"})
    assert other.primary != keys.primary and other.secondary == keys.secondary
    try:
        list(by_key.list_jobs())
        raise AssertionError("the old key is good")
    except HttpResponseError as error:
        assert error.status_code == 403, error
    arm.batch_account.update(GROUP, "story",
                             {"properties": {"allowedAuthenticationModes": ["AAD"]}})
    refused("Forbidden", arm.batch_account.get_keys, GROUP, "story")
    arm.batch_account.update(GROUP, "story", {
        "properties": {"allowedAuthenticationModes": ["AAD", "SharedKey"]}})
    assert arm.batch_account.get_keys(GROUP, "story").primary == other.primary


def an_application_gets_a_package():
    made = arm.application.create(GROUP, "story", "blender", {"properties": {
        "displayName": "Blender", "allowUpdates": True}})
    assert made.display_name == "Blender", made
    package = arm.application_package.create(GROUP, "story", "blender", "4.2")
    assert package.state == "Pending" and package.storage_url_expiry is not None
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("blender.txt", "it renders")
    urllib.request.urlopen(urllib.request.Request(
        package.storage_url, data=archive.getvalue(), method="PUT",
        headers={"x-ms-blob-type": "BlockBlob", "Content-Type": "application/octet-stream"}))
    active = arm.application_package.activate(
        GROUP, "story", "blender", "4.2", {"format": "zip"})
    assert active.state == "Active" and active.last_activation_time is not None
    back = urllib.request.urlopen(active.storage_url).read()
    assert back == archive.getvalue()
    arm.application.update(GROUP, "story", "blender", {"properties": {"defaultVersion": "4.2"}})
    assert arm.application.get(GROUP, "story", "blender").default_version == "4.2"
    assert [a.name for a in arm.application.list(GROUP, "story")] == ["blender"]
    assert [p.name for p in arm.application_package.list(GROUP, "story", "blender")] == ["4.2"]
    account = arm.batch_account.get(GROUP, "story")
    batch = BatchClient(f"https://{account.account_endpoint}", admin)
    assert [(a.id, a.versions) for a in batch.list_applications()] == [("blender", ["4.2"])]
    refused("ApplicationHasPackages", arm.application.delete, GROUP, "story", "blender")
    arm.application_package.delete(GROUP, "story", "blender", "4.2")
    arm.application.delete(GROUP, "story", "blender")
    assert list(arm.application.list(GROUP, "story")) == []


MACHINE = {"virtualMachineConfiguration": {
    "imageReference": {"publisher": "debian", "offer": "debian-12", "sku": "12"},
    "nodeAgentSkuId": "batch.node.debian 12"}}


def a_pool_runs_a_task():
    pool = arm.pool.create(GROUP, "story", "two", {"properties": {
        "vmSize": "STANDARD_D2S_V3", "deploymentConfiguration": MACHINE, "taskSlotsPerNode": 2,
        "scaleSettings": {"fixedScale": {"targetDedicatedNodes": 1}}}})
    assert pool.name == "two" and pool.task_slots_per_node == 2 and pool.etag, pool
    account = arm.batch_account.get(GROUP, "story")
    batch = BatchClient(f"https://{account.account_endpoint}", admin)
    batch.create_job(batch_models.BatchJobCreateOptions(
        id="j", pool_info=batch_models.BatchPoolInfo(pool_id="two")))
    batch.create_task("j", batch_models.BatchTaskCreateOptions(id="t", command_line="true"))
    wait_for(lambda: batch.get_task("j", "t").state == "completed")
    assert batch.get_task("j", "t").execution_info.exit_code == 0
    wait_for(lambda: arm.pool.get(GROUP, "story", "two").allocation_state == "Steady")
    etag = arm.pool.get(GROUP, "story", "two").etag
    changed = arm.pool.update(GROUP, "story", "two", {"properties": {
        "scaleSettings": {"fixedScale": {"targetDedicatedNodes": 2}}}}, **matching(etag))
    assert changed.scale_settings.fixed_scale.target_dedicated_nodes == 2
    assert [p.name for p in arm.pool.list_by_batch_account(GROUP, "story")] == ["two"]
    wait_for(lambda: batch.get_pool("two").current_dedicated_nodes == 2)
    try:
        arm.pool.update(GROUP, "story", "two", {"properties": {"metadata": []}}, **matching(etag))
        raise AssertionError("an old ETag is good")
    except HttpResponseError as error:
        assert error.status_code == 412, error
    assert arm.pool.disable_auto_scale(GROUP, "story", "two").name == "two"
    arm.pool.begin_delete(GROUP, "story", "two").result()
    refused("PoolNotFound", arm.pool.get, GROUP, "story", "two")
    assert list(batch.list_pools()) == []


def matching(etag):
    from azure.core import MatchConditions
    return {"etag": etag, "match_condition": MatchConditions.IfNotModified}


def what_it_has_none_of():
    assert list(arm.batch_account.list_detectors(GROUP, "story")) == []
    assert list(arm.batch_account.list_outbound_network_dependencies_endpoints(GROUP, "story")) == []
    links = [r.name for r in arm.private_link_resource.list_by_batch_account(GROUP, "story")]
    assert links == ["batchAccount", "nodeManagement"], links
    assert list(arm.private_endpoint_connection.list_by_batch_account(GROUP, "story")) == []
    assert list(arm.network_security_perimeter.list_configurations(GROUP, "story")) == []
    refused("ResourceNotFound", arm.batch_account.get_detector, GROUP, "story", "any")


def it_goes_with_all_that_is_in_it():
    account = arm.batch_account.get(GROUP, "story")
    batch = BatchClient(f"https://{account.account_endpoint}", admin)
    arm.pool.create(GROUP, "story", "last", {"properties": {
        "vmSize": "standard_d2s_v3", "deploymentConfiguration": MACHINE,
        "scaleSettings": {"fixedScale": {"targetDedicatedNodes": 1}}}})
    batch.create_job(batch_models.BatchJobCreateOptions(
        id="long", pool_info=batch_models.BatchPoolInfo(pool_id="last")))
    batch.create_task("long", batch_models.BatchTaskCreateOptions(id="t", command_line="sleep 600"))
    wait_for(lambda: batch.get_task("long", "t").state == "running")
    arm.batch_account.begin_delete(GROUP, "story").result()
    assert [a.name for a in arm.batch_account.list()] == ["azb"]
    try:
        list(batch.list_jobs())
        raise AssertionError("the account is gone and answers")
    except ResourceNotFoundError:
        pass
    arm.batch_account.begin_delete(GROUP, "story").result()


STORIES = [names_and_quotas, an_account_is_made, keys_open_it, an_application_gets_a_package,
           a_pool_runs_a_task, what_it_has_none_of, it_goes_with_all_that_is_in_it]

for story in STORIES:
    print("story:", story.__name__)
    story()
