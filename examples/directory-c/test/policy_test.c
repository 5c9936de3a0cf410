/* The rule and the faults of users.json, natively. */

#include "pc_testing.h"

static const char USERS[] =
    "{\n"
    "\"sys\": {\"pass\": \"sys\", \"account\": \"SYS\"},\n"
    "\"alice\": {\"pass\": \"alice\", \"account\": \"APP\"},\n"
    "\"bob\": {\"pass\": \"bob\", \"account\": \"APP\", \"permissions\": {\n"
    "  \"pub\": {\"allow\": [\"bob.>\"], \"deny\": [\"bob.secret\"]},\n"
    "  \"sub\": {\"allow\": [\"bob.>\"]}, \"resp\": {\"max\": 1}}},\n"
    "\"eve\": {\"pass\": \"eve\", \"account\": \"APP\",\n"
    "  \"permissions\": {\"pub\": {\"deny\": [\"a\"]}}},\n"
    "\"ann\": {\"pass\": \"ann\", \"account\": \"APP\",\n"
    "  \"permissions\": {\"resp\": {\"max\": -1, \"ttl\": 5000000001}}},\n"
    "\"max\": {\"pass\": \"max\", \"account\": \"APP\",\n"
    "  \"permissions\": {\"resp\": {\"max\": 4294967296, \"ttl\": -1}}},\n"
    "\"joe\": {\"pass\": \"joe\", \"account\": \"APP\",\n"
    "  \"can\": [\"kv read test_kv dev.001.>\", \"request orders.*\"],\n"
    "  \"inbox\": \"_INBOX_joe\", \"jetstream_api\": \"$JS.hub.API\"},\n"
    "\"kim\": {\"pass\": \"kim\", \"account\": \"APP\", \"can\": [\"publish news\"],\n"
    "  \"permissions\": {\"sub\": {\"allow\": [\"kim.>\"]}}},\n"
    "\"lee\": {\"pass\": \"lee\", \"account\": \"APP\", \"can\": []},\n"
    "\"j\\u00fcrgen \\\"j\\\"\": {\"pass\": \"\\u00fc\", \"account\": \"APP\"}\n"
    "}";

static pc_settings with_users(pc_string users) {
    pc_settings settings = pc_testing_settings();
    pc_append_pair(&settings.data, PC("users.json"), users);
    return settings;
}

static pc_request request_of(const char *user, const char *password) {
    pc_request request = pc_testing_request();
    request.credentials.user = pc_some(pc_text(user));
    request.credentials.password = pc_some(pc_text(password));
    return request;
}

#define DECIDES(user, password, expected)                                                          \
    do {                                                                                           \
        pc_request request = request_of((user), (password));                                       \
        PC_CHECK_DECISION(&request, expected);                                                     \
    } while (0)

static void configure(void) {
    pc_settings settings = with_users(pc_text(USERS));
    PC_CHECK_CONFIGURED(&settings);
}

static void a_user_without_permissions_has_those_of_the_account(void) {
    configure();
    DECIDES("alice", "alice", "allow APP; account-defaults; name alice");
    DECIDES("sys", "sys", "allow SYS; account-defaults; name sys");
    DECIDES("j\xc3\xbcrgen \"j\"", "\xc3\xbc",
            "allow APP; account-defaults; name j\xc3\xbcrgen \"j\"");
}

static void a_user_with_permissions_has_no_others(void) {
    configure();
    DECIDES("bob", "bob",
            "allow APP; publish bob.>; deny-publish bob.secret; subscribe bob.>; responses 1 0; "
            "name bob");
    DECIDES("eve", "eve", "allow APP; deny-publish a; name eve");
    DECIDES("ann", "ann", "allow APP; responses 4294967295 5001; name ann");
    DECIDES("max", "max", "allow APP; responses 4294967295 18446744073709551615; name max");
}

