import unittest
from pathlib import Path

from app import NOBODYS_PASSWORD, Directory
from portcullis import (
    UNLIMITED_MESSAGES,
    Decision,
    Grant,
    ResponseRule,
    allow,
    deny,
    pass_,
    testing,
)

USERS = {
    "sys": {"pass": "sys", "account": "SYS"},
    "alice": {"pass": "alice", "account": "APP"},
    "bob": {
        "pass": "bob",
        "account": "APP",
        "permissions": {
            "pub": {"allow": ["bob.>"], "deny": ["bob.secret"]},
            "sub": {"allow": ["bob.>"]},
            "resp": {"max": 1},
        },
    },
    "eve": {"pass": "eve", "account": "APP", "permissions": {"pub": {"deny": ["a"]}}},
    "ann": {
        "pass": "ann",
        "account": "APP",
        "permissions": {"resp": {"max": -1, "ttl": 5_000_000_000}},
    },
    "joe": {
        "pass": "joe",
        "account": "APP",
        "can": ["kv read test_kv dev.001.>", "request orders.*"],
        "inbox": "_INBOX_joe",
        "jetstream_api": "$JS.hub.API",
    },
    "kim": {
        "pass": "kim",
        "account": "APP",
        "can": ["publish news"],
        "permissions": {"sub": {"allow": ["kim.>"]}},
    },
    "lee": {"pass": "lee", "account": "APP", "can": []},
}
WRONG = deny("unknown user or wrong password")


def decision(user: str, password: str) -> Decision:
    policy = testing.configured(Directory, data={"users.json": USERS})
    return policy.decide(testing.request(user, password))


class DirectoryTest(unittest.TestCase):
    def test_a_user_without_permissions_has_those_of_the_account(self) -> None:
        expected = allow(Grant.account_defaults("APP", name="alice"))
        self.assertEqual(decision("alice", "alice"), expected)
        expected = allow(Grant.account_defaults("SYS", name="sys"))
        self.assertEqual(decision("sys", "sys"), expected)

    def test_a_user_with_permissions_has_no_others(self) -> None:
        bob = Grant.only(
            "APP",
            publish=["bob.>"],
            deny_publish=["bob.secret"],
            subscribe=["bob.>"],
            responses=ResponseRule(1),
            name="bob",
        )
        self.assertEqual(decision("bob", "bob"), allow(bob))
        ann = Grant.only("APP", responses=ResponseRule(UNLIMITED_MESSAGES, 5_000), name="ann")
        self.assertEqual(decision("ann", "ann"), allow(ann))

    def test_a_user_who_is_only_denied_subjects_is_allowed_none(self) -> None:
        eve = Grant.only("APP", deny_publish=["a"], name="eve")
        self.assertEqual(decision("eve", "eve"), allow(eve))

    def test_a_user_with_abilities_has_these_and_no_defaults(self) -> None:
        joe = Grant.only(
            "APP",
            can=["kv read test_kv dev.001.>", "request orders.*"],
            inbox="_INBOX_joe",
            jetstream_api="$JS.hub.API",
            name="joe",
        )
        self.assertEqual(decision("joe", "joe"), allow(joe))
        self.assertEqual(decision("lee", "lee"), allow(Grant.only("APP", name="lee")))

    def test_abilities_and_permissions_stand_beside_each_other(self) -> None:
        kim = Grant.only("APP", can="publish news", subscribe="kim.>", name="kim")
        self.assertEqual(decision("kim", "kim"), allow(kim))

    def test_every_grant_is_sound(self) -> None:
        for user in USERS:
            testing.check(decision(user, user))

    def test_a_wrong_password_and_an_unknown_user_are_answered_alike(self) -> None:
        for user, password in [
            ("alice", "bob"),
            ("alice", ""),
            ("pam", "pam"),
            ("pam", NOBODYS_PASSWORD),
            ("", ""),
        ]:
            with self.subTest(user=user, password=password):
                self.assertEqual(decision(user, password), WRONG)

    def test_a_client_without_a_user_name_is_left_to_the_next_policy(self) -> None:
        policy = testing.configured(Directory, data={"users.json": USERS})
        self.assertEqual(policy.decide(testing.request(token="alice")), pass_())

    def test_the_shipped_users_have_no_fault(self) -> None:
        shipped = Path(__file__, "../../../directory/users.json").resolve().read_bytes()
        testing.configured(Directory, data={"users.json": shipped})


if __name__ == "__main__":
    unittest.main()
