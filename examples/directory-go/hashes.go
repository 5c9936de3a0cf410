package main

import "strings"

// hashPrefixes are how hashes of passwords begin: those of crypt(3) and its relatives, of LDAP (RFC 2307), and of web
// frameworks.
var hashPrefixes = []string{
	"$1$", "$2$", "$2a$", "$2b$", "$2x$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$gy$", "$apr1$", "$argon2", "$bcrypt",
	"$md5", "$pbkdf2", "$scrypt$", "$sha1$", "{ARGON2", "{BCRYPT}", "{CRYPT}", "{MD5}", "{PBKDF2", "{SCRYPT}", "{SHA}",
	"{SHA256}", "{SHA384}", "{SHA512}", "{SMD5}", "{SSHA}", "{SSHA256}", "{SSHA384}", "{SSHA512}", "pbkdf2_sha",
	"pbkdf2:sha",
}

// hashPrefix returns how the text begins, if that is how hashes begin; otherwise it is empty. It is not a secret, as
// the rest of the hash is.
func hashPrefix(text string) string {
	for _, prefix := range hashPrefixes {
		// LDAP does not distinguish the case of its names.
		if len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix) {
			return prefix
		}
	}
	return ""
}
