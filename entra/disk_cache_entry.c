#include "entra/disk_cache_entry.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define IN(section) (1u << (section))
#define TOKENS (IN(CACHE_ACCESS_TOKEN) | IN(CACHE_REFRESH_TOKEN) | IN(CACHE_ID_TOKEN))
#define AT(field) offsetof(struct cache_entry, field)

static const char *const section_names[CACHE_SECTIONS] = {
    [CACHE_ACCESS_TOKEN] = "AccessToken",
    [CACHE_REFRESH_TOKEN] = "RefreshToken",
    [CACHE_ID_TOKEN] = "IdToken",
    [CACHE_ACCOUNT] = "Account",
    [CACHE_APP_METADATA] = "AppMetadata",
};

/* What stands there when the value is not known: "", null (MSAL Python finds an application's own
 * tokens by that), or no field at all. */
enum presence { OR_EMPTY, OR_NULL, IF_KNOWN };

/* The fields in the order in which they are written. */
static const struct {
    const char *name;
    size_t at;
    unsigned sections;
    enum presence presence;
} text_fields[] = {
    {"secret", AT(secret), TOKENS, OR_EMPTY},
    {"home_account_id", AT(home_account_id), TOKENS | IN(CACHE_ACCOUNT), OR_NULL},
    {"environment", AT(environment), ~0u, OR_EMPTY},
    {"client_id", AT(client_id), TOKENS | IN(CACHE_APP_METADATA), OR_EMPTY},
    {"target", AT(target), IN(CACHE_ACCESS_TOKEN) | IN(CACHE_REFRESH_TOKEN), OR_EMPTY},
    {"realm", AT(realm), IN(CACHE_ACCESS_TOKEN) | IN(CACHE_ID_TOKEN) | IN(CACHE_ACCOUNT), OR_EMPTY},
    {"token_type", AT(token_type), IN(CACHE_ACCESS_TOKEN), OR_EMPTY},
    {"local_account_id", AT(local_account_id), IN(CACHE_ACCOUNT), OR_EMPTY},
    {"username", AT(username), IN(CACHE_ACCOUNT), OR_EMPTY},
    {"name", AT(name), IN(CACHE_ACCOUNT), IF_KNOWN},
    {"authority_type", AT(authority_type), IN(CACHE_ACCOUNT), OR_EMPTY},
    {"family_id", AT(family_id), IN(CACHE_REFRESH_TOKEN) | IN(CACHE_APP_METADATA), IF_KNOWN},
};

/* Seconds since 1970 in a string of digits; other writers also use numbers. */
static const struct {
    const char *name;
    size_t at;
    enum cache_section section;
} time_fields[] = {
    {"cached_at", AT(cached_at), CACHE_ACCESS_TOKEN},
    {"expires_on", AT(expires_on), CACHE_ACCESS_TOKEN},
    {"extended_expires_on", AT(extended_expires_on), CACHE_ACCESS_TOKEN},
    {"refresh_on", AT(refresh_on), CACHE_ACCESS_TOKEN},
    {"last_modification_time", AT(last_modification_time), CACHE_REFRESH_TOKEN},
};

/* What makes an access token more than a Bearer token of its client, tenant and scopes: proof of
 * possession, on-behalf-of, further parameters of the request. */
static const char *const binding_fields[] = {"key_id", "kid", "keyid", "user_assertion_hash",
    "ext_cache_key", "ext", "persisted_cache_parameters"};

/* .NET's older names, which would contradict the new entry. */
static const char *const outdated_fields[] = {"credential_type", "ext_expires_on"};

const char *cache_section_name(enum cache_section section)
{
    return section_names[section];
}

static struct text *text_field(struct cache_entry *entry, size_t row)
{
    return (struct text *)(void *)((char *)entry + text_fields[row].at);
}

static struct text text_of_field(const struct cache_entry *entry, size_t row)
{
    return *(const struct text *)(const void *)((const char *)entry + text_fields[row].at);
}

static int64_t *time_field(struct cache_entry *entry, size_t row)
{
    return (int64_t *)(void *)((char *)entry + time_fields[row].at);
}

static int64_t time_of_field(const struct cache_entry *entry, size_t row)
{
    return *(const int64_t *)(const void *)((const char *)entry + time_fields[row].at);
}

static bool has_field(size_t row, enum cache_section section)
{
    return (text_fields[row].sections & IN(section)) != 0;
}

static bool is_one_of(struct text name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(name, names[i]))
            return true;
    return false;
}

static int64_t read_time(const struct json *value)
{
    int64_t number = CACHE_NO_TIME;
    uint64_t digits = 0;
    if (value->type == JSON_NUMBER && json_number_to_i64(value->text, &number))
        return number >= 0 ? number : CACHE_NO_TIME;
    if (value->type == JSON_STRING && text_to_u64(value->text, INT64_MAX, &digits))
        return (int64_t)digits;
    return CACHE_NO_TIME;
}

static void read_member(struct cache_entry *entry, const struct json *member)
{
    for (size_t row = 0; row < COUNT(text_fields); row++)
        if (has_field(row, entry->section) && text_is(member->name, text_fields[row].name)) {
            *text_field(entry, row) = json_text(member);
            return;
        }
    for (size_t row = 0; row < COUNT(time_fields); row++)
        if (entry->section == time_fields[row].section &&
            text_is(member->name, time_fields[row].name)) {
            *time_field(entry, row) = read_time(member);
            return;
        }
    if (member->type != JSON_NULL &&
        is_one_of(member->name, binding_fields, COUNT(binding_fields)) &&
        !(member->type == JSON_STRING && member->text.length == 0))
        entry->is_bound = true;
}

