/*
 * bench_peers COUNT FILE: a world of COUNT role assignments and the questions about it, for other
 * engines (bench/peers/decide.mjs), with our answers; prints our nanoseconds per decision.
 *
 * The roles have wildcards and no notActions, which neither casbin nor Cedar know; the questions
 * are Azure's (rbac_check), without Batch's rule on top. Half of the assignments are the caller's
 * own, at other scopes. A third or so of the answers is yes.
 */
#include <stdio.h>
#include <time.h>

#include "rbac/decide.h"

#define ME "aaaaaaaa-0000-4000-8000-000000000001"
#define TEAM "cccccccc-0000-4000-8000-000000000003"
#define SUBSCRIPTION "/subscriptions/88888888-8888-8888-8888-888888888888"
#define BATCH_ACCOUNT "/providers/Microsoft.Batch/batchAccounts/acct"
#define ACCOUNT SUBSCRIPTION "/resourceGroups/rg" BATCH_ACCOUNT
#define BATCH "Microsoft.Batch/batchAccounts/"

enum { ROUNDS = 2000, TURNS = 5, ASSIGNMENTS_MAX = 4000 };

static const char *const role_names[] = {"Azure Batch Job Submitter", "Azure Batch Account Reader",
    "Azure Batch Data Contributor", "Reader"};

static const char *const scopes[] = {
    ACCOUNT,
    SUBSCRIPTION "/resourceGroups/other2" BATCH_ACCOUNT,
    SUBSCRIPTION "/resourceGroups/other3" BATCH_ACCOUNT,
    SUBSCRIPTION,
};

static const struct {
    const char *name;
    enum rbac_kind kind;
} asked[] = {
    {BATCH "jobs/read", RBAC_DATA_ACTION}, {BATCH "jobs/write", RBAC_DATA_ACTION},
    {BATCH "jobSchedules/delete", RBAC_DATA_ACTION}, {BATCH "read", RBAC_ACTION},
    {BATCH "listKeys/action", RBAC_ACTION}, {BATCH "pools/read", RBAC_ACTION},
    {BATCH "pools/write", RBAC_ACTION}, {BATCH "applications/versions/read", RBAC_ACTION},
    {"Microsoft.Batch/locations/quotas/read", RBAC_ACTION},
    {"Microsoft.Authorization/roleAssignments/write", RBAC_ACTION},
    {"Microsoft.Resources/subscriptions/resourceGroups/read", RBAC_ACTION},
    {"Microsoft.Compute/virtualMachines/start/action", RBAC_ACTION}, /* not in the catalogue */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
enum { QUESTIONS = COUNT(scopes) * COUNT(asked) };

struct world {
    struct arena arena;
    struct rbac_assignment assignments[ASSIGNMENTS_MAX];
    size_t count;
    struct rbac_index *index;
    struct rbac_caller caller;
    struct scope scopes[COUNT(scopes)];
    struct rbac_request questions[QUESTIONS];
};

static double now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

static void must(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "bench_peers: %s\n", what);
    exit(1);
}

static struct rbac_assignment assignment_of(struct world *world, size_t i)
{
    const char *role = role_names[i % COUNT(role_names)];
    return (struct rbac_assignment){
        .principal_id =
            i % 2 == 0 ? ME : arena_format(&world->arena, "bbbbbbbb-0000-4000-8000-%012zu", i),
        .role_id = rbac_builtin_role(text_of(role))->id,
        .scope = arena_format(&world->arena, SUBSCRIPTION "/resourceGroups/other%zu", i),
    };
}

