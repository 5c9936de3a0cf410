/* The JSON reader: what it reads, what it refuses and with which text. No text makes it read
 * outside the text (the sanitizers check this) or accept invalid JSON. */

#include "../pc_json.h"
#include "pc_testing.h"

bool pc_configure(const pc_settings *settings, pc_string *error) {
    (void)settings, (void)error;
    return true;
}

void pc_decide(const pc_request *request, pc_decision *decision) {
    (void)request, (void)decision;
}

/* A copy without a byte after its end, so that the sanitizer sees a read beyond it. */
static pc_string exactly(const void *bytes, size_t length) {
    char *copy = pc_alloc(length);
    if (length) {
        memcpy(copy, bytes, length);
    }
    return (pc_string){copy, length};
}

static pc_string of(const char *text) {
    return exactly(text, strlen(text));
}

/* The text in one form: without spaces, strings unchanged. */
static pc_string value_of(pc_json *json) {
    pc_string text, written = PC("");
    double number;
    bool flag, first = true;
    switch (pc_json_next(json)) {
    case PC_JSON_NULL:
        return pc_json_null(json) ? PC("null") : PC("");
    case PC_JSON_BOOLEAN:
        return pc_json_boolean(json, &flag) ? flag ? PC("true") : PC("false") : PC("");
    case PC_JSON_NUMBER:
        return pc_json_number(json, &number) ? pc_format("%.17g", number) : PC("");
    case PC_JSON_LIST:
        for (pc_json_list(json, NULL); pc_json_element(json); first = false) {
            pc_string one = value_of(json);
            written = pc_format("%.*s%s%.*s", PC_ARG(written), first ? "" : ",", PC_ARG(one));
        }
        return pc_format("[%.*s]", PC_ARG(written));
    case PC_JSON_OBJECT:
        for (pc_json_object(json, NULL); pc_json_key(json, &text); first = false) {
            pc_string one = value_of(json);
            written = pc_format("%.*s%s%.*s:%.*s", PC_ARG(written), first ? "" : ",", PC_ARG(text),
                                PC_ARG(one));
        }
        return pc_format("{%.*s}", PC_ARG(written));
    default:
        return pc_json_string(json, &text) ? text : PC("");
    }
}

/* What was read, or the fault. */
static pc_string reading(pc_string text) {
    pc_json json = pc_json_of(PC("f"), text);
    pc_string error, value = value_of(&json);
    return pc_json_end(&json, &error) ? value : error;
}