void cache_entry_read(
    struct cache_entry *entry, enum cache_section section, const struct json *json)
{
    *entry = (struct cache_entry){.section = section, .json = json};
    for (size_t row = 0; row < COUNT(time_fields); row++)
        *time_field(entry, row) = CACHE_NO_TIME;
    if (json->type != JSON_OBJECT)
        return;
    for (const struct json *member = json->first; member; member = member->next)
        read_member(entry, member);
    if (entry->token_type.length && !text_equal_nocase(entry->token_type, TEXT("Bearer")))
        entry->is_bound = true;
}

bool cache_target_has(struct text target, struct text words)
{
    struct text word, candidate;
    while (text_cut(&words, ' ', &word)) {
        bool found = word.length == 0;
        struct text rest = target;
        while (!found && text_cut(&rest, ' ', &candidate))
            found = text_equal(candidate, word);
        if (!found)
            return false;
    }
    return true;
}

/* Python writes null for an application's own tokens, Node "", and Go nothing: all are absent. */
static bool same_text(struct text a, struct text b)
{
    return a.length == b.length && text_equal_nocase(a, b);
}

static bool same_target(const struct cache_entry *a, const struct cache_entry *b)
{
    return cache_target_has(a->target, b->target) && cache_target_has(b->target, a->target);
}

bool cache_entry_same(const struct cache_entry *a, const struct cache_entry *b)
{
    if (a->section != b->section || a->is_bound != b->is_bound ||
        !cache_environment_equal(a->environment, b->environment) ||
        !same_text(a->home_account_id, b->home_account_id))
        return false;
    bool same_client = same_text(a->client_id, b->client_id);
    bool same_realm = same_text(a->realm, b->realm);
    switch (a->section) {
    case CACHE_ACCESS_TOKEN:
        return same_client && same_realm && same_target(a, b);
    case CACHE_ID_TOKEN:
        return same_client && same_realm;
    case CACHE_ACCOUNT:
        return same_realm;
    default: /* a refresh token is good for every tenant and scope */
        return same_client;
    }
}

static void add_key_part(struct buffer *out, struct text part)
{
    for (size_t i = 0; i < part.length; i++) {
        char c = part.at[i];
        buffer_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
}

static void add_parts(struct buffer *out, const struct text *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add_char(out, '-');
        add_key_part(out, parts[i]);
    }
}

void cache_entry_key(const struct cache_entry *entry, struct buffer *out)
{
    struct text type = text_of(cache_section_name(entry->section));
    struct text home = entry->home_account_id, host = entry->environment;
    switch (entry->section) {
    case CACHE_ACCESS_TOKEN:
        add_parts(out,
            (struct text[]){home, host, type, entry->client_id, entry->realm, entry->target}, 6);
        return;
    case CACHE_REFRESH_TOKEN:
        add_parts(
            out, (struct text[]){home, host, type, entry->client_id, TEXT_NONE, entry->target}, 6);
        return;
    case CACHE_ID_TOKEN:
        add_parts(
            out, (struct text[]){home, host, type, entry->client_id, entry->realm, TEXT_NONE}, 6);
        return;
    case CACHE_ACCOUNT:
        add_parts(out, (struct text[]){home, host, entry->realm}, 3);
        return;
    default:
        add_parts(out, (struct text[]){type, host, entry->client_id}, 3);
    }
}

/* Known here, so that it is written from the new entry or not at all. */
static bool is_superseded(const struct cache_entry *entry, struct text name)
{
    for (size_t row = 0; row < COUNT(text_fields); row++)
        if (has_field(row, entry->section) && text_is(name, text_fields[row].name))
            return entry->section != CACHE_ACCOUNT || text_fields[row].presence != IF_KNOWN ||
                   text_of_field(entry, row).at;
    for (size_t row = 0; row < COUNT(time_fields); row++)
        if (entry->section == time_fields[row].section && text_is(name, time_fields[row].name))
            return true;
    return is_one_of(name, outdated_fields, COUNT(outdated_fields));
}

static void write_text(struct json_writer *writer, const struct cache_entry *entry, size_t row)
{
    struct text value = text_of_field(entry, row);
    if (!has_field(row, entry->section) || (!value.at && text_fields[row].presence == IF_KNOWN))
        return;
    json_name(writer, text_fields[row].name);
    json_write_text(writer, value.at || text_fields[row].presence == OR_NULL ? value : TEXT(""));
}

static void write_fields(struct json_writer *writer, const struct cache_entry *entry)
{
    for (size_t row = 0; row < COUNT(text_fields); row++)
        write_text(writer, entry, row);
    for (size_t row = 0; row < COUNT(time_fields); row++) {
        char digits[24];
        int64_t value = time_of_field(entry, row);
        snprintf(digits, sizeof(digits), "%lld", (long long)value);
        if (entry->section == time_fields[row].section && value != CACHE_NO_TIME)
            json_member(writer, time_fields[row].name, digits);
    }
}

void cache_entry_write(
    struct json_writer *writer, const struct cache_entry *entry, const struct cache_entry *old)
{
    scoped_buffer struct buffer key = {0};
    buffer_init(&key, 64 << 10);
    cache_entry_key(entry, &key);
    if (key.failed)
        writer->out->failed = true;
    json_name_text(writer, buffer_text(&key));
    json_begin_object(writer);
    if (IN(entry->section) & TOKENS)
        json_member(writer, "credential_type", cache_section_name(entry->section));
    write_fields(writer, entry);
    for (const struct json *member = old && old->json->type == JSON_OBJECT ? old->json->first
                                                                           : NULL;
         member; member = member->next)
        if (!is_superseded(entry, member->name)) {
            json_name_text(writer, member->name);
            json_write_tree(writer, member);
        }
    json_end_object(writer);
}
