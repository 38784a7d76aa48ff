/*
 * store/schema_batch.c - what Batch keeps: pools and their nodes, jobs, tasks and what they wait
 * for. Ids compare without case and keep theirs, as in Batch.
 *
 * `doc` is the resource as its user wrote it, with defaults filled in (JSON, api's SHAPE_ANY); what
 * the service itself moves is in columns. Times are ticks; states are the values of azb/models.h.
 * Documents are last in their row and the rows are in creation order: scattered ids cost no more
 * than sequential ones.
 */
#include "store/store.h"

const char *const schema_batch =
    "CREATE TABLE pool ("
    " row INTEGER PRIMARY KEY,"
    " account INTEGER NOT NULL,"
    " id TEXT NOT NULL COLLATE NOCASE,"
    " created INTEGER NOT NULL,"
    " modified INTEGER NOT NULL,"
    " state INTEGER NOT NULL,"
    " state_time INTEGER NOT NULL,"
    " allocation_state INTEGER NOT NULL,"
    " allocation_time INTEGER NOT NULL,"
    " target_dedicated INTEGER NOT NULL,"
    " target_low INTEGER NOT NULL,"
    " slots INTEGER NOT NULL,"        /* taskSlotsPerNode */
    " pack INTEGER NOT NULL,"         /* 1: fill a node before the next one */
    " deallocation INTEGER NOT NULL," /* nodeDeallocationOption of the resize under way */
    " resize_error TEXT,"
    " doc TEXT NOT NULL,"
    " UNIQUE (account, id)) STRICT;"
    "CREATE INDEX pool_unsteady ON pool (allocation_state) WHERE allocation_state <> 1;"

    "CREATE TABLE node ("
    " row INTEGER PRIMARY KEY,"
    " pool INTEGER NOT NULL,"
    " id TEXT NOT NULL COLLATE NOCASE,"
    " dedicated INTEGER NOT NULL,"
    " state INTEGER NOT NULL,"
    " state_time INTEGER NOT NULL,"
    " scheduling INTEGER NOT NULL," /* 1 enabled, 2 disabled */
    " boot_time INTEGER NOT NULL,"
    " allocation_time INTEGER NOT NULL,"
    " slots INTEGER NOT NULL,"
    " slots_used INTEGER NOT NULL,"
    " running INTEGER NOT NULL,"
    " total_run INTEGER NOT NULL,"
    " total_succeeded INTEGER NOT NULL,"
    " UNIQUE (pool, id)) STRICT;"

    "CREATE INDEX node_moving ON node (state) WHERE state IN (6, 7, 11);"

    "CREATE TABLE job ("
    " row INTEGER PRIMARY KEY,"
    " account INTEGER NOT NULL,"
    " id TEXT NOT NULL COLLATE NOCASE,"
    " created INTEGER NOT NULL,"
    " modified INTEGER NOT NULL,"
    " state INTEGER NOT NULL,"
    " state_time INTEGER NOT NULL,"
    " previous_state INTEGER,"
    " previous_time INTEGER,"
    " start_time INTEGER NOT NULL,"
    " end_time INTEGER,"
    " terminate_reason TEXT,"
    " pool_id TEXT NOT NULL COLLATE NOCASE,"
    " priority INTEGER NOT NULL,"
    " max_parallel INTEGER NOT NULL,"
    " max_retry INTEGER NOT NULL,"
    " deadline INTEGER," /* start_time + maxWallClockTime; NULL: none */
    " on_all_complete INTEGER NOT NULL,"
    " on_failure INTEGER NOT NULL,"
    " dependencies INTEGER NOT NULL,"
    " disable_option INTEGER NOT NULL,"
    " doc TEXT NOT NULL,"
    " UNIQUE (account, id)) STRICT;"
    "CREATE INDEX job_active ON job (account, pool_id, priority DESC, row) WHERE state = 1;"
    "CREATE INDEX job_moving ON job (state) WHERE state IN (2, 4, 5, 7);"
    "CREATE INDEX job_ends_by_itself ON job (row) WHERE state = 1 AND on_all_complete = 2;"
    "CREATE INDEX job_deadline ON job (deadline) WHERE deadline IS NOT NULL;"

    "CREATE TABLE task ("
    " row INTEGER PRIMARY KEY,"
    " job INTEGER NOT NULL,"
    " id TEXT NOT NULL COLLATE NOCASE,"
    " created INTEGER NOT NULL,"
    " modified INTEGER NOT NULL,"
    " state INTEGER NOT NULL,"
    " state_time INTEGER NOT NULL,"
    " previous_state INTEGER,"
    " previous_time INTEGER,"
    " ready INTEGER NOT NULL," /* active, and nothing that it waits for */
    " slots INTEGER NOT NULL,"
    " max_retry INTEGER NOT NULL,"
    " max_wall_clock INTEGER NOT NULL," /* ms; 0: no limit */
    " attempt INTEGER NOT NULL,"
    " retry_count INTEGER NOT NULL,"
    " retry_time INTEGER,"
    " requeue_count INTEGER NOT NULL,"
    " requeue_time INTEGER,"
    " start_time INTEGER,"
    " end_time INTEGER,"
    " exit_code INTEGER,"
    " result INTEGER,"
    " satisfied INTEGER NOT NULL DEFAULT 0," /* what depends on it may run */
    " failure_code TEXT,"
    " failure_message TEXT,"
    " ending INTEGER NOT NULL DEFAULT 0,"      /* enum task_ending: why a run is being cancelled */
    " ending_sent INTEGER NOT NULL DEFAULT 0," /* the engine was told */
    " node INTEGER,"                           /* while it runs */
    " pool_id TEXT,"
    " node_id TEXT,"
    " directory TEXT," /* below STATE/nodes: what is left of the last run */
    " number INTEGER," /* the id as a number, for taskIdRanges */
    " doc TEXT NOT NULL,"
    " UNIQUE (job, id)) STRICT;"
    "CREATE INDEX task_state ON task (job, state);"
    "CREATE INDEX task_ready ON task (job, row) WHERE ready = 1;"
    "CREATE INDEX task_running ON task (node) WHERE node IS NOT NULL;"
    "CREATE INDEX task_ending ON task (row) WHERE ending <> 0;"
    "CREATE INDEX task_number ON task (job, number) WHERE number IS NOT NULL;"

    /* What a task waits for: one id, or a range of which `remaining` have not succeeded yet. */
    "CREATE TABLE dependency ("
    " row INTEGER PRIMARY KEY,"
    " job INTEGER NOT NULL,"
    " task INTEGER NOT NULL,"
    " on_id TEXT COLLATE NOCASE,"
    " low INTEGER,"
    " high INTEGER,"
    " remaining INTEGER NOT NULL) STRICT;"
    "CREATE INDEX dependency_on ON dependency (job, on_id) WHERE on_id IS NOT NULL;"
    "CREATE INDEX dependency_range ON dependency (job) WHERE low IS NOT NULL;"
    "CREATE INDEX dependency_task ON dependency (task);"

    /* Directories below STATE/nodes that belong to nothing any more. */
    "CREATE TABLE removal (row INTEGER PRIMARY KEY, directory TEXT NOT NULL) STRICT;";
