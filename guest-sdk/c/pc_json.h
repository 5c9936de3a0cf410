/*
 * JSON for pc_configure: a strict reader (RFC 8259) that goes through a text once, in the order of
 * the text, and builds no tree. Texts without escapes are not copied, so that a file of some
 * megabytes costs no more memory than what the policy keeps of it.
 *
 *     pc_json json = pc_json_of(PC("users.json"), contents);
 *     pc_string name, account;
 *     for (pc_json_object(&json, "an object of users"); pc_json_key(&json, &name);) {
 *         if (pc_json_string(&json, &account)) ...
 *     }
 *     return pc_json_end(&json, error);
 *
 * The first fault stays: after it every function does nothing and returns false, so that you need
 * to check only at the end. The text of the fault names the file, the line and the entry, but no
 * values, which may be secrets:
 *
 *     users.json, line 7: bob.permissions.pub.allow: expected a list, found a string
 *     users.json, line 9, column 3: bob: expected "," or "}" after the value
 *
 * It also refuses nesting deeper than PC_JSON_DEPTH, text that is not UTF-8, halves of surrogate
 * pairs, and numbers that do not fit where they are read. The caller has to find keys that appear
 * twice (pc_json_fault).
 */
#ifndef PC_JSON_H
#define PC_JSON_H

#include "portcullis.h"

#define PC_JSON_DEPTH 32

typedef enum {
    PC_JSON_NOTHING, /* the end, or something that does not begin a value */
    PC_JSON_NULL,
    PC_JSON_BOOLEAN,
    PC_JSON_NUMBER,
    PC_JSON_STRING,
    PC_JSON_LIST,
    PC_JSON_OBJECT
} pc_json_kind;

/* All fields are internal, except for these three. */
typedef struct {
    pc_string fault; /* empty: no fault so far */
    size_t line;     /* of the fault, from 1 */
    size_t column;   /* of the fault, from 1, in bytes */

    pc_string file;
    pc_string text;
    size_t at;
    size_t value_at; /* where the last value began */
    size_t depth;
    struct pc_json_level {
        bool is_object;
        bool is_begun;
        pc_string key;
        size_t index;
    } levels[PC_JSON_DEPTH];
} pc_json;

/* Starts to read; the file's name is for errors. For settings, pc_json_of(PC("settings"), ...)
 * leaves out the line. */
pc_json pc_json_of(pc_string file, pc_string text);

/* The kind of the next value. Does not read it. */
pc_json_kind pc_json_next(pc_json *json);

/* Each reads a value. After a fault it returns false and does not change the result. */
bool pc_json_string(pc_json *json, pc_string *value);
bool pc_json_boolean(pc_json *json, bool *value);
bool pc_json_number(pc_json *json, double *value);
bool pc_json_integer(pc_json *json, int64_t least, int64_t most, int64_t *value);
bool pc_json_null(pc_json *json);

/* Reads a value of any kind and ignores it. */
bool pc_json_skip(pc_json *json);

/* Enters an object; expected is for the error: "an object with pub and sub", or NULL. */
bool pc_json_object(pc_json *json, const char *expected);

/* The next key of the object; read its value next. False at the end, which leaves the object. */
bool pc_json_key(pc_json *json, pc_string *key);

/* Enters a list; then, before each element, whether there is one. False at the end, which leaves
 * the list. */
bool pc_json_list(pc_json *json, const char *expected);
bool pc_json_element(pc_json *json);

/* Makes the last value or key a fault, with the caller's text, which follows the name of the
 * entry. Always false. */
bool pc_json_fault(pc_json *json, const char *format, ...) PC_PRINTF(2, 3);

/* A key that is unknown; the known keys are for the error: "pass, account". Always false. */
bool pc_json_unknown(pc_json *json, const char *known);

/* Whether the whole text was read without a fault; if not, sets *error. */
bool pc_json_end(pc_json *json, pc_string *error);

#endif
