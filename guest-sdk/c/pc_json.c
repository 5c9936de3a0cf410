#include "pc_json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

pc_json pc_json_of(pc_string file, pc_string text) {
    return (pc_json){.file = file, .text = text};
}

/* ---- Faults --------------------------------------------------------------------------------- */

/* The longest part of a key that an error shows. */
#define SHOWN_BYTES 64

static bool is_plain(pc_string key) {
    for (size_t i = 0; i < key.len; i++) {
        unsigned char c = (unsigned char)key.ptr[i];
        bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c < 0x80) {
            return false;
        }
    }
    return key.len > 0;
}

/* Long keys are cut, between two code points. */
static pc_string shortened(pc_string key) {
    size_t length = key.len;
    while (length > SHOWN_BYTES ||
           (length < key.len && ((unsigned char)key.ptr[length] & 0xc0) == 0x80)) {
        length--;
    }
    return (pc_string){key.ptr, length};
}

/* "bob.permissions.pub.allow[1]: "; a key with special characters is quoted. */
static pc_string entry(const pc_json *json) {
    pc_string path = PC("");
    for (size_t i = 0; i < json->depth && i < PC_JSON_DEPTH; i++) {
        const struct pc_json_level *level = &json->levels[i];
        if (!level->is_begun) {
            break;
        }
        if (level->is_object) {
            pc_string key = shortened(level->key);
            key = is_plain(key) ? key : pc_quoted(key);
            path = pc_format("%.*s%s%.*s", PC_ARG(path), path.len ? "." : "", PC_ARG(key));
        } else {
            path = pc_format("%.*s[%zu]", PC_ARG(path), level->index);
        }
    }
    return path.len ? pc_format("%.*s: ", PC_ARG(path)) : path;
}

static void locate(pc_json *json, size_t at) {
    json->line = 1;
    json->column = 1;
    for (size_t i = 0; i < at; i++) {
        bool new_line = json->text.ptr[i] == '\n';
        json->line += new_line;
        json->column = new_line ? 1 : json->column + 1;
    }
}

/* A value is valid JSON, but not the expected value. */
static bool wrong(pc_json *json, size_t at, pc_string what) {
    if (json->fault.len) {
        return false;
    }
    locate(json, at);
    pc_string path = entry(json);
    json->fault = pc_equal(json->file, PC("settings"))
                      ? pc_format("settings: %.*s%.*s", PC_ARG(path), PC_ARG(what))
                      : pc_format("%.*s, line %zu: %.*s%.*s", PC_ARG(json->file), json->line,
                                  PC_ARG(path), PC_ARG(what));
    return false;
}

/* It is not valid JSON. */
static bool malformed(pc_json *json, size_t at, const char *what) {
    if (json->fault.len) {
        return false;
    }
    locate(json, at);
    pc_string path = entry(json);
    json->fault = pc_format("%.*s, line %zu, column %zu: %.*s%s", PC_ARG(json->file), json->line,
                            json->column, PC_ARG(path), what);
    return false;
}

bool pc_json_fault(pc_json *json, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    pc_string text = pc_format_list(format, arguments);
    va_end(arguments);
    return wrong(json, json->value_at, text);
}

static const char *const kinds[] = {"nothing",  "null",   "a boolean", "a number",
                                    "a string", "a list", "an object"};

static bool unexpected(pc_json *json, const char *expected, pc_json_kind found) {
    json->value_at = json->at;
    return found == PC_JSON_NOTHING
               ? malformed(json, json->at,
                           json->at < json->text.len ? "expected a value" : "the text ends early")
               : pc_json_fault(json, "expected %s, found %s", expected, kinds[found]);
}

bool pc_json_unknown(pc_json *json, const char *known) {
    return pc_json_fault(json, "unknown field, expected one of %s", known);
}

/* ---- Characters ----------------------------------------------------------------------------- */

/* The byte at the reader; -1 at the end. */
static int peek(const pc_json *json) {
    return json->at < json->text.len ? (unsigned char)json->text.ptr[json->at] : -1;
}

static void skip_blanks(pc_json *json) {
    int c;
    while ((c = peek(json)) == ' ' || c == '\n' || c == '\t' || c == '\r') {
        json->at++;
    }
}

