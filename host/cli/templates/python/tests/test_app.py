import unittest

from app import Guests
from portcullis import Grant, allow, deny, testing


class GuestsTest(unittest.TestCase):
    def test_a_guest_may_read_the_news(self) -> None:
        policy = testing.configured(Guests)
        decision = policy.decide(testing.request(user="guest"))
        self.assertEqual(decision, allow(Grant.only("APP", can=["subscribe news.>"], name="guest")))
        testing.check(decision)

    def test_the_account_is_a_setting(self) -> None:
        policy = testing.configured(Guests, {"account": "LOBBY"})
        decision = policy.decide(testing.request(user="guest"))
        self.assertEqual(decision.value.account, "LOBBY")

    def test_all_others_are_denied(self) -> None:
        policy = testing.configured(Guests)
        for request in [testing.request(), testing.request("alice", "secret")]:
            self.assertEqual(policy.decide(request), deny("not a guest"))


if __name__ == "__main__":
    unittest.main()
