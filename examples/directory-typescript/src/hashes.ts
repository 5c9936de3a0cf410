// Hashes of passwords, known by how they begin.

// Of crypt(3) and its relatives, of LDAP (RFC 2307), and of web frameworks.
const PREFIXES = [
  "$1$",
  "$2$",
  "$2a$",
  "$2b$",
  "$2x$",
  "$2y$",
  "$5$",
  "$6$",
  "$7$",
  "$y$",
  "$gy$",
  "$apr1$",
  "$argon2",
  "$bcrypt",
  "$md5",
  "$pbkdf2",
  "$scrypt$",
  "$sha1$",
  "{ARGON2",
  "{BCRYPT}",
  "{CRYPT}",
  "{MD5}",
  "{PBKDF2",
  "{SCRYPT}",
  "{SHA}",
  "{SHA256}",
  "{SHA384}",
  "{SHA512}",
  "{SMD5}",
  "{SSHA}",
  "{SSHA256}",
  "{SSHA384}",
  "{SSHA512}",
  "pbkdf2_sha",
  "pbkdf2:sha",
];

/** How the text begins, if that is how hashes begin. It is not a secret, as the rest of the hash is. */
export function hashPrefix(text: string): string | undefined {
  // LDAP does not distinguish the case of its names.
  return PREFIXES.find((prefix) => text.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase());
}
