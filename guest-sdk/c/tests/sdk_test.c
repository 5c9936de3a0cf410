/* The SDK's own tests: memory, text, secrets, decisions. The policy below serves these tests. */

#include "pc_testing.h"

static pc_string kept_account;

bool pc_configure(const pc_settings *settings, pc_string *error) {
    pc_string account;
    if (!pc_data(settings, PC("account"), &account, error)) {
        return false;
    }
    kept_account = pc_keep_string(pc_trim(account));
    return true;
}

void pc_decide(const pc_request *request, pc_decision *decision) {
    pc_string user = pc_or(request->credentials.user, PC(""));
    if (pc_equal(user, PC("nobody"))) {
        return;
    }
    pc_grant *grant = pc_allow(decision, kept_account);
    pc_grant_can(grant, pc_format("publish %.*s.>", PC_ARG(user)));
}

static pc_settings with_account(pc_string account) {
    pc_settings settings = pc_testing_settings();
    pc_append_pair(&settings.data, PC("account"), account);
    return settings;
}

static void a_policy_decides_by_what_it_kept(void) {
    pc_settings settings = with_account(PC(" APP\n"));
    PC_CHECK_CONFIGURED(&settings);
    pc_request request = pc_testing_request();
    request.credentials.user = pc_some(PC("bob"));
    PC_CHECK_DECISION(&request, "allow APP; can publish bob.>");
}

static void a_decision_that_says_nothing_is_a_denial(void) {
    pc_settings settings = with_account(PC("APP"));
    PC_CHECK_CONFIGURED(&settings);
    pc_request request = pc_testing_request();
    request.credentials.user = pc_some(PC("nobody"));
    PC_CHECK_DECISION(&request, "deny ");
}

static void a_policy_is_configured_once_and_before_it_decides(void) {
    pc_life_restart();
    pc_request request = pc_testing_request();
    PC_CHECK_DECISION(&request, "ignore decide was called before configure");
    pc_settings settings = with_account(PC("APP"));
    PC_CHECK_CONFIGURED(&settings);
    pc_string error = PC("");
    PC_CHECK(!pc_life_configure(&settings, &error));
    PC_CHECK_TEXT(error, PC("configure was called twice"));
}

static void a_missing_file_is_asked_for_by_its_name(void) {
    pc_settings settings = pc_testing_settings();
    PC_CHECK_REFUSED(&settings, PC("account: the policy needs this data file: give it with --data "
                                   "account, or --data account=FILE if it has another name "
                                   "(given: none)"));
    pc_append_pair(&settings.data, PC("a"), PC(""));
    pc_append_pair(&settings.data, PC("b"), PC(""));
    PC_CHECK_REFUSED(&settings, PC("account: the policy needs this data file: give it with --data "
                                   "account, or --data account=FILE if it has another name "
                                   "(given: a, b)"));
}

/* The memory of one decision is used again by the next. */
static void memory_does_not_grow_with_decisions(void) {
    pc_life_forget();
    char *first = pc_alloc(100);
    memset(first, 'x', 100);
    pc_alloc(1000000);
    pc_life_answered();
    char *second = pc_alloc(100);
#ifndef __SANITIZE_ADDRESS__
    PC_CHECK(first == second);
#endif
    for (size_t i = 0; i < 100; i++) {
        PC_CHECK(second[i] == 0);
    }
    PC_CHECK((uintptr_t)pc_alloc(3) % 8 == 0 && (uintptr_t)pc_alloc(1) % 8 == 0);
    PC_CHECK((uintptr_t)pc_keep(3) % 8 == 0 && (uintptr_t)pc_keep(1) % 8 == 0);
}

static void what_is_kept_outlives_the_call(void) {
    pc_string kept[300];
    for (int i = 0; i < 300; i++) {
        kept[i] = pc_keep_string(pc_format("kept text of some length, number %d", i));
        *(int *)pc_keep(sizeof(int)) = i;
    }
    pc_string large = pc_keep_string((pc_string){pc_alloc(50000), 50000});
    pc_life_forget();
    for (int i = 0; i < 300; i++) {
        PC_CHECK_TEXT(kept[i], pc_format("kept text of some length, number %d", i));
    }
    PC_CHECK(large.len == 50000 && large.ptr[49999] == 0);
}