static void a_user_with_abilities_has_these_and_no_defaults(void) {
    configure();
    DECIDES("joe", "joe",
            "allow APP; can kv read test_kv dev.001.>; can request orders.*; inbox _INBOX_joe; "
            "jetstream-api $JS.hub.API; name joe");
    DECIDES("kim", "kim", "allow APP; can publish news; subscribe kim.>; name kim");
    DECIDES("lee", "lee", "allow APP; name lee");
}

static void a_wrong_password_and_an_unknown_user_are_answered_alike(void) {
    configure();
    static const char *const pairs[][2] = {{"alice", "bob"},
                                           {"alice", ""},
                                           {"alice", "alicealice"},
                                           {"pam", "pam"},
                                           {"pam", "not the password of anybody"},
                                           {"", ""}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        DECIDES(pairs[i][0], pairs[i][1], "deny unknown user or wrong password");
    }
    pc_request request = request_of("alice", "");
    request.credentials.password.is_some = false;
    PC_CHECK_DECISION(&request, "deny unknown user or wrong password");
}

static void a_client_without_a_user_name_is_left_to_the_next_policy(void) {
    configure();
    pc_request request = pc_testing_request();
    request.credentials.token = pc_some(PC("alice"));
    PC_CHECK_DECISION(&request, "pass");
}

static void many_users_are_found(void) {
    pc_string users = PC("{");
    char *text = malloc(100 * 1000);
    size_t length = 0;
    length += (size_t)sprintf(text, "{");
    for (int i = 0; i < 1000; i++) {
        length += (size_t)sprintf(text + length,
                                  "%s\"user%d\": {\"pass\": \"p%d\", \"account\": \"A%d\"}",
                                  i ? "," : "", i, i, i);
    }
    length += (size_t)sprintf(text + length, "}");
    users = (pc_string){text, length};
    pc_settings settings = with_users(users);
    PC_CHECK_CONFIGURED(&settings);
    free(text);
    for (int i = 0; i < 1000; i++) {
        char user[20], pass[20], expected[80];
        sprintf(user, "user%d", i);
        sprintf(pass, "p%d", i);
        sprintf(expected, "allow A%d; account-defaults; name user%d", i, i);
        DECIDES(user, pass, expected);
    }
    DECIDES("user1000", "p1000", "deny unknown user or wrong password");
}

/* ---- Faults --------------------------------------------------------------------------------- */

static void refused(pc_string users, const char *entry) {
    pc_settings settings = with_users(users);
    PC_CHECK_REFUSED(&settings, pc_format("users.json, line %s", entry));
}

