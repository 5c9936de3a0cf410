/*
 * The C SDK for Portcullis policies (C11).
 *
 * NATS asks Portcullis who may connect, and Portcullis asks a policy: a WebAssembly module that
 * gets one client and what it presented, and answers with a decision. An author writes two
 * functions, pc_configure and pc_decide; this header declares what they read and answer.
 *
 *     #include "portcullis.h"
 *
 *     bool pc_configure(const pc_settings *settings, pc_string *error) {
 *         return true;
 *     }
 *
 *     void pc_decide(const pc_request *request, pc_decision *decision) {
 *         if (!pc_is(request->credentials.user, PC("guest"))) {
 *             pc_deny(decision, PC("not a guest"));
 *             return;
 *         }
 *         pc_grant *grant = pc_allow(decision, PC("APP"));
 *         pc_grant_can(grant, PC("subscribe news.>"));
 *     }
 *
 * The types are those of the contract (wit/types.wit explains each field). On wasm32 their layout
 * is that of the canonical ABI of the component model: a policy reads the request where the host
 * put it, and the host reads the decision where the policy filled it in. On other machines the same
 * types serve native tests; see pc_testing.h.
 *
 * Memory. Every decision starts from a snapshot of the policy's memory after pc_configure, so that
 * a decision cannot see what another one did. There are three lifetimes:
  *
 *   * What the host passes, and what pc_alloc, pc_format and the functions of a grant make, lives
 *     until the call has been answered. Do not free it.
 *   * What pc_keep makes (in pc_configure) lives as long as the policy.
 *   * malloc and free work, too. pc_decide should free what it takes from malloc, because an
 *     operator may choose to use an instance for more than one decision. For megabytes that
 *     pc_configure keeps, pc_keep is better: it puts them side by side, so that a decision starts
 *     in
 *     microseconds, however many they are.
 *
 * After pc_configure, the settings and data are overwritten with zeros: keep only what decisions
 * need. The more pages of memory a decision touches, the more it costs.
 *
 * There are no files, no environment, no network and no threads. time() returns the time of the
 * request, as does request->received_at. getentropy() gives secrets. Random numbers drawn in
 * pc_configure are the same in every decision, and so is the seed of rand(). Lines on stdout and
 * stderr go to the operator's log. A trap, for example by abort() or assert(), admits no client.
 */
#ifndef PORTCULLIS_H
#define PORTCULLIS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#error "portcullis.h is C11: put the policy's C++ behind functions with C linkage"
#endif

#define PC_PRINTF(format_at, first) __attribute__((__format__(__printf__, format_at, first)))

/* ---- Text, options and lists ---------------------------------------------------------------- */

/* UTF-8 text or bytes: len bytes at ptr, without a NUL at the end. Empty text may have any ptr.
 */
typedef struct {
    const char *ptr;
    size_t len;
} pc_string;

/* A literal as text: PC("APP"). */
#define PC(literal) ((pc_string){"" literal, sizeof(literal) - 1})

/* Text in a printf format: printf("%.*s", PC_ARG(name)). Evaluates it twice. A format stops at a
 * NUL inside the text, and clients can send one: use it for logs, and for text that pc_is_token. */
#define PC_ARG(string) (int)(string).len, (string).ptr

/* val is valid only if is_some. */
typedef struct {
    bool is_some;
    pc_string val;
} pc_option_string;

typedef struct {
    bool is_some;
    uint32_t val;
} pc_option_u32;

typedef struct {
    pc_string *ptr;
    size_t len;
} pc_strings;

/* A name with its value; for data files, the name with the contents. */
typedef struct {
    pc_string name;
    pc_string value;
} pc_pair;

typedef struct {
    pc_pair *ptr;
    size_t len;
} pc_pairs;

/* ---- What the operator gave ----------------------------------------------------------------- */

typedef struct {
    pc_string json; /* the policy's settings table, as a JSON object; "{}" if there is none */
    pc_pairs data;  /* the data files, in the order of their names */
} pc_settings;

/* ---- One client that wants to connect ------------------------------------------------------- */

/* The nats-server that asks. */
typedef struct {
    pc_string id;
    pc_string name;
    pc_string host;
    pc_string version;
    pc_option_string cluster;
    pc_strings tags;
} pc_server;

/* How the client connects to the server. */
typedef uint8_t pc_transport;
enum { PC_NATS, PC_WEBSOCKET, PC_MQTT, PC_LEAFNODE };

typedef struct {
    bool is_some;
    pc_transport val;
} pc_option_transport;

typedef struct {
    pc_transport *ptr;
    size_t len;
} pc_transports;