static bool take(pc_json *json, char wanted) {
    if (peek(json) != (unsigned char)wanted) {
        return false;
    }
    json->at++;
    return true;
}

static bool take_word(pc_json *json, const char *word) {
    size_t length = strlen(word);
    pc_string rest = {json->text.ptr + json->at, json->text.len - json->at};
    if (!pc_starts_with(rest, pc_text(word))) {
        return malformed(json, json->at, "expected a value; words are true, false and null");
    }
    json->at += length;
    return true;
}

pc_json_kind pc_json_next(pc_json *json) {
    if (json->fault.len) {
        return PC_JSON_NOTHING;
    }
    skip_blanks(json);
    int c = peek(json);
    switch (c) {
    case '{':
        return PC_JSON_OBJECT;
    case '[':
        return PC_JSON_LIST;
    case '"':
        return PC_JSON_STRING;
    case 't':
    case 'f':
        return PC_JSON_BOOLEAN;
    case 'n':
        return PC_JSON_NULL;
    default:
        return c == '-' || (c >= '0' && c <= '9') ? PC_JSON_NUMBER : PC_JSON_NOTHING;
    }
}

/* Whether a value of this kind is next; if not, sets the fault. */
static bool begins(pc_json *json, pc_json_kind wanted, const char *expected) {
    if (json->fault.len) {
        return false;
    }
    pc_json_kind found = pc_json_next(json);
    json->value_at = json->at;
    return found == wanted || unexpected(json, expected ? expected : kinds[wanted], found);
}

/* ---- Strings -------------------------------------------------------------------------------- */

static bool hex4(pc_json *json, unsigned *unit) {
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(json);
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return malformed(json, json->at, "expected four hexadecimal digits after \\u");
        }
        *unit = *unit << 4 | (unsigned)digit;
        json->at++;
    }
    return true;
}

