#include "hashes.h"

/* Of crypt(3) and its relatives, of LDAP (RFC 2307), and of web frameworks. */
static const char *const prefixes[] = {
    "$1$",    "$2$",     "$2a$",      "$2b$",      "$2x$",      "$2y$",       "$5$",
    "$6$",    "$7$",     "$y$",       "$gy$",      "$apr1$",    "$argon2",    "$bcrypt",
    "$md5",   "$pbkdf2", "$scrypt$",  "$sha1$",    "{ARGON2",   "{BCRYPT}",   "{CRYPT}",
    "{MD5}",  "{PBKDF2", "{SCRYPT}",  "{SHA}",     "{SHA256}",  "{SHA384}",   "{SHA512}",
    "{SMD5}", "{SSHA}",  "{SSHA256}", "{SSHA384}", "{SSHA512}", "pbkdf2_sha", "pbkdf2:sha",
};

/* The locale must not change what a hash is. */
static char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + ('a' - 'A')) : letter;
}

/* LDAP does not distinguish the case of its names. */
static bool begins(pc_string text, const char *prefix) {
    size_t i = 0;
    while (prefix[i] && i < text.len && lower(text.ptr[i]) == lower(prefix[i])) {
        i++;
    }
    return !prefix[i];
}

const char *hash_prefix(pc_string text) {
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (begins(text, prefixes[i])) {
            return prefixes[i];
        }
    }
    return NULL;
}