/* The connection. Except for host and transport, this is what the client says about itself. */
typedef struct {
    uint64_t id;
    pc_string host; /* address of the peer, without the port */
    pc_option_transport transport;
    pc_option_string name;
    pc_option_string lang;
    pc_option_string version;
    pc_option_string mqtt_client_id;
} pc_client;

/* What the client presented. Only nkey is verified; the policy has to check the rest, and secrets
 * with pc_same_secret. */
typedef struct {
    pc_option_string user;
    pc_option_string password;
    pc_option_string token;
    pc_option_string jwt;
    pc_option_string nkey;
} pc_credentials;

typedef struct {
    pc_string subject; /* in the form of RFC 4514 */
    pc_string issuer;
    pc_string serial; /* hexadecimal, lower case, as both fingerprints */
    pc_strings dns_names;
    pc_strings ip_addresses;
    pc_strings emails;
    pc_strings uris;
    uint64_t not_before; /* seconds since 1970 */
    uint64_t not_after;
    pc_string fingerprint;     /* SHA-256 of the certificate */
    pc_string key_fingerprint; /* SHA-256 of its public key */
    pc_string pem;
} pc_certificate;

typedef struct {
    pc_certificate *ptr;
    size_t len;
} pc_certificates;

typedef struct {
    pc_string version;
    pc_string cipher;
    pc_certificates verified;  /* by the server; leaf first */
    pc_certificates presented; /* by the client, verified or not */
} pc_tls;

typedef struct {
    bool is_some;
    pc_tls val;
} pc_option_tls;

/* Operator mode: the user JWT that lets the client reach the callout. */
typedef struct {
    pc_string user;
    pc_string account;
    pc_option_string name;
    pc_strings tags;
} pc_sentinel;

typedef struct {
    bool is_some;
    pc_sentinel val;
} pc_option_sentinel;

typedef struct {
    uint64_t received_at; /* seconds since 1970; the policy's clock */
    pc_server server;
    pc_client client;
    pc_credentials credentials;
    pc_option_tls tls;
    pc_option_sentinel sentinel;
    pc_string user_nkey; /* made by the server for this connection */
    pc_pairs attributes; /* further facts by name, from newer hosts */
} pc_request;

/* ---- The decision --------------------------------------------------------------------------- */

/* Only what an entry allows is allowed. */
typedef struct {
    pc_strings allow;
    pc_strings deny;
} pc_subject_rules;

/* Zero is the server's default; UINT32_MAX and UINT64_MAX mean no limit. */
typedef struct {
    uint32_t max_messages;
    uint64_t expires_in_ms;
} pc_response_rule;

typedef struct {
    bool is_some;
    pc_response_rule val;
} pc_option_response_rule;

/* If everything is empty, the client may only stay connected. */
typedef struct {
    pc_strings abilities; /* sentences; wit/abilities.md has them all */
    pc_subject_rules publish;
    pc_subject_rules subscribe;
    pc_option_response_rule responses;
    pc_option_string inbox;         /* prefix; absent: _INBOX */
    pc_option_string jetstream_api; /* prefix; absent: $JS.API */
} pc_permissions;

/* Where the permissions come from. */
enum { PC_ONLY, PC_ROLE, PC_ACCOUNT_DEFAULTS };

typedef struct {
    uint8_t tag;
    union {
        pc_permissions only; /* PC_ONLY */
        pc_string role;      /* PC_ROLE */
    } val;
} pc_access;

typedef struct {
    pc_string account;
    pc_access access;
    pc_option_string name;
    pc_option_u32 expires_in;   /* seconds; absent: the operator's default; zero is a denial */
    pc_transports transports;   /* empty: the one of the request */
    pc_strings source_networks; /* CIDR; empty: the address of the request */
    pc_strings tags;
    pc_pairs options; /* a name that the host does not know is a denial */
} pc_grant;

/* Zeroed memory is a denial. */
enum { PC_DENY, PC_IGNORE, PC_PASS, PC_ALLOW };

typedef struct {
    uint8_t tag;
    union {
        pc_string deny;
        pc_string ignore;
        pc_grant allow;
    } val;
} pc_decision;

/* ---- What the author writes ----------------------------------------------------------------- */

/* Prepares the policy; called once, before any decision. False, with the text in *error, refuses
 * this version of the policy, and the previous version keeps deciding. The text should say which
 * file or setting and which entry is wrong and how to fix it, without secrets: use pc_error. */
bool pc_configure(const pc_settings *settings, pc_string *error);

/* Decides about one client. At first *decision is a denial without a cause. */
void pc_decide(const pc_request *request, pc_decision *decision);

/* ---- Decisions and grants. Texts are not copied: they live as long as the call, or longer --- */

/* Denies the client at once. The cause is a short, fixed text: the operator reads it and the host
 * counts by it; the client never sees it. */
