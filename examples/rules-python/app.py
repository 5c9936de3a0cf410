"""Decides by ``rules.toml``: the first rule whose conditions are all met decides."""

import tomllib

from portcullis import (
    ConfigurationError,
    Decision,
    Entry,
    Policy,
    Request,
    Settings,
    allow,
    deny,
    export,
    log,
    pass_,
)
from rules import Rule, read_rule


class Rules(Policy):
    rules: list[Rule]

    def configure(self, settings: Settings) -> None:
        try:
            document = tomllib.loads(settings.data_text("rules.toml"))
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"rules.toml: {error}") from None
        root = Entry(document, "rules.toml")
        root.only("rule")
        self.rules = [read_rule(entry) for entry in root["rule"].entries()]
        names = [rule.name for rule in self.rules]
        for name in names:
            if names.count(name) > 1:
                raise ConfigurationError(f'rules.toml: there are two rules "{name}": rename one')
        log.info(f"rules.toml has {len(names)} rules")

    def decide(self, request: Request) -> Decision:
        for rule in self.rules:
            names = rule.fits(request)
            if names is None:
                continue
            if rule.deny is not None:
                return deny(rule.deny)
            if not rule.right_password(request):
                return deny("wrong password")
            return allow(rule.grant(names))
        return pass_()


# The class that the host calls.
Authorizer = export(Rules)