static void the_entry_at_fault_is_named(void) {
    static const char *const pairs[][2] = {
        {"\"permissions\": {\"pub\": {\"allow\": \"bob.>\"}}",
         "bob.permissions.pub.allow: expected a list, found a string"},
        {"\"permissions\": {\"sub\": {\"deny\": [\"a\", 1]}}",
         "bob.permissions.sub.deny[1]: expected a string, found a number"},
        {"\"permissions\": {\"resp\": {\"max\": \"1\"}}",
         "bob.permissions.resp.max: expected an integer, found a string"},
        {"\"permissions\": \"all\"",
         "bob.permissions: expected an object with pub, sub and resp, found a string"},
        {"\"permissions\": null",
         "bob.permissions: expected an object with pub, sub and resp, found null"},
        {"\"permissions\": {\"publish\": {}}",
         "bob.permissions.publish: unknown field, expected one of pub, sub, resp"},
        {"\"permissions\": {\"pub\": {}, \"pub\": {}}", "bob.permissions.pub: appears twice"},
        {"\"pass\": \"c\"", "bob.pass: appears twice"},
        {"\"can\": \"publish a\"", "bob.can: expected a list, found a string"},
        {"\"can\": null", "bob.can: expected a list, found null"},
        {"\"can\": [1]", "bob.can[0]: expected a string, found a number"},
        {"\"can\": [], \"inbox\": \"_INBOX.>\"",
         "bob.inbox: must be tokens with dots between them, without wildcards and blanks"},
        {"\"can\": [], \"jetstream_api\": \"\"",
         "bob.jetstream_api: must be tokens with dots between them, without wildcards and blanks"},
        {"\"can\": [], \"inbox\": \"$SYS\"",
         "bob: inbox begins with $, which is reserved for the server; choose another, such as "
         "_INBOX_name"},
        {"\"inbox\": \"_INBOX_bob\"", "bob: inbox and jetstream_api belong to abilities: add can"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        refused(pc_format("{\n\"bob\": {\"pass\": \"b\", \"account\": \"APP\", %s}}", pairs[i][0]),
                pc_format("2: %s", pairs[i][1]).ptr);
    }
}

static void a_user_needs_a_name_a_password_and_an_account(void) {
    refused(PC("{\"bob\": {\"account\": \"APP\"}}"), "1: bob: missing field pass");
    refused(PC("{\"bob\": {\"pass\": \"b\"}}"), "1: bob: missing field account");
    refused(PC("{\"bob\": {\"pass\": \"\", \"account\": \"APP\"}}"),
            "1: bob.pass: must not be empty");
    refused(PC("{\"bob\": {\"pass\": \"b\", \"account\": \"\"}}"),
            "1: bob.account: must not be empty");
    refused(PC("{\"\": {\"pass\": \"b\", \"account\": \"A\"}}"), "1: \"\": a user without a name");
    refused(PC("{\"bob\": \"hunter2\"}"),
            "1: bob: expected an object with pass and account, found a string");
    refused(PC("[]"), "1: expected an object of users by name, found a list");
    refused(PC("{\"bob\": {\"pass\": \"b\", \"account\": \"APP\"},\n"
               "\"bob\": {\"pass\": \"b\", \"account\": \"APP\"}}"),
            "2: bob: this user appears twice");
    refused(PC("{\"bob\": {\"pass\": \"b\", \"account\": \"APP\"},}"),
            "1, column 41: expected a key, which is a string");
}

#define OWN "has white space or control characters; write each subject as an entry of its own"
#define ONE "has white space or control characters; write \"subject\" or \"subject queue\""

static void a_subject_that_cannot_be_is_named_with_its_entry(void) {
    static const char *const cases[][4] = {
        {"pub", "allow", "a..b", "\"a..b\" has an empty token; dots only separate tokens"},
        {"pub", "deny", "foo*",
         "\"foo*\" has a wildcard inside a token; \"*\" and \">\" are tokens of their own"},
        {"sub", "allow", "a.>.b",
         "\"a.>.b\" has \">\" before its end; \">\" is the last token or none"},
        {"sub", "deny", "", "\"\" is empty; write a subject"},
        {"pub", "allow", "a.> b.>", "\"a.> b.>\" " OWN},
        {"pub", "deny", "a\\tb", "\"a\\u0009b\" " OWN},
        {"sub", "allow", "a b c", "\"a b c\" " ONE},
        {"sub", "deny", "a ", "\"a \" " ONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const *one = cases[i];
        refused(pc_format("{\"bob\": {\"pass\": \"b\", \"account\": \"APP\", \"permissions\":\n"
                          "{\"%s\": {\"%s\": [\"ok.*\",\n\"%s\"\n]}}}}",
                          one[0], one[1], one[2]),
                pc_format("3: bob.permissions.%s.%s[1]: %s", one[0], one[1], one[3]).ptr);
    }
}

static void a_subscription_may_name_its_queue(void) {
    pc_settings settings =
        with_users(PC("{\"bob\": {\"pass\": \"b\", \"account\": \"APP\", \"permissions\": {"
                      "\"pub\": {\"allow\": [\">\", \"$JS.API.>\", \"{{name}}.*\"]},"
                      "\"sub\": {\"allow\": [\"jobs.> workers.*\"]}}}}"));
    PC_CHECK_CONFIGURED(&settings);
}

static void a_list_is_not_taken_for_an_object(void) {
    refused(PC("{\"users\": [\"alice\", \"APP\"]}"),
            "1: users: expected an object with pass and account, found a list");
    static const char *const pairs[][2] = {
        {"[]", ": expected an object with pub, sub and resp, found a list"},
        {"{\"pub\": [[\"a\"], []]}", ".pub: expected an object with allow and deny, found a list"},
        {"{\"sub\": [[\"a\"], []]}", ".sub: expected an object with allow and deny, found a list"},
        {"{\"resp\": [1, 0]}", ".resp: expected an object with max and ttl, found a list"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        refused(pc_format("{\n\"bob\": {\"pass\": \"b\", \"permissions\": %s}}", pairs[i][0]),
                pc_format("2: bob.permissions%s", pairs[i][1]).ptr);
    }
}

static void a_hash_is_not_taken_for_a_password(void) {
    static const char *const pairs[][2] = {
        {"$2a$11$uXwYdBoaFA", "$2a$"},      {"$2b$11$uXwYdBoaFA", "$2b$"},
        {"$2y$11$uXwYdBoaFA", "$2y$"},      {"$argon2id$v=19$m=1", "$argon2"},
        {"$scrypt$ln=16$uXwY", "$scrypt$"}, {"$pbkdf2-sha256$uXwY", "$pbkdf2"},
        {"$1$uXwY$dBoaFA", "$1$"},          {"$5$uXwY$dBoaFA", "$5$"},
        {"$6$uXwY$dBoaFA", "$6$"},          {"{SSHA}uXwYdBoaFA", "{SSHA}"},
        {"{SHA}uXwYdBoaFA", "{SHA}"},       {"{crypt}uXwYdBoaFA", "{CRYPT}"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        refused(
            pc_format("{\n\"bob\": {\"account\": \"APP\",\n\"pass\": \"%s\"\n}}", pairs[i][0]),
            pc_format("3: bob.pass: this is a hash (%s...), and the policy compares plain text: "
                      "whoever shows the hash would be admitted; write the password itself",
                      pairs[i][1])
                .ptr);
    }
}

static void a_password_may_have_the_letters_of_a_hash(void) {
    static const char *const passwords[] = {"$",    "$2",      "$2a",     "a$2a$",
                                            "{SHA", "$ecret$", "{shark}", "$\xc3\xbc"};
    for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
        pc_settings settings = with_users(
            pc_format("{\"bob\": {\"pass\": \"%s\", \"account\": \"APP\"}}", passwords[i]));
        PC_CHECK_CONFIGURED(&settings);
    }
}

static void a_missing_file_is_asked_for(void) {
    pc_settings settings = pc_testing_settings();
    PC_CHECK_REFUSED(&settings,
                     PC("users.json: the policy needs this data file: give it with --data "
                        "users.json, or --data users.json=FILE if it has another name (given: "
                        "none)"));
}

static void the_users_of_the_demo_have_no_fault(void) {
    static char text[65536];
    FILE *file = fopen("../directory/users.json", "rb");
    if (!PC_CHECK(file != NULL)) {
        return;
    }
    size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    pc_settings settings = with_users((pc_string){text, length});
    PC_CHECK_CONFIGURED(&settings);
    DECIDES("alice", "alice", "allow APP; account-defaults; name alice");
}

int main(void) {
    PC_TEST(a_user_without_permissions_has_those_of_the_account);
    PC_TEST(a_user_with_permissions_has_no_others);
    PC_TEST(a_user_with_abilities_has_these_and_no_defaults);
    PC_TEST(a_wrong_password_and_an_unknown_user_are_answered_alike);
    PC_TEST(a_client_without_a_user_name_is_left_to_the_next_policy);
    PC_TEST(many_users_are_found);
    PC_TEST(the_entry_at_fault_is_named);
    PC_TEST(a_user_needs_a_name_a_password_and_an_account);
    PC_TEST(a_subject_that_cannot_be_is_named_with_its_entry);
    PC_TEST(a_subscription_may_name_its_queue);
    PC_TEST(a_list_is_not_taken_for_an_object);
    PC_TEST(a_hash_is_not_taken_for_a_password);
    PC_TEST(a_password_may_have_the_letters_of_a_hash);
    PC_TEST(a_missing_file_is_asked_for);
    PC_TEST(the_users_of_the_demo_have_no_fault);
    return pc_testing_end();
}
