"""Admits users in ``users.json`` with the right password, with the permissions written there."""

from collections.abc import Iterable

from portcullis import (
    Decision,
    Policy,
    Request,
    Settings,
    allow,
    deny,
    export,
    log,
    pass_,
    same_secret,
    testing,
)
from users import User, read_users

NOBODYS_PASSWORD = "not the password of anybody"
"""Compared with the password of an unknown user, so that the answer takes as long as for known
users."""


class Directory(Policy):
    users: dict[str, User]

    def configure(self, settings: Settings) -> None:
        self.users = read_users(settings.data_entry("users.json"))
        log.info(f"users in users.json: {len(self.users)}")

    def decide(self, request: Request) -> Decision:
        name = request.user
        if name is None:
            # The client may have credentials for another policy of the chain.
            return pass_()
        user = self.users.get(name)
        expected = NOBODYS_PASSWORD if user is None else user.password
        right = same_secret(request.password, expected)
        if user is None or not right:
            return deny("unknown user or wrong password")
        return allow(user.grant(name))

    def rehearsals(self) -> Iterable[Request]:
        """One user with the permissions of the account, and one with others, if there are any."""
        kinds = {type(user.access): name for name, user in self.users.items()}
        return [testing.request(name, self.users[name].password) for name in kinds.values()]


# The class that the host calls.
Authorizer = export(Directory)
