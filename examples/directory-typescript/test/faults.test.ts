// Faults of a users.json, as the operator reads them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { settings } from "portcullis/testing";

import { authorizer } from "../src/policy.ts";

function assertFault(users: string, fault: string): void {
  assert.throws(() => authorizer.configure(settings({ data: { "users.json": users } })), { payload: fault }, users);
}

test("the entry at fault is named", () => {
  for (const [permissions, entry] of [
    ['{"pub": {"allow": "bob.>"}}', "pub.allow: expected a list, found a string"],
    ['{"sub": {"deny": ["a", 1]}}', "sub.deny[1]: expected a string, found a number"],
    ['{"sub": {"deny": null}}', "sub.deny: expected a list, found null"],
    ['{"pub": {"alow": []}}', "pub.alow: unknown field, expected one of allow, deny"],
    ['{"resp": {"max": "1"}}', "resp.max: expected a whole number, found a string"],
    ['{"resp": null}', "resp: expected an object with max and ttl, found null"],
    ['{"publish": {}}', "publish: unknown field, expected one of pub, sub, resp"],
  ] as const) {
    const bob = `{\n"bob": {"pass": "b", "account": "APP", "permissions": ${permissions}}}`;
    assertFault(bob, `users.json, line 2: bob.permissions.${entry}`);
  }
});

test("an invalid ability is named with its user", () => {
  const badPrefix = "must be tokens with dots between them, without wildcards and blanks";
  for (const [more, entry] of [
    [
      '"can": ["publish a", "kv raed test_kv"]',
      'bob.can[1]: "kv raed test_kv" is not an ability; use kv read BUCKET [KEY...], ' +
        "kv write BUCKET [KEY...] or kv manage BUCKET",
    ],
    [
      '"can": ["stream view a.b"]',
      'bob.can[0]: "stream view a.b" is not an ability; "a.b" has one of . * > / \\, which a name cannot have',
    ],
    ['"can": "publish a"', "bob.can: expected a list, found a string"],
    ['"can": null', "bob.can: expected a list, found null"],
    ['"can": [1]', "bob.can[0]: expected a string, found a number"],
    ['"can": [], "inbox": "_INBOX.>"', `bob.inbox: ${badPrefix}`],
    ['"can": [], "jetstream_api": ""', `bob.jetstream_api: ${badPrefix}`],
    [
      '"can": [], "inbox": "$SYS"',
      "bob.inbox: begins with $, which is reserved for the server; choose another, such as _INBOX_name",
    ],
    ['"inbox": "_INBOX_bob"', "bob: inbox and jetstream_api belong to abilities: add can"],
  ] as const) {
    assertFault(`{\n"bob": {"pass": "b", "account": "APP", ${more}}}`, `users.json, line 2: ${entry}`);
  }
});

test("a user needs a name, a password and an account", () => {
  for (const [users, entry] of [
    ['{"bob": {"account": "APP"}}', "bob: missing field pass"],
    ['{"bob": {"pass": "", "account": "APP"}}', "bob.pass: must not be empty"],
    ['{"bob": {"pass": "b", "account": ""}}', "bob.account: must not be empty"],
    ['{"": {"pass": "b", "account": "APP"}}', "a user without a name"],
    ['{"bob": "hunter2"}', "bob: expected an object with pass and account, found a string"],
    ["[]", "expected an object of users by name, found a list"],
  ] as const) {
    assertFault(users, `users.json, line 1: ${entry}`);
  }
});

