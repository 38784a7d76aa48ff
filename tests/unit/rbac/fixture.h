/*
 * What the tests of this room share: names of a small tenant and an index made of a few rows.
 */
#ifndef TEST_RBAC_FIXTURE_H
#define TEST_RBAC_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "rbac/decide.h"

#define SUBSCRIPTION "/subscriptions/88888888-8888-8888-8888-888888888888"
#define GROUP SUBSCRIPTION "/resourceGroups/rg1"
#define ACCOUNT GROUP "/providers/Microsoft.Batch/batchAccounts/acct"
#define OTHER_ACCOUNT                                                                              \
    SUBSCRIPTION "/resourceGroups/rg10/providers/Microsoft.Batch/batchAccounts/acct"
#define BATCH "Microsoft.Batch/batchAccounts/"

#define ALICE "aaaaaaaa-0000-4000-8000-000000000001"
#define BOB "bbbbbbbb-0000-4000-8000-000000000002"
#define TEAM "cccccccc-0000-4000-8000-000000000003"
#define APP_ID "dddddddd-0000-4000-8000-000000000004"

#define OWNER "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
#define CONTRIBUTOR "b24988ac-6180-42a0-ab88-20f7382dd24c"
#define READER "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#define SUBMITTER "48e5e92e-a480-4e71-aa9c-2778f4c13781"
#define CUSTOM "12345678-0000-4000-8000-00000000abcd"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline struct rbac_index *make_index(const struct rbac_role *roles, size_t role_count,
    const struct rbac_assignment *assignments, size_t count)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct rbac_index_input input = {.roles = roles,
        .role_count = role_count,
        .assignments = assignments,
        .assignment_count = count};
    struct rbac_index *index = rbac_index_new(&input, &err);
    if (!index)
        fail_msg("index: %s", err.message);
    return index;
}

static inline struct scope make_scope(const char *text, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct scope scope = {0};
    if (!scope_parse(text_of(text), arena, &scope, &err))
        fail_msg("%s: %s", text, err.message);
    return scope;
}

/* A role from JSON, or the test fails. */
static inline struct rbac_role make_role(const char *json, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct rbac_role *role = role_parse(text_of(json), arena, NULL, &err);
    if (!role)
        fail_msg("%s", err.message);
    struct rbac_role with_id = *role;
    if (!*with_id.id)
        with_id.id = CUSTOM;
    return with_id;
}

/* The custom role of the article, as it stands there. */
#define ARTICLE_ROLE                                                                               \
    "{\n"                                                                                          \
    " \"properties\":{\n"                                                                          \
    "    \"roleName\":\"Azure Batch Custom Job Submitter\",\n"                                     \
    "    \"type\":\"CustomRole\",\n"                                                               \
    "    \"description\":\"Allows a user to submit jobs to Azure Batch but not manage pools\",\n"  \
    "    \"assignableScopes\":[\n"                                                                 \
    "      \"/subscriptions/88888888-8888-8888-8888-888888888888\"\n"                              \
    "    ],\n"                                                                                     \
    "    \"permissions\":[\n"                                                                      \
    "      {\n"                                                                                    \
    "        \"actions\":[\n"                                                                      \
    "          \"Microsoft.Batch/*/read\",\n"                                                      \
    "          \"Microsoft.Authorization/*/read\",\n"                                              \
    "          \"Microsoft.Resources/subscriptions/resourceGroups/read\",\n"                       \
    "          \"Microsoft.Support/*\",\n"                                                         \
    "          \"Microsoft.Insights/alertRules/*\"\n"                                              \
    "        ],\n"                                                                                 \
    "        \"notActions\":[\n"                                                                   \
    "\n"                                                                                           \
    "        ],\n"                                                                                 \
    "        \"dataActions\":[\n"                                                                  \
    "          \"Microsoft.Batch/batchAccounts/jobs/*\",\n"                                        \
    "          \"Microsoft.Batch/batchAccounts/jobSchedules/*\"\n"                                 \
    "        ],\n"                                                                                 \
    "        \"notDataActions\":[\n"                                                               \
    "\n"                                                                                           \
    "        ]\n"                                                                                  \
    "      }\n"                                                                                    \
    "    ]\n"                                                                                      \
    "  }\n"                                                                                        \
    "}\n"

#endif