static void a_list_takes_as_much_as_one_appends(void) {
    pc_strings one = {0}, other = {0};
    for (int i = 0; i < 1000; i++) {
        pc_append(&one, pc_format("%d", i));
        pc_append(&other, pc_format("%d", -i));
    }
    PC_CHECK(one.len == 1000 && other.len == 1000);
    for (int i = 0; i < 1000; i++) {
        PC_CHECK_TEXT(one.ptr[i], pc_format("%d", i));
        PC_CHECK_TEXT(other.ptr[i], pc_format("%d", -i));
    }
}

/* A list that pc_configure kept, and a list that was copied, do not change. */
static void appending_changes_nobody_elses_list(void) {
    static pc_string constant[] = {{"a", 1}, {"b", 1}};
    pc_strings list = {constant, 2};
    pc_append(&list, PC("c"));
    PC_CHECK(list.ptr != constant && list.len == 3);
    pc_strings copy = list;
    pc_append(&list, PC("mine"));
    pc_append(&copy, PC("yours"));
    PC_CHECK_TEXT(list.ptr[3], PC("mine"));
    PC_CHECK_TEXT(copy.ptr[3], PC("yours"));
    pc_strings many[40] = {0};
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 40; i++) {
            pc_append(&many[i], pc_format("%d", i));
        }
    }
    for (int i = 0; i < 40; i++) {
        PC_CHECK(many[i].len == 3);
        PC_CHECK_TEXT(many[i].ptr[2], pc_format("%d", i));
    }
}

static void text_is_cut_and_compared(void) {
    PC_CHECK(pc_equal(PC(""), (pc_string){NULL, 0}));
    PC_CHECK(!pc_equal(PC("a"), PC("ab")) && !pc_equal(PC("a"), PC("b")));
    PC_CHECK(pc_starts_with(PC("router1"), PC("router")) && !pc_starts_with(PC("r"), PC("ro")));
    PC_CHECK(pc_ends_with(PC("a.b"), PC(".b")) && !pc_ends_with(PC("b"), PC(".b")));
    PC_CHECK_TEXT(pc_trim(PC(" \t a b\r\n")), PC("a b"));
    PC_CHECK_TEXT(pc_trim(PC(" \n ")), PC(""));
    PC_CHECK(!pc_is((pc_option_string){0}, PC("")) && pc_is(pc_some(PC("")), PC("")));
    PC_CHECK_TEXT(pc_text(NULL), PC(""));
    pc_string rest = PC("a,,b,"), joined = PC("");
    while (rest.ptr) {
        pc_string part = pc_next(&rest, ',');
        joined = pc_format("%.*s[%.*s]", PC_ARG(joined), PC_ARG(part));
    }
    PC_CHECK_TEXT(joined, PC("[a][][b][]"));
}

static void a_token_is_one_word_and_no_wildcard(void) {
    static const char *const tokens[] = {"a", "bob-1", "_$", "\xc3\xa4", "\xf0\x9f\x90\x9f"};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        PC_CHECK(pc_is_token(pc_text(tokens[i])));
    }
    static const char *const others[] = {
        "",         "a b",          "a.b",          "*",
        ">",        "a*",           "\t",           "a\x7f",
        "\xc2\xa0", "\xe2\x80\xa8", "\xc2\x85",     "\xe3\x80\x80",
        "\xff",     "\xc0\xaf",     "\xed\xa0\x80", "\xf4\x90\x80\x80",
        "\xe2\x82"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (!PC_CHECK(!pc_is_token(pc_text(others[i])))) {
            fprintf(stderr, "  %s\n", others[i]);
        }
    }
    PC_CHECK(!pc_is_token(PC("a\0b")));
}

static void refused(const char *(*fault_of)(pc_string), pc_string entry, const char *expected) {
    PC_CHECK_TEXT(pc_text(fault_of(entry)), pc_text(expected));
}

#define OWN "has white space or control characters; write each subject as an entry of its own"
#define ONE "has white space or control characters; write \"subject\" or \"subject queue\""

