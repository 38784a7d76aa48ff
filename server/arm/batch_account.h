/*
 * arm/batch_account.h - Batch accounts as Resource Manager shows them, and how their operations go
 * on.
 */
#ifndef SERVER_ARM_BATCH_ACCOUNT_H
#define SERVER_ARM_BATCH_ACCOUNT_H

#include "arm/batch.h"
#include "arm/operation_status.h"

#define ACCOUNT_TYPE "Microsoft.Batch/batchAccounts"
/* What an account may have; shown, and those of accounts and applications enforced. */
#define ACCOUNTS_IN_REGION_MAX 50
#define ACCOUNT_CORE_QUOTA 700
#define ACCOUNT_POOL_QUOTA 100
#define ACCOUNT_JOB_QUOTA 300

/* False: 409, the account is being deleted. */
bool account_check_open(const struct account *account, struct azb_error *err);

/* 200 and the account. */
bool account_reply(struct request *request, const struct account *account, struct reply *reply,
    struct azb_error *err);

/*
 * Begins to delete an account: from now on it takes no requests, its jobs, tasks and nodes end, and
 * when all of them are gone it goes, too. In work that writes; engine_changed() and the operation
 * that waits for it are the caller's.
 */
bool account_delete_begin(struct service *service, struct store_connection *connection, int64_t row,
    int64_t now, struct azb_error *err);

/* Goes on with it: to be called until *done. An account that is not there is done. */
bool account_delete_go_on(
    struct operation_pass *pass, int64_t row, bool *done, struct azb_error *err);

extern operation_advance_fn account_create_advance, account_delete_advance;
extern operation_advance_fn pool_delete_advance; /* batch_pool.c */
extern operation_failed_fn account_operation_failed;
extern operation_result_fn account_create_result;

#endif
