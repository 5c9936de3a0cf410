import json
import unittest
from collections.abc import Callable
from pathlib import Path

from portcullis import ConfigurationError, Grant, ResponseRule, ability, allow, deny, testing
from portcullis.abilities import _FORMS, check_ability, check_subject, check_subscription

CONTRACT = Path(__file__, "../../../../wit").resolve()


def fault(sentence: str) -> str | None:
    try:
        check_ability(sentence)
    except ConfigurationError as error:
        return str(error)
    return None


class AbilityTest(unittest.TestCase):
    def test_the_contract_tells_of_every_form(self) -> None:
        for document in ["abilities.md", "types.wit"]:
            text = (CONTRACT / document).read_text()
            for words, form in _FORMS:
                self.assertIn(f"`{words} {form}`", text)

    def test_what_the_contract_says_is_an_ability(self) -> None:
        for sentence in [
            "publish orders.new",
            "subscribe jobs.> workers",
            "request orders.*",
            "reply time clocks",
            "service offer clock",
            "service find",
            "stream publish orders.>",
            "stream view ORDERS",
            "stream consume ORDERS billing",
            "kv read b x.> y.*.z",
            "kv manage b",
            "object write files",
            "mqtt subscribe /a.b//#",
        ]:
            self.assertIsNone(fault(sentence))

    def test_a_sentence_of_another_form_is_refused_with_the_right_ones(self) -> None:
        words = "publish, subscribe, request, reply, service, stream, kv, object or mqtt"
        for sentence, right in [
            ("", words),
            ("Publish a", words),
            ("publish", "publish SUBJECT"),
            ("publish a b", "publish SUBJECT"),
            ("service offer", "service offer NAME or service find [NAME]"),
            (
                "kv manage b k",
                "kv read BUCKET [KEY...], kv write BUCKET [KEY...] or kv manage BUCKET",
            ),
        ]:
            self.assertEqual(fault(sentence), f'"{sentence}" is not an ability; use {right}')
        self.assertIn("separate words by one space", fault("publish  a"))

    def test_a_name_that_cannot_exist_is_refused_with_the_reason(self) -> None:
        for sentence, reason in [
            ("publish a..b", "empty token"),
            ("publish a*", "wildcard inside a token"),
            ("publish >.a", '">" before its end'),
            ("publish a\tb", "white space"),
            ("publish " + "a" * 1_025, "longer than 1,024 bytes"),
            ("publish " + "a." * 32 + "a", "more than 32 tokens"),
            ("kv read b a.*", "ends with *"),
            ("kv read b " + "a." * 23 + "a", "more than 23 tokens"),
            ("kv read " + "b" * 253, "is too long"),
            ("object read b.c", "has one of . * > / \\"),
            ("service offer a.b", "is not a service name"),
            ("mqtt publish a+", "wildcard inside a level"),
            ("mqtt publish #/a", '"#" before its end'),
            ("mqtt publish a>", "wildcards of NATS"),
            ("mqtt subscribe +", "would also reach deeper levels"),
        ]:
            self.assertIn(reason, fault(sentence) or "", sentence)

    def test_a_name_that_would_be_read_as_others_gives_no_ability(self) -> None:
        self.assertEqual(ability("kv read", "b", "x.>"), "kv read b x.>")
        for names in [("my bucket",), ("",), ("b", "c >"), ("b", "\u2003")]:
            sentence = ability("kv read", *names)
            self.assertEqual(sentence, f'invalid name "{names[-1]}" for kv read')
            self.assertIn("is not an ability", fault(sentence))


class SubjectTest(unittest.TestCase):
    OWN = "has white space or control characters; write each subject as an entry of its own"
    ONE = 'has white space or control characters; write "subject" or "subject queue"'

    def refused(self, check: Callable[[str], None], entry: str, fault: str) -> None:
        with self.subTest(entry), self.assertRaises(ConfigurationError) as raised:
            check(entry)
        self.assertEqual(str(raised.exception), f"{json.dumps(entry, ensure_ascii=False)} {fault}")

    def test_what_the_host_understands_is_a_subject(self) -> None:
        for subject in ["a", "a.b", "*", ">", "a.*.>", "$JS.API.INFO", "ü.{{name}}.>"]:
            check_subject(subject)
            check_subscription(subject)
            check_subscription(f"{subject} q.*")

    def test_what_the_host_would_refuse_is_named_with_its_mend(self) -> None:
        for entry, fault in [
            ("", "is empty; write a subject"),
            ("a..b", "has an empty token; dots only separate tokens"),
            ("foo*", 'has a wildcard inside a token; "*" and ">" are tokens of their own'),
            ("a.>.b", 'has ">" before its end; ">" is the last token or none'),
            ("a\tb", self.OWN),
            ("a\u2003b", self.OWN),
        ]:
            self.refused(check_subject, entry, fault)
            self.refused(check_subscription, entry, fault)
        self.refused(check_subject, "a.> b.>", self.OWN)

    def test_a_subscription_has_one_queue_at_most(self) -> None:
        for entry, fault in [
            ("a b c", self.ONE),
            ("a ", self.ONE),
            (" a", self.ONE),
            ("a  b", self.ONE),
            ("a b\t", self.ONE),
            ("a q..r", "has an empty token; dots only separate tokens"),
            ("a" * 1_000 + " " + "q" * 24, "is longer than 1,024 bytes"),
        ]:
            self.refused(check_subscription, entry, fault)


class CheckTest(unittest.TestCase):
    def test_what_the_host_understands_is_sound(self) -> None:
        testing.check(
            allow(
                Grant.only(
                    "APP",
                    can=["kv read settings site.>"],
                    publish=["orders.*"],
                    subscribe=["jobs.> workers", "news"],
                    deny_subscribe=["news.internal.>"],
                    responses=ResponseRule(),
                    inbox="_INBOX_alice",
                    jetstream_api="$JS.hub.API",
                )
            )
        )
        testing.check(allow(Grant.account_defaults("APP")))
        testing.check(deny("no"))

    def test_a_fault_is_named_with_its_entry(self) -> None:
        for grant, expected in [
            (Grant.only(""), "account: must not be empty"),
            (Grant.only("A", expires_in=0), "expires_in: less than one second admits no client"),
            (
                Grant.only("A", publish="a b"),
                'publish: "a b" has white space or control characters; write each subject as an '
                "entry of its own",
            ),
            (
                Grant.only("A", subscribe="a b c"),
                'subscribe: "a b c" has white space or control characters; write "subject" or '
                '"subject queue"',
            ),
            (
                Grant.only("A", inbox="_INBOX.>"),
                'inbox: "_INBOX.>" has a wildcard; a prefix cannot have one',
            ),
            (
                Grant.only("A", inbox="$SYS"),
                'inbox: "$SYS" begins with $, which is reserved for the server',
            ),
            (
                Grant.only("A", jetstream_api="$JS."),
                'jetstream_api: "$JS." has an empty token; dots only separate tokens',
            ),
        ]:
            with self.assertRaises(ConfigurationError) as raised:
                testing.check(allow(grant))
            self.assertEqual(str(raised.exception), expected)
