/*
 * Requests and settings for a policy's own tests, which run natively: compile the policy with the
 * SDK's .c files and one file of tests by the host's C compiler. Not for WebAssembly.
 *
 *     #include "pc_testing.h"
 *
 *     static void a_guest_may_subscribe_to_the_news(void) {
 *         pc_request request = pc_testing_request();
 *         request.credentials.user = pc_some(PC("guest"));
 *         PC_CHECK_DECISION(&request, "allow APP; can subscribe news.>");
 *     }
 *
 *     int main(void) {
 *         pc_settings settings = pc_testing_settings();
 *         PC_CHECK_CONFIGURED(&settings);
 *         PC_TEST(a_guest_may_subscribe_to_the_news);
 *         return pc_testing_end();
 *     }
 *
 * With -fsanitize=address each allocation of the SDK is a separate block, so that the sanitizer
 * sees every access beyond it.
 */
#ifndef PC_TESTING_H
#define PC_TESTING_H

#include "portcullis.h"

#include "pc_life.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Requests and settings ------------------------------------------------------------------ */

/* A client that presents nothing: over the NATS protocol, from 127.0.0.1, without TLS, on
 * 2026-01-01 at 00:00 UTC, a Thursday. Set what matters. */
static inline pc_request pc_testing_request(void) {
    return (pc_request){
        .received_at = 1767225600,
        .server = {.id = PC("NAEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP"),
                   .name = PC("nats-1"),
                   .host = PC("0.0.0.0"),
                   .version = PC("2.15.2")},
        .client = {.id = 1, .host = PC("127.0.0.1"), .transport = {true, PC_NATS}},
        .user_nkey = PC("UAEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP"),
    };
}

/* A certificate with a name and otherwise empty. */
static inline pc_certificate pc_testing_certificate(void) {
    pc_string zeros = PC("0000000000000000000000000000000000000000000000000000000000000000");
    return (pc_certificate){
        .subject = PC("CN=client"),
        .issuer = PC("CN=authority"),
        .serial = PC("01"),
        .not_after = UINT64_MAX,
        .fingerprint = zeros,
        .key_fingerprint = zeros,
    };
}

/* The client uses TLS and presents this certificate, which the server verified. */
static inline void pc_testing_tls(pc_request *request, pc_certificate *certificate) {
    pc_certificates one = {certificate, 1};
    request->tls.is_some = true;
    request->tls.val =
        (pc_tls){PC("1.3"), PC("TLS_AES_128_GCM_SHA256"), .verified = one, .presented = one};
}

/* Settings without a table and without data. Add files with pc_append_pair(&settings.data, ...). */
static inline pc_settings pc_testing_settings(void) {
    return (pc_settings){.json = PC("{}")};
}

/* ---- Decisions as text ---------------------------------------------------------------------- */

static inline pc_string pc_testing_add(pc_string shown, const char *word, pc_string text) {
    return pc_format("%.*s; %s %.*s", PC_ARG(shown), word, PC_ARG(text));
}

static inline pc_string pc_testing_add_list(pc_string shown, const char *word, pc_strings list) {
    for (size_t i = 0; i < list.len; i++) {
        shown = pc_testing_add(shown, word, list.ptr[i]);
    }
    return shown;
}

static inline pc_string pc_testing_add_permissions(pc_string shown, const pc_permissions *only) {
    shown = pc_testing_add_list(shown, "can", only->abilities);
    shown = pc_testing_add_list(shown, "publish", only->publish.allow);
    shown = pc_testing_add_list(shown, "deny-publish", only->publish.deny);
    shown = pc_testing_add_list(shown, "subscribe", only->subscribe.allow);
    shown = pc_testing_add_list(shown, "deny-subscribe", only->subscribe.deny);
    if (only->responses.is_some) {
        pc_response_rule rule = only->responses.val;
        shown = pc_format("%.*s; responses %" PRIu32 " %" PRIu64, PC_ARG(shown), rule.max_messages,
                          rule.expires_in_ms);
    }
    if (only->inbox.is_some) {
        shown = pc_testing_add(shown, "inbox", only->inbox.val);
    }
    if (only->jetstream_api.is_some) {
        shown = pc_testing_add(shown, "jetstream-api", only->jetstream_api.val);
    }
    return shown;
}

static inline pc_string pc_testing_show_grant(const pc_grant *grant) {
    static const char *const transports[] = {"nats", "websocket", "mqtt", "leafnode"};
    pc_string shown = pc_format("allow %.*s", PC_ARG(grant->account));
    if (grant->access.tag == PC_ONLY) {
        shown = pc_testing_add_permissions(shown, &grant->access.val.only);
    } else if (grant->access.tag == PC_ROLE) {
        shown = pc_testing_add(shown, "role", grant->access.val.role);
    } else {
        shown = pc_format("%.*s; account-defaults", PC_ARG(shown));
    }
    if (grant->name.is_some) {
        shown = pc_testing_add(shown, "name", grant->name.val);
    }
    if (grant->expires_in.is_some) {
        shown = pc_format("%.*s; expires-in %" PRIu32, PC_ARG(shown), grant->expires_in.val);
    }
    for (size_t i = 0; i < grant->transports.len; i++) {
        shown = pc_testing_add(shown, "transport", pc_text(transports[grant->transports.ptr[i]]));
    }
    shown = pc_testing_add_list(shown, "source-network", grant->source_networks);
    shown = pc_testing_add_list(shown, "tag", grant->tags);
    for (size_t i = 0; i < grant->options.len; i++) {
        pc_pair option = grant->options.ptr[i];
        shown = pc_format("%.*s; option %.*s=%.*s", PC_ARG(shown), PC_ARG(option.name),
                          PC_ARG(option.value));
    }
    return shown;
}

