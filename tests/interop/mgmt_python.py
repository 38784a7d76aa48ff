"""The management libraries of Python, unmodified, against azbd: each function is one story."""
import os
import uuid

from azure.batch import BatchClient
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.managementgroups import ManagementGroupsMgmtClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient

SUBSCRIPTION = os.environ["AZURE_SUBSCRIPTION_ID"]
GROUP = os.environ["AZURE_RESOURCE_GROUP"]
ACCOUNT = os.environ["AZURE_BATCH_ACCOUNT"]
BASE = os.environ["AZB_ARM_ENDPOINT"]
WORKER = os.environ["INTEROP_WORKER_OBJECT"]
AT_SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION}"
AT_GROUP = f"{AT_SUBSCRIPTION}/resourceGroups/{GROUP}"
AT_ACCOUNT = f"{AT_GROUP}/providers/Microsoft.Batch/batchAccounts/{ACCOUNT}"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
DENIAL = "dddddddd-dddd-4ddd-8ddd-dddddddddddd"


def credential_of(client_id, secret):
    return ClientSecretCredential(
        os.environ["AZURE_TENANT_ID"], client_id, secret,
        authority=os.environ["AZURE_AUTHORITY_HOST"], disable_instance_discovery=True)


admin = credential_of(os.environ["AZURE_CLIENT_ID"], os.environ["AZURE_CLIENT_SECRET"])
worker = credential_of(os.environ["INTEROP_WORKER_ID"], os.environ["INTEROP_WORKER_SECRET"])


def client_of(kind, credential=admin, **more):
    return kind(credential, SUBSCRIPTION, base_url=BASE,
                credential_scopes=["https://management.azure.com/.default"], **more)


def refused(code, call, *arguments, **named):
    try:
        answer = call(*arguments, **named)
        if hasattr(answer, "__iter__"):
            list(answer)
    except HttpResponseError as error:
        assert error.error and error.error.code == code, (code, str(error))
        return error
    raise AssertionError(f"{code}: was not refused")


access = client_of(AuthorizationManagementClient)
resources = client_of(ResourceManagementClient)


def role_definitions():
    name = str(uuid.uuid4())
    body = {
        "role_name": "Interop Submitter", "description": "Submits jobs", "role_type": "CustomRole",
        "assignable_scopes": [AT_SUBSCRIPTION],
        "permissions": [{"actions": ["Microsoft.Batch/batchAccounts/pools/read"],
                         "data_actions": ["Microsoft.Batch/batchAccounts/jobs/*"]}]}
    made = access.role_definitions.create_or_update(AT_SUBSCRIPTION, name, body)
    assert made.name == name and made.role_type == "CustomRole", made
    assert made.created_by == made.updated_by and made.created_on == made.updated_on
    body["description"] = "Submits jobs and nothing else"
    changed = access.role_definitions.create_or_update(AT_SUBSCRIPTION, name, body)
    assert changed.description == body["description"]
    assert changed.created_on == made.created_on
    for found in (access.role_definitions.get(AT_SUBSCRIPTION, name),
                  access.role_definitions.get_by_id(made.id),
                  access.role_definitions.get_by_id(
                      f"/providers/Microsoft.Authorization/roleDefinitions/{name}")):
        assert found.role_name == "Interop Submitter"
        assert found.permissions[0].data_actions == ["Microsoft.Batch/batchAccounts/jobs/*"]
    listed = access.role_definitions.list
    assert [r.name for r in listed(AT_ACCOUNT, filter="roleName eq 'Interop Submitter'")] == [name]
    assert [r.name for r in listed(AT_SUBSCRIPTION, filter="type eq 'CustomRole'")] == [name]
    below = list(listed(AT_SUBSCRIPTION, filter="atScopeAndBelow()"))
    assert name in [r.name for r in below] and READER in [r.name for r in below]
    body["role_name"] = "reader"
    refused("RoleDefinitionWithSameNameExists", access.role_definitions.create_or_update,
            AT_SUBSCRIPTION, str(uuid.uuid4()), body)
    assert access.role_definitions.delete(AT_SUBSCRIPTION, name).name == name
    assert access.role_definitions.delete(AT_SUBSCRIPTION, name) is None
    refused("RoleDefinitionDoesNotExist", access.role_definitions.get, AT_SUBSCRIPTION, name)


