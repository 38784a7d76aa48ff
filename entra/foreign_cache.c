#include "entra/foreign_cache.h"

#include <unistd.h>

#include "base/crypto.h"
#include "base/error.h"
#include "base/json.h"
#include "entra/cache.h"
#include "entra/disk_cache_document.h"
#include "entra/disk_cache_entry.h"
#include "entra/disk_cache_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define UTF8_BOM "\xEF\xBB\xBF"

#define PROFILE "azureProfile.json"
#define PRINCIPALS "service_principal_entries.json"
#define AZ_TOKENS "msal_token_cache.json"
#define SDK_TOKENS "msal.cache"

/* What stands beside or in place of a readable cache, and what it means. */
static const struct {
    const char *name, *meaning;
} unreadable_files[] = {
    {"msal_token_cache.sig", "az keeps its tokens in the keyring"},
    {"msal_token_cache.bin", "az keeps its tokens encrypted"},
};

/* ---- Places ------------------------------------------------------------------------------ */

bool foreign_places_find(const struct entra_environment *world, struct arena *arena,
    struct foreign_places *out, struct azb_error *err)
{
    const char *azure = world_variable(world, "AZURE_CONFIG_DIR");
    const char *home = world_variable(world, "HOME");
    *out = (struct foreign_places){NULL, {NULL, NULL}};
    if (azure)
        out->azure_folder = arena_string(arena, azure);
    if (!home || home[0] != '/')
        return !arena->failed || fail_memory(err);
    if (!out->azure_folder)
        out->azure_folder = arena_format(arena, "%s/.azure", home);
    out->identity_folders[0] = arena_format(arena, "%s/.IdentityService", home);
    out->identity_folders[1] = arena_format(arena, "%s/.local/.IdentityService", home);
    return !arena->failed || fail_memory(err);
}

static char *path_in(const char *folder, const char *name, struct arena *arena)
{
    return arena_format(arena, "%s/%s", folder, name);
}

static void note(struct arena *arena, const char **notice, const char *what)
{
    *notice = *notice ? arena_format(arena, "%s; %s", *notice, what) : arena_string(arena, what);
}

/* The two ways in which az has hidden its tokens; a plain file beside them is an older one's. */
static void note_hidden(
    const struct foreign_places *places, struct arena *arena, const char **notice)
{
    for (size_t i = 0; places->azure_folder && i < COUNT(unreadable_files); i++) {
        char *path = path_in(places->azure_folder, unreadable_files[i].name, arena);
        if (path && access(path, F_OK) == 0)
            note(arena, notice, unreadable_files[i].meaning);
    }
}

/* 1 read, 0 not there or not readable (then `notice` says why), -1 out of memory. */
static int read_file(
    const char *path, struct arena *arena, struct buffer *body, const char **notice)
{
    struct file_stamp stamp;
    struct azb_error problem = AZB_ERROR_INIT;
    if (!path)
        return -1;
    int result = disk_cache_file_read(path, body, &stamp, &problem);
    if (result >= 0)
        return result;
    if (problem.kind == AZB_ERROR_MEMORY)
        return -1;
    note(arena, notice, problem.message);
    return 0;
}

/* Out of memory is the caller's error; anything else is only worth a word. */
static bool pass_over(const char *path, const struct azb_error *problem, struct arena *arena,
    const char **notice, struct azb_error *err)
{
    if (problem->kind == AZB_ERROR_MEMORY || arena->failed)
        return fail_memory(err);
    char *word = arena_format(arena, "'%.300s' is not understood (%.200s)", path, problem->message);
    if (word)
        note(arena, notice, word);
    return !arena->failed || fail_memory(err);
}

/* ---- Accounts ---------------------------------------------------------------------------- */

static const struct json *parse_after_bom(
    struct text body, struct arena *arena, struct azb_error *err)
{
    if (text_starts(body, UTF8_BOM))
        body = text_slice(body, strlen(UTF8_BOM), body.length);
    return json_parse(body, arena, err);
}

/* Room for `more` accounts behind those that are there. */
static struct foreign_account *make_room(
    struct foreign_accounts *accounts, size_t more, struct arena *arena, struct azb_error *err)
{
    struct foreign_account *at = arena_array(arena, accounts->count + more + 1, sizeof(*at));
    if (!at) {
        fail_memory(err);
        return NULL;
    }
    if (accounts->count)
        memcpy(at, accounts->at, accounts->count * sizeof(*at));
    accounts->at = at;
    return at;
}