void pc_deny(pc_decision *decision, pc_string cause);

/* Denies without an answer until the server's timeout, which slows down guessing. */
void pc_ignore(pc_decision *decision, pc_string cause);

/* Leaves the decision to the next policy of the chain. At its end the client is denied. */
void pc_pass(pc_decision *decision);

/* Admits the client with only what is added to the grant. */
pc_grant *pc_allow(pc_decision *decision, pc_string account);

/* Admits it without rules of its own: with everything in the account. The operator can forbid it. */
pc_grant *pc_allow_account_defaults(pc_decision *decision, pc_string account);

/* Operator mode: admits it with the permissions of one of the account's scoped signing keys. */
pc_grant *pc_allow_role(pc_decision *decision, pc_string account, pc_string role);

/* What the client may do. The first of these on a grant of account defaults or of a role replaces
 * those: from then on the client has only what is added. */
void pc_grant_can(pc_grant *grant, pc_string sentence);
void pc_grant_publish(pc_grant *grant, pc_string subject);
void pc_grant_deny_publish(pc_grant *grant, pc_string subject);
void pc_grant_subscribe(pc_grant *grant, pc_string subject);
void pc_grant_deny_subscribe(pc_grant *grant, pc_string subject);
void pc_grant_responses(pc_grant *grant, uint32_t max_messages, uint64_t expires_in_ms);
void pc_grant_inbox(pc_grant *grant, pc_string prefix);
void pc_grant_jetstream_api(pc_grant *grant, pc_string prefix);

/* The permissions themselves, to set a whole list at once, such as one that pc_configure kept. */
pc_permissions *pc_grant_permissions(pc_grant *grant);

/* How long the grant is valid, from where, and under which name. */
void pc_grant_name(pc_grant *grant, pc_string name);
void pc_grant_expires_in(pc_grant *grant, uint32_t seconds);
void pc_grant_transport(pc_grant *grant, pc_transport transport);
void pc_grant_source_network(pc_grant *grant, pc_string cidr);
void pc_grant_tag(pc_grant *grant, pc_string tag);
void pc_grant_option(pc_grant *grant, pc_string name, pc_string value);

/* ---- Requests and settings ------------------------------------------------------------------ */

/* The client's own certificate, if the server verified it; otherwise NULL. */
const pc_certificate *pc_verified_certificate(const pc_request *request);

/* A further fact by its name. */
pc_option_string pc_attribute(const pc_request *request, pc_string name);

/* The contents of a data file. False if it is missing; *error then says how to pass it. */
bool pc_data(const pc_settings *settings, pc_string name, pc_string *contents, pc_string *error);

/* ---- Text ----------------------------------------------------------------------------------- */

pc_string pc_text(const char *text); /* of a C string, not copied; NULL is empty */
pc_option_string pc_some(pc_string text);
pc_string pc_or(pc_option_string option, pc_string otherwise);
bool pc_equal(pc_string one, pc_string other); /* not for secrets */
bool pc_is(pc_option_string option, pc_string text);
bool pc_starts_with(pc_string text, pc_string prefix);
bool pc_ends_with(pc_string text, pc_string suffix);

/* Without spaces, tabs, CR and LF at both ends. */
pc_string pc_trim(pc_string text);

/* The part before the first separator; *rest becomes the part after it. Without a separator: the
 * whole text, and *rest becomes empty with a NULL ptr, which ends a loop over the parts. */
pc_string pc_next(pc_string *rest, char separator);

/* Whether the text can be one token of a subject, and one word of an ability: not empty, without
 * dots, wildcards, spaces and control characters. Check a value that the client chose (such as a
 * user name) before it becomes part of either: "*" would match every name. */
bool pc_is_token(pc_string text);

/* Why the host would refuse an entry of a list for publishing, which is one subject, wildcards
 * included; NULL if it would not. The words follow the entry:
 * pc_json_fault(json, "%.*s %s", PC_ARG(pc_quoted(subject)), fault). For policies that read
 * subjects from their settings or data. */
const char *pc_subject_fault(pc_string subject);

/* As pc_subject_fault, for an entry of a list for subscribing: "subject" or "subject queue". */
const char *pc_subscription_fault(pc_string entry);

bool pc_is_utf8(pc_string text);

/* Text for this call. Put a value that the client chose into a subject only if it is a token:
 * if (pc_is_token(user)) ... pc_format("kv read settings %.*s.>", PC_ARG(user)). */
pc_string pc_format(const char *format, ...) PC_PRINTF(1, 2);
pc_string pc_format_list(const char *format, va_list arguments) PC_PRINTF(1, 0);

