#include "cli/commands.h"

static const struct command *const own[] = {
    &command_env,
    &command_az_setup,
    &command_run,
    &command_login,
    &command_logout,
    &command_auth_list,
    &command_auth_use,
    &command_whoami,
    &command_token,
    &command_doctor,
    &command_app_create,
    &command_app_list,
    &command_app_show,
    &command_app_update,
    &command_app_secret_add,
    &command_app_certificate_add,
    &command_app_federated_credential_create,
    &command_app_federated_credential_list,
    &command_app_federated_credential_delete,
    &command_app_permission_add,
    &command_app_permission_list,
    &command_app_permission_consent,
    &command_app_permission_delete,
    &command_app_role_create,
    &command_app_role_list,
    &command_app_role_delete,
    &command_app_role_assignment_create,
    &command_app_role_assignment_list,
    &command_app_role_assignment_delete,
    &command_user_create,
    &command_user_list,
    &command_user_show,
    &command_user_delete,
    &command_role_definition_create,
    &command_role_definition_list,
    &command_role_definition_delete,
    &command_role_assignment_create,
    &command_role_assignment_list,
    &command_role_assignment_delete,
    &command_role_can_i,
    &command_role_what_if,
    &command_role_matrix,
    &command_account_show,
    &command_account_keys,
    &command_account_keys_list,
    &command_control_clock,
    &command_control_token_lifetime,
    &command_control_switches,
    &command_control_keys_list,
    &command_control_keys_rotate,
    &command_control_keys_retire,
    &command_control_issuers_set,
    &command_control_failures_list,
    &command_control_failures_add,
    &command_control_failures_remove,
    &command_control_failures_clear,
    &command_control_challenges_list,
    &command_control_challenges_add,
    &command_control_challenges_clear,
    &command_rest,
};

const struct command *own_command_at(size_t index)
{
    return index < COUNT(own) ? own[index] : NULL;
}

static const struct option_row global_options[] = {
    {"output", OPTION_TEXT, false, "json, table or tsv (table on a terminal, json elsewhere).",
        'o'},
    {"env-file", OPTION_TEXT, false,
        "Credentials and endpoints as NAME=VALUE lines: a file, or - for standard input.", 0},
    {"as", OPTION_TEXT, false,
        "Who to be: a login's name (azb auth list), or environment. AZB_LOGIN says it too.", 0},
    {"auth-mode", OPTION_TEXT, false,
        "aad (Entra, the default) or shared_key (AZURE_BATCH_ACCESS_KEY).", 0},
    {"verbose", OPTION_FLAG, false, "Each request and its answer on standard error.", 'v'},
    {"help", OPTION_FLAG, false, "This help.", 'h'},
};

const struct option_row *global_option_at(size_t index)
{
    return index < sizeof global_options / sizeof *global_options ? &global_options[index] : NULL;
}
