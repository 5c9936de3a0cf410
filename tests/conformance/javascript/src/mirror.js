// The decision that the attributes of the request describe.
import { allow, deny, ignore, pass } from "portcullis";

const SINGLE = ["decision", "text", "account", "access", "role", "inbox", "jetstream-api", "name", "expires-in"];

export function mirror(attributes) {
  const all = (name) => attributes.filter(([known]) => known === name).map(([, value]) => value);
  const said = Object.fromEntries(SINGLE.map((name) => [name, all(name).at(-1)]));
  switch (said.decision) {
    case "deny":
      return deny(said.text ?? "");
    case "ignore":
      return ignore(said.text ?? "");
    case "pass":
      return pass();
    default:
      return allow({ ...terms(said, all), ...access(said, all) });
  }
}

function terms(said, all) {
  return {
    account: said.account ?? "",
    name: said.name,
    expiresIn: said["expires-in"] === undefined ? undefined : Number(said["expires-in"]),
    transports: all("transport"),
    sourceNetworks: all("source-network"),
    tags: all("tag"),
    options: all("option").map(inTwo),
  };
}

function access(said, all) {
  if (said.access === "role") return { role: said.role ?? "" };
  if (said.access === "account-defaults") return { accountDefaults: true };
  return {
    can: all("ability"),
    publish: { allow: all("publish.allow"), deny: all("publish.deny") },
    subscribe: { allow: all("subscribe.allow"), deny: all("subscribe.deny") },
    responses: responses(all("responses.max-messages").at(-1), all("responses.expires-in-ms").at(-1)),
    inbox: said.inbox,
    jetstreamApi: said["jetstream-api"],
  };
}

function responses(maxMessages, expiresInMs) {
  if (maxMessages === undefined && expiresInMs === undefined) return undefined;
  return { maxMessages: Number(maxMessages ?? 0), expiresInMs: BigInt(expiresInMs ?? 0) };
}

function inTwo(option) {
  const at = option.indexOf("=");
  return at < 0 ? [option, ""] : [option.slice(0, at), option.slice(at + 1)];
}