test("a subject that cannot be is named with its entry", () => {
  const own = "has white space or control characters; write each subject as an entry of its own";
  const one = 'has white space or control characters; write "subject" or "subject queue"';
  for (const [rules, key, subject, why] of [
    ["pub", "allow", "a..b", "has an empty token; dots only separate tokens"],
    ["pub", "deny", "foo*", 'has a wildcard inside a token; "*" and ">" are tokens of their own'],
    ["sub", "allow", "a.>.b", 'has ">" before its end; ">" is the last token or none'],
    ["sub", "deny", "", "is empty; write a subject"],
    ["pub", "allow", "a.> b.>", own],
    ["pub", "deny", "a\\tb", own],
    ["sub", "allow", "a b c", one],
    ["sub", "deny", "a ", one],
  ] as const) {
    const permissions = `{"${rules}": {"${key}": ["ok.*",\n"${subject}"\n]}}`;
    const bob = `{"bob": {"pass": "b", "account": "APP", "permissions":\n${permissions}}}`;
    assertFault(bob, `users.json, line 3: bob.permissions.${rules}.${key}[1]: "${subject}" ${why}`);
  }
});

test("a subscription may name its queue", () => {
  const permissions = { pub: { allow: [">", "$JS.API.>", "{{name}}.*"] }, sub: { allow: ["jobs.> workers.*"] } };
  const users = { bob: { pass: "b", account: "APP", permissions } };
  authorizer.configure(settings({ data: { "users.json": users } }));
});

test("a list is not taken for an object", () => {
  const user = "expected an object with pass and account, found a list";
  assertFault('{"users": ["alice", "APP"]}', `users.json, line 1: users: ${user}`);
  for (const [permissions, entry] of [
    ["[]", ": expected an object with pub, sub and resp, found a list"],
    ['{"pub": [["a"], []]}', ".pub: expected an object with allow and deny, found a list"],
    ['{"sub": [["a"], []]}', ".sub: expected an object with allow and deny, found a list"],
    ['{"resp": [1, 0]}', ".resp: expected an object with max and ttl, found a list"],
  ] as const) {
    const bob = `{\n"bob": {"pass": "b", "account": "APP", "permissions": ${permissions}}}`;
    assertFault(bob, `users.json, line 2: bob.permissions${entry}`);
  }
});

test("a hash is not taken for a password", () => {
  for (const [hash, prefix] of [
    ["$2a$11$uXwYdBoaFA", "$2a$"],
    ["$2b$11$uXwYdBoaFA", "$2b$"],
    ["$2y$11$uXwYdBoaFA", "$2y$"],
    ["$argon2id$v=19$m=1", "$argon2"],
    ["$scrypt$ln=16$uXwY", "$scrypt$"],
    ["$pbkdf2-sha256$uXwY", "$pbkdf2"],
    ["$1$uXwY$dBoaFA", "$1$"],
    ["$5$uXwY$dBoaFA", "$5$"],
    ["$6$uXwY$dBoaFA", "$6$"],
    ["{SSHA}uXwYdBoaFA", "{SSHA}"],
    ["{SHA}uXwYdBoaFA", "{SHA}"],
    ["{crypt}uXwYdBoaFA", "{CRYPT}"],
  ] as const) {
    const fault =
      `users.json, line 3: bob.pass: this is a hash (${prefix}...), and the policy compares plain text: ` +
      "whoever shows the hash would be admitted; write the password itself";
    assertFault(`{\n"bob": {"account": "APP",\n"pass": "${hash}"\n}}`, fault);
  }
});

test("a password may have the letters of a hash", () => {
  for (const pass of ["$", "$2", "$2a", "a$2a$", "{SHA", "$ecret$", "{shark}", "$ü", "§2a§"]) {
    authorizer.configure(settings({ data: { "users.json": { bob: { pass, account: "APP" } } } }));
  }
});

test("a user who appears twice is refused", () => {
  const bob = '"bob": {"pass": "b", "account": "APP"}';
  assertFault(`{${bob},\n${bob}}`, "users.json, line 2: bob: appears twice");
});

test("a missing file is named", () => {
  const configure = () => authorizer.configure(settings());
  assert.throws(configure, /^Error: users\.json: the policy needs this data file: give it with --data/);
});

test("the users of the demo are valid", () => {
  const users = readFileSync("../directory/users.json");
  authorizer.configure(settings({ data: { "users.json": users } }));
});
