/*
 * api/model.h - the models of the Batch API as data: what models.def, words.def and rules.def say,
 * as constant tables.
 *
 * A model describes one struct of azb/models.h. The engine (decode.h, encode.h, validate.h,
 * odata.h) walks these tables; nothing about one single model is written anywhere else.
 */
#ifndef API_MODEL_H
#define API_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/models.h>
#include "base/text.h"

/* What a body is for. A model may have fields that exist in some shapes only. */
enum api_shape {
    SHAPE_CREATE,
    SHAPE_READ,
    SHAPE_PATCH,
    SHAPE_PUT,
    SHAPE_ANY, /* every field, none required: what the service keeps in its store */
};

/* Bits of `field.shapes`: legal in the low four, required in the high four. */
#define SHAPE_LEGAL(shape) (1u << (shape))
#define SHAPE_REQUIRED(shape) (1u << ((shape) + 4))

enum field_kind {
    FIELD_STRING,  /* const char * */
    FIELD_I32,     /* struct azb_i32 */
    FIELD_I64,     /* struct azb_i64; a string of digits in JSON */
    FIELD_DOUBLE,  /* struct azb_double */
    FIELD_BOOL,    /* struct azb_bool */
    FIELD_ENUM,    /* struct {int value; const char *text;} */
    FIELD_ONE,     /* struct azb_x * */
    FIELD_LIST,    /* struct {struct azb_x *items; size_t count;} */
    FIELD_STRINGS, /* struct azb_string_list */
    FIELD_MAP,     /* struct azb_string_map */
};

enum rule_id {
    RULE_NONE,
#define TEXT_RULE(name, ...) RULE_##name,
#define SPAN_RULE(name, ...) RULE_##name,
#define NUMBER_RULE(name, ...) RULE_##name,
#include "api/rules.def"
#undef TEXT_RULE
#undef SPAN_RULE
#undef NUMBER_RULE
    RULE_COUNT
};

/* An enumeration: words[0] is the word of value 1. */
struct words {
    const char *name; /* "job_state" */
    const char *help;
    const char *const *words;
    const char *const *constants; /* "ACTIVE", ... */
    size_t count;
};

struct model;

struct field {
    const char *name;      /* the struct's member */
    const char *json_name; /* on the wire */
    size_t json_length;
    size_t offset;
    enum field_kind kind;
    unsigned shapes;
    enum rule_id rule;                  /* of a string or an i32 */
    const struct words *words;          /* of an enum */
    const struct model *(*model)(void); /* of one and list */
    const char *help;
};

#define FIELDS_MAX 64 /* a set of fields is a uint64_t */

struct model {
    const char *name;      /* "job" for struct azb_job */
    const char *json_name; /* "BatchJob" */
    size_t size;
    const struct field *fields;
    size_t field_count;
    const char *help;
};

/* model_job(), model_task(), ...: one function a model. */
#define MODEL(name, ...) const struct model *model_##name(void);
#define STR(...)
#define I32(...)
#define I64(...)
#define DOUBLE(...)
#define BOOL(...)
#define ENUM(...)
#define ONE(...)
#define LIST(...)
#define STRS(...)
#define MAP(...)
#define END(name)
#include "api/models.def"
#include "api/models_end.h"

/* All models, in the order of models.def. NULL after the last one. */
const struct model *model_at(size_t index);
const struct model *model_find(const char *name);

/* All enumerations, in the order of words.def. NULL after the last one. */
const struct words *words_at(size_t index);
/* The value of a word without regard to case; -1 when it is not one of them. */
int words_value(const struct words *words, struct text word);
/* "active, disabled or completed", for messages. */
void words_allowed(const struct words *words, struct buffer *out);

/* By JSON name; NULL when there is none. `hint` is the index to try first. */
const struct field *model_field(const struct model *model, struct text json_name, size_t hint);
const struct field *model_field_named(const struct model *model, const char *json_name);
/* Absent: NULL, not set, value 0, no items. */
bool field_present(const struct field *field, const void *from);

/*
 * A string list or model pointer that a PATCH body gave as null points here: "clear it". It reads
 * as an empty string or as a model without any field; api_apply() understands it, nobody writes to
 * it.
 */
extern const uint64_t api_cleared[];
bool field_cleared(const struct field *field, const void *from);

/* Generic views of the printed list, enum and pointer types: they all have these layouts. */
struct any_list {
    void *items;
    size_t count;
};

struct any_enum {
    int value;
    const char *text;
};

static inline bool field_legal(const struct field *field, enum api_shape shape)
{
    return shape == SHAPE_ANY || (field->shapes & SHAPE_LEGAL(shape)) != 0;
}

static inline bool field_required(const struct field *field, enum api_shape shape)
{
    return shape != SHAPE_ANY && (field->shapes & SHAPE_REQUIRED(shape)) != 0;
}

/* How many bytes of the struct a field of this kind takes. */
size_t field_size(enum field_kind kind);

static inline void *field_at(const struct field *field, void *in)
{
    return (char *)in + field->offset;
}

static inline const void *field_in(const struct field *field, const void *in)
{
    return (const char *)in + field->offset;
}

#endif
