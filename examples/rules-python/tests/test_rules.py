import unittest
from pathlib import Path

from app import Rules
from portcullis import Decision, Grant, Request, allow, deny, pass_, testing

SHIPPED = Path(__file__, "../../rules.toml").resolve().read_bytes()
THURSDAY = 1_767_225_600
HOUR = 3_600


def decision(request: Request) -> Decision:
    return testing.configured(Rules, data={"rules.toml": SHIPPED}).decide(request)


class RulesTest(unittest.TestCase):
    def test_a_machine_gets_in_with_its_password_from_its_network(self) -> None:
        answer = decision(testing.request("press-1", "s3cr3t", host="10.20.3.4"))
        press = Grant.only(
            "PLANT",
            can=["publish plant.press-1.>", "kv read settings press-1.>"],
            name="press-1",
        )
        self.assertEqual(answer, allow(press))
        testing.check(answer)

    def test_a_wrong_password_and_an_unknown_machine_are_answered_alike(self) -> None:
        for user, password in [("press-1", "r0b0t"), ("press-9", "s3cr3t"), ("robot-1", None)]:
            answer = decision(testing.request(user, password, host="10.20.3.4"))
            self.assertEqual(answer, deny("wrong password"))

    def test_a_condition_that_does_not_hold_leaves_the_rule_out(self) -> None:
        for request in [
            testing.request("press-1", "s3cr3t", host="10.21.3.4"),
            testing.request(
                "press-1", "s3cr3t", host="10.20.3.4", received_at=THURSDAY + 48 * HOUR
            ),
            testing.request("press.1", "s3cr3t", host="10.20.3.4"),
            testing.request("press-*", "s3cr3t", host="10.20.3.4"),
            testing.request(host="10.20.3.4"),
        ]:
            self.assertEqual(decision(request), pass_())

    def test_a_mapped_address_is_the_address(self) -> None:
        request = testing.request("press-1", "s3cr3t", host="::ffff:10.20.3.4")
        self.assertEqual(decision(request).value.account, "PLANT")

    def test_a_service_is_known_by_its_certificate(self) -> None:
        billing = testing.certificate(dns_names=["billing.example.com", "billing.svc.example.com"])
        answer = decision(testing.request(certificate=billing))
        service = Grant.only(
            "APP",
            can=["request orders.*", "service offer billing"],
            inbox="_INBOX_billing",
            name="billing",
            expires_in=3_600,
        )
        self.assertEqual(answer, allow(service))
        testing.check(answer)

    def test_a_wildcard_certificate_is_not_a_service(self) -> None:
        for name in ["*.svc.example.com", "a.b.svc.example.com", "svc.example.com"]:
            request = testing.request(certificate=testing.certificate(dns_names=[name]))
            self.assertEqual(decision(request), pass_())

    def test_hours_go_over_midnight(self) -> None:
        for hour, expected in [
            (5, "closed at night"),
            (6, None),
            (19, None),
            (20, "closed at night"),
        ]:
            request = testing.request(host="192.0.2.7", received_at=THURSDAY + hour * HOUR)
            self.assertEqual(decision(request), deny(expected) if expected else pass_())

    def test_the_first_rule_that_fits_decides(self) -> None:
        billing = testing.certificate(dns_names=["billing.svc.example.com"])
        request = testing.request(certificate=billing, host="192.0.2.7", received_at=THURSDAY)
        self.assertEqual(decision(request), deny("closed at night"))


if __name__ == "__main__":
    unittest.main()