static void add_subscription(
    struct foreign_accounts *out, const struct json *subscription, struct arena *arena)
{
    const struct json *user = json_get(subscription, "user");
    if (subscription->type != JSON_OBJECT || !json_get_text(user, "name").length)
        return;
    struct foreign_account *account = &out->at[out->count++];
    account->source = PROFILE;
    account->username = json_get_string(user, "name", arena);
    account->is_service_principal = text_is(json_get_text(user, "type"), "servicePrincipal");
    account->tenant_id = json_get_string(subscription, "tenantId", arena);
    account->subscription_id = json_get_string(subscription, "id", arena);
    account->subscription_name = json_get_string(subscription, "name", arena);
    account->cloud = json_get_string(subscription, "environmentName", arena);
    account->is_default = json_get_bool(subscription, "isDefault", false);
}

static bool add_subscriptions(const struct json *root, struct arena *arena,
    struct foreign_accounts *out, struct azb_error *err)
{
    const struct json *list = json_get(root, "subscriptions");
    if (!list || list->type != JSON_ARRAY)
        return fail(err, AZB_ERROR_PROTOCOL, "the array \"subscriptions\" is missing");
    if (!make_room(out, list->count, arena, err))
        return false;
    for (const struct json *item = list->first; item; item = item->next)
        add_subscription(out, item, arena);
    return !arena->failed || fail_memory(err);
}

static bool is_known(
    const struct foreign_accounts *accounts, struct text username, struct text tenant_id)
{
    for (size_t i = 0; i < accounts->count; i++)
        if (text_equal_nocase(text_of(accounts->at[i].username), username) &&
            text_equal_nocase(text_of(accounts->at[i].tenant_id), tenant_id))
            return true;
    return false;
}

static bool add_principals(const struct json *list, struct arena *arena,
    struct foreign_accounts *out, struct azb_error *err)
{
    if (list->type != JSON_ARRAY)
        return fail(
            err, AZB_ERROR_PROTOCOL, "it is %s; an array is expected", json_type_text(list->type));
    if (!make_room(out, list->count, arena, err))
        return false;
    for (const struct json *item = list->first; item; item = item->next) {
        struct text id = json_get_text(item, "client_id"), tenant = json_get_text(item, "tenant");
        if (!id.length || is_known(out, id, tenant))
            continue;
        struct foreign_account *account = &out->at[out->count++];
        account->source = PRINCIPALS;
        account->username = text_string(arena, id);
        account->tenant_id = tenant.length ? text_string(arena, tenant) : NULL;
        account->is_service_principal = true;
    }
    return !arena->failed || fail_memory(err);
}

typedef bool add_accounts_fn(const struct json *root, struct arena *arena,
    struct foreign_accounts *out, struct azb_error *err);

/* What is parsed may hold secrets: it is overwritten, and only the accounts stay. */
static bool read_accounts(struct text body, add_accounts_fn *add, struct arena *arena,
    struct foreign_accounts *out, struct azb_error *err)
{
    struct arena tree;
    arena_init(&tree, 256 << 20);
    const struct json *root = parse_after_bom(body, &tree, err);
    bool added = root && add(root, arena, out, err);
    arena_wipe(&tree);
    return added;
}

bool foreign_profile_read(
    struct text body, struct arena *arena, struct foreign_accounts *out, struct azb_error *err)
{
    return read_accounts(body, add_subscriptions, arena, out, err);
}

bool foreign_principals_read(
    struct text body, struct arena *arena, struct foreign_accounts *out, struct azb_error *err)
{
    return read_accounts(body, add_principals, arena, out, err);
}

typedef bool read_accounts_fn(
    struct text body, struct arena *arena, struct foreign_accounts *out, struct azb_error *err);

static bool add_file(const char *path, read_accounts_fn *read, struct arena *arena,
    struct foreign_accounts *out, struct azb_error *err)
{
    scoped_buffer struct buffer body = {0};
    struct azb_error problem = AZB_ERROR_INIT;
    buffer_init(&body, DISK_CACHE_FILE_MAX);
    int found = read_file(path, arena, &body, &out->notice);
    if (found < 0)
        return fail_memory(err);
    if (found == 0 || read(buffer_text(&body), arena, out, &problem))
        return true;
    return pass_over(path, &problem, arena, &out->notice, err);
}