static void make_world(struct world *world, size_t count)
{
    static const char *const groups[] = {TEAM};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&world->arena, 0);
    world->count = count;
    for (size_t i = 0; i < count; i++)
        world->assignments[i] = assignment_of(world, i);
    world->assignments[count / 2] = (struct rbac_assignment){.principal_id = TEAM,
        .role_id = rbac_builtin_role(text_of(role_names[0]))->id,
        .scope = ACCOUNT};
    const struct rbac_index_input input = {
        .assignments = world->assignments, .assignment_count = count};
    world->index = rbac_index_new(&input, &err);
    must(world->index != NULL, err.message);
    world->caller = (struct rbac_caller){.object_id = ME, .group_ids = groups, .group_count = 1};
    for (size_t i = 0; i < COUNT(scopes); i++)
        must(scope_parse(text_of(scopes[i]), &world->arena, &world->scopes[i], &err), err.message);
    for (size_t i = 0; i < QUESTIONS; i++)
        world->questions[i] = (struct rbac_request){.caller = &world->caller,
            .scope = &world->scopes[i / COUNT(asked)],
            .action = asked[i % COUNT(asked)].name,
            .kind = asked[i % COUNT(asked)].kind};
}

/* ---- for the others ---- */

static void write_roles(struct json_writer *writer)
{
    json_name(writer, "roles");
    json_begin_array(writer);
    for (size_t i = 0; i < COUNT(role_names); i++) {
        const struct rbac_role *role = rbac_builtin_role(text_of(role_names[i]));
        json_begin_object(writer);
        json_member(writer, "id", role->id);
        rbac_names_write(writer, "actions", &role->permissions[0].actions);
        rbac_names_write(writer, "dataActions", &role->permissions[0].data_actions);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_assignments(struct json_writer *writer, const struct world *world)
{
    json_name(writer, "assignments");
    json_begin_array(writer);
    for (size_t i = 0; i < world->count; i++) {
        json_begin_object(writer);
        json_member(writer, "principal", world->assignments[i].principal_id);
        json_member(writer, "role", world->assignments[i].role_id);
        json_member(writer, "scope", world->assignments[i].scope);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_questions(struct json_writer *writer, const struct world *world)
{
    json_name(writer, "questions");
    json_begin_array(writer);
    for (size_t i = 0; i < QUESTIONS; i++) {
        const struct rbac_request *question = &world->questions[i];
        json_begin_object(writer);
        json_member(writer, "scope", question->scope->text);
        json_member(writer, "kind", question->kind == RBAC_DATA_ACTION ? "data" : "action");
        json_member(writer, "action", question->action);
        json_member_bool(writer, "allowed", rbac_check(world->index, question));
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_world(const struct world *world, const char *path)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    const struct rbac_names groups = {world->caller.group_ids, world->caller.group_count};
    buffer_init(&out, 16 << 20);
    json_writer_init(&writer, &out, 0);
    json_begin_object(&writer);
    json_member(&writer, "caller", ME);
    rbac_names_write(&writer, "groups", &groups);
    write_roles(&writer);
    write_assignments(&writer, world);
    write_questions(&writer, world);
    json_end_object(&writer);
    FILE *file = fopen(path, "we");
    must(file && !out.failed && fwrite(out.at, 1, out.length, file) == out.length,
        "the file cannot be written");
    must(fclose(file) == 0, "the file cannot be written");
}

/* ---- ours ---- */

static double decision_ns(const struct world *world)
{
    size_t allowed = 0;
    double start = now_ns();
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < QUESTIONS; i++)
            allowed += rbac_check(world->index, &world->questions[i]);
    double spent = now_ns() - start;
    must(allowed > ROUNDS && allowed < (size_t)ROUNDS * QUESTIONS, "all answers are the same");
    return spent / ROUNDS / QUESTIONS;
}

int main(int argc, char **argv)
{
    static struct world world;
    uint64_t count = 0;
    must(argc == 3 && text_to_u64(text_of(argv[1]), ASSIGNMENTS_MAX, &count) && count >= 4,
        "usage: bench_peers COUNT FILE, 4 to 4000 assignments");
    make_world(&world, (size_t)count);
    write_world(&world, argv[2]);
    double best = decision_ns(&world);
    for (size_t turn = 1; turn < TURNS; turn++) {
        double again = decision_ns(&world);
        best = again < best ? again : best;
    }
    printf("%.0f\n", best);
    rbac_index_free(world.index);
    arena_free(&world.arena);
    return 0;
}