def role_assignments():
    name = str(uuid.uuid4())
    body = {"role_definition_id": f"{AT_SUBSCRIPTION}/providers/Microsoft.Authorization/"
                                  f"roleDefinitions/{READER}",
            "principal_id": WORKER, "principal_type": "ServicePrincipal", "description": "first"}
    made = access.role_assignments.create(AT_ACCOUNT, name, body)
    assert made.scope == AT_ACCOUNT and made.description == "first", made
    again = access.role_assignments.create(AT_ACCOUNT, name, dict(body, description="second"))
    assert again.description == "second" and again.updated_on >= made.created_on
    refused("RoleAssignmentExists", access.role_assignments.create, AT_ACCOUNT, str(uuid.uuid4()),
            body)
    refused("PrincipalNotFound", access.role_assignments.create, AT_ACCOUNT, str(uuid.uuid4()),
            dict(body, principal_id=str(uuid.uuid4())))
    refused("UnmatchedPrincipalType", access.role_assignments.create, AT_GROUP, str(uuid.uuid4()),
            dict(body, principal_type="User"))
    assert access.role_assignments.get_by_id(made.id).id == made.id
    own = f"principalId eq '{WORKER}'"
    for listed in (access.role_assignments.list_for_subscription(filter=own),
                   access.role_assignments.list_for_resource_group(GROUP, filter=own),
                   access.role_assignments.list_for_resource(
                       GROUP, "Microsoft.Batch", "batchAccounts", ACCOUNT, filter=own),
                   access.role_assignments.list_for_scope(
                       AT_ACCOUNT, filter=f"atScope() and assignedTo('{WORKER}')")):
        assert [a.name for a in listed] == [name]
    assert not list(access.role_assignments.list_for_scope(
        AT_GROUP, filter=f"atScope() and {own}"))
    assert access.role_assignments.delete(AT_ACCOUNT, name).name == name
    assert access.role_assignments.delete(AT_ACCOUNT, name) is None


def permissions():
    mine = list(access.permissions.list_for_resource_group(GROUP))
    assert any("*" in p.actions for p in mine), mine
    mine = list(access.permissions.list_for_resource(
        GROUP, "Microsoft.Batch", "", "batchAccounts", ACCOUNT))
    assert any("*" in p.actions for p in mine), mine
    others = client_of(AuthorizationManagementClient, worker)
    assert not list(others.permissions.list_for_resource_group(GROUP))
    assert not list(others.permissions.list_for_resource_group("there-is-none"))


def deny_assignments():
    denials = list(access.deny_assignments.list())
    assert [d.name for d in denials] == [DENIAL], denials
    assert denials[0].is_system_protected and denials[0].principals[0].type == "SystemDefined"
    assert access.deny_assignments.get(AT_SUBSCRIPTION, DENIAL).deny_assignment_name == \
        "nobody deletes pools"
    assert len(list(access.deny_assignments.list_for_scope(AT_ACCOUNT, filter="atScope()"))) == 1
    assert not list(access.deny_assignments.list(filter="denyAssignmentName eq 'another'"))


def operations():
    batch = access.provider_operations_metadata.get("Microsoft.Batch")
    types = {t.name: t for t in batch.resource_types}
    jobs = {o.name: o.is_data_action for o in types["batchAccounts/jobs"].operations}
    assert jobs["Microsoft.Batch/batchAccounts/jobs/write"] is True
    pools = {o.name: o.is_data_action for o in types["batchAccounts/pools"].operations}
    assert pools["Microsoft.Batch/batchAccounts/pools/write"] is False
    assert "Microsoft.Batch" in [p.name for p in access.provider_operations_metadata.list()]
    assert not list(access.classic_administrators.list())


def resource_groups():
    groups = resources.resource_groups
    assert not groups.check_existence("interop")
    made = groups.create_or_update("interop", {"location": "West Europe", "tags": {"a": "1"}})
    assert (made.location, made.tags) == ("westeurope", {"a": "1"}), made
    assert groups.check_existence("INTEROP")
    assert groups.create_or_update("interop", {"location": "westeurope"}).tags is None
    assert groups.update("interop", {"tags": {"b": "2"}}).tags == {"b": "2"}
    refused("InvalidResourceGroupLocation", groups.create_or_update, "interop",
            {"location": "eastus"})
    refused("LocationNotAvailableForResourceGroup", groups.create_or_update, "nowhere",
            {"location": "atlantis"})
    assert [g.name for g in groups.list(filter="tagName eq 'b' and tagValue eq '2'")] == ["interop"]
    for i in range(5):
        groups.create_or_update(f"page{i}", {"location": "eastus"})
    pages = list(groups.list(top=2).by_page())
    assert len(pages) >= 4, len(pages)
    names = [g.name for g in groups.list(top=2)]
    assert len(names) == len(set(names)) and {f"page{i}" for i in range(5)} < set(names), names
    for name in ["interop"] + [f"page{i}" for i in range(5)]:
        groups.begin_delete(name).result()
    assert not groups.check_existence("interop")
    refused("ResourceGroupNotFound", groups.get, "interop")


def lists_of_resources():
    only = "resourceType eq 'Microsoft.Batch/batchAccounts'"
    assert [r.name for r in resources.resources.list(filter=only)] == [ACCOUNT]
    assert [r.id for r in resources.resources.list_by_resource_group(GROUP)] == [AT_ACCOUNT]
    assert not list(resources.resources.list(filter="resourceType eq 'Microsoft.Storage/x'"))
    exists = resources.resources.check_existence_by_id
    assert exists(AT_ACCOUNT, api_version="2024-07-01")
    assert not exists(AT_ACCOUNT + "none", api_version="2024-07-01")