static void a_subject_is_checked_as_the_host_does(void) {
    static const char *const subjects[] = {
        "a", "a.b", "*", ">", "a.*.>", "$JS.API.INFO", "\xc3\xbc.{{name}}.>"};
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
        PC_CHECK(!pc_subject_fault(pc_text(subjects[i])));
        PC_CHECK(!pc_subscription_fault(pc_text(subjects[i])));
        PC_CHECK(!pc_subscription_fault(pc_format("%s q.*", subjects[i])));
    }
    static const char *const others[][2] = {
        {"", "is empty; write a subject"},
        {"a..b", "has an empty token; dots only separate tokens"},
        {"a.", "has an empty token; dots only separate tokens"},
        {"foo*", "has a wildcard inside a token; \"*\" and \">\" are tokens of their own"},
        {"a.>.b", "has \">\" before its end; \">\" is the last token or none"},
        {"a\tb", OWN},
        {"a\xe2\x80\x83"
         "b",
         OWN},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        refused(pc_subject_fault, pc_text(others[i][0]), others[i][1]);
        refused(pc_subscription_fault, pc_text(others[i][0]), others[i][1]);
    }
    refused(pc_subject_fault, PC("a.> b.>"), OWN);
    refused(pc_subject_fault, PC("a\0b"), OWN);
    char many[66];
    memset(many, '.', sizeof many);
    for (size_t i = 0; i < sizeof many; i += 2) {
        many[i] = 'a';
    }
    refused(pc_subject_fault, (pc_string){many, 65}, "has more than 32 tokens");
    PC_CHECK(!pc_subject_fault((pc_string){many, 63}));
}

static void a_subscription_has_one_queue_at_most(void) {
    static const char *const spaced[] = {"a b c", "a ", " a", "a  b", "a b\t"};
    for (size_t i = 0; i < sizeof spaced / sizeof *spaced; i++) {
        refused(pc_subscription_fault, pc_text(spaced[i]), ONE);
    }
    refused(pc_subscription_fault, PC("a q..r"), "has an empty token; dots only separate tokens");
    char text[1025];
    memset(text, 'a', sizeof text);
    refused(pc_subject_fault, (pc_string){text, sizeof text}, "is longer than 1,024 bytes");
    text[1000] = ' ';
    refused(pc_subscription_fault, (pc_string){text, sizeof text}, "is longer than 1,024 bytes");
    PC_CHECK(!pc_subscription_fault((pc_string){text, 1024}));
}

static void quotes_have_escapes(void) {
    PC_CHECK_TEXT(pc_quoted(PC("a\"\\\n\0\x7f\xc3\xbc")),
                  PC("\"a\\\"\\\\\\u000a\\u0000\\u007f\xc3\xbc\""));
}

static void only_the_same_secret_is_the_same(void) {
    PC_CHECK(pc_same_secret(PC("correct horse"), PC("correct horse")));
    static const char *const others[] = {"", "abcabc", "ab", "abcd", "xbc", "axc", "abx"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        PC_CHECK(!pc_same_secret(pc_text(others[i]), PC("abc")));
    }
    PC_CHECK(!pc_same_secret(PC("abc"), PC("")));
    PC_CHECK(!pc_same_secret(PC(""), PC("")));
    PC_CHECK(!pc_same_secret(PC("\0"), PC("")));
    PC_CHECK(!pc_same_secret(PC("aa"), PC("a")) && pc_same_secret(PC("a"), PC("a")));
}

