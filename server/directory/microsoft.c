#include "directory/microsoft.h"

#include "base/error.h"

/* ---- The data: one entry an application ------------------------------------------------------ */

#define PERMISSION(guid, word, name)                                                               \
    {                                                                                              \
        .id = (guid), .value = (word), .display_name = (name)                                      \
    }
#define ADMIN_PERMISSION(guid, word, name)                                                         \
    {                                                                                              \
        .id = (guid), .value = (word), .display_name = (name), .admin_only = true                  \
    }

#define APPLICATION_ROLE(guid, word, name)                                                         \
    {                                                                                              \
        .id = (guid), .value = (word), .display_name = (name), .members = APP_ROLE_APPLICATIONS    \
    }

/* Graph publishes its ids: https://learn.microsoft.com/graph/permissions-reference */
static const struct permission graph_permissions[] = {
    PERMISSION(PERMISSION_USER_READ, "User.Read", "Sign in and read user profile"),
    PERMISSION("37f7f235-527c-4136-accd-4a02d197296e", "openid", "Sign users in"),
    PERMISSION("14dad69e-099b-42c9-810b-d002981feec1", "profile", "View users' basic profile"),
    PERMISSION("64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0", "email", "View users' email address"),
    PERMISSION("7427e0e9-2fba-42fe-b0c0-848c9e6a8182", "offline_access",
        "Maintain access to data you have given it access to"),
    PERMISSION("b340eb25-3456-403f-be2f-af7a0d370277", "User.ReadBasic.All",
        "Read all users' basic profiles"),
    ADMIN_PERMISSION(
        "a154be20-db9c-4678-8ab7-66f6cc099a59", "User.Read.All", "Read all users' full profiles"),
    ADMIN_PERMISSION("204e0828-b5ca-4ad8-b9f3-f32a958e7cc4", "User.ReadWrite.All",
        "Read and write all users' full profiles"),
    ADMIN_PERMISSION(
        "06da0dbc-49e2-44d2-8312-53f166ab848a", "Directory.Read.All", "Read directory data"),
    ADMIN_PERMISSION("c5366453-9fb0-48a5-a156-24f0c49a4b84", "Directory.ReadWrite.All",
        "Read and write directory data"),
    ADMIN_PERMISSION(
        "c79f8feb-a9db-4090-85f9-90d820caa0eb", "Application.Read.All", "Read applications"),
    ADMIN_PERMISSION("bdfbf15f-ee85-4955-8675-146e8e5296b5", "Application.ReadWrite.All",
        "Read and write all applications"),
    ADMIN_PERMISSION("84bccea3-f856-4a8a-967b-dbe0a3d53a64", "AppRoleAssignment.ReadWrite.All",
        "Manage app permission grants and app role assignments"),
    ADMIN_PERMISSION("41ce6ca6-6826-4807-84f1-1c82854f7ee5",
        "DelegatedPermissionGrant.ReadWrite.All", "Manage all delegated permission grants"),
    ADMIN_PERMISSION("5f8c59db-677d-491f-a6b8-5f174b11ec1d", "Group.Read.All", "Read all groups"),
    ADMIN_PERMISSION(
        "4e46008b-f24c-477d-8fff-7bb4ec7aafe0", "Group.ReadWrite.All", "Read and write all groups"),
    ADMIN_PERMISSION(
        "bc024368-1153-4739-b217-4326f2e966d0", "GroupMember.Read.All", "Read group memberships"),
    ADMIN_PERMISSION("f81125ac-d3b7-4573-a3b2-7099cc39df9e", "GroupMember.ReadWrite.All",
        "Read and write group memberships"),
    ADMIN_PERMISSION("741c54c3-0c1e-44a1-818b-3f97ab4e8c83", "RoleManagement.Read.Directory",
        "Read directory RBAC settings"),
    ADMIN_PERMISSION("d01b97e9-cbc0-49fe-810a-750afd5527a3", "RoleManagement.ReadWrite.Directory",
        "Read and write directory RBAC settings"),
    ADMIN_PERMISSION("0e263e50-5827-48a4-b97c-d940288653c7", "Directory.AccessAsUser.All",
        "Access directory as the signed in user"),
};

