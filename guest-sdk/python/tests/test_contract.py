import unittest
from datetime import timedelta

from portcullis import (
    AccountDefaults,
    Grant,
    Only,
    Permissions,
    Role,
    SubjectRules,
    Transport,
    testing,
)


class GrantTest(unittest.TestCase):
    def test_a_grant_into_an_account_gives_nothing_that_it_does_not_name(self) -> None:
        self.assertEqual(Grant.only("APP"), Grant("APP", Only(Permissions())))

    def test_what_is_named_stands_where_the_contract_has_it(self) -> None:
        grant = Grant.only(
            "APP",
            can=["publish a"],
            publish=["b"],
            deny_publish=["c"],
            subscribe=["d"],
            deny_subscribe=["e"],
            inbox="f",
            jetstream_api="g",
            name="h",
            expires_in=1,
            transports=[Transport.MQTT],
            source_networks=["10.0.0.0/8"],
            tags=["i"],
            options={"j": "k"},
        )
        named = Permissions(
            ["publish a"], SubjectRules(["b"], ["c"]), SubjectRules(["d"], ["e"]), None, "f", "g"
        )
        networks, options = ["10.0.0.0/8"], [("j", "k")]
        expected = Grant("APP", Only(named), "h", 1, [Transport.MQTT], networks, ["i"], options)
        self.assertEqual(grant, expected)

    def test_a_text_in_the_place_of_a_list_is_one_entry(self) -> None:
        self.assertEqual(Grant.only("APP", publish="a.b"), Grant.only("APP", publish=["a.b"]))

    def test_defaults_and_roles_are_accesses(self) -> None:
        self.assertEqual(Grant.account_defaults("APP").access, AccountDefaults())
        self.assertEqual(Grant.role("APP", "reader").access, Role("reader"))

    def test_a_lifetime_is_in_whole_seconds_of_the_contract(self) -> None:
        for lifetime, seconds in [
            (timedelta(minutes=1, milliseconds=900), 60),
            (0.9, 0),
            (-5, 0),
            (2**40, 2**32 - 1),
        ]:
            self.assertEqual(Grant.role("APP", "r", expires_in=lifetime).expires_in, seconds)


class RequestTest(unittest.TestCase):
    def test_a_certificate_that_the_server_did_not_verify_is_none(self) -> None:
        request = testing.request(certificate=testing.certificate())
        self.assertIsNotNone(request.certificate)
        request.tls.verified.clear()
        self.assertIsNone(request.certificate)

    def test_the_shown_form_has_no_secrets(self) -> None:
        shown = repr(testing.request("alice", "pa55", token="t0k3n", jwt="j.w.t"))
        self.assertIn("alice", shown)
        for secret in ["pa55", "t0k3n", "j.w.t"]:
            self.assertNotIn(secret, shown)

    def test_attributes_are_found_by_name(self) -> None:
        request = testing.request(attributes={"region": "eu"})
        self.assertEqual(request.attribute("region"), "eu")
        self.assertIsNone(request.attribute("zone"))
