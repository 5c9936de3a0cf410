import unittest

from portcullis import (
    ConfigurationError,
    Decision,
    Policy,
    Request,
    Settings,
    deny,
    export,
    testing,
)


class Counted(Policy):
    def configure(self, settings: Settings) -> None:
        self.users = len(settings.data_json("users.json"))

    def decide(self, request: Request) -> Decision:
        return deny(f"{self.users} users")


class Broken(Policy):
    def configure(self, settings: Settings) -> None:
        settings.json()["absent"]

    def decide(self, request: Request) -> Decision:
        return deny("never")


class ExportTest(unittest.TestCase):
    def test_every_authorizer_that_the_host_makes_is_the_configured_one(self) -> None:
        authorizer = export(Counted)
        authorizer().configure(testing.settings(data={"users.json": {"a": 1}}))
        self.assertEqual(authorizer().decide(testing.request()), deny("1 users"))

    def test_what_the_operator_can_mend_is_the_text_of_the_refusal(self) -> None:
        with self.assertRaises(ConfigurationError) as raised:
            export(Counted)().configure(testing.settings())
        self.assertTrue(str(raised.exception).startswith("users.json: the policy needs"))

    def test_any_other_exception_is_named_with_its_place(self) -> None:
        with self.assertRaises(ConfigurationError) as raised:
            export(Broken)().configure(testing.settings())
        text = str(raised.exception)
        self.assertRegex(text, r"^KeyError: 'absent' \(test_policy.py, line \d+, in configure\)$")

    def test_a_policy_has_a_rehearsal_that_anybody_may_fail(self) -> None:
        (request,) = Counted().rehearsals()
        self.assertEqual(request.user, "nobody")
