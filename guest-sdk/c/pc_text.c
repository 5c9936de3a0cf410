/* Text, secrets, settings and the log. */

#include "portcullis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Text ----------------------------------------------------------------------------------- */

pc_string pc_text(const char *text) {
    return text ? (pc_string){text, strlen(text)} : PC("");
}

pc_option_string pc_some(pc_string text) {
    return (pc_option_string){true, text};
}

pc_string pc_or(pc_option_string option, pc_string otherwise) {
    return option.is_some ? option.val : otherwise;
}

bool pc_equal(pc_string one, pc_string other) {
    return one.len == other.len && (one.len == 0 || memcmp(one.ptr, other.ptr, one.len) == 0);
}

bool pc_is(pc_option_string option, pc_string text) {
    return option.is_some && pc_equal(option.val, text);
}

bool pc_starts_with(pc_string text, pc_string prefix) {
    return text.len >= prefix.len && pc_equal((pc_string){text.ptr, prefix.len}, prefix);
}

bool pc_ends_with(pc_string text, pc_string suffix) {
    return text.len >= suffix.len &&
           pc_equal((pc_string){text.ptr + (text.len - suffix.len), suffix.len}, suffix);
}

static bool is_blank(char letter) {
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

pc_string pc_trim(pc_string text) {
    while (text.len && is_blank(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len && is_blank(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

pc_string pc_next(pc_string *rest, char separator) {
    pc_string part = *rest;
    const char *found = part.len ? memchr(part.ptr, separator, part.len) : NULL;
    if (!found) {
        *rest = (pc_string){NULL, 0};
        return part;
    }
    part.len = (size_t)(found - part.ptr);
    *rest = (pc_string){found + 1, rest->len - part.len - 1};
    return part;
}

/* The length of the code point that begins here; 0 if there is none. RFC 3629, section 4: no
 * overlong forms, no surrogates, nothing beyond U+10FFFF. */
static size_t utf8_length(const unsigned char *bytes, size_t left) {
    unsigned char first = bytes[0];
    if (first < 0x80) {
        return 1;
    }
    size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || left < length) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (first == 0xe0 && bytes[1] < 0xa0) || (first == 0xf0 && bytes[1] < 0x90);
    bool surrogate = first == 0xed && bytes[1] > 0x9f;
    bool beyond = first == 0xf4 && bytes[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : length;
}

bool pc_is_utf8(pc_string text) {
    for (size_t at = 0; at < text.len;) {
        size_t length = utf8_length((const unsigned char *)text.ptr + at, text.len - at);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

/* White space and control characters beyond ASCII, as in Unicode: the host reads sentences that
 * way. */
static bool is_wide_blank(const unsigned char *bytes, size_t length) {
    if (length == 2) {
        return bytes[0] == 0xc2 && (bytes[1] <= 0x9f || bytes[1] == 0xa0);
    }
    if (length != 3) {
        return false;
    }
    unsigned point = (bytes[0] & 0x0fu) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu);
    return point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
           point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}

static bool has_blank(pc_string text) {
    const unsigned char *bytes = (const unsigned char *)text.ptr;
    for (size_t at = 0; at < text.len;) {
        size_t length = utf8_length(bytes + at, text.len - at);
        if (length == 0 || bytes[at] <= ' ' || bytes[at] == 0x7f ||
            is_wide_blank(bytes + at, length)) {
            return true;
        }
        at += length;
    }
    return false;
}

static bool has_letter(pc_string text, char letter) {
    return text.len && memchr(text.ptr, letter, text.len);
}

bool pc_is_token(pc_string text) {
    return text.len && !has_blank(text) && !has_letter(text, '.') && !has_letter(text, '*') &&
           !has_letter(text, '>');
}

/* ---- Subjects ------------------------------------------------------------------------------- */

#define SUBJECT_BYTES_MAX 1024
#define SUBJECT_TOKENS_MAX 32

/* As the host checks it: nats-server would read a wildcard inside a token as a letter. */
static const char *tokens_fault(pc_string subject) {
    size_t tokens = 0;
    bool has_empty = false, has_inside = false, has_early = false, is_ended = false;
    for (pc_string rest = subject; rest.ptr; tokens++) {
        pc_string token = pc_next(&rest, '.');
        has_empty |= token.len == 0;
        has_inside |= token.len > 1 && (has_letter(token, '*') || has_letter(token, '>'));
        has_early |= is_ended;
        is_ended |= pc_equal(token, PC(">"));
    }
    return subject.len > SUBJECT_BYTES_MAX ? "is longer than 1,024 bytes"
           : tokens > SUBJECT_TOKENS_MAX   ? "has more than 32 tokens"
           : has_empty                     ? "has an empty token; dots only separate tokens"
           : has_inside ? "has a wildcard inside a token; \"*\" and \">\" are tokens of their own"
           : has_early  ? "has \">\" before its end; \">\" is the last token or none"
                        : NULL;
}

const char *pc_subject_fault(pc_string subject) {
    if (subject.len == 0) {
        return "is empty; write a subject";
    }
    if (has_blank(subject)) {
        return "has white space or control characters; write each subject as an entry of its own";
    }
    return tokens_fault(subject);
}

const char *pc_subscription_fault(pc_string entry) {
    if (!has_letter(entry, ' ')) {
        return pc_subject_fault(entry);
    }
    pc_string queue = entry;
    pc_string subject = pc_next(&queue, ' ');
    if (!subject.len || !queue.len || has_blank(subject) || has_blank(queue)) {
        return "has white space or control characters; write \"subject\" or \"subject queue\"";
    }
    if (entry.len > SUBJECT_BYTES_MAX) {
        return "is longer than 1,024 bytes";
    }
    const char *fault = tokens_fault(subject);
    return fault ? fault : tokens_fault(queue);
}

/* ---- Secrets -------------------------------------------------------------------------------- */

bool pc_same_secret(pc_string presented, pc_string expected) {
    /* A longer presented secret is compared with the expected bytes repeatedly: the lengths
     * differ, and the work is the same. */
    const char *expected_bytes = expected.len ? expected.ptr : "";
    size_t cycle = expected.len ? expected.len : 1;
    /* Volatile, so that the compiler cannot end the loop early. */
    volatile unsigned char difference = 0;
    for (size_t i = 0, j = 0; i < presented.len; i++) {
        difference = (unsigned char)(difference | (presented.ptr[i] ^ expected_bytes[j]));
        j = (j + 1) & ((size_t)0 - (size_t)(j + 1 != cycle));
    }
    bool same_length = presented.len == expected.len;
    return (difference == 0) & same_length & (expected.len != 0);
}

/* ---- Formatting ----------------------------------------------------------------------------- */

pc_string pc_format_list(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) {
        return PC("(a format that cannot be written)");
    }
    size_t size = (size_t)length + 1;
    char *text = pc_alloc(size);
    vsnprintf(text, size, format, arguments);
    return (pc_string){text, size - 1};
}

pc_string pc_format(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    pc_string text = pc_format_list(format, arguments);
    va_end(arguments);
    return text;
}

bool pc_error(pc_string *error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    *error = pc_format_list(format, arguments);
    va_end(arguments);
    return false;
}

void pc_fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    pc_log(PC_ERROR, pc_format_list(format, arguments));
    va_end(arguments);
    abort();
}

pc_string pc_quoted(pc_string text) {
    static const char digits[] = "0123456789abcdef";
    /* An escape has six bytes at most. */
    char *shown = pc_alloc(text.len * 6 + 2);
    size_t at = 0;
    shown[at++] = '"';
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c == 0x7f) {
            memcpy(shown + at, "\\u00", 4);
            shown[at + 4] = digits[c >> 4];
            shown[at + 5] = digits[c & 15];
            at += 6;
            continue;
        }
        if (c == '"' || c == '\\') {
            shown[at++] = '\\';
        }
        shown[at++] = (char)c;
    }
    shown[at++] = '"';
    return (pc_string){shown, at};
}

/* ---- Log ------------------------------------------------------------------------------------ */

#ifdef __wasm32__

__attribute__((import_module("portcullis:policy/log@0.1.0"), import_name("write"))) void
pc_import_log(int32_t level, const char *ptr, size_t len);

/* The host accepts only text: bytes that are not UTF-8 would trap. */
void pc_log(pc_level level, pc_string line) {
    if (!pc_is_utf8(line)) {
        line = PC("(a log line that is not UTF-8)");
    }
    pc_import_log((int32_t)level, line.ptr, line.len);
}

#else

void pc_log(pc_level level, pc_string line) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    fprintf(stderr, "%s: %.*s\n", names[level], PC_ARG(line));
}

#endif

/* ---- Requests and settings ------------------------------------------------------------------ */

const pc_certificate *pc_verified_certificate(const pc_request *request) {
    const pc_option_tls *tls = &request->tls;
    return tls->is_some && tls->val.verified.len ? tls->val.verified.ptr : NULL;
}

static const pc_pair *find(const pc_pairs *pairs, pc_string name) {
    for (size_t i = 0; i < pairs->len; i++) {
        if (pc_equal(pairs->ptr[i].name, name)) {
            return &pairs->ptr[i];
        }
    }
    return NULL;
}

pc_option_string pc_attribute(const pc_request *request, pc_string name) {
    const pc_pair *found = find(&request->attributes, name);
    return found ? pc_some(found->value) : (pc_option_string){.is_some = false};
}

bool pc_data(const pc_settings *settings, pc_string name, pc_string *contents, pc_string *error) {
    const pc_pair *found = find(&settings->data, name);
    if (found) {
        *contents = found->value;
        return true;
    }
    pc_string given = PC("");
    for (size_t i = 0; i < settings->data.len; i++) {
        given = pc_format("%.*s%s%.*s", PC_ARG(given), i ? ", " : "",
                          PC_ARG(settings->data.ptr[i].name));
    }
    return pc_error(error,
                    "%.*s: the policy needs this data file: give it with --data %.*s, or --data "
                    "%.*s=FILE if it has another name (given: %.*s)",
                    PC_ARG(name), PC_ARG(name), PC_ARG(name),
                    PC_ARG(given.len ? given : PC("none")));
}
