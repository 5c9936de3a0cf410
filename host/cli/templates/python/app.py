"""The policy policy-name: which clients are admitted, and what they may do."""

from portcullis import Decision, Grant, Policy, Request, Settings, allow, deny, export, log


class Guests(Policy):
    def configure(self, settings: Settings) -> None:
        """Runs once, before any decision. Every decision starts with what it prepared."""
        self.account = settings.json().get("account", "APP")
        log.info(f"guests go to the account {self.account}")

    def decide(self, request: Request) -> Decision:
        """Runs for each client, in a sandbox of its own."""
        if request.user != "guest":
            return deny("not a guest")
        return allow(Grant.only(self.account, can=["subscribe news.>"], name="guest"))


# The class that the host calls.
Authorizer = export(Guests)
