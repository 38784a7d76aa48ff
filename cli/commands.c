#include "cli/commands.h"

static const struct command *const own[] = {
    &command_env,
    &command_run,
    &command_whoami,
    &command_token,
    &command_app_create,
    &command_app_list,
    &command_app_show,
    &command_app_secret_add,
    &command_app_certificate_add,
    &command_role_definition_create,
    &command_role_definition_list,
    &command_role_definition_delete,
    &command_role_assignment_create,
    &command_role_assignment_list,
    &command_role_assignment_delete,
    &command_account_show,
    &command_account_keys,
    &command_rest,
};

const struct command *own_command_at(size_t index)
{
    return index < COUNT(own) ? own[index] : NULL;
}
