#include "entra/disk_cache_document.h"

#include <stddef.h>

#include "base/crypto.h"
#include "base/error.h"
#include "entra/authority.h"
#include "entra/disk_cache_entry.h"
#include "entra/disk_cache_file.h"

#define DOCUMENT_MEMORY_MAX (256 << 20)

void cache_document_init(struct cache_document *document)
{
    *document = (struct cache_document){.count = 0};
    buffer_init(&document->body, DISK_CACHE_FILE_MAX);
    arena_init(&document->arena, DOCUMENT_MEMORY_MAX);
}

void cache_document_free(struct cache_document *document)
{
    buffer_free(&document->body);
    arena_wipe(&document->arena);
    document->root = NULL;
    document->entries = NULL;
    document->count = 0;
}

bool cache_environment_equal(struct text a, struct text b)
{
    if (text_equal_nocase(a, b))
        return true;
    const char *cloud = authority_cloud_host(a);
    return cloud && cloud == authority_cloud_host(b);
}

/* The sections have to be objects; other members may be anything. */
static bool count_entries(struct cache_document *document, struct azb_error *err)
{
    size_t count = 0;
    for (enum cache_section section = 0; section < CACHE_SECTIONS; section++) {
        const struct json *entries = json_get(document->root, cache_section_name(section));
        if (entries && entries->type != JSON_OBJECT)
            return fail(err, AZB_ERROR_PROTOCOL, "the member \"%s\" is %s; an object is expected",
                cache_section_name(section), json_type_text(entries->type));
        count += entries ? entries->count : 0;
    }
    document->entries = arena_array(&document->arena, count + 1, sizeof(*document->entries));
    return document->entries || fail_memory(err);
}

static void read_section(struct cache_document *document, enum cache_section section)
{
    const struct json *entries = json_get(document->root, cache_section_name(section));
    for (const struct json *entry = entries ? entries->first : NULL; entry; entry = entry->next)
        cache_entry_read(&document->entries[document->count++], section, entry);
}

bool cache_document_read(struct cache_document *document, struct azb_error *err)
{
    struct text body = text_trim(buffer_text(&document->body));
    if (body.length == 0)
        return true;
    const struct json *root = json_parse(body, &document->arena, err);
    if (!root)
        return false;
    if (root->type != JSON_OBJECT)
        return fail(
            err, AZB_ERROR_PROTOCOL, "it is %s; an object is expected", json_type_text(root->type));
    document->root = root;
    if (!count_entries(document, err))
        return false;
    for (enum cache_section section = 0; section < CACHE_SECTIONS; section++)
        read_section(document, section);
    return true;
}

/* ---- Writing ----------------------------------------------------------------------------- */

struct edit {
    const struct cache_document *document;
    const struct cache_change *change;
    struct json_writer writer;
    bool *placed; /* of each entry to put: it took the place of an old one */
};

/* The entry to put that is the same as this one; put_count when there is none. */
static size_t same_as(const struct edit *edit, const struct cache_entry *entry)
{
    size_t i = 0;
    while (i < edit->change->put_count && !cache_entry_same(&edit->change->put[i], entry))
        i++;
    return i;
}

/* Another program's entry under the very key that an entry to put will get: one name cannot be
 * there twice. */
static bool key_is_taken(struct edit *edit, const struct cache_entry *entry)
{
    scoped_buffer struct buffer key = {0};
    buffer_init(&key, DISK_CACHE_FILE_MAX);
    for (size_t i = 0; i < edit->change->put_count; i++) {
        if (edit->change->put[i].section != entry->section)
            continue;
        buffer_reset(&key);
        cache_entry_key(&edit->change->put[i], &key);
        if (text_equal(buffer_text(&key), entry->json->name))
            return true;
    }
    return false;
}

static bool goes(const struct edit *edit, const struct cache_entry *entry)
{
    return edit->change->drops && edit->change->drops(edit->change->context, entry);
}

static void write_old(struct edit *edit, const struct cache_entry *entry)
{
    size_t put = same_as(edit, entry);
    if (put < edit->change->put_count) {
        if (!edit->placed[put])
            cache_entry_write(&edit->writer, &edit->change->put[put], entry);
        edit->placed[put] = true;
        return;
    }
    if (goes(edit, entry) || key_is_taken(edit, entry))
        return;
    json_name_text(&edit->writer, entry->json->name);
    json_write_tree(&edit->writer, entry->json);
}

static void write_section(struct edit *edit, enum cache_section section)
{
    const struct cache_document *document = edit->document;
    json_name(&edit->writer, cache_section_name(section));
    json_begin_object(&edit->writer);
    for (size_t i = 0; i < document->count; i++)
        if (document->entries[i].section == section)
            write_old(edit, &document->entries[i]);
    for (size_t i = 0; i < edit->change->put_count; i++)
        if (edit->change->put[i].section == section && !edit->placed[i])
            cache_entry_write(&edit->writer, &edit->change->put[i], NULL);
    json_end_object(&edit->writer);
}

static enum cache_section section_named(struct text name)
{
    enum cache_section section = 0;
    while (section < CACHE_SECTIONS && !text_is(name, cache_section_name(section)))
        section++;
    return section;
}

static void write_root(struct edit *edit)
{
    const struct json *root = edit->document->root;
    json_begin_object(&edit->writer);
    for (const struct json *member = root ? root->first : NULL; member; member = member->next) {
        enum cache_section section = section_named(member->name);
        if (section < CACHE_SECTIONS) {
            write_section(edit, section);
            continue;
        }
        json_name_text(&edit->writer, member->name);
        json_write_tree(&edit->writer, member);
    }
    for (enum cache_section section = 0; section < CACHE_SECTIONS; section++)
        if (!json_get(root, cache_section_name(section)))
            write_section(edit, section);
    json_end_object(&edit->writer);
}

bool cache_document_write(const struct cache_document *document, const struct cache_change *change,
    struct buffer *out, struct azb_error *err)
{
    struct edit edit = {.document = document, .change = change};
    edit.placed = memory_alloc(change->put_count + 1);
    if (!edit.placed)
        return fail_memory(err);
    json_writer_init(&edit.writer, out, 4);
    write_root(&edit);
    memory_free(edit.placed);
    buffer_add_char(out, '\n');
    if (out->failed)
        return fail(err, AZB_ERROR_MEMORY, "out of memory, or the token cache became too large");
    return true;
}