def providers():
    batch = resources.providers.get("Microsoft.Batch")
    assert batch.registration_state == "Registered"
    assert "2024-07-01" in next(
        t for t in batch.resource_types if t.resource_type == "batchAccounts").api_versions
    assert "Microsoft.Authorization" in [p.namespace for p in resources.providers.list()]
    assert resources.providers.register("Microsoft.Batch").registration_state == "Registered"
    refused("CannotUnregisterProvider", resources.providers.unregister, "Microsoft.Batch")
    refused("InvalidResourceNamespace", resources.providers.get, "Microsoft.Nothing")


def subscriptions():
    client = SubscriptionClient(admin, base_url=BASE,
                                credential_scopes=["https://management.azure.com/.default"])
    assert SUBSCRIPTION in [s.subscription_id for s in client.subscriptions.list()]
    assert client.subscriptions.get(SUBSCRIPTION).state == "Enabled"
    assert "eastus" in [one.name for one in client.subscriptions.list_locations(SUBSCRIPTION)]
    assert [t.tenant_id for t in client.tenants.list()] == [os.environ["AZB_TENANT_ID"]]


def management_groups():
    root = os.environ["AZB_TENANT_ID"]
    groups = ManagementGroupsMgmtClient(
        admin, base_url=BASE, credential_scopes=["https://management.azure.com/.default"])
    # Roles on a subscription show nothing of what it lies in.
    assert not list(groups.management_groups.list())
    refused("AuthorizationFailed", groups.management_groups.get, root)
    at_batch = "/providers/Microsoft.Management/managementGroups/batch"
    refused("AuthorizationFailed", access.role_assignments.list_for_scope, at_batch)

    # A role at a group reaches what lies in it: groups, subscriptions, accounts.
    governor = credential_of(
        os.environ["INTEROP_GOVERNOR_ID"], os.environ["INTEROP_GOVERNOR_SECRET"])
    groups = ManagementGroupsMgmtClient(
        governor, base_url=BASE, credential_scopes=["https://management.azure.com/.default"])
    assert {g.name for g in groups.management_groups.list()} == {"platform", "batch"}
    shown = groups.management_groups.get("platform", expand="children", recurse=True)
    assert shown.details.parent.name == root, shown
    names = {c.name: [d.name for d in c.children or []] for c in shown.children}
    assert names == {"batch": [SUBSCRIPTION], "99999999-9999-4999-8999-999999999999": []}, names
    governs = client_of(AuthorizationManagementClient, governor)
    seen = SubscriptionClient(governor, base_url=BASE,
                              credential_scopes=["https://management.azure.com/.default"])
    assert len(list(seen.subscriptions.list())) == 2
    role = str(uuid.uuid4())
    made = governs.role_definitions.create_or_update(at_batch, role, {
        "role_name": "Interop Of Group", "role_type": "CustomRole", "assignable_scopes": [at_batch],
        "permissions": [{"actions": ["Microsoft.Batch/batchAccounts/read"]}]})
    refused("AuthorizationFailed", access.role_definitions.create_or_update, AT_SUBSCRIPTION,
            str(uuid.uuid4()), {
                "role_name": "Interop Too High", "role_type": "CustomRole",
                "assignable_scopes": [AT_SUBSCRIPTION, at_batch],
                "permissions": [{"actions": ["Microsoft.Batch/batchAccounts/read"]}]})
    name = str(uuid.uuid4())
    governs.role_assignments.create(
        at_batch, name, {"role_definition_id": made.id, "principal_id": WORKER})
    at_account = access.role_assignments.list_for_scope(
        AT_ACCOUNT, filter=f"atScope() and principalId eq '{WORKER}'")
    assert [a.scope for a in at_account] == [at_batch]
    workers = client_of(ResourceManagementClient, worker)
    assert workers.resources.get_by_id(AT_ACCOUNT, api_version="2024-07-01").name == ACCOUNT
    governs.role_assignments.delete(at_batch, name)
    refused("AuthorizationFailed", workers.resources.get_by_id, AT_ACCOUNT,
            api_version="2024-07-01")
    governs.role_definitions.delete(at_batch, role)


def a_role_comes_and_goes():
    batch = BatchClient(os.environ["AZURE_BATCH_ENDPOINT"], worker)
    name = str(uuid.uuid4())
    for _ in range(2):
        try:
            list(batch.list_jobs())
            raise AssertionError("no role, and jobs all the same")
        except HttpResponseError as error:
            assert error.status_code == 403, error
        access.role_assignments.create(AT_ACCOUNT, name, {
            "role_definition_id": f"{AT_SUBSCRIPTION}/providers/Microsoft.Authorization/"
                                  f"roleDefinitions/{READER}",
            "principal_id": WORKER})
        assert isinstance(list(batch.list_jobs()), list)
        access.role_assignments.delete(AT_ACCOUNT, name)


STORIES = [role_definitions, role_assignments, permissions, deny_assignments, operations,
           resource_groups, lists_of_resources, providers, subscriptions, management_groups,
           a_role_comes_and_goes]

for story in STORIES:
    print("story:", story.__name__)
    story()
