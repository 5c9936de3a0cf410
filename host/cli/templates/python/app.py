"""The policy policy-name: who gets in, and what they may do."""

from portcullis import Decision, Grant, Policy, Request, Settings, allow, deny, export, log


class Guests(Policy):
    def configure(self, settings: Settings) -> None:
        """Runs once, before any decision. What it prepares, every decision finds."""
        self.account = settings.json().get("account", "APP")
        log.info(f"guests go to the account {self.account}")

    def decide(self, request: Request) -> Decision:
        """Runs for each client, in a sandbox of its own."""
        if request.user != "guest":
            return deny("not a guest")
        return allow(Grant.only(self.account, can=["subscribe news.>"], name="guest"))


# What the host calls.
Authorizer = export(Guests)
