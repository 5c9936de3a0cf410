#include "users.h"

#include "hashes.h"
#include "pc_json.h"

#include <string.h>

static user *users;
static size_t count;
static size_t capacity;
/* Indexes of users by the hash of their names, plus one; zero is empty. At most half full. */
static uint32_t *places;
static size_t places_mask;

/* ---- Finding -------------------------------------------------------------------------------- */

/* FNV-1a. The operator chooses the names in the table, so clients cannot cause collisions. */
static uint32_t hash(pc_string name) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < name.len; i++) {
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
    }
    return hash;
}

/* The slot in which the name is, or would be. */
static uint32_t *place_of(pc_string name) {
    size_t at = hash(name) & places_mask;
    while (places[at] && !pc_equal(users[places[at] - 1].name, name)) {
        at = (at + 1) & places_mask;
    }
    return &places[at];
}

const user *users_find(pc_string name) {
    uint32_t place = *place_of(name);
    return place ? &users[place - 1] : NULL;
}

size_t users_count(void) {
    return count;
}

/* Grows in memory of the call; settle keeps what was read. */
static void make_room(void) {
    if (count < capacity) {
        return;
    }
    capacity = capacity ? capacity * 2 : 64;
    user *larger = pc_alloc(capacity * sizeof *users);
    if (count) {
        memcpy(larger, users, count * sizeof *users);
    }
    users = larger;
    places = pc_alloc(capacity * 2 * sizeof *places);
    places_mask = capacity * 2 - 1;
    for (size_t i = 0; i < count; i++) {
        *place_of(users[i].name) = (uint32_t)i + 1;
    }
}

static void start_empty(void) {
    count = capacity = 0;
    make_room();
}

static void settle(void) {
    users = memcpy(pc_keep(count * sizeof *users), users, count * sizeof *users);
    size_t size = (places_mask + 1) * sizeof *places;
    places = memcpy(pc_keep(size), places, size);
}

/* ---- Reading -------------------------------------------------------------------------------- */

/* A list while it is read; it is kept in its final length. */
static pc_string *scratch;
static size_t scratch_capacity;

/* What is wrong with an entry, in words that follow it; NULL if nothing is. */
typedef const char *fault_of(pc_string entry);

static bool read_entry(pc_json *json, pc_string *entry, fault_of *fault_of) {
    if (!pc_json_string(json, entry)) {
        return false;
    }
    const char *fault = fault_of ? fault_of(*entry) : NULL;
    return !fault || pc_json_fault(json, "%.*s %s", PC_ARG(pc_quoted(*entry)), fault);
}

static bool read_list(pc_json *json, pc_strings *list, fault_of *fault_of) {
    size_t length = 0;
    for (pc_json_list(json, NULL); pc_json_element(json); length++) {
        if (length == scratch_capacity) {
            scratch_capacity = length ? length * 2 : 16;
            pc_string *larger = pc_alloc(scratch_capacity * sizeof *scratch);
            if (length) {
                memcpy(larger, scratch, length * sizeof *scratch);
            }
            scratch = larger;
        }
        if (!read_entry(json, &scratch[length], fault_of)) {
            return false;
        }
    }
    list->len = length;
    list->ptr = pc_keep(length * sizeof *list->ptr);
    for (size_t i = 0; i < length; i++) {
        list->ptr[i] = pc_keep_string(scratch[i]);
    }
    return true;
}

static bool read_text(pc_json *json, pc_string *text) {
    if (!pc_json_string(json, text)) {
        return false;
    }
    if (text->len == 0) {
        return pc_json_fault(json, "must not be empty");
    }
    *text = pc_keep_string(*text);
    return true;
}

static bool read_password(pc_json *json, pc_string *text) {
    if (!read_text(json, text)) {
        return false;
    }
    const char *prefix = hash_prefix(*text);
    return !prefix ||
           pc_json_fault(json,
                         "this is a hash (%s...), and the policy compares plain text: whoever "
                         "shows the hash would be admitted; write the password itself",
                         prefix);
}

/* Tokens to which the host adds others. */
static bool read_prefix(pc_json *json, pc_option_string *prefix) {
    pc_string text;
    if (!pc_json_string(json, &text)) {
        return false;
    }
    for (pc_string rest = text; rest.ptr;) {
        if (!pc_is_token(pc_next(&rest, '.'))) {
            return pc_json_fault(
                json, "must be tokens with dots between them, without wildcards and blanks");
        }
    }
    *prefix = pc_some(pc_keep_string(text));
    return true;
}

/* A field that appears twice would have two meanings. Each has its own bit in *seen. */
static bool first_time(pc_json *json, unsigned *seen, unsigned field) {
    if (*seen & field) {
        return pc_json_fault(json, "appears twice");
    }
    *seen |= field;
    return true;
}

static bool read_rules(pc_json *json, pc_subject_rules *rules, fault_of *fault_of) {
    pc_string key;
    unsigned seen = 0;
    for (pc_json_object(json, "an object with allow and deny"); pc_json_key(json, &key);) {
        if (pc_equal(key, PC("allow"))) {
            (void)(first_time(json, &seen, 1) && read_list(json, &rules->allow, fault_of));
        } else if (pc_equal(key, PC("deny"))) {
            (void)(first_time(json, &seen, 2) && read_list(json, &rules->deny, fault_of));
        } else {
            pc_json_unknown(json, "allow, deny");
        }
    }
    return !json->fault.len;
}

