"""msgraph-sdk for Python, unmodified, with production URLs: each function is one story."""
import asyncio
import os
import uuid

from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.applications.applications_request_builder import ApplicationsRequestBuilder
from msgraph.generated.applications.item.add_password.add_password_post_request_body import (
    AddPasswordPostRequestBody)
from msgraph.generated.applications.item.remove_password.remove_password_post_request_body import (
    RemovePasswordPostRequestBody)
from msgraph.generated.directory_objects.get_by_ids.get_by_ids_post_request_body import (
    GetByIdsPostRequestBody)
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.application import Application
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_auth2_permission_grant import OAuth2PermissionGrant
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.required_resource_access import RequiredResourceAccess
from msgraph.generated.models.resource_access import ResourceAccess
from msgraph.generated.models.service_principal import ServicePrincipal
from msgraph.generated.models.user import User
from msgraph.generated.models.web_application import WebApplication
from msgraph.generated.service_principals.item.get_member_groups.get_member_groups_post_request_body import (
    GetMemberGroupsPostRequestBody)
from msgraph_core.tasks.page_iterator import PageIterator

SCOPES = ["https://graph.microsoft.com/.default"]
GRAPH_APP = "00000003-0000-0000-c000-000000000000"
DIRECTORY_READ_ALL = "7ab1d382-f21e-4acd-a863-ba3e13f7da61"


def client_of(client_id, secret):
    credential = ClientSecretCredential(os.environ["AZURE_TENANT_ID"], client_id, secret)
    return GraphServiceClient(credential, SCOPES)


admin = client_of(os.environ["AZURE_CLIENT_ID"], os.environ["AZURE_CLIENT_SECRET"])


async def refused(status, code, call):
    try:
        await call
    except ODataError as error:
        assert error.response_status_code == status, error
        assert error.error.code == code, error.error.code
        assert error.error.inner_error.request_id, "no request-id"
        return error.error.message
    raise AssertionError("it was not refused")


def reference(object_id):
    return ReferenceCreate(odata_id=f"https://graph.microsoft.com/v1.0/directoryObjects/{object_id}")


def query(kind, **parameters):
    return RequestConfiguration(query_parameters=kind(**parameters))


APPS = ApplicationsRequestBuilder.ApplicationsRequestBuilderGetQueryParameters
GROUPS = GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters


async def applications():
    made = await admin.applications.post(Application(
        display_name="sdk app", tags=["a", "b"], notes="by the SDK",
        web=WebApplication(home_page_url="https://example.com", redirect_uris=["https://example.com/cb"]),
        required_resource_access=[RequiredResourceAccess(resource_app_id=GRAPH_APP, resource_access=[
            ResourceAccess(id=uuid.UUID(DIRECTORY_READ_ALL), type="Role")])]))
    one = admin.applications.by_application_id(made.id)
    got = await one.get()
    assert got.tags == ["a", "b"] and got.web.home_page_url == "https://example.com", got
    assert got.required_resource_access[0].resource_access[0].type == "Role"
    await one.patch(Application(display_name="sdk application", tags=[]))
    found = await admin.applications.get(query(APPS, filter="startswith(displayName,'sdk app')"))
    assert [app.display_name for app in found.value] == ["sdk application"], found.value
    found = await admin.applications.get(query(APPS, filter=f"appId in ('{made.app_id}')", select=["id"]))
    assert [app.id for app in found.value] == [made.id] and found.value[0].display_name is None
    secret = await one.add_password.post(AddPasswordPostRequestBody(
        password_credential=PasswordCredential(display_name="first")))
    assert len(secret.secret_text) == 40
    owners = await one.owners.get()
    assert len(owners.value) == 1, owners.value
    await refused(404, "Request_ResourceNotFound",
                  admin.applications.by_application_id(str(uuid.uuid4())).get())
    message = await refused(400, "Request_UnsupportedQuery",
                            admin.applications.get(query(APPS, filter="colour eq 'red'")))
    assert "colour" in message, message
    return made, secret


