#include "cli/login_store.h"

#include "base/error.h"
#include "base/json.h"
#include "cli/private_file.h"

#define VERSION 1
#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static const char *const kinds[LOGIN_KINDS] = {
    [LOGIN_USER] = "user",
    [LOGIN_SECRET] = "client_secret",
    [LOGIN_CERTIFICATE] = "client_certificate",
    [LOGIN_FEDERATED] = "workload_identity",
    [LOGIN_MANAGED_IDENTITY] = "managed_identity",
};

const char *login_kind_text(enum login_kind kind)
{
    return kinds[kind];
}

#define NEEDED_BY_ALL ((1U << LOGIN_KINDS) - 1)
#define APPLICATIONS (1U << LOGIN_SECRET | 1U << LOGIN_CERTIFICATE | 1U << LOGIN_FEDERATED)

/* The members of a login but its kind. */
static const struct {
    const char *name;
    size_t offset;
    unsigned needed_by; /* kinds */
} members[] = {
    {"name", offsetof(struct login, name), NEEDED_BY_ALL},
    {"tenantId", offsetof(struct login, tenant_id), APPLICATIONS | 1U << LOGIN_USER},
    {"clientId", offsetof(struct login, client_id), APPLICATIONS | 1U << LOGIN_USER},
    {"authorityHost", offsetof(struct login, authority_host), NEEDED_BY_ALL},
    {"caFile", offsetof(struct login, ca_file), 0},
    {"homeAccountId", offsetof(struct login, home_account_id), 1U << LOGIN_USER},
    {"username", offsetof(struct login, username), 0},
    {"certificatePath", offsetof(struct login, certificate_path), 1U << LOGIN_CERTIFICATE},
    {"tokenFile", offsetof(struct login, token_file), 1U << LOGIN_FEDERATED},
    {"secretIn", offsetof(struct login, secret_in), 1U << LOGIN_SECRET},
    {"tokensIn", offsetof(struct login, tokens_in), 1U << LOGIN_USER},
    {"batchEndpoint", offsetof(struct login, batch_endpoint), 0},
    {"armEndpoint", offsetof(struct login, arm_endpoint), 0},
    {"graphEndpoint", offsetof(struct login, graph_endpoint), 0},
};

static const char **member_of(struct login *login, size_t row)
{
    return (const char **)((char *)login + members[row].offset);
}

static const char *value_of(const struct login *login, size_t row)
{
    const char *value;
    memcpy(&value, (const char *)login + members[row].offset, sizeof value);
    return value;
}

/* ---- The document --------------------------------------------------------------------------- */

static bool read_kind(const struct json *item, enum login_kind *kind)
{
    struct text text = json_get_text(item, "kind");
    for (size_t i = 0; i < LOGIN_KINDS; i++)
        if (text_is(text, kinds[i])) {
            *kind = (enum login_kind)i;
            return true;
        }
    return false;
}

static bool read_member(const struct json *item, size_t row, size_t number, struct arena *arena,
    struct login *login, struct azb_error *err)
{
    const struct json *value = json_get(item, members[row].name);
    if (!value || value->type == JSON_NULL)
        return !(members[row].needed_by & 1U << login->kind) ||
               fail(err, AZB_ERROR_PROTOCOL, "login %zu has no %s", number, members[row].name);
    if (value->type != JSON_STRING || !value->text.length ||
        memchr(value->text.at, '\0', value->text.length))
        return fail(err, AZB_ERROR_PROTOCOL, "%s of login %zu is not a text that says something",
            members[row].name, number);
    *member_of(login, row) = text_string(arena, value->text);
    return *member_of(login, row) || fail_memory(err);
}

static bool read_login(
    const struct json *item, struct arena *arena, struct login_list *out, struct azb_error *err)
{
    size_t number = out->count + 1;
    if (out->count == LOGINS_MAX)
        return fail(err, AZB_ERROR_PROTOCOL, "there are more than %d logins", LOGINS_MAX);
    struct login *login = &out->logins[out->count];
    *login = (struct login){0};
    if (!read_kind(item, &login->kind))
        return fail(err, AZB_ERROR_PROTOCOL, "login %zu has no kind that is known", number);
    for (size_t row = 0; row < COUNT(members); row++)
        if (!read_member(item, row, number, arena, login, err))
            return false;
    if (login_find(out, login->name))
        return fail(err, AZB_ERROR_PROTOCOL, "two logins are called '%s'", login->name);
    out->count++;
    return true;
}