/* ---- MSAL's documents -------------------------------------------------------------------- */

/* A document that was read, or an empty one; false: out of memory. */
static bool read_document(const char *path, struct cache_document *document, struct arena *arena,
    const char **notice, struct azb_error *err)
{
    struct azb_error problem = AZB_ERROR_INIT;
    int found = read_file(path, arena, &document->body, notice);
    if (found < 0)
        return fail_memory(err);
    if (found == 0 || cache_document_read(document, &problem))
        return true;
    cache_document_free(document);
    return pass_over(path, &problem, arena, notice, err);
}

static bool add_document_accounts(const char *path, const struct cache_document *document,
    struct arena *arena, struct foreign_accounts *out, struct azb_error *err)
{
    if (!make_room(out, document->count, arena, err))
        return false;
    for (size_t i = 0; i < document->count; i++) {
        const struct cache_entry *entry = &document->entries[i];
        if (entry->section != CACHE_ACCOUNT || !entry->username.length ||
            is_known(out, entry->username, entry->realm))
            continue;
        struct foreign_account *account = &out->at[out->count++];
        account->source = path;
        account->username = text_string(arena, entry->username);
        account->tenant_id = text_string(arena, entry->realm);
        account->cloud = text_string(arena, entry->environment);
    }
    return !arena->failed || fail_memory(err);
}

/* Every readable token cache, az's first; NULL behind the last. */
static size_t list_documents(
    const struct foreign_places *places, struct arena *arena, const char *paths[3])
{
    size_t count = 0;
    if (places->azure_folder)
        paths[count++] = path_in(places->azure_folder, AZ_TOKENS, arena);
    for (size_t i = 0; i < COUNT(places->identity_folders); i++)
        if (places->identity_folders[i])
            paths[count++] = path_in(places->identity_folders[i], SDK_TOKENS, arena);
    return count;
}

static bool add_az_files(const struct foreign_places *places, struct arena *arena,
    struct foreign_accounts *out, struct azb_error *err)
{
    if (!places->azure_folder)
        return true;
    return add_file(path_in(places->azure_folder, PROFILE, arena), foreign_profile_read, arena, out,
               err) &&
           add_file(path_in(places->azure_folder, PRINCIPALS, arena), foreign_principals_read,
               arena, out, err);
}