/* The same permissions for programs in their own name are app roles, with ids of their own. */
static const struct app_role graph_roles[] = {
    APPLICATION_ROLE(
        "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "Application.Read.All", "Read all applications"),
    APPLICATION_ROLE("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", "Application.ReadWrite.All",
        "Read and write all applications"),
    APPLICATION_ROLE("18a4783c-866b-4cc7-a460-3d5e5662c884", "Application.ReadWrite.OwnedBy",
        "Manage apps that this app creates or owns"),
    APPLICATION_ROLE("06b708a9-e830-4db3-a914-8e69da51d44f", "AppRoleAssignment.ReadWrite.All",
        "Manage app permission grants and app role assignments"),
    APPLICATION_ROLE("8e8e4742-1d95-4f68-9d56-6ee75648c72a",
        "DelegatedPermissionGrant.ReadWrite.All", "Manage all delegated permission grants"),
    APPLICATION_ROLE(
        "7ab1d382-f21e-4acd-a863-ba3e13f7da61", "Directory.Read.All", "Read directory data"),
    APPLICATION_ROLE("19dbc75e-c2e2-444c-a770-ec69d8559fc7", "Directory.ReadWrite.All",
        "Read and write directory data"),
    APPLICATION_ROLE("bf7b1a76-6e77-406b-b258-bf5c7720e98f", "Group.Create", "Create groups"),
    APPLICATION_ROLE("5b567255-7703-4780-807c-7be8301ae99b", "Group.Read.All", "Read all groups"),
    APPLICATION_ROLE(
        "62a82d76-70ea-41e2-9197-370581804d09", "Group.ReadWrite.All", "Read and write all groups"),
    APPLICATION_ROLE("98830695-27a2-44f7-8c18-0c3ebc9698f6", "GroupMember.Read.All",
        "Read all group memberships"),
    APPLICATION_ROLE("dbaae8cf-10b5-4b86-a4a1-f871c94c6695", "GroupMember.ReadWrite.All",
        "Read and write all group memberships"),
    APPLICATION_ROLE("483bed4a-2ad3-4361-a73b-c83ccdbdc53c", "RoleManagement.Read.Directory",
        "Read all directory RBAC settings"),
    APPLICATION_ROLE("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "RoleManagement.ReadWrite.Directory",
        "Read and write all directory RBAC settings"),
    APPLICATION_ROLE(
        "df021288-bdef-4463-88db-98f22de89214", "User.Read.All", "Read all users' full profiles"),
    APPLICATION_ROLE("741f803b-c850-494e-b5df-cde7c675a1ca", "User.ReadWrite.All",
        "Read and write all users' full profiles"),
};

/* Batch's id of this permission is not published; this one is ours. */
static const struct permission batch_permissions[] = {
    PERMISSION(
        "b4c7e2a0-6d1f-4c58-9b3e-ba7c40000001", "user_impersonation", "Access Azure Batch Service"),
};

static const struct permission arm_permissions[] = {
    PERMISSION("41094075-9dad-400e-a0bd-54e686782033", "user_impersonation",
        "Access Azure Service Management as organization users"),
};

static const struct permission storage_permissions[] = {
    PERMISSION(
        "03e0da56-190b-40ad-a80c-ea378c433f7f", "user_impersonation", "Access Azure Storage"),
};

/* The portal's own service, which az asks to consent for everybody. The id is ours, too. */
static const struct permission portal_permissions[] = {
    PERMISSION("b4c7e2a0-6d1f-4c58-9b3e-ba7c40000002", "user_impersonation",
        "Access the directory's administration"),
};

static const char *const graph_uris[] = {"https://graph.microsoft.com",
    "https://graph.microsoft.us", "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn", NULL};
static const char *const batch_uris[] = {"https://batch.core.windows.net",
    "https://batch.core.usgovcloudapi.net", "https://batch.chinacloudapi.cn",
    "https://batch.cloudapi.de", NULL};
static const char *const arm_uris[] = {"https://management.azure.com",
    "https://management.core.windows.net", "https://management.usgovcloudapi.net",
    "https://management.core.usgovcloudapi.net", "https://management.chinacloudapi.cn",
    "https://management.core.chinacloudapi.cn", NULL};
static const char *const storage_uris[] = {"https://storage.azure.com", NULL};
static const char *const portal_uris[] = {"https://main.iam.ad.ext.azure.com", NULL};

static const char *const native_redirects[] = {
    "http://localhost", "https://login.microsoftonline.com/common/oauth2/nativeclient", NULL};

#define RESOURCE(uris, permissions)                                                                \
    (uris), (permissions), sizeof(permissions) / sizeof *(permissions), NULL, 0, NULL
#define RESOURCE_WITH_ROLES(uris, permissions, roles)                                              \
    (uris), (permissions), sizeof(permissions) / sizeof *(permissions), (roles),                   \
        sizeof(roles) / sizeof *(roles), NULL
#define PUBLIC_CLIENT NULL, NULL, 0, NULL, 0, native_redirects

static const struct microsoft_application applications[] = {
    {APP_ID_BATCH, "Microsoft Azure Batch", RESOURCE(batch_uris, batch_permissions)},
    {APP_ID_GRAPH, "Microsoft Graph",
        RESOURCE_WITH_ROLES(graph_uris, graph_permissions, graph_roles)},
    {APP_ID_ARM, "Windows Azure Service Management API", RESOURCE(arm_uris, arm_permissions)},
    {APP_ID_STORAGE, "Azure Storage", RESOURCE(storage_uris, storage_permissions)},
    {APP_ID_PORTAL, "ADIbizaUX", RESOURCE(portal_uris, portal_permissions)},
    {APP_ID_AZURE_CLI, "Microsoft Azure CLI", PUBLIC_CLIENT},
    {"1950a258-227b-4e31-a9cf-717495945fc2", "Microsoft Azure PowerShell", PUBLIC_CLIENT},
    {"aebc6443-996d-45c2-90f0-388ff96faa56", "Visual Studio Code", PUBLIC_CLIENT},
};

#define APPLICATIONS (sizeof applications / sizeof *applications)

/* ---- Finding --------------------------------------------------------------------------------- */

const struct microsoft_application *microsoft_application(struct text app_id)
{
    for (size_t i = 0; i < APPLICATIONS; i++)
        if (text_equal_nocase(app_id, text_of(applications[i].app_id)))
            return &applications[i];
    return NULL;
}

const char *const *microsoft_uris(struct text app_id)
{
    const struct microsoft_application *found = microsoft_application(app_id);
    return found ? found->uris : NULL;
}

static bool has_uri(const struct microsoft_application *application, struct text uri)
{
    for (const char *const *at = application->uris; at && *at; at++)
        if (text_equal_nocase(uri, text_of(*at)))
            return true;
    return false;
}

const struct microsoft_application *microsoft_resource(struct text identifier)
{
    if (text_ends(identifier, "/"))
        identifier.length--;
    for (size_t i = 0; i < APPLICATIONS; i++)
        if (applications[i].permissions &&
            (text_equal_nocase(identifier, text_of(applications[i].app_id)) ||
                has_uri(&applications[i], identifier)))
            return &applications[i];
    return NULL;
}

/* ---- Their rows ------------------------------------------------------------------------------ */

static bool has_row(
    struct store_connection *connection, const char *app_id, bool *has, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT 1 FROM application WHERE app_id = ?1");
    statement_bind_string(&s, 1, app_id);
    return statement_step(&s, has, err);
}

static bool add_one(struct store_connection *connection, const struct microsoft_application *what,
    int64_t now, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct application added;
    struct service_principal principal;
    struct redirect_uri uris[sizeof native_redirects / sizeof *native_redirects];
    size_t count = 0;
    arena_init(&arena, 0);
    for (const char *const *at = what->redirect_uris; at && *at; at++)
        uris[count++] = (struct redirect_uri){REDIRECT_PUBLIC, *at};
    const struct new_application application = {
        .app_id = what->app_id,
        .display_name = what->display_name,
        .public_client = count > 0,
        .audience = SIGN_IN_MULTIPLE_ORGS,
        .home_tenant_id = MICROSOFT_TENANT,
        .redirect_uris = uris,
        .redirect_uri_count = count,
        .now = now,
    };
    return application_add(connection, &application, &arena, &added, err) &&
           service_principal_add(
               connection, text_of(what->app_id), NULL, now, &arena, &principal, err);
}

/* Those of before stay as they are. */
static bool add_roles(struct store_connection *connection, const struct microsoft_application *what,
    struct azb_error *err)
{
    for (size_t i = 0; i < what->role_count; i++) {
        const struct app_role *role = &what->roles[i];
        scoped_statement struct statement s = statement(connection,
            "INSERT OR IGNORE INTO app_role (application, id, value, display_name, members)"
            " SELECT row, ?2, ?3, ?4, ?5 FROM application WHERE app_id = ?1");
        statement_bind_string(&s, 1, what->app_id);
        statement_bind_string(&s, 2, role->id);
        statement_bind_string(&s, 3, role->value);
        statement_bind_string(&s, 4, role->display_name);
        statement_bind_i64(&s, 5, role->members);
        if (!statement_run(&s, err))
            return false;
    }
    return true;
}

bool microsoft_add(struct store_connection *connection, int64_t now, struct azb_error *err)
{
    for (size_t i = 0; i < APPLICATIONS; i++) {
        bool has;
        if (!has_row(connection, applications[i].app_id, &has, err))
            return false;
        if ((!has && !add_one(connection, &applications[i], now, err)) ||
            !add_roles(connection, &applications[i], err))
            return fail_while(err, "%s", applications[i].display_name);
    }
    return true;
}