async def principal_with_a_permission(app, secret):
    """Application permissions: asked for, given, in the token, and enough."""
    principal = await admin.service_principals.post(ServicePrincipal(app_id=app.app_id))
    graph = await admin.service_principals_with_app_id(GRAPH_APP).get()
    role = next(role for role in graph.app_roles if role.value == "Directory.Read.All")
    await refused(403, "Authorization_RequestDenied",
                  client_of(app.app_id, secret.secret_text).groups.get())
    given = await admin.service_principals.by_service_principal_id(principal.id) \
        .app_role_assignments.post(AppRoleAssignment(
            principal_id=uuid.UUID(principal.id), resource_id=uuid.UUID(graph.id), app_role_id=role.id))
    assert given.principal_display_name == "sdk application", given
    reader = client_of(app.app_id, secret.secret_text)
    await reader.groups.get()
    await refused(403, "Authorization_RequestDenied", reader.groups.post(Group(
        display_name="x", mail_nickname="x", mail_enabled=False, security_enabled=True)))
    grant = await admin.oauth2_permission_grants.post(OAuth2PermissionGrant(
        client_id=principal.id, consent_type="AllPrincipals", resource_id=graph.id, scope="User.Read"))
    grants = await admin.oauth2_permission_grants.get()
    assert grant.id in [one.id for one in grants.value]
    await admin.oauth2_permission_grants.by_o_auth2_permission_grant_id(grant.id).delete()
    return principal


async def groups(principal):
    user = await admin.users.post(User(
        display_name="Sue", user_principal_name="sue@azb.onmicrosoft.com", mail_nickname="sue",
        account_enabled=True, job_title="tester",
        password_profile=PasswordProfile(password="a long password", force_change_password_next_sign_in=False)))
    outer = await admin.groups.post(Group(
        display_name="outer", mail_nickname="outer", mail_enabled=False, security_enabled=True))
    inner = await admin.groups.post(Group(
        display_name="inner", mail_nickname="inner", mail_enabled=False, security_enabled=True,
        additional_data={"members@odata.bind": [
            f"https://graph.microsoft.com/v1.0/users/{user.id}",
            f"https://graph.microsoft.com/v1.0/servicePrincipals/{principal.id}"]}))
    of_outer = admin.groups.by_group_id(outer.id)
    await of_outer.members.ref.post(reference(inner.id))
    message = await refused(400, "Request_BadRequest", of_outer.members.ref.post(reference(inner.id)))
    assert "already exist" in message, message
    members = await admin.groups.by_group_id(inner.id).members.get()
    assert sorted(type(one).__name__ for one in members.value) == ["ServicePrincipal", "User"]
    everybody = await of_outer.transitive_members.get()
    assert len(everybody.value) == 3, everybody.value
    users = await of_outer.transitive_members.graph_user.get()
    assert [one.display_name for one in users.value] == ["Sue"], users.value
    above = await admin.service_principals.by_service_principal_id(principal.id) \
        .get_member_groups.post(GetMemberGroupsPostRequestBody(security_enabled_only=False))
    assert sorted(above.value) == sorted([inner.id, outer.id]), above.value
    await admin.groups.by_group_id(inner.id).owners.ref.post(reference(user.id))
    owned = await admin.users.by_user_id(user.id).owned_objects.get()
    assert [one.id for one in owned.value] == [inner.id]
    stubs = await admin.directory_objects.get_by_ids.post(GetByIdsPostRequestBody(
        ids=[user.id, outer.id, str(uuid.uuid4())], types=["user", "group"]))
    assert sorted(type(one).__name__ for one in stubs.value) == ["Group", "User"]
    await of_outer.members.by_directory_object_id(inner.id).ref.delete()
    await refused(404, "Request_ResourceNotFound",
                  of_outer.members.by_directory_object_id(inner.id).ref.delete())
    await of_outer.delete()
    await admin.users.by_user_id("sue@azb.onmicrosoft.com").delete()


async def pages():
    """The SDK's own iterator follows nextLink over all of them."""
    for number in range(7):
        await admin.groups.post(Group(display_name=f"page {number}", mail_nickname=f"page{number}",
                                      mail_enabled=False, security_enabled=True))
    first = await admin.groups.get(
        query(GROUPS, top=3, filter="startswith(displayName,'page')", orderby=["displayName desc"]))
    assert len(first.value) == 3 and first.odata_next_link, first
    names = []
    iterator = PageIterator(first, admin.request_adapter)
    await iterator.iterate(lambda group: names.append(group.display_name) or True)
    assert names == [f"page {number}" for number in range(6, -1, -1)], names
    counting = query(GROUPS, top=1, count=True, search='"displayName:page"')
    await refused(400, "Request_UnsupportedQuery", admin.groups.get(counting))
    counting.headers.add("ConsistencyLevel", "eventual")
    counted = await admin.groups.get(counting)
    assert counted.odata_count == 7, counted.odata_count


async def main():
    app, secret = await applications()
    principal = await principal_with_a_permission(app, secret)
    await groups(principal)
    await pages()
    one = admin.applications.by_application_id(app.id)
    await one.remove_password.post(RemovePasswordPostRequestBody(key_id=secret.key_id))
    await one.delete()
    await refused(404, "Request_ResourceNotFound", one.get())
    organization = await admin.organization.get()
    assert len(organization.value) == 1
    print("graph: done")


asyncio.run(main())
