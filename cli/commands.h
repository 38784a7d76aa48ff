/*
 * cli/commands.h - the commands that are files of their own. One file a command (or a small
 * family); it ends with its const rows, and commands.c lists them.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

/* NULL after the last one. */
const struct command *own_command_at(size_t index);

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

extern const struct command command_env;
extern const struct command command_az_setup;
extern const struct command command_run;
extern const struct command command_login;
extern const struct command command_logout;
extern const struct command command_auth_list;
extern const struct command command_auth_use;
extern const struct command command_whoami;
extern const struct command command_token;
extern const struct command command_doctor;
extern const struct command command_rest;
extern const struct command command_account_create;
extern const struct command command_account_list;
extern const struct command command_account_show;
extern const struct command command_account_set;
extern const struct command command_account_delete;
extern const struct command command_account_env;
extern const struct command command_account_keys_renew;
extern const struct command command_account_keys;
extern const struct command command_account_keys_list;
extern const struct command command_role_definition_create;
extern const struct command command_role_definition_list;
extern const struct command command_role_definition_update;
extern const struct command command_role_definition_show;
extern const struct command command_role_definition_delete;
extern const struct command command_role_definition_convert;
extern const struct command command_role_lint;
extern const struct command command_role_assignment_create;
extern const struct command command_role_assignment_list;
extern const struct command command_role_assignment_delete;
extern const struct command command_role_can_i;
extern const struct command command_role_explain;
extern const struct command command_role_suggest;
extern const struct command command_role_watch;
extern const struct command command_role_matrix;
extern const struct command command_role_what_if;
extern const struct command command_app_create;
extern const struct command command_app_list;
extern const struct command command_app_show;
extern const struct command command_app_update;
extern const struct command command_app_delete;
extern const struct command command_app_owner_add;
extern const struct command command_app_owner_list;
extern const struct command command_app_owner_remove;
extern const struct command command_app_secret_add;
extern const struct command command_app_certificate_add;
extern const struct command command_app_federated_credential_create;
extern const struct command command_app_federated_credential_list;
extern const struct command command_app_federated_credential_delete;
extern const struct command command_app_permission_add;
extern const struct command command_app_permission_list;
extern const struct command command_app_permission_consent;
extern const struct command command_app_permission_admin_consent;
extern const struct command command_app_permission_delete;
extern const struct command command_app_role_create;
extern const struct command command_app_role_list;
extern const struct command command_app_role_delete;
extern const struct command command_app_role_assignment_create;
extern const struct command command_app_role_assignment_list;
extern const struct command command_app_role_assignment_delete;
extern const struct command command_sp_create;
extern const struct command command_sp_list;
extern const struct command command_sp_show;
extern const struct command command_sp_delete;
extern const struct command command_sp_create_for_rbac;
extern const struct command command_user_create;
extern const struct command command_user_list;
extern const struct command command_user_show;
extern const struct command command_user_delete;
extern const struct command command_group_create;
extern const struct command command_group_list;
extern const struct command command_group_show;
extern const struct command command_group_delete;
extern const struct command command_group_member_add;
extern const struct command command_group_member_list;
extern const struct command command_group_member_remove;
extern const struct command command_group_member_check;
extern const struct command command_group_owner_add;
extern const struct command command_group_owner_list;
extern const struct command command_group_owner_remove;
extern const struct command command_control_clock;
extern const struct command command_control_token_lifetime;
extern const struct command command_control_propagation;
extern const struct command command_control_operations;
extern const struct command command_control_switches;
extern const struct command command_control_keys_list;
extern const struct command command_control_keys_rotate;
extern const struct command command_control_keys_retire;
extern const struct command command_control_issuers_set;
extern const struct command command_control_denials_set;
extern const struct command command_control_denials_remove;
extern const struct command command_control_failures_list;
extern const struct command command_control_failures_add;
extern const struct command command_control_failures_remove;
extern const struct command command_control_failures_clear;
extern const struct command command_control_challenges_list;
extern const struct command command_control_challenges_add;
extern const struct command command_control_challenges_clear;

#endif
