/* The routes of the Graph plane. */
#include "entra/userinfo.h"
#include "graph/graph.h"

#define APPLICATION "/v1.0/applications/{id}"
#define APPLICATION_BY_APP "/v1.0/applications(appId='{appId}')"
#define PRINCIPAL "/v1.0/servicePrincipals/{id}"
#define PRINCIPAL_BY_APP "/v1.0/servicePrincipals(appId='{appId}')"
#define USER "/v1.0/users/{id}"
#define USER_QUOTED "/v1.0/users('{id}')"
#define GROUP "/v1.0/groups/{id}"
#define OBJECT "/v1.0/directoryObjects/{id}"
#define ROLE "/v1.0/directoryRoles/{id}"
#define ROLE_BY_TEMPLATE "/v1.0/directoryRoles(roleTemplateId='{id}')"
#define GRANT "/v1.0/oauth2PermissionGrants/{id}"
#define ASSIGNED_TO "/appRoleAssignedTo"
#define ASSIGNMENTS "/appRoleAssignments"
#define FEDERATED "/federatedIdentityCredentials"

#define READS(name, of) static const struct graph_operation name = {GRAPH_READS_##of, false, 0}
#define CHANGES(name, right) static const struct graph_operation name = {GRAPH_##right, true, 0}
#define REMOVES(name, right) static const struct graph_operation name = {GRAPH_##right, false, 0}
#define LISTS(name, of, which)                                                                     \
    static const struct graph_operation name = {GRAPH_READS_##of, false, which}
#define ASKS(name, of, which)                                                                      \
    static const struct graph_operation name = {GRAPH_READS_##of, true, which}

READS(reads_self, SELF);
READS(reads_applications, APPLICATIONS);
READS(reads_users, USERS);
READS(reads_groups, GROUPS);
READS(reads_directory, DIRECTORY);
CHANGES(registers, REGISTERS);
CHANGES(changes_application, APPLICATIONS);
REMOVES(removes_application, APPLICATIONS);
CHANGES(rolls_keys, ROLLS_KEYS);
CHANGES(consents, CONSENTS);
REMOVES(revokes, CONSENTS);
CHANGES(gives_roles, GIVES_ROLES);
REMOVES(takes_roles, GIVES_ROLES);
CHANGES(creates_user, CREATES_USERS);
CHANGES(changes_user, USERS);
REMOVES(removes_user, USERS);
CHANGES(creates_group, CREATES_GROUPS);
CHANGES(changes_group, GROUPS);
REMOVES(removes_group, GROUPS);
CHANGES(adds_member, MEMBERS);
REMOVES(removes_member, MEMBERS);
CHANGES(gives_directory_roles, DIRECTORY_ROLES);
REMOVES(takes_directory_roles, DIRECTORY_ROLES);
ASKS(gets_by_ids, DIRECTORY, 0);

LISTS(lists_members, GROUPS, MEMBERS);
LISTS(lists_all_members, GROUPS, MEMBERS_TRANSITIVE);
LISTS(lists_groups_of, DIRECTORY, MEMBER_OF);
LISTS(lists_all_groups_of, DIRECTORY, MEMBER_OF_TRANSITIVE);
LISTS(lists_own_groups, SELF, MEMBER_OF);
LISTS(lists_all_own_groups, SELF, MEMBER_OF_TRANSITIVE);
ASKS(asks_groups, DIRECTORY, GRAPH_ASKS_GROUPS);
ASKS(asks_objects, DIRECTORY, GRAPH_ASKS_OBJECTS);
ASKS(asks_own_groups, SELF, GRAPH_ASKS_GROUPS);
ASKS(asks_own_objects, SELF, GRAPH_ASKS_OBJECTS);

/* A list of principals, as it is or as "$ref", "$count" or one type of them. */
#define PRINCIPAL_LIST(path, row)                                                                  \
    {"GET", path, ROUTE_READS, graph_list_membership, &(row)},                                     \
    {                                                                                              \
        "GET", path "/{form}", ROUTE_READS, graph_list_membership, &(row)                          \
    }

/* Which groups somebody is in, asked in all ways. */
#define MEMBERSHIP(path)                                                                           \
    PRINCIPAL_LIST(path "/memberOf", lists_groups_of),                                             \
        PRINCIPAL_LIST(path "/transitiveMemberOf", lists_all_groups_of), QUESTIONS(path, asks)

#define QUESTIONS(path, asks)                                                                      \
    {"POST", path "/getMemberGroups", ROUTE_READS, graph_get_member_ids, &asks##_groups},          \
        {"POST", path "/getMemberObjects", ROUTE_READS, graph_get_member_ids, &asks##_objects},    \
        {"POST", path "/checkMemberGroups", ROUTE_READS, graph_check_member_ids, &asks##_groups},  \
    {                                                                                              \
        "POST", path "/checkMemberObjects", ROUTE_READS, graph_check_member_ids, &asks##_objects   \
    }

#define OWNERS(path, reads, adds, removes)                                                         \
    {"GET", path "/owners", ROUTE_READS, graph_list_owners, &(reads)},                             \
        {"POST", path "/owners/$ref", ROUTE_WRITES, graph_add_owner, &(adds)},                     \
    {                                                                                              \
        "DELETE", path "/owners/{ownerId}/$ref", ROUTE_WRITES, graph_remove_owner, &(removes)      \
    }

/* What an application and a service principal have in common. */
#define CREDENTIALS(path)                                                                          \
    {"POST", path "/addPassword", ROUTE_WRITES, graph_add_password, &changes_application},         \
        {"POST", path "/removePassword", ROUTE_WRITES, graph_remove_password,                      \
            &changes_application},                                                                 \
        {"POST", path "/addKey", ROUTE_WRITES, graph_add_key, &rolls_keys},                        \
        {"POST", path "/removeKey", ROUTE_WRITES, graph_remove_key, &rolls_keys},                  \
        OWNERS(path, reads_applications, changes_application, removes_application)

#define APPLICATION_ROUTES(path)                                                                   \
    {"GET", path, ROUTE_READS, graph_get_application, &reads_applications},                        \
        {"PATCH", path, ROUTE_WRITES, graph_update_application, &changes_application},             \
        {"DELETE", path, ROUTE_WRITES, graph_delete_application, &removes_application},            \
        {"GET", path FEDERATED, ROUTE_READS, graph_list_federated, &reads_applications},           \
        {"POST", path FEDERATED, ROUTE_WRITES, graph_create_federated, &changes_application},      \
        {"GET", path FEDERATED "/{credentialId}", ROUTE_READS, graph_get_federated,                \
            &reads_applications},                                                                  \
        {"PATCH", path FEDERATED "/{credentialId}", ROUTE_WRITES, graph_update_federated,          \
            &changes_application},                                                                 \
        {"DELETE", path FEDERATED "/{credentialId}", ROUTE_WRITES, graph_delete_federated,         \
            &removes_application},                                                                 \
        CREDENTIALS(path)

#define ROLE_ASSIGNMENTS(path, reads)                                                              \
    {"GET", path ASSIGNMENTS, ROUTE_READS, graph_list_assignments, &(reads)},                      \
        {"POST", path ASSIGNMENTS, ROUTE_WRITES, graph_create_assignment, &gives_roles},           \
        {"GET", path ASSIGNMENTS "/{assignmentId}", ROUTE_READS, graph_get_assignment, &(reads)},  \
    {                                                                                              \
        "DELETE", path ASSIGNMENTS "/{assignmentId}", ROUTE_WRITES, graph_delete_assignment,       \
            &takes_roles                                                                           \
    }

#define PRINCIPAL_ROUTES(path)                                                                     \
    {"GET", path, ROUTE_READS, graph_get_principal, &reads_applications},                          \
        {"PATCH", path, ROUTE_WRITES, graph_update_principal, &changes_application},               \
        {"DELETE", path, ROUTE_WRITES, graph_delete_principal, &removes_application},              \
        {"GET", path ASSIGNED_TO, ROUTE_READS, graph_list_assigned_to, &reads_applications},       \
        {"POST", path ASSIGNED_TO, ROUTE_WRITES, graph_create_assigned_to, &gives_roles},          \
        {"GET", path ASSIGNED_TO "/{assignmentId}", ROUTE_READS, graph_get_assignment,             \
            &reads_applications},                                                                  \
        {"DELETE", path ASSIGNED_TO "/{assignmentId}", ROUTE_WRITES, graph_delete_assignment,      \
            &takes_roles},                                                                         \
        {"GET", path "/ownedObjects", ROUTE_READS, graph_list_owned, &reads_applications},         \
        ROLE_ASSIGNMENTS(path, reads_applications), CREDENTIALS(path), MEMBERSHIP(path)

#define USER_ROUTES(path)                                                                          \
    {"GET", path, ROUTE_READS, graph_get_user, &reads_users},                                      \
        {"PATCH", path, ROUTE_SLOW, graph_update_user, &changes_user},                             \
        {"DELETE", path, ROUTE_WRITES, graph_delete_user, &removes_user},                          \
        {"GET", path "/ownedObjects", ROUTE_READS, graph_list_owned, &reads_directory},            \
        ROLE_ASSIGNMENTS(path, reads_users), MEMBERSHIP(path)

#define DIRECTORY_ROLE_ROUTES(path)                                                                \
    {"GET", path, ROUTE_READS, graph_get_directory_role, &reads_directory},                        \
        {"GET", path "/members", ROUTE_READS, graph_list_directory_role_members,                   \
            &reads_directory},                                                                     \
        {"POST", path "/members/$ref", ROUTE_WRITES, graph_add_directory_role_member,              \
            &gives_directory_roles},                                                               \
    {                                                                                              \
        "DELETE", path "/members/{memberId}/$ref", ROUTE_WRITES,                                   \
            graph_remove_directory_role_member, &takes_directory_roles                             \
    }

static const struct route routes[] = {
    {"GET", "/v1.0/applications", ROUTE_READS, graph_list_applications, &reads_applications},
    {"POST", "/v1.0/applications", ROUTE_WRITES, graph_create_application, &registers},
    APPLICATION_ROUTES(APPLICATION),
    APPLICATION_ROUTES(APPLICATION_BY_APP),

    {"GET", "/v1.0/servicePrincipals", ROUTE_READS, graph_list_principals, &reads_applications},
    {"POST", "/v1.0/servicePrincipals", ROUTE_WRITES, graph_create_principal, &registers},
    PRINCIPAL_ROUTES(PRINCIPAL),
    PRINCIPAL_ROUTES(PRINCIPAL_BY_APP),

    {"GET", "/v1.0/users", ROUTE_READS, graph_list_users, &reads_users},
    {"POST", "/v1.0/users", ROUTE_SLOW, graph_create_user, &creates_user},
    USER_ROUTES(USER),
    USER_ROUTES(USER_QUOTED),

    {"GET", "/oidc/userinfo", ROUTE_READS, userinfo_serve_graph, &reads_self},
    {"GET", "/v1.0/me", ROUTE_READS, graph_get_me, &reads_self},
    {"GET", "/v1.0/me/ownedObjects", ROUTE_READS, graph_list_owned, &reads_self},
    PRINCIPAL_LIST("/v1.0/me/memberOf", lists_own_groups),
    PRINCIPAL_LIST("/v1.0/me/transitiveMemberOf", lists_all_own_groups),
    QUESTIONS("/v1.0/me", asks_own),

    {"GET", "/v1.0/groups", ROUTE_READS, graph_list_groups, &reads_groups},
    {"POST", "/v1.0/groups", ROUTE_WRITES, graph_create_group, &creates_group},
    {"GET", GROUP, ROUTE_READS, graph_get_group, &reads_groups},
    {"PATCH", GROUP, ROUTE_WRITES, graph_update_group, &changes_group},
    {"DELETE", GROUP, ROUTE_WRITES, graph_delete_group, &removes_group},
    PRINCIPAL_LIST(GROUP "/members", lists_members),
    PRINCIPAL_LIST(GROUP "/transitiveMembers", lists_all_members),
    {"POST", GROUP "/members/$ref", ROUTE_WRITES, graph_add_member, &adds_member},
    {"DELETE", GROUP "/members/{memberId}/$ref", ROUTE_WRITES, graph_remove_member,
        &removes_member},
    OWNERS(GROUP, reads_groups, changes_group, removes_group),
    ROLE_ASSIGNMENTS(GROUP, reads_groups),
    MEMBERSHIP(GROUP),

    {"POST", "/v1.0/directoryObjects/getByIds", ROUTE_READS, graph_get_by_ids, &gets_by_ids},
    {"GET", OBJECT, ROUTE_READS, graph_get_object, &reads_directory},
    {"DELETE", OBJECT, ROUTE_WRITES, graph_delete_object, &reads_directory},
    QUESTIONS(OBJECT, asks),

    {"GET", "/v1.0/directoryRoles", ROUTE_READS, graph_list_directory_roles, &reads_directory},
    {"GET", "/v1.0/directoryRoleTemplates", ROUTE_READS, graph_list_directory_roles,
        &reads_directory},
    DIRECTORY_ROLE_ROUTES(ROLE),
    DIRECTORY_ROLE_ROUTES(ROLE_BY_TEMPLATE),

    {"GET", "/v1.0/organization", ROUTE_READS, graph_list_organization, &reads_directory},
    {"GET", "/v1.0/organization/{id}", ROUTE_READS, graph_get_organization, &reads_directory},
    {"GET", "/v1.0/domains", ROUTE_READS, graph_list_domains, &reads_directory},
    {"GET", "/v1.0/subscribedSkus", ROUTE_READS, graph_list_nothing, &reads_directory},

    {"GET", "/v1.0/oauth2PermissionGrants", ROUTE_READS, graph_list_grants, &reads_applications},
    {"POST", "/v1.0/oauth2PermissionGrants", ROUTE_WRITES, graph_create_grant, &consents},
    {"GET", GRANT, ROUTE_READS, graph_get_grant, &reads_applications},
    {"PATCH", GRANT, ROUTE_WRITES, graph_update_grant, &consents},
    {"DELETE", GRANT, ROUTE_WRITES, graph_delete_grant, &revokes},

    /* Of the portal's own service, main.iam.ad.ext.azure.com. */
    {"POST", "/api/RegisteredApplications/{appId}/Consent", ROUTE_WRITES, graph_admin_consent,
        &revokes},

    /* Known to Graph, not served. */
    {"POST", "/v1.0/$batch", ROUTE_READS, graph_unserved, &reads_directory},
};

const struct plane_rows *graph_plane(void)
{
    static const struct plane_rows rows = {
        .name = "graph",
        .routes = routes,
        .count = sizeof routes / sizeof *routes,
        .prepare = graph_prepare,
        .finish = graph_finish,
        .refuse = graph_reply_error,
    };
    return &rows;
}