static void every_word_of_a_grant_arrives(void) {
    pc_decision decision;
    pc_grant *grant = pc_allow(&decision, PC("APP"));
    pc_grant_can(grant, PC("kv read a"));
    pc_grant_publish(grant, PC("p"));
    pc_grant_deny_publish(grant, PC("dp"));
    pc_grant_subscribe(grant, PC("s"));
    pc_grant_deny_subscribe(grant, PC("ds"));
    pc_grant_responses(grant, 2, UINT64_MAX);
    pc_grant_inbox(grant, PC("_I"));
    pc_grant_jetstream_api(grant, PC("$JS.hub.API"));
    pc_grant_name(grant, PC("bob"));
    pc_grant_expires_in(grant, 60);
    pc_grant_transport(grant, PC_MQTT);
    pc_grant_transport(grant, PC_LEAFNODE);
    pc_grant_source_network(grant, PC("10.0.0.0/8"));
    pc_grant_tag(grant, PC("t"));
    pc_grant_option(grant, PC("o"), PC("v"));
    PC_CHECK_TEXT(pc_testing_show(&decision),
                  PC("allow APP; can kv read a; publish p; deny-publish dp; subscribe s; "
                     "deny-subscribe ds; responses 2 18446744073709551615; inbox _I; jetstream-api "
                     "$JS.hub.API; name bob; expires-in 60; transport mqtt; transport leafnode; "
                     "source-network 10.0.0.0/8; tag t; option o=v"));
}

static void a_named_permission_replaces_those_of_the_account(void) {
    pc_decision decision;
    pc_grant *grant = pc_allow_account_defaults(&decision, PC("APP"));
    PC_CHECK_TEXT(pc_testing_show(&decision), PC("allow APP; account-defaults"));
    pc_grant_publish(grant, PC("a"));
    PC_CHECK_TEXT(pc_testing_show(&decision), PC("allow APP; publish a"));
    grant = pc_allow_role(&decision, PC("APP"), PC("ops"));
    PC_CHECK_TEXT(pc_testing_show(&decision), PC("allow APP; role ops"));
    pc_grant_can(grant, PC("publish b"));
    PC_CHECK_TEXT(pc_testing_show(&decision), PC("allow APP; can publish b"));
}

static void the_last_answer_counts_and_nothing_of_those_before(void) {
    pc_decision decision;
    pc_grant_publish(pc_allow(&decision, PC("APP")), PC(">"));
    pc_allow(&decision, PC("B"));
    PC_CHECK_TEXT(pc_testing_show(&decision), PC("allow B"));
    pc_ignore(&decision, PC("no"));
    PC_CHECK_TEXT(pc_testing_show(&decision), PC("ignore no"));
    pc_deny(&decision, PC("no"));
    PC_CHECK_TEXT(pc_testing_show(&decision), PC("deny no"));
    pc_pass(&decision);
    PC_CHECK_TEXT(pc_testing_show(&decision), PC("pass"));
}

static void facts_of_a_request_are_found(void) {
    pc_request request = pc_testing_request();
    PC_CHECK(!pc_verified_certificate(&request) && !pc_attribute(&request, PC("zone")).is_some);
    pc_append_pair(&request.attributes, PC("region"), PC("eu"));
    PC_CHECK(pc_is(pc_attribute(&request, PC("region")), PC("eu")));
    pc_certificate billing = pc_testing_certificate();
    pc_testing_tls(&request, &billing);
    PC_CHECK(pc_verified_certificate(&request) == &billing);
    request.tls.val.verified.len = 0;
    PC_CHECK(!pc_verified_certificate(&request));
}

int main(void) {
    PC_TEST(a_policy_decides_by_what_it_kept);
    PC_TEST(a_decision_that_says_nothing_is_a_denial);
    PC_TEST(a_policy_is_configured_once_and_before_it_decides);
    PC_TEST(a_missing_file_is_asked_for_by_its_name);
    PC_TEST(memory_does_not_grow_with_decisions);
    PC_TEST(what_is_kept_outlives_the_call);
    PC_TEST(a_list_takes_as_much_as_one_appends);
    PC_TEST(appending_changes_nobody_elses_list);
    PC_TEST(text_is_cut_and_compared);
    PC_TEST(a_token_is_one_word_and_no_wildcard);
    PC_TEST(a_subject_is_checked_as_the_host_does);
    PC_TEST(a_subscription_has_one_queue_at_most);
    PC_TEST(quotes_have_escapes);
    PC_TEST(only_the_same_secret_is_the_same);
    PC_TEST(every_word_of_a_grant_arrives);
    PC_TEST(a_named_permission_replaces_those_of_the_account);
    PC_TEST(the_last_answer_counts_and_nothing_of_those_before);
    PC_TEST(facts_of_a_request_are_found);
    return pc_testing_end();
}
