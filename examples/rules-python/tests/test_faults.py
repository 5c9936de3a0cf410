"""Faults of a ``rules.toml``, as the operator reads them."""

import unittest

from app import Rules
from portcullis import ConfigurationError, testing


class FaultsTest(unittest.TestCase):
    def faulty(self, rule: str, expected: str) -> None:
        document = f'[[rule]]\nname = "r"\n{rule}'
        with self.subTest(expected), self.assertRaises(ConfigurationError) as raised:
            testing.configured(Rules, data={"rules.toml": document})
        self.assertEqual(str(raised.exception), expected)

    def test_a_fault_names_the_rule_the_key_and_its_mending(self) -> None:
        grant = 'account = "APP"\ncan = []\n'
        rule = 'rules.toml, rule "r": '
        for text, fault in [
            (
                'deny = "x"\nuser = []',
                "user: unknown key; use one of name, deny, users, networks, "
                "dns-names, days, hours, utc-offset, account, can, inbox, expires-in, passwords",
            ),
            ('users = "x"\n' + grant, "users: expected a list, found a string"),
            (
                'users = ["a b"]\n' + grant,
                "users[0]: a pattern may contain only letters, digits, - _ . and *",
            ),
            (
                'networks = ["10.20.0.1/16"]\n' + grant,
                'networks[0]: 10.20.0.1/16 has host bits set; write it as "10.20.0.0/16"',
            ),
            (
                'days = ["today"]\n' + grant,
                "days[0]: is not a day; use one of mon, tue, wed, thu, fri, sat, sun",
            ),
            (
                'hours = "8-18"\n' + grant,
                'hours: write it as "08:00-18:00", in UTC or with utc-offset',
            ),
            (
                'hours = "08:00-08:00"\n' + grant,
                "hours: ends when it begins: leave it out for the whole day",
            ),
            ('utc-offset = "2"\n' + grant, 'utc-offset: write it as "+02:00"'),
            ('users = ["a"]', 'says nothing: add account = "NAME", or deny = "CAUSE"'),
            ('users = ["a"]\naccount = "A"', "can is missing"),
            (
                'deny = "x"\naccount = "A"',
                "has both deny and account: a rule that denies grants nothing",
            ),
            (
                'users = ["a"]\n' + grant,
                "believes a user name without proof: add passwords = "
                "{ NAME = SECRET }, or dns-names",
            ),
            (grant, "admits every client: add a condition (users, dns-names, networks), or deny"),
            (
                'networks = ["::/0"]\npasswords = { a = "b" }\n' + grant,
                "passwords need user names: add users = [PATTERN]",
            ),
            (
                'networks = ["::/0"]\nexpires-in = 0\n' + grant,
                "expires-in: must be between 1 and 4294967295",
            ),
            (
                'networks = ["::/0"]\naccount = "A"\ncan = ["publish {user}"]',
                "can[0]: {user} is unknown in this rule; known: none",
            ),
            (
                'dns-names = ["a"]\naccount = "A"\ncan = ["publish {name} b"]',
                'can[0]: "publish x b" is not an ability; use publish SUBJECT',
            ),
            (
                'dns-names = ["a"]\naccount = "A"\ncan = ["publish }"]',
                "can[0]: write {user} or {name}, and no other braces "
                "(Single '}' encountered in format string)",
            ),
        ]:
            self.faulty(text, rule + fault)

    def test_two_rules_of_one_name_are_refused(self) -> None:
        rule = 'deny = "x"\n[[rule]]\nname = "r"\ndeny = "y"'
        self.faulty(rule, 'rules.toml: there are two rules "r": rename one')

    def test_a_text_that_is_not_toml_is_refused_with_its_line(self) -> None:
        with self.assertRaisesRegex(ConfigurationError, r"rules.toml: .*at line 2"):
            testing.configured(Rules, data={"rules.toml": "[[rule]]\n= 1"})


if __name__ == "__main__":
    unittest.main()