/* Reads what follows "\u". RFC 8259, section 7: characters beyond the first plane are pairs. */
static bool code_point(pc_json *json, unsigned *point) {
    size_t begin = json->at - 2;
    if (!hex4(json, point)) {
        return false;
    }
    if (*point < 0xd800 || *point > 0xdfff) {
        return true;
    }
    unsigned low;
    if (*point > 0xdbff || !take(json, '\\') || !take(json, 'u')) {
        return malformed(json, begin, "half of a surrogate pair");
    }
    if (!hex4(json, &low)) {
        return false;
    }
    if (low < 0xdc00 || low > 0xdfff) {
        return malformed(json, begin, "half of a surrogate pair");
    }
    *point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static char *encode(char *out, unsigned point) {
    if (point < 0x80) {
        *out++ = (char)point;
    } else if (point < 0x800) {
        *out++ = (char)(0xc0 | point >> 6);
    } else if (point < 0x10000) {
        *out++ = (char)(0xe0 | point >> 12);
        *out++ = (char)(0x80 | (point >> 6 & 0x3f));
    } else {
        *out++ = (char)(0xf0 | point >> 18);
        *out++ = (char)(0x80 | (point >> 12 & 0x3f));
        *out++ = (char)(0x80 | (point >> 6 & 0x3f));
    }
    if (point >= 0x80) {
        *out++ = (char)(0x80 | (point & 0x3f));
    }
    return out;
}

/* Reads what follows a backslash. */
static bool unescape(pc_json *json, char **out) {
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    int c = peek(json);
    const char *name = c > 0 ? strchr(names, c) : NULL;
    if (name) {
        json->at++;
        *(*out)++ = meanings[name - names];
        return true;
    }
    if (!take(json, 'u')) {
        return malformed(json, json->at - 1, "an escape that JSON does not have");
    }
    unsigned point;
    if (!code_point(json, &point)) {
        return false;
    }
    *out = encode(*out, point);
    return true;
}

/* The raw text between the quotes; the reader is after the second one. */
static bool raw_string(pc_json *json, pc_string *raw, bool *has_escapes) {
    size_t begin = json->at++;
    *has_escapes = false;
    for (int c; (c = peek(json)) != '"'; json->at++) {
        if (c < 0) {
            return malformed(json, begin, "a string without an end");
        }
        if (c < ' ') {
            return malformed(json, json->at, "a control character in a string; write an escape");
        }
        if (c == '\\') {
            *has_escapes = true;
            json->at++;
            if (peek(json) < 0) {
                return malformed(json, begin, "a string without an end");
            }
        }
    }
    *raw = (pc_string){json->text.ptr + begin + 1, json->at - begin - 1};
    json->at++;
    return pc_is_utf8(*raw) || malformed(json, begin, "a string that is not UTF-8");
}

static bool string(pc_json *json, pc_string *value) {
    pc_string raw;
    bool has_escapes;
    size_t begin = json->at;
    if (!raw_string(json, &raw, &has_escapes)) {
        return false;
    }
    if (!has_escapes) {
        *value = raw;
        return true;
    }
    /* An escape is never shorter than the character that it stands for. */
    char *text = pc_alloc(raw.len);
    char *out = text;
    size_t end = json->at;
    for (json->at = begin + 1; json->at < end - 1;) {
        if (!take(json, '\\')) {
            *out++ = json->text.ptr[json->at++];
        } else if (!unescape(json, &out)) {
            return false;
        }
    }
    json->at = end;
    *value = (pc_string){text, (size_t)(out - text)};
    return true;
}

bool pc_json_string(pc_json *json, pc_string *value) {
    return begins(json, PC_JSON_STRING, NULL) && string(json, value);
}

/* ---- Numbers, booleans, null ---------------------------------------------------------------- */

static bool digits(pc_json *json) {
    size_t begin = json->at;
    while (peek(json) >= '0' && peek(json) <= '9') {
        json->at++;
    }
    return json->at > begin || malformed(json, json->at, "expected a digit");
}

static bool raw_number(pc_json *json, pc_string *raw, bool *is_whole) {
    size_t begin = json->at;
    *is_whole = true;
    take(json, '-');
    if (take(json, '0')) {
        if (peek(json) >= '0' && peek(json) <= '9') {
            return malformed(json, begin, "a number that begins with 0");
        }
    } else if (!digits(json)) {
        return false;
    }
    if (take(json, '.')) {
        *is_whole = false;
        if (!digits(json)) {
            return false;
        }
    }
    if (take(json, 'e') || take(json, 'E')) {
        *is_whole = false;
        (void)(take(json, '+') || take(json, '-'));
        if (!digits(json)) {
            return false;
        }
    }
    *raw = (pc_string){json->text.ptr + begin, json->at - begin};
    return true;
}

bool pc_json_number(pc_json *json, double *value) {
    pc_string raw;
    bool is_whole;
    if (!begins(json, PC_JSON_NUMBER, NULL) || !raw_number(json, &raw, &is_whole)) {
        return false;
    }
    char *text = pc_alloc(raw.len + 1);
    memcpy(text, raw.ptr, raw.len);
    double number = strtod(text, NULL);
    /* Too large a number becomes infinity; too small a number becomes zero, which is fine. */
    if (number - number != 0) {
        return pc_json_fault(json, "a number too large");
    }
    *value = number;
    return true;
}

bool pc_json_integer(pc_json *json, int64_t least, int64_t most, int64_t *value) {
    pc_string raw;
    bool is_whole;
    if (!begins(json, PC_JSON_NUMBER, "an integer") || !raw_number(json, &raw, &is_whole)) {
        return false;
    }
    if (!is_whole) {
        return pc_json_fault(json, "expected an integer, found a fraction or an exponent");
    }
    bool negative = raw.ptr[0] == '-';
    /* Counts below zero, where there is one more number. */
    int64_t number = 0;
    bool fits = true;
    for (size_t i = negative; i < raw.len && fits; i++) {
        int digit = raw.ptr[i] - '0';
        fits = number >= (INT64_MIN + digit) / 10;
        number = fits ? number * 10 - digit : 0;
    }
    fits = fits && (negative || number != INT64_MIN);
    number = negative || !fits ? number : -number;
    if (!fits || number < least || number > most) {
        return pc_json_fault(json, "must be an integer from %lld to %lld", (long long)least,
                             (long long)most);
    }
    *value = number;
    return true;
}

bool pc_json_boolean(pc_json *json, bool *value) {
    if (!begins(json, PC_JSON_BOOLEAN, NULL)) {
        return false;
    }
    bool is_true = peek(json) == 't';
    if (!take_word(json, is_true ? "true" : "false")) {
        return false;
    }
    *value = is_true;
    return true;
}

bool pc_json_null(pc_json *json) {
    return begins(json, PC_JSON_NULL, NULL) && take_word(json, "null");
}

/* ---- Objects and lists ---------------------------------------------------------------------- */

static bool enter(pc_json *json, pc_json_kind kind, const char *expected) {
    if (!begins(json, kind, expected)) {
        return false;
    }
    if (json->depth == PC_JSON_DEPTH) {
        return malformed(json, json->at, "nested too deeply");
    }
    json->at++;
    json->levels[json->depth++] = (struct pc_json_level){.is_object = kind == PC_JSON_OBJECT};
    return true;
}

bool pc_json_object(pc_json *json, const char *expected) {
    return enter(json, PC_JSON_OBJECT, expected);
}

bool pc_json_list(pc_json *json, const char *expected) {
    return enter(json, PC_JSON_LIST, expected);
}

/* Whether there is another member; false at the end, and after a fault. */
static bool another(pc_json *json, bool of_object) {
    if (json->fault.len || json->depth == 0) {
        return false;
    }
    struct pc_json_level *level = &json->levels[json->depth - 1];
    if (level->is_object != of_object) {
        pc_fail("pc_json: pc_json_key needs an object, and pc_json_element a list");
    }
    skip_blanks(json);
    if (take(json, of_object ? '}' : ']')) {
        json->depth--;
        return false;
    }
    if (level->is_begun && !take(json, ',')) {
        return malformed(json, json->at,
                         of_object ? "expected \",\" or \"}\" after the value"
                                   : "expected \",\" or \"]\" after the value");
    }
    return true;
}

bool pc_json_key(pc_json *json, pc_string *key) {
    if (!another(json, true)) {
        return false;
    }
    struct pc_json_level *level = &json->levels[json->depth - 1];
    level->is_begun = false;
    skip_blanks(json);
    json->value_at = json->at;
    if (peek(json) != '"') {
        return malformed(json, json->at, "expected a key, which is a string");
    }
    if (!string(json, key)) {
        return false;
    }
    skip_blanks(json);
    if (!take(json, ':')) {
        return malformed(json, json->at, "expected \":\" after the key");
    }
    level->key = *key;
    level->is_begun = true;
    return true;
}

bool pc_json_element(pc_json *json) {
    if (!another(json, false)) {
        return false;
    }
    struct pc_json_level *level = &json->levels[json->depth - 1];
    level->index = level->is_begun ? level->index + 1 : 0;
    level->is_begun = true;
    return true;
}

static bool skip_scalar(pc_json *json, pc_json_kind kind) {
    pc_string raw;
    bool flag;
    switch (kind) {
    case PC_JSON_NULL:
        return take_word(json, "null");
    case PC_JSON_BOOLEAN:
        return pc_json_boolean(json, &flag);
    case PC_JSON_NUMBER:
        return raw_number(json, &raw, &flag);
    case PC_JSON_STRING:
        return string(json, &raw);
    default:
        return unexpected(json, "a value", kind);
    }
}

bool pc_json_skip(pc_json *json) {
    size_t outside = json->depth;
    pc_string key;
    do {
        pc_json_kind kind = pc_json_next(json);
        if (kind == PC_JSON_OBJECT || kind == PC_JSON_LIST) {
            enter(json, kind, NULL);
        } else {
            skip_scalar(json, kind);
        }
        /* Leaves what ends here, and moves on to the next value. */
        while (json->depth > outside && !json->fault.len) {
            if (json->levels[json->depth - 1].is_object ? pc_json_key(json, &key)
                                                        : pc_json_element(json)) {
                break;
            }
        }
    } while (json->depth > outside && !json->fault.len);
    return !json->fault.len;
}

bool pc_json_end(pc_json *json, pc_string *error) {
    if (!json->fault.len) {
        if (json->depth) {
            pc_fail("pc_json: an object or a list was not read to its end");
        }
        skip_blanks(json);
        if (json->at < json->text.len) {
            malformed(json, json->at, "unexpected text after the end");
        }
    }
    if (json->fault.len) {
        *error = json->fault;
    }
    return !json->fault.len;
}