bool login_list_parse(
    struct text text, struct arena *arena, struct login_list *out, struct azb_error *err)
{
    const struct json *document = json_parse(text, arena, err);
    if (!document)
        return false;
    out->count = 0;
    int64_t version = json_get_i64(document, "version", 0);
    if (version > VERSION)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "version %lld of the file is newer than this azb, which knows %d", (long long)version,
            VERSION);
    const struct json *logins = json_get(document, "logins");
    if (version != VERSION || !logins || logins->type != JSON_ARRAY)
        return fail(err, AZB_ERROR_PROTOCOL, "it is not {\"version\": 1, \"logins\": [...]}");
    for (const struct json *item = logins->first; item; item = item->next)
        if (!read_login(item, arena, out, err))
            return false;
    return true;
}

void login_list_print(const struct login_list *list, struct buffer *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out, 2);
    json_begin_object(&writer);
    json_member_i64(&writer, "version", VERSION);
    json_name(&writer, "logins");
    json_begin_array(&writer);
    for (size_t i = 0; i < list->count; i++) {
        json_begin_object(&writer);
        json_member(&writer, "kind", kinds[list->logins[i].kind]);
        for (size_t row = 0; row < COUNT(members); row++)
            json_member(&writer, members[row].name, value_of(&list->logins[i], row));
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    buffer_add_char(out, '\n');
}

/* ---- The file ------------------------------------------------------------------------------- */

static char *store_path(struct arena *arena, struct azb_error *err)
{
    char *folder = private_folder_path("XDG_CONFIG_HOME", ".config", arena, err);
    char *path = folder ? arena_format(arena, "%s/logins.json", folder) : NULL;
    if (folder && !path)
        fail_memory(err);
    return path;
}

/* A file that is damaged must not keep people from signing in again; what it held may still be of
 * use to somebody. */
static bool set_aside(struct login_list *out, struct arena *arena, struct azb_error *err)
{
    char *aside;
    if (err->kind != AZB_ERROR_PROTOCOL)
        return fail_while(err, "%s", out->path);
    out->problem = arena_string(arena, err->message);
    azb_error_free(err);
    out->count = 0;
    if (!private_file_set_aside(out->path, arena, &aside, err))
        return false;
    out->aside = aside;
    return true;
}

static bool read_at(
    const char *path, struct arena *arena, struct login_list *out, struct azb_error *err)
{
    struct text text;
    out->count = 0;
    out->aside = out->problem = NULL;
    out->path = path;
    if (!private_file_read(path, PRIVACY_OWN, LOGIN_FILE_MAX, arena, &text, err))
        return false;
    if (!text.at || login_list_parse(text, arena, out, err))
        return true;
    return set_aside(out, arena, err);
}

bool login_list_read(struct arena *arena, struct login_list *out, struct azb_error *err)
{
    struct azb_error nowhere = AZB_ERROR_INIT;
    char *path = store_path(arena, &nowhere);
    if (path)
        return read_at(path, arena, out, err);
    if (nowhere.kind != AZB_ERROR_CONFIGURATION)
        return error_move(err, &nowhere);
    *out =
        (struct login_list){.count = 0}; /* a service without a home: nobody can have signed in */
    azb_error_free(&nowhere);
    return true;
}

const struct login *login_find(const struct login_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->logins[i].name, name) == 0)
            return &list->logins[i];
    return NULL;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? string_equal_nocase(a, b) : a == b;
}

bool login_same_identity(const struct login *a, const struct login *b)
{
    return a->kind == b->kind && same_text(a->authority_host, b->authority_host) &&
           same_text(a->tenant_id, b->tenant_id) && same_text(a->client_id, b->client_id) &&
           same_text(a->home_account_id, b->home_account_id);
}

/* ---- Changes: one reader and writer at a time ----------------------------------------------- */

/* False: leave the file as it is; err is set when that is a failure. */
typedef bool change_fn(
    struct login_list *list, void *context, struct arena *arena, struct azb_error *err);

static bool write_list(const struct login_list *list, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    buffer_init(&text, LOGIN_FILE_MAX);
    login_list_print(list, &text);
    if (text.failed)
        return fail_memory(err);
    return private_file_write(list->path, buffer_text(&text), err);
}