static void values_are_read_as_they_are_written(void) {
    static const char *const pairs[][2] = {
        {"null", "null"},
        {" true\n", "true"},
        {"false", "false"},
        {"0", "0"},
        {"-0.5e+2", "-50"},
        {"1E2", "100"},
        {"\"\"", ""},
        {"\"a b\"", "a b"},
        {"[]", "[]"},
        {"{}", "{}"},
        {"[1, [2], {\"a\": [ ]}]", "[1,[2],{a:[]}]"},
        {"{\"a\":1,\"b\":{\"c\":null}}", "{a:1,b:{c:null}}"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"\\u0041\\u00e4\\u20AC\\ud83d\\udc1f!\"", "A\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x9f!"},
        {"\"\xf0\x9f\x90\x9f\"", "\xf0\x9f\x90\x9f"},
        {"{\"\\u0061\": \"\\n\"}", "{a:\n}"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        PC_CHECK_TEXT(reading(of(pairs[i][0])), pc_text(pairs[i][1]));
    }
    pc_string nul;
    pc_json json = pc_json_of(PC("f"), of("\"a\\u0000b\""));
    PC_CHECK(pc_json_string(&json, &nul) && pc_equal(nul, PC("a\0b")));
}

static void what_is_no_json_is_refused_with_its_place(void) {
    static const char *const pairs[][2] = {
        {"", "f, line 1, column 1: the text ends early"},
        {"{\n]", "f, line 2, column 1: expected a key, which is a string"},
        {"{}\n {}", "f, line 2, column 2: unexpected text after the end"},
        {"{\"a\" 1}", "f, line 1, column 6: expected \":\" after the key"},
        {"{\"a\": 1 \"b\"}", "f, line 1, column 9: a: expected \",\" or \"}\" after the value"},
        {"[1 2]", "f, line 1, column 4: [0]: expected \",\" or \"]\" after the value"},
        {"[1,]", "f, line 1, column 4: [1]: expected a value"},
        {"{\"a\": 1,}", "f, line 1, column 9: expected a key, which is a string"},
        {"[1", "f, line 1, column 3: [0]: expected \",\" or \"]\" after the value"},
        {"{\"a\": {\"b\": ", "f, line 1, column 13: a.b: the text ends early"},
        {"'a'", "f, line 1, column 1: expected a value"},
        {"nul", "f, line 1, column 1: expected a value; words are true, false and null"},
        {"tru", "f, line 1, column 1: expected a value; words are true, false and null"},
        {"truE", "f, line 1, column 1: expected a value; words are true, false and null"},
        {"nullx", "f, line 1, column 5: unexpected text after the end"},
        {"01", "f, line 1, column 1: a number that begins with 0"},
        {"-", "f, line 1, column 2: expected a digit"},
        {"1.", "f, line 1, column 3: expected a digit"},
        {"1e+", "f, line 1, column 4: expected a digit"},
        {".5", "f, line 1, column 1: expected a value"},
        {"+5", "f, line 1, column 1: expected a value"},
        {"NaN", "f, line 1, column 1: expected a value"},
        {"1e999", "f, line 1: a number too large"},
        {"\"a", "f, line 1, column 1: a string without an end"},
        {"\"a\\", "f, line 1, column 1: a string without an end"},
        {"\"a\nb\"", "f, line 1, column 3: a control character in a string; write an escape"},
        {"\"\\x\"", "f, line 1, column 2: an escape that JSON does not have"},
        {"\"\\u12g4\"", "f, line 1, column 6: expected four hexadecimal digits after \\u"},
        {"\"\\u12\"", "f, line 1, column 6: expected four hexadecimal digits after \\u"},
        {"\"\\ud800\"", "f, line 1, column 2: half of a surrogate pair"},
        {"\"\\ud800\\n\"", "f, line 1, column 2: half of a surrogate pair"},
        {"\"\\ud800\\u0041\"", "f, line 1, column 2: half of a surrogate pair"},
        {"\"\\udc00\"", "f, line 1, column 2: half of a surrogate pair"},
        {"\"\xff\"", "f, line 1, column 1: a string that is not UTF-8"},
        {"\"\xed\xa0\x80\"", "f, line 1, column 1: a string that is not UTF-8"},
        {"\xef\xbb\xbf{}", "f, line 1, column 1: expected a value"},
        {"/* */ 1", "f, line 1, column 1: expected a value"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        PC_CHECK_TEXT(reading(of(pairs[i][0])), pc_text(pairs[i][1]));
    }
    PC_CHECK_TEXT(reading(exactly("1\0", 2)),
                  PC("f, line 1, column 2: unexpected text after the end"));
}

static void nesting_has_an_end(void) {
    char deep[2 * PC_JSON_DEPTH + 3] = "";
    memset(deep, '[', PC_JSON_DEPTH);
    memset(deep + PC_JSON_DEPTH, ']', PC_JSON_DEPTH);
    PC_CHECK_TEXT(reading(of(deep)), of(deep));
    memset(deep, '[', PC_JSON_DEPTH + 1);
    memset(deep + PC_JSON_DEPTH + 1, ']', PC_JSON_DEPTH + 1);
    PC_CHECK(pc_ends_with(reading(of(deep)), PC("nested too deeply")));
    pc_json json = pc_json_of(PC("f"), of(deep));
    PC_CHECK(!pc_json_skip(&json));
}

static void an_integer_fits_or_is_refused(void) {
    static const struct {
        const char *text;
        int64_t least, most, value;
    } right[] = {
        {"0", 0, 0, 0},
        {"-1", -1, 5, -1},
        {"-0", 0, 0, 0},
        {"9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN},
    };
    int64_t value;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        pc_json json = pc_json_of(PC("f"), of(right[i].text));
        PC_CHECK(pc_json_integer(&json, right[i].least, right[i].most, &value));
        PC_CHECK(value == right[i].value);
    }
    static const char *const wrong[][2] = {
        {"6", "f, line 1: must be an integer from 0 to 5"},
        {"-1", "f, line 1: must be an integer from 0 to 5"},
        {"9223372036854775808", "f, line 1: must be an integer from 0 to 5"},
        {"-9223372036854775809", "f, line 1: must be an integer from 0 to 5"},
        {"99999999999999999999999999", "f, line 1: must be an integer from 0 to 5"},
        {"1.0", "f, line 1: expected an integer, found a fraction or an exponent"},
        {"1e0", "f, line 1: expected an integer, found a fraction or an exponent"},
        {"\"1\"", "f, line 1: expected an integer, found a string"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        pc_json json = pc_json_of(PC("f"), of(wrong[i][0]));
        value = 77;
        PC_CHECK(!pc_json_integer(&json, 0, 5, &value) && value == 77);
        PC_CHECK_TEXT(json.fault, pc_text(wrong[i][1]));
    }
}

static void another_kind_than_expected_is_named_with_its_entry(void) {
    pc_json json = pc_json_of(PC("lists.json"), of("{\"a\": [],\n\"b c\": {\"d\": [\"x\", 7]}}"));
    pc_string key, text, error;
    for (pc_json_object(&json, NULL); pc_json_key(&json, &key);) {
        if (pc_equal(key, PC("a"))) {
            pc_json_skip(&json);
            continue;
        }
        for (pc_json_object(&json, NULL); pc_json_key(&json, &key);) {
            for (pc_json_list(&json, NULL); pc_json_element(&json);) {
                pc_json_string(&json, &text);
            }
        }
    }
    PC_CHECK(!pc_json_end(&json, &error));
    PC_CHECK_TEXT(error, PC("lists.json, line 2: \"b c\".d[1]: expected a string, found a number"));
    PC_CHECK(json.line == 2 && json.column == 20);

    json = pc_json_of(PC("settings"), of("[]"));
    PC_CHECK(!pc_json_object(&json, "an object with opens"));
    PC_CHECK_TEXT(json.fault, PC("settings: expected an object with opens, found a list"));
    PC_CHECK(!pc_json_fault(&json, "too late"));
    PC_CHECK_TEXT(json.fault, PC("settings: expected an object with opens, found a list"));

    char long_key[300] = "{\"";
    memset(long_key + 2, 'k', 200);
    memcpy(long_key + 202, "\xc3\xa4\": x", 7);
    PC_CHECK(reading(of(long_key)).len < 120);
}

static void skipping_goes_over_anything(void) {
    pc_json json = pc_json_of(PC("f"), of("[{\"a\": [1, {}], \"b\": []}, 5]"));
    int64_t five = 0;
    pc_string error;
    PC_CHECK(pc_json_list(&json, NULL) && pc_json_element(&json) && pc_json_skip(&json));
    PC_CHECK(pc_json_element(&json) && pc_json_integer(&json, 0, 9, &five) && five == 5);
    PC_CHECK(!pc_json_element(&json) && pc_json_end(&json, &error));
    static const char *const wrong[] = {"[1,", "{\"a\"}", "[}", "{\"a\":1,2}", "x", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json = pc_json_of(PC("f"), of(wrong[i]));
        PC_CHECK(!pc_json_skip(&json) && json.fault.len);
    }
}

/* ---- Mutations ------------------------------------------------------------------------------ */

static uint64_t seed = 88172645463325252;

static uint64_t draw(uint64_t below) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static void mutate(char *text, size_t *length, size_t room) {
    static const char likely[] = "{}[]\",:\\u0d8-+.eE19tfn \n\x80\xff";
    size_t at = draw(*length ? *length : 1);
    switch (draw(4)) {
    case 0:
        text[at] = likely[draw(sizeof likely)];
        break;
    case 1:
        text[at] = (char)draw(256);
        break;
    case 2:
        *length = at;
        break;
    default:
        if (*length < room) {
            memmove(text + at + 1, text + at, *length - at);
            text[at] = likely[draw(sizeof likely)];
            *length += 1;
        }
    }
}

/* Reading value by value and skipping accept the same JSON, except for numbers that are too large.
 */
static void mutated_texts_are_read_or_refused(void) {
    static const char *const seeds[] = {
        "{\"bob\": {\"pass\": \"b\\u00e4\\ud83d\\udc1f\", \"can\": [\"publish a\", 1.5e3, -0]}}",
        "[[], {}, null, true, false, \"\\\\\\\"\\n\", [[[{\"a\": [0]}]]], 12345678901234567890]",
        "\"\xe2\x82\xac \xf0\x9f\x90\x9f \\udbff\\udfff\"",
    };
    int accepted = 0, refused = 0;
    for (int round = 0; round < 6000; round++) {
        char text[256];
        const char *from = seeds[draw(sizeof seeds / sizeof *seeds)];
        size_t length = strlen(from);
        memcpy(text, from, length);
        for (uint64_t times = draw(4); times-- > 0;) {
            mutate(text, &length, sizeof text);
        }
        pc_string exact = exactly(text, length);
        pc_json reader = pc_json_of(PC("f"), exact), skipper = reader;
        pc_string error;
        value_of(&reader);
        bool read = pc_json_end(&reader, &error);
        bool skipped = pc_json_skip(&skipper) && pc_json_end(&skipper, &error);
        bool agree = read == skipped || pc_ends_with(reader.fault, PC("a number too large"));
        if (!PC_CHECK(agree) || (read && !PC_CHECK(pc_is_utf8(exact)))) {
            fprintf(stderr, "  %.*s\n", PC_ARG(exact));
        }
        PC_CHECK(read == (reader.fault.len == 0) && pc_is_utf8(reader.fault));
        accepted += read;
        refused += !read;
        pc_life_forget();
    }
    PC_CHECK(accepted > 500 && refused > 2000);
}

int main(void) {
    PC_TEST(values_are_read_as_they_are_written);
    PC_TEST(what_is_no_json_is_refused_with_its_place);
    PC_TEST(nesting_has_an_end);
    PC_TEST(an_integer_fits_or_is_refused);
    PC_TEST(another_kind_than_expected_is_named_with_its_entry);
    PC_TEST(skipping_goes_over_anything);
    PC_TEST(mutated_texts_are_read_or_refused);
    return pc_testing_end();
}