/* A decision in one line: "pass", "deny wrong password", "allow APP; can publish a; name bob". */
static inline pc_string pc_testing_show(const pc_decision *decision) {
    switch (decision->tag) {
    case PC_DENY:
        return pc_format("deny %.*s", PC_ARG(decision->val.deny));
    case PC_IGNORE:
        return pc_format("ignore %.*s", PC_ARG(decision->val.ignore));
    case PC_PASS:
        return PC("pass");
    default:
        return pc_testing_show_grant(&decision->val.allow);
    }
}

/* ---- Checks --------------------------------------------------------------------------------- */

static int pc_testing_checks, pc_testing_failures;

static inline bool pc_testing_check(bool holds, const char *what, const char *file, int line) {
    pc_testing_checks++;
    if (!holds) {
        pc_testing_failures++;
        fprintf(stderr, "%s:%d: %s\n", file, line, what);
    }
    return holds;
}

static inline bool pc_testing_check_text(pc_string actual, pc_string expected, const char *file,
                                         int line) {
    bool same = pc_testing_check(pc_equal(actual, expected), "two texts differ", file, line);
    if (!same) {
        fprintf(stderr, "  expected: %.*s\n  actual:   %.*s\n", PC_ARG(expected), PC_ARG(actual));
    }
    return same;
}

static inline pc_string pc_testing_copy(pc_string text) {
    char *copy = malloc(text.len ? text.len : 1);
    if (text.len) {
        memcpy(copy, text.ptr, text.len);
    }
    return (pc_string){copy, text.len};
}

/* Passes copies that are freed afterwards, as in WebAssembly: the sanitizer finds a policy that
 * keeps what it was given. */
static inline bool pc_testing_check_configured(const pc_settings *settings, pc_string expected,
                                               const char *file, int line) {
    pc_life_restart();
    size_t count = settings->data.len;
    pc_pair *data = calloc(count + 1, sizeof *data);
    for (size_t i = 0; i < count; i++) {
        const pc_pair *given = &settings->data.ptr[i];
        data[i] = (pc_pair){pc_testing_copy(given->name), pc_testing_copy(given->value)};
    }
    pc_settings copy = {pc_testing_copy(settings->json), {data, count}};
    pc_string error = PC("");
    bool configured = pc_life_configure(&copy, &error);
    bool as_expected = pc_testing_check_text(error, expected, file, line) &&
                       pc_testing_check(configured == !expected.len, "refused or not", file, line);
    for (size_t i = 0; i < count; i++) {
        memset((char *)(uintptr_t)data[i].value.ptr, 0, data[i].value.len);
        free((char *)(uintptr_t)data[i].name.ptr);
        free((char *)(uintptr_t)data[i].value.ptr);
    }
    free((char *)(uintptr_t)copy.json.ptr);
    free(data);
    return as_expected;
}

static inline bool pc_testing_check_decision(const pc_request *request, const char *expected,
                                             const char *file, int line) {
    pc_decision decision;
    pc_life_decide(request, &decision);
    return pc_testing_check_text(pc_testing_show(&decision), pc_text(expected), file, line);
}

/* Checks that the condition holds. */
#define PC_CHECK(condition) pc_testing_check((condition), #condition, __FILE__, __LINE__)

/* Checks that both texts, a pc_string each, are equal. */
#define PC_CHECK_TEXT(actual, expected)                                                            \
    pc_testing_check_text((actual), (expected), __FILE__, __LINE__)

/* Checks that these settings are accepted, or refused with this text. Starts again: what the policy
 * kept before is freed. */
#define PC_CHECK_CONFIGURED(settings)                                                              \
    pc_testing_check_configured((settings), PC(""), __FILE__, __LINE__)
#define PC_CHECK_REFUSED(settings, error)                                                          \
    pc_testing_check_configured((settings), (error), __FILE__, __LINE__)

/* Checks the policy's decision, as pc_testing_show writes it. */
#define PC_CHECK_DECISION(request, expected)                                                       \
    pc_testing_check_decision((request), (expected), __FILE__, __LINE__)

#define PC_TEST(test)                                                                              \
    do {                                                                                           \
        int before = pc_testing_failures;                                                          \
        test();                                                                                    \
        printf("%s %s\n", pc_testing_failures == before ? "ok  " : "FAIL", #test);                 \
    } while (0)

/* The return value for main. Without any check, the tests have failed. */
static inline int pc_testing_end(void) {
    pc_life_restart();
    pc_life_forget();
    printf("%d checks, %d failures\n", pc_testing_checks, pc_testing_failures);
    return pc_testing_failures || !pc_testing_checks ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
