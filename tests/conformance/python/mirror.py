"""The decision that the request's attributes describe."""

from portcullis import (
    AccountDefaults,
    Decision,
    Grant,
    Only,
    Permissions,
    Request,
    ResponseRule,
    Role,
    Transport,
    allow,
    deny,
    ignore,
    pass_,
)


def decision(request: Request) -> Decision:
    words = dict(request.attributes)
    match words.get("decision"):
        case "deny":
            return deny(words.get("text", ""))
        case "ignore":
            return ignore(words.get("text", ""))
        case "pass":
            return pass_()
    return allow(grant(words, request.attributes))


def grant(words: dict[str, str], attributes: list[tuple[str, str]]) -> Grant:
    match words.get("access"):
        case "role":
            access = Role(words.get("role", ""))
        case "account-defaults":
            access = AccountDefaults()
        case _:
            access = Only(permissions(words, attributes))
    made = Grant(words.get("account", ""), access, words.get("name"))
    if "expires-in" in words:
        made.expires_in = int(words["expires-in"])
    transports = {transport.name.lower(): transport for transport in Transport}
    for name, value in attributes:
        match name:
            case "transport" if value in transports:
                made.transports.append(transports[value])
            case "source-network":
                made.source_networks.append(value)
            case "tag":
                made.tags.append(value)
            case "option" if "=" in value:
                key, _, setting = value.partition("=")
                made.options.append((key, setting))
    return made


def permissions(words: dict[str, str], attributes: list[tuple[str, str]]) -> Permissions:
    made = Permissions(inbox=words.get("inbox"), jetstream_api=words.get("jetstream-api"))
    lists = {
        "ability": made.abilities,
        "publish.allow": made.publish.allow,
        "publish.deny": made.publish.deny,
        "subscribe.allow": made.subscribe.allow,
        "subscribe.deny": made.subscribe.deny,
    }
    for name, value in attributes:
        if name in lists:
            lists[name].append(value)
    messages, milliseconds = "responses.max-messages", "responses.expires-in-ms"
    if messages in words or milliseconds in words:
        made.responses = ResponseRule(int(words.get(messages, 0)), int(words.get(milliseconds, 0)))
    return made