static bool change_locked(
    const char *path, change_fn *change, void *context, struct arena *arena, struct azb_error *err)
{
    struct login_list *list = arena_alloc(arena, sizeof *list);
    if (!list)
        return fail_memory(err);
    return read_at(path, arena, list, err) && change(list, context, arena, err) &&
           write_list(list, err);
}

static bool change_store(
    change_fn *change, void *context, struct arena *arena, struct azb_error *err)
{
    char *folder = private_folder_path("XDG_CONFIG_HOME", ".config", arena, err);
    char *path = folder ? store_path(arena, err) : NULL;
    if (!path || !private_folder_make(folder, err))
        return false;
    int lock = private_file_lock(path, err);
    if (lock < 0)
        return false;
    bool changed = change_locked(path, change, context, arena, err);
    private_file_unlock(lock);
    return changed;
}

static size_t index_of(const struct login_list *list, const char *name)
{
    size_t i = 0;
    while (i < list->count && strcmp(list->logins[i].name, name) != 0)
        i++;
    return i;
}

static void take_out(struct login_list *list, size_t index)
{
    if (index >= list->count)
        return;
    list->count--;
    memmove(&list->logins[index], &list->logins[index + 1],
        (list->count - index) * sizeof *list->logins);
}

static void put_first(struct login_list *list, const struct login *login)
{
    struct login first = *login;
    memmove(&list->logins[1], &list->logins[0], list->count * sizeof *list->logins);
    list->logins[0] = first;
    list->count++;
}

static const char *same_identity_name(const struct login_list *list, const struct login *login)
{
    for (size_t i = 0; i < list->count; i++)
        if (login_same_identity(&list->logins[i], login))
            return list->logins[i].name;
    return NULL;
}

/* "ann@contoso.com", and when another identity has that name "ann@contoso.com-2". */
static const char *choose_name(
    const struct login_list *list, const struct login *login, struct arena *arena)
{
    const char *same = same_identity_name(list, login);
    const char *base = login->username ? login->username : login->client_id;
    if (same)
        return same;
    if (!base)
        base = kinds[login->kind];
    const char *name = base;
    for (size_t number = 2; name && login_find(list, name); number++)
        name = arena_format(arena, "%s-%zu", base, number);
    return name;
}

static bool put(struct login_list *list, void *context, struct arena *arena, struct azb_error *err)
{
    struct login *login = context;
    if (!login->name)
        login->name = choose_name(list, login, arena);
    if (!login->name)
        return fail_memory(err);
    take_out(list, index_of(list, login->name));
    if (list->count == LOGINS_MAX)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "there are %d logins already: `azb logout NAME` makes room", LOGINS_MAX);
    put_first(list, login);
    return true;
}

bool login_put(
    const struct login *login, struct arena *arena, const char **name, struct azb_error *err)
{
    struct login copy = *login;
    if (!change_store(put, &copy, arena, err))
        return false;
    *name = copy.name;
    return true;
}

static bool no_such_login(const struct login_list *list, const char *name, struct azb_error *err)
{
    scoped_buffer struct buffer names = {0};
    buffer_init(&names, 600);
    for (size_t i = 0; i < list->count; i++)
        buffer_format(&names, "%s'%s'", i ? ", " : "", list->logins[i].name);
    if (!list->count)
        return fail(err, AZB_ERROR_NOT_FOUND,
            "there is no login '%s': nobody is signed in (azb login)", name);
    return fail(err, AZB_ERROR_NOT_FOUND, "there is no login '%s', only %s", name,
        names.failed ? "others (azb auth list)" : names.at);
}

static bool use(struct login_list *list, void *context, struct arena *arena, struct azb_error *err)
{
    const char *name = context;
    size_t index = index_of(list, name);
    (void)arena;
    if (index == list->count)
        return no_such_login(list, name, err);
    struct login chosen = list->logins[index];
    take_out(list, index);
    put_first(list, &chosen);
    return true;
}

bool login_use(const char *name, struct arena *arena, struct azb_error *err)
{
    char *copy = arena_string(arena, name);
    return copy ? change_store(use, copy, arena, err) : fail_memory(err);
}

static bool leave(
    struct login_list *list, void *context, struct arena *arena, struct azb_error *err)
{
    (void)arena;
    (void)err;
    take_out(list, index_of(list, context));
    return true;
}

bool login_remove(const char *name, struct arena *arena, struct azb_error *err)
{
    char *copy = arena_string(arena, name);
    return copy ? change_store(leave, copy, arena, err) : fail_memory(err);
}