/* The text in quotes, with escapes as in JSON: for errors. Lives until the call is answered. */
pc_string pc_quoted(pc_string text);

/* Whether a secret that a client presented is the expected one. The time depends only on the length
 * of the presented secret. An empty secret never matches. If there is none to compare with, such as
 * for an unknown user, compare with some other text anyway. */
bool pc_same_secret(pc_string presented, pc_string expected);

/* ---- Memory. These never return NULL: if there is no memory, the policy traps --------------- */

/* Zeroed memory that lives until the call has been answered. */
void *pc_alloc(size_t size);

/* Memory that lives as long as the policy; small allocations are close together. */
void *pc_keep(size_t size);
pc_string pc_keep_string(pc_string text);

/* Appends to a list that lives until the call has been answered. A list that was set otherwise is
 * copied first. The functions of a grant use these. */
void pc_append(pc_strings *list, pc_string text);
void pc_append_pair(pc_pairs *list, pc_string name, pc_string value);

/* ---- Errors and log ------------------------------------------------------------------------- */

/* Sets the error of pc_configure. Always false: return pc_error(error, "users.csv: ..."). */
bool pc_error(pc_string *error, const char *format, ...) PC_PRINTF(2, 3);

/* Logs the reason as an error and traps: no client is admitted, and the operator sees why. */
_Noreturn void pc_fail(const char *format, ...) PC_PRINTF(1, 2);

/* How important a line is to the operator, the least important first. */
typedef enum { PC_DEBUG, PC_INFO, PC_WARN, PC_ERROR } pc_level;

/* One line for the operator's log; in native tests on stderr. The host limits the lines of a call
 * and removes the client's secrets; it does not know others. */
void pc_log(pc_level level, pc_string line);

#define pc_log_debug(...) pc_log(PC_DEBUG, pc_format(__VA_ARGS__))
#define pc_log_info(...) pc_log(PC_INFO, pc_format(__VA_ARGS__))
#define pc_log_warn(...) pc_log(PC_WARN, pc_format(__VA_ARGS__))
#define pc_log_error(...) pc_log(PC_ERROR, pc_format(__VA_ARGS__))

/* ---- The layout of the contract ------------------------------------------------------------- */

#ifdef __wasm32__
#define PC_LAYOUT(type, size, align)                                                               \
    _Static_assert(sizeof(type) == (size) && _Alignof(type) == (align), "layout of " #type)
#define PC_OFFSET(type, field, offset)                                                             \
    _Static_assert(offsetof(type, field) == (offset), "offset of " #type "." #field)

PC_LAYOUT(pc_string, 8, 4);
PC_LAYOUT(pc_option_string, 12, 4);
PC_LAYOUT(pc_option_u32, 8, 4);
PC_LAYOUT(pc_pair, 16, 4);
PC_LAYOUT(pc_settings, 16, 4);
PC_LAYOUT(pc_server, 52, 4);
PC_LAYOUT(pc_option_transport, 2, 1);
PC_LAYOUT(pc_client, 72, 8);
PC_OFFSET(pc_client, transport, 16);
PC_OFFSET(pc_client, name, 20);
PC_LAYOUT(pc_credentials, 60, 4);
PC_LAYOUT(pc_certificate, 96, 8);
PC_OFFSET(pc_certificate, not_before, 56);
PC_OFFSET(pc_certificate, fingerprint, 72);
PC_LAYOUT(pc_option_tls, 36, 4);
PC_LAYOUT(pc_option_sentinel, 40, 4);
PC_LAYOUT(pc_request, 288, 8);
PC_OFFSET(pc_request, server, 8);
PC_OFFSET(pc_request, client, 64);
PC_OFFSET(pc_request, credentials, 136);
PC_OFFSET(pc_request, tls, 196);
PC_OFFSET(pc_request, sentinel, 232);
PC_OFFSET(pc_request, user_nkey, 272);
PC_OFFSET(pc_request, attributes, 280);
PC_LAYOUT(pc_option_response_rule, 24, 8);
PC_LAYOUT(pc_permissions, 88, 8);
PC_OFFSET(pc_permissions, responses, 40);
PC_OFFSET(pc_permissions, inbox, 64);
PC_LAYOUT(pc_access, 96, 8);
PC_OFFSET(pc_access, val, 8);
PC_LAYOUT(pc_grant, 160, 8);
PC_OFFSET(pc_grant, access, 8);
PC_OFFSET(pc_grant, name, 104);
PC_OFFSET(pc_grant, expires_in, 116);
PC_OFFSET(pc_grant, transports, 124);
PC_OFFSET(pc_grant, options, 148);
PC_LAYOUT(pc_decision, 168, 8);
PC_OFFSET(pc_decision, val, 8);
#endif

#endif
