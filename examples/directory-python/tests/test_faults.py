"""Faults of a ``users.json``, as the operator reads them."""

import unittest

from app import Directory
from portcullis import ConfigurationError, testing


class FaultsTest(unittest.TestCase):
    def faulty(self, users: object, expected: str) -> None:
        with self.subTest(expected), self.assertRaises(ConfigurationError) as raised:
            testing.configured(Directory, data={"users.json": users})
        self.assertEqual(str(raised.exception), f"users.json{expected}")

    def test_the_entry_at_fault_is_named(self) -> None:
        for permissions, entry in [
            ({"pub": {"allow": "bob.>"}}, "pub.allow: expected a list, found a string"),
            ({"sub": {"deny": ["a", 1]}}, "sub.deny[1]: expected a string, found a number"),
            ({"resp": {"max": "1"}}, "resp.max: expected a whole number, found a string"),
            ({"publish": {}}, "publish: unknown key; use one of pub, sub, resp"),
        ]:
            bob = {"pass": "b", "account": "APP", "permissions": permissions}
            self.faulty({"bob": bob}, f": bob.permissions.{entry}")
        for permissions, found in [("all", "a string"), (None, "null")]:
            bob = {"pass": "b", "account": "APP", "permissions": permissions}
            fault = f": bob.permissions: expected an object with pub, sub, resp, found {found}"
            self.faulty({"bob": bob}, fault)

    def test_an_invalid_ability_is_named_with_its_user(self) -> None:
        prefix = "must be tokens with dots between them, without wildcards and blanks"
        for more, entry in [
            (
                {"can": ["publish a", "kv raed test_kv"]},
                'can[1]: "kv raed test_kv" is not an ability; use kv read BUCKET [KEY...], '
                "kv write BUCKET [KEY...] or kv manage BUCKET",
            ),
            (
                {"can": ["stream view a.b"]},
                'can[0]: "stream view a.b" is not an ability; "a.b" has one of . * > / \\, which a '
                "name cannot have",
            ),
            ({"can": "publish a"}, "can: expected a list, found a string"),
            ({"can": None}, "can: expected a list, found null"),
            ({"can": [1]}, "can[0]: expected a string, found a number"),
            ({"can": [], "inbox": "_INBOX.>"}, f"inbox: {prefix}"),
            ({"can": [], "jetstream_api": "a..b"}, f"jetstream_api: {prefix}"),
            (
                {"can": [], "inbox": "$SYS"},
                "inbox: begins with $, which is reserved for the server; choose another, such as "
                "_INBOX_name",
            ),
        ]:
            self.faulty({"bob": {"pass": "b", "account": "APP"} | more}, f": bob.{entry}")
        bob = {"pass": "b", "account": "APP", "inbox": "_INBOX_bob"}
        fault = ": bob: inbox and jetstream_api belong to abilities: add can"
        self.faulty({"bob": bob}, fault)

    def test_a_user_needs_a_name_a_password_and_an_account(self) -> None:
        for users, entry in [
            ({"bob": {"account": "APP"}}, ": bob: pass is missing"),
            ({"bob": {"pass": "", "account": "APP"}}, ": bob.pass: must not be empty"),
            ({"bob": {"pass": "b", "account": ""}}, ": bob.account: must not be empty"),
            ({"": {"pass": "b", "account": "APP"}}, ": a user without a name"),
            (
                {"bob": "hunter2"},
                ": bob: expected an object with pass, account, permissions, can, inbox, "
                "jetstream_api, found a string",
            ),
            ([], ": expected an object, found a list"),
        ]:
            self.faulty(users, entry)

    def test_a_subject_that_cannot_be_is_named_with_its_entry(self) -> None:
        own = "has white space or control characters; write each subject as an entry of its own"
        one = 'has white space or control characters; write "subject" or "subject queue"'
        inside = 'has a wildcard inside a token; "*" and ">" are tokens of their own'
        for rules, key, subject, fault in [
            ("pub", "allow", "a..b", '"a..b" has an empty token; dots only separate tokens'),
            ("pub", "deny", "foo*", f'"foo*" {inside}'),
            (
                "sub",
                "allow",
                "a.>.b",
                '"a.>.b" has ">" before its end; ">" is the last token or none',
            ),
            ("sub", "deny", "", "must not be empty"),
            ("pub", "allow", "a.> b.>", f'"a.> b.>" {own}'),
            ("pub", "deny", "a\tb", f'"a\\tb" {own}'),
            ("sub", "allow", "a b c", f'"a b c" {one}'),
            ("sub", "deny", "a ", f'"a " {one}'),
        ]:
            permissions = {rules: {key: ["ok.*", subject]}}
            bob = {"pass": "b", "account": "APP", "permissions": permissions}
            self.faulty({"bob": bob}, f": bob.permissions.{rules}.{key}[1]: {fault}")

    def test_a_subscription_may_name_its_queue(self) -> None:
        permissions = {
            "pub": {"allow": [">", "$JS.API.>", "{{name}}.*"]},
            "sub": {"allow": ["jobs.> workers.*"]},
        }
        bob = {"pass": "b", "account": "APP", "permissions": permissions}
        testing.configured(Directory, data={"users.json": {"bob": bob}})

    def test_a_list_is_not_taken_for_an_object(self) -> None:
        self.faulty(
            {"users": ["alice", "APP"]},
            ": users: expected an object with pass, account, permissions, can, inbox, "
            "jetstream_api, found a list",
        )
        for permissions, entry in [
            ([], ": expected an object with pub, sub, resp, found a list"),
            ({"pub": []}, ".pub: expected an object with allow, deny, found a list"),
            ({"sub": []}, ".sub: expected an object with allow, deny, found a list"),
            ({"resp": []}, ".resp: expected an object with max, ttl, found a list"),
        ]:
            bob = {"pass": "b", "account": "APP", "permissions": permissions}
            self.faulty({"bob": bob}, f": bob.permissions{entry}")

    def test_a_hash_is_not_taken_for_a_password(self) -> None:
        for password, prefix in [
            ("$2a$11$uXwYdBoaFA", "$2a$"),
            ("$2b$11$uXwYdBoaFA", "$2b$"),
            ("$2y$11$uXwYdBoaFA", "$2y$"),
            ("$argon2id$v=19$m=1", "$argon2"),
            ("$scrypt$ln=16$uXwY", "$scrypt$"),
            ("$pbkdf2-sha256$uXwY", "$pbkdf2"),
            ("$1$uXwY$dBoaFA", "$1$"),
            ("$5$uXwY$dBoaFA", "$5$"),
            ("$6$uXwY$dBoaFA", "$6$"),
            ("{SSHA}uXwYdBoaFA", "{SSHA}"),
            ("{SHA}uXwYdBoaFA", "{SHA}"),
            ("{crypt}uXwYdBoaFA", "{CRYPT}"),
        ]:
            self.faulty(
                {"bob": {"pass": password, "account": "APP"}},
                f": bob.pass: this is a hash ({prefix}...), and the policy compares plain text: "
                "whoever shows the hash would be admitted; write the password itself",
            )

    def test_a_password_may_have_the_letters_of_a_hash(self) -> None:
        for password in ["$", "$2", "$2a", "a$2a$", "{SHA", "$ecret$", "{shark}", "$ü", "§2a§"]:
            with self.subTest(password):
                users = {"bob": {"pass": password, "account": "APP"}}
                testing.configured(Directory, data={"users.json": users})

    def test_a_user_who_is_there_twice_is_refused(self) -> None:
        bob = '"bob": {"pass": "b", "account": "APP"}'
        self.faulty(f"{{{bob},\n{bob}}}", ': "bob" appears twice in one object')

    def test_a_text_that_is_not_json_is_refused_with_its_line(self) -> None:
        self.faulty('{\n"bob"}', ", line 2: Expecting ':' delimiter")

    def test_a_missing_file_is_asked_for(self) -> None:
        with self.assertRaisesRegex(ConfigurationError, "the policy needs this data file: give it"):
            testing.configured(Directory)


if __name__ == "__main__":
    unittest.main()