bool foreign_accounts(const struct foreign_places *places, struct arena *arena,
    struct foreign_accounts *out, struct azb_error *err)
{
    const char *paths[3];
    size_t count = list_documents(places, arena, paths);
    *out = (struct foreign_accounts){NULL, 0, NULL};
    if (!add_az_files(places, arena, out, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct cache_document document;
        cache_document_init(&document);
        bool added = read_document(paths[i], &document, arena, &out->notice, err) &&
                     add_document_accounts(paths[i], &document, arena, out, err);
        cache_document_free(&document);
        if (!added)
            return false;
    }
    note_hidden(places, arena, &out->notice);
    return !arena->failed || fail_memory(err);
}

/* ---- Tokens ------------------------------------------------------------------------------ */

/* "https://batch.core.windows.net//" of its ".default": the tokens of a user name the permissions
 * behind it. */
static bool is_for(struct text target, struct text scope)
{
    struct text word;
    if (cache_target_has(target, scope))
        return true;
    if (!text_ends(scope, "/.default"))
        return false;
    struct text resource = text_slice(scope, 0, scope.length - strlen(".default"));
    while (text_cut(&target, ' ', &word))
        if (word.length > resource.length &&
            text_equal(text_slice(word, 0, resource.length), resource) &&
            !memchr(word.at + resource.length, '/', word.length - resource.length))
            return true;
    return false;
}

/* az's account, as its profile names it, and its tokens. */
struct wanted {
    struct text username, tenant_id, environment, scope;
    int64_t now, margin_s;
};

static bool is_by(const struct cache_document *document, const struct cache_entry *token,
    const struct wanted *wanted)
{
    if (!token->home_account_id.length)
        return text_equal_nocase(token->client_id, wanted->username);
    for (size_t i = 0; i < document->count; i++) {
        const struct cache_entry *entry = &document->entries[i];
        if (entry->section == CACHE_ACCOUNT &&
            text_equal_nocase(entry->home_account_id, token->home_account_id) &&
            text_equal_nocase(entry->username, wanted->username))
            return true;
    }
    return false;
}

static bool is_wanted(const struct cache_document *document, const struct cache_entry *entry,
    const struct wanted *wanted)
{
    return entry->section == CACHE_ACCESS_TOKEN && !entry->is_bound && entry->secret.length &&
           entry->expires_on > wanted->now && entry->expires_on - wanted->now > wanted->margin_s &&
           cache_environment_equal(entry->environment, wanted->environment) &&
           text_equal_nocase(entry->realm, wanted->tenant_id) &&
           is_for(entry->target, wanted->scope) && is_by(document, entry, wanted);
}

static int give(const struct cache_entry *entry, struct azb_token *out, struct azb_error *err)
{
    struct buffer secret;
    buffer_init(&secret, DISK_CACHE_FILE_MAX);
    buffer_add_text(&secret, entry->secret);
    bool given =
        secret.failed ? fail_memory(err) : azb_token_set(out, secret.at, entry->expires_on, err);
    buffer_free(&secret);
    return given ? 1 : -1;
}

static int find_in(const char *path, const struct wanted *wanted, struct arena *arena,
    struct azb_token *out, struct azb_error *err)
{
    int result = -1;
    const char *notice = NULL; /* az itself will say what is wrong with its files */
    struct cache_document document;
    cache_document_init(&document);
    if (read_document(path, &document, arena, &notice, err)) {
        const struct cache_entry *best = NULL;
        for (size_t i = 0; i < document.count; i++)
            if (is_wanted(&document, &document.entries[i], wanted) &&
                (!best || document.entries[i].expires_on > best->expires_on))
                best = &document.entries[i];
        result = best ? give(best, out, err) : 0;
    }
    cache_document_free(&document);
    return result;
}

/* The clouds that az knows by itself, and where they sign in. */
static const struct {
    const char *cloud, *environment;
} clouds[] = {
    {"AzureCloud", "login.microsoftonline.com"},
    {"AzureUSGovernment", "login.microsoftonline.us"},
    {"AzureChinaCloud", "login.chinacloudapi.cn"},
};

static struct text environment_of(const struct foreign_account *account)
{
    for (size_t i = 0; i < COUNT(clouds); i++)
        if (string_equal_nocase(account->cloud ? account->cloud : "", clouds[i].cloud))
            return text_of(clouds[i].environment);
    return TEXT_NONE;
}

static bool is_meant(const struct foreign_account *account, const char *subscription)
{
    if (!subscription)
        return account->is_default;
    return text_equal_nocase(text_of(account->subscription_id), text_of(subscription)) ||
           text_equal_nocase(text_of(account->subscription_name), text_of(subscription));
}

/* The only one that is meant: where there are two, az is to choose. */
static const struct foreign_account *find_account(
    const struct foreign_accounts *accounts, const char *subscription)
{
    const struct foreign_account *found = NULL;
    for (size_t i = 0; i < accounts->count; i++) {
        if (!is_meant(&accounts->at[i], subscription))
            continue;
        if (found)
            return NULL;
        found = &accounts->at[i];
    }
    return found;
}

int foreign_cache_find_token(const struct foreign_places *places, const struct foreign_ask *ask,
    struct azb_token *out, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct foreign_accounts accounts = {NULL, 0, NULL};
    arena_init(&arena, 0);
    if (!places->azure_folder || (ask->tenant_id && ask->subscription))
        return 0;
    if (!add_file(path_in(places->azure_folder, PROFILE, &arena), foreign_profile_read, &arena,
            &accounts, err))
        return -1;
    const struct foreign_account *account = find_account(&accounts, ask->subscription);
    if (!account || !environment_of(account).length)
        return 0;
    const struct wanted wanted = {
        .username = text_of(account->username),
        .tenant_id = text_of(ask->tenant_id ? ask->tenant_id : account->tenant_id),
        .environment = environment_of(account),
        .scope = text_of(ask->scope),
        .now = ask->now,
        .margin_s = ask->min_valid_s > 0 ? ask->min_valid_s : CACHE_EARLY_EXPIRY_S,
    };
    return find_in(path_in(places->azure_folder, AZ_TOKENS, &arena), &wanted, &arena, out, err);
}