/* Zero is the server's default, a negative value means no limit. The time is in nanoseconds, as
 * the server writes it, and a fraction of a millisecond counts as one. */
static bool read_responses(pc_json *json, pc_option_response_rule *responses) {
    pc_string key;
    unsigned seen = 0;
    int64_t max = 0, ttl = 0;
    for (pc_json_object(json, "an object with max and ttl"); pc_json_key(json, &key);) {
        if (pc_equal(key, PC("max"))) {
            (void)(first_time(json, &seen, 1) && pc_json_integer(json, INT64_MIN, INT64_MAX, &max));
        } else if (pc_equal(key, PC("ttl"))) {
            (void)(first_time(json, &seen, 2) && pc_json_integer(json, INT64_MIN, INT64_MAX, &ttl));
        } else {
            pc_json_unknown(json, "max, ttl");
        }
    }
    responses->is_some = true;
    responses->val.max_messages = max < 0 || max > UINT32_MAX ? UINT32_MAX : (uint32_t)max;
    responses->val.expires_in_ms =
        ttl < 0 ? UINT64_MAX : (uint64_t)ttl / 1000000 + (ttl % 1000000 != 0);
    return !json->fault.len;
}

static bool read_permissions(pc_json *json, pc_permissions *permissions) {
    pc_string key;
    unsigned seen = 0;
    for (pc_json_object(json, "an object with pub, sub and resp"); pc_json_key(json, &key);) {
        if (pc_equal(key, PC("pub"))) {
            (void)(first_time(json, &seen, 1) &&
                   read_rules(json, &permissions->publish, pc_subject_fault));
        } else if (pc_equal(key, PC("sub"))) {
            (void)(first_time(json, &seen, 2) &&
                   read_rules(json, &permissions->subscribe, pc_subscription_fault));
        } else if (pc_equal(key, PC("resp"))) {
            (void)(first_time(json, &seen, 4) && read_responses(json, &permissions->responses));
        } else {
            pc_json_unknown(json, "pub, sub, resp");
        }
    }
    return !json->fault.len;
}

enum { PASS = 1, ACCOUNT = 2, PERMISSIONS = 4, CAN = 8, INBOX = 16, JETSTREAM_API = 32 };

static bool read_field(pc_json *json, pc_string key, unsigned *seen, user *user,
                       pc_permissions *permissions) {
    if (pc_equal(key, PC("pass"))) {
        return first_time(json, seen, PASS) && read_password(json, &user->pass);
    }
    if (pc_equal(key, PC("account"))) {
        return first_time(json, seen, ACCOUNT) && read_text(json, &user->account);
    }
    if (pc_equal(key, PC("permissions"))) {
        return first_time(json, seen, PERMISSIONS) && read_permissions(json, permissions);
    }
    if (pc_equal(key, PC("can"))) {
        return first_time(json, seen, CAN) && read_list(json, &permissions->abilities, NULL);
    }
    if (pc_equal(key, PC("inbox"))) {
        return first_time(json, seen, INBOX) && read_prefix(json, &permissions->inbox);
    }
    if (pc_equal(key, PC("jetstream_api"))) {
        return first_time(json, seen, JETSTREAM_API) &&
               read_prefix(json, &permissions->jetstream_api);
    }
    return pc_json_unknown(json, "pass, account, permissions, can, inbox, jetstream_api");
}

/* Checks that concern several fields. */
static bool check(pc_json *json, unsigned seen, const pc_permissions *permissions) {
    if (!(seen & PASS)) {
        return pc_json_fault(json, "missing field pass");
    }
    if (!(seen & ACCOUNT)) {
        return pc_json_fault(json, "missing field account");
    }
    if (pc_starts_with(pc_or(permissions->inbox, PC("")), PC("$"))) {
        return pc_json_fault(json, "inbox begins with $, which is reserved for the server; choose "
                                   "another, such as _INBOX_name");
    }
    /* A prefix alone would have no effect except to remove the account's defaults. */
    if (seen & (INBOX | JETSTREAM_API) && !(seen & CAN)) {
        return pc_json_fault(json, "inbox and jetstream_api belong to abilities: add can");
    }
    return true;
}

static bool read_user(pc_json *json, user *user) {
    pc_string key;
    pc_permissions permissions = {0};
    unsigned seen = 0;
    for (pc_json_object(json, "an object with pass and account"); pc_json_key(json, &key);) {
        read_field(json, key, &seen, user, &permissions);
    }
    if (json->fault.len || !check(json, seen, &permissions)) {
        return false;
    }
    if (seen & (PERMISSIONS | CAN)) {
        pc_permissions *kept = pc_keep(sizeof *kept);
        *kept = permissions;
        user->permissions = kept;
    }
    return true;
}

bool users_read(pc_string text, pc_string *error) {
    pc_json json = pc_json_of(PC("users.json"), text);
    pc_string name;
    start_empty();
    for (pc_json_object(&json, "an object of users by name"); pc_json_key(&json, &name);) {
        if (name.len == 0) {
            pc_json_fault(&json, "a user without a name");
            break;
        }
        if (users_find(name)) {
            pc_json_fault(&json, "this user appears twice");
            break;
        }
        user user = {.name = pc_keep_string(name)};
        if (read_user(&json, &user)) {
            make_room();
            *place_of(user.name) = (uint32_t)count + 1;
            users[count++] = user;
        }
    }
    scratch = NULL;
    scratch_capacity = 0;
    settle();
    return pc_json_end(&json, error);
}
