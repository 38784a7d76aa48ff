#include "api/print.h"

/*
 * This file knows rows only, not the structs: it has to compile while azb/models.h is being made.
 */
#define WIDTH 100

enum verb { VERB_MODEL, VERB_FIELD, VERB_LIST, VERB_END };

struct row {
    enum verb verb;
    const char *type; /* "const char *", "struct azb_job_state "; the model's name for MODEL */
    const char *name;
    const char *json_name;
    const char *shape;
    const char *help;
};

static const struct row rows[] = {
#define MODEL(name, json, help) {VERB_MODEL, #name, #name, json, "", help},
#define STR(name, json, shape, rule, help) {VERB_FIELD, "const char *", #name, json, #shape, help},
#define I32(name, json, shape, rule, help)                                                         \
    {VERB_FIELD, "struct azb_i32 ", #name, json, #shape, help},
#define I64(name, json, shape, help) {VERB_FIELD, "struct azb_i64 ", #name, json, #shape, help},
#define DOUBLE(name, json, shape, help)                                                            \
    {VERB_FIELD, "struct azb_double ", #name, json, #shape, help},
#define BOOL(name, json, shape, help) {VERB_FIELD, "struct azb_bool ", #name, json, #shape, help},
#define ENUM(name, json, shape, words, help)                                                       \
    {VERB_FIELD, "struct azb_" #words " ", #name, json, #shape, help},
#define ONE(name, json, shape, model, help)                                                        \
    {VERB_FIELD, "struct azb_" #model " *", #name, json, #shape, help},
#define LIST(name, json, shape, model, help)                                                       \
    {VERB_LIST, "struct azb_" #model, #name, json, #shape, help},
#define STRS(name, json, shape, help)                                                              \
    {VERB_FIELD, "struct azb_string_list ", #name, json, #shape, help},
#define MAP(name, json, shape, help)                                                               \
    {VERB_FIELD, "struct azb_string_map ", #name, json, #shape, help},
#define END(name) {VERB_END, #name, #name, "", "", ""},
#include "api/models.def"
#include "api/models_end.h"
};

struct word_row {
    const char *set; /* NULL for a word */
    const char *constant;
    const char *word;
    const char *help;
};

static const struct word_row word_rows[] = {
#define WORDS(name, help) {#name, NULL, NULL, help},
#define WORD(constant, word) {NULL, #constant, word, NULL},
#define END_WORDS(name)
#include "api/words.def"
#undef WORDS
#undef WORD
#undef END_WORDS
};

#define ROWS (sizeof rows / sizeof *rows)
#define WORD_ROWS (sizeof word_rows / sizeof *word_rows)

static const char opening[] =
    "/*\n"
    " * azb/models.h - the things of the Batch API: jobs, tasks, pools, nodes, files.\n"
    " *\n"
    " * Printed from api/models.def and api/words.def by tools/print_models.c; do not edit.\n"
    " *\n"
    " * One struct a thing. A structure that is all zero has no field set. What absent looks "
    "like:\n"
    " *   strings and pointers   NULL\n"
    " *   numbers and booleans   .set is false        (AZB_I32(5), AZB_BOOL(true) make set ones)\n"
    " *   words (enumerations)   .value is 0; an unknown word from a newer service is -1 and kept\n"
    " *                          in .text; to send a word, set .value (or -1 and .text)\n"
    " *   lists and maps         .items is NULL; items with count 0 is an empty list, which "
    "clears\n"
    " *\n"
    " * The letters in front of a member's comment say when it may be sent: C create, P patch, U "
    "put;\n"
    " * R: the service may answer it. A doubled letter: required, or always there. What a call "
    "gives\n"
    " * you belongs to its reply; what you give to a call is read during the call only.\n"
    " */\n"
    "/* clang-format off */\n"
    "#ifndef AZB_MODELS_H\n"
    "#define AZB_MODELS_H\n"
    "\n"
    "#include <stdbool.h>\n"
    "#include <stddef.h>\n"
    "#include <stdint.h>\n"
    "\n"
    "#ifdef __cplusplus\n"
    "extern \"C\" {\n"
    "#endif\n"
    "\n"
    "struct azb_i32 {\n"
    "    bool set;\n"
    "    int32_t value;\n"
    "};\n"
    "\n"
    "struct azb_i64 {\n"
    "    bool set;\n"
    "    int64_t value;\n"
    "};\n"
    "\n"
    "struct azb_double {\n"
    "    bool set;\n"
    "    double value;\n"
    "};\n"
    "\n"
    "struct azb_bool {\n"
    "    bool set;\n"
    "    bool value;\n"
    "};\n"
    "\n"
    "#ifndef __cplusplus\n"
    "#define AZB_I32(number) ((struct azb_i32){true, (number)})\n"
    "#define AZB_I64(number) ((struct azb_i64){true, (number)})\n"
    "#define AZB_DOUBLE(number) ((struct azb_double){true, (number)})\n"
    "#define AZB_BOOL(truth) ((struct azb_bool){true, (truth)})\n"
    "#endif\n"
    "\n"
    "struct azb_string_list {\n"
    "    const char *const *items;\n"
    "    size_t count;\n"
    "};\n"
    "\n"
    "struct azb_string_pair {\n"
    "    const char *name;\n"
    "    const char *value;\n"
    "};\n"
    "\n"
    "struct azb_string_map {\n"
    "    const struct azb_string_pair *items;\n"
    "    size_t count;\n"
    "};\n";

static const char closing[] = "\n"
                              "#ifdef __cplusplus\n"
                              "}\n"
                              "#endif\n"
                              "#endif\n";

static void add_upper(struct buffer *out, const char *name)
{
    for (; *name; name++)
        buffer_add_char(out, *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name);
}

/* A comment at `indent`, its lines broken at WIDTH. */
static void add_comment(
    struct buffer *out, const char *indent, const char *prefix, const char *text)
{
    buffer_format(out, "%s/* %s", indent, prefix);
    size_t column = strlen(indent) + 3 + strlen(prefix);
    struct text rest = text_of(text), word;
    for (bool first = true; text_cut(&rest, ' ', &word); first = false) {
        if (!first && column + 1 + word.length + 3 > WIDTH) {
            buffer_format(out, "\n%s *", indent);
            column = strlen(indent) + 2;
        }
        if (!first)
            buffer_add_char(out, ' ');
        buffer_add_text(out, word);
        column += word.length + !first;
    }
    buffer_add_string(out, " */\n");
}

static void print_word_set(struct buffer *out, size_t at)
{
    const struct word_row *set = &word_rows[at];
    buffer_add_char(out, '\n');
    add_comment(out, "", "", set->help);
    buffer_format(out, "enum azb_%s_value {\n", set->set);
    for (size_t i = at + 1; i < WORD_ROWS && !word_rows[i].set; i++) {
        buffer_add_string(out, "    AZB_");
        add_upper(out, set->set);
        buffer_format(out, "_%s%s, /* \"%s\" */\n", word_rows[i].constant,
            i == at + 1 ? " = 1" : "", word_rows[i].word);
    }
    buffer_format(
        out, "};\n\nstruct azb_%s {\n    int value;\n    const char *text;\n};\n", set->set);
}

static bool list_seen_before(size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (rows[i].verb == VERB_LIST && strcmp(rows[i].type, rows[at].type) == 0)
            return true;
    return false;
}

static void print_list(struct buffer *out, size_t at)
{
    if (rows[at].verb != VERB_LIST || list_seen_before(at))
        return;
    buffer_format(
        out, "\n%s_list {\n    %s *items;\n    size_t count;\n};\n", rows[at].type, rows[at].type);
}

/* "CC|RR|U" to "CC RR U: ". */
static void add_member_comment(struct buffer *out, const struct row *row)
{
    char prefix[32] = "";
    size_t length = 0;
    const char *shape = strcmp(row->shape, "ALL") == 0    ? "C|R|P|U"
                        : strcmp(row->shape, "MUST") == 0 ? "CC|RR|PP|UU"
                                                          : row->shape;
    for (; *shape && length + 3 < sizeof prefix; shape++)
        prefix[length++] = *shape == '|' ? ' ' : *shape;
    prefix[length++] = ':';
    prefix[length++] = ' ';
    prefix[length] = '\0';
    add_comment(out, "    ", prefix, row->help);
}

static void print_row(struct buffer *out, const struct row *row)
{
    switch (row->verb) {
    case VERB_MODEL:
        buffer_add_char(out, '\n');
        add_comment(out, "", "", row->help);
        buffer_format(out, "struct azb_%s {\n", row->name);
        return;
    case VERB_FIELD:
        add_member_comment(out, row);
        buffer_format(out, "    %s%s;\n", row->type, row->name);
        return;
    case VERB_LIST:
        add_member_comment(out, row);
        buffer_format(out, "    %s_list %s;\n", row->type, row->name);
        return;
    case VERB_END:
        buffer_add_string(out, "};\n");
        return;
    }
}

void api_print_header(struct buffer *out)
{
    buffer_add_string(out, opening);
    for (size_t i = 0; i < WORD_ROWS; i++)
        if (word_rows[i].set)
            print_word_set(out, i);
    buffer_add_char(out, '\n');
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].verb == VERB_MODEL)
            buffer_format(out, "struct azb_%s;\n", rows[i].name);
    for (size_t i = 0; i < ROWS; i++)
        print_list(out, i);
    for (size_t i = 0; i < ROWS; i++)
        print_row(out, &rows[i]);
    buffer_add_string(out, closing);
}
