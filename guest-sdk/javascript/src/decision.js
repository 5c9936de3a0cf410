const MOST_U32 = 0xffff_ffff;
const MOST_U64 = 0xffff_ffff_ffff_ffffn;
const TAGS = new Set(["allow", "deny", "ignore", "pass"]);
const TRANSPORTS = new Set(["nats", "websocket", "mqtt", "leafnode"]);

export function allow(grant) {
  return { tag: "allow", val: toRecord(grant) };
}

export function deny(cause) {
  return { tag: "deny", val: text(cause, "deny") };
}

export function ignore(cause) {
  return { tag: "ignore", val: text(cause, "ignore") };
}

export function pass() {
  return { tag: "pass" };
}

export function isDecision(value) {
  return typeof value === "object" && value !== null && TAGS.has(value.tag);
}

// Converts the grant to the form of the contract. An unknown field is refused, because it could be a mistake that
// grants too much, such as `denyPublish`.
function toRecord(grant) {
  const record = {
    account: text(grant.account, "account"),
    access: undefined,
    name: undefined,
    expiresIn: undefined,
    transports: [],
    sourceNetworks: [],
    tags: [],
    options: [],
  };
  const permissions = nothing();
  let named;
  let kept;
  for (const field in grant) {
    const value = grant[field];
    if (value === undefined) continue;
    if (setPermission(permissions, field, value)) {
      named = field;
    } else if (!setTerm(record, field, value)) {
      if (field === "role") {
        kept = { tag: "role", val: text(value, field) };
      } else if (field === "accountDefaults") {
        if (value === true) kept = { tag: "account-defaults" };
      } else if (field !== "account") {
        throw mistake(field, "is not a field of a grant");
      }
    }
  }
  const twice = grant.role !== undefined && grant.accountDefaults === true;
  if (kept && (named || twice)) {
    throw mistake(named ?? "role", "cannot be combined with permissions from another source: choose one source");
  }
  record.access = kept ?? { tag: "only", val: permissions };
  return record;
}

function nothing() {
  return {
    abilities: [],
    publish: { allow: [], deny: [] },
    subscribe: { allow: [], deny: [] },
    responses: undefined,
    inbox: undefined,
    jetstreamApi: undefined,
  };
}

// Sets what the client may do. Returns whether the field is one of these.
function setPermission(permissions, field, value) {
  switch (field) {
    case "can":
      permissions.abilities = texts(value, field);
      return true;
    case "publish":
    case "subscribe":
      permissions[field] = rules(value, field);
      return true;
    case "responses":
      permissions.responses = responses(value);
      return true;
    case "inbox":
    case "jetstreamApi":
      permissions[field] = text(value, field);
      return true;
    default:
      return false;
  }
}

// Sets how long, from where and under which name. Returns whether the field is one of these.
function setTerm(record, field, value) {
  switch (field) {
    case "name":
      record.name = text(value, field);
      return true;
    case "expiresIn":
      record.expiresIn = seconds(value);
      return true;
    case "transports":
      if (!list(value, field).every((name) => TRANSPORTS.has(name))) {
        throw mistake(field, `has one that is none of ${[...TRANSPORTS].join(", ")}`);
      }
      record.transports = value;
      return true;
    case "sourceNetworks":
    case "tags":
      record[field] = texts(value, field);
      return true;
    case "options":
      list(value, field).forEach((option) => texts(option, field));
      record.options = value;
      return true;
    default:
      return false;
  }
}

function rules(value, field) {
  if (Array.isArray(value)) return { allow: texts(value, field), deny: [] };
  for (const name in value) {
    if (name !== "allow" && name !== "deny") throw mistake(`${field}.${name}`, "is neither allow nor deny");
  }
  return {
    allow: texts(value.allow ?? [], `${field}.allow`),
    deny: texts(value.deny ?? [], `${field}.deny`),
  };
}

function responses({ maxMessages = 0, expiresInMs = 0, ...others }) {
  const [unknown] = Object.keys(others);
  if (unknown) throw mistake(`responses.${unknown}`, "is neither maxMessages nor expiresInMs");
  const milliseconds = amount(expiresInMs, "expiresInMs", Math.ceil);
  return {
    maxMessages: Math.min(Number(amount(maxMessages, "maxMessages", Math.floor)), MOST_U32),
    expiresInMs: milliseconds < MOST_U64 ? BigInt(milliseconds) : MOST_U64,
  };
}

function seconds(value) {
  return Math.min(Number(amount(value, "expiresIn", Math.floor)), MOST_U32);
}

// The bindings would turn a negative number into a large one.
function amount(value, field, round) {
  if (!["number", "bigint"].includes(typeof value) || !(value >= 0)) {
    throw mistake(field, "has to be a number, zero or more");
  }
  return typeof value === "bigint" || value === Infinity ? value : round(value);
}

function text(value, field) {
  if (typeof value !== "string") throw mistake(field, "has to be a string");
  return value;
}

function texts(value, field) {
  if (!list(value, field).every((entry) => typeof entry === "string"))
    throw mistake(field, "has to be a list of strings");
  return value;
}

// The bindings would treat a string as the list of its letters.
function list(value, field) {
  if (!Array.isArray(value)) throw mistake(field, "has to be a list");
  return value;
}

function mistake(field, what) {
  return new TypeError(`${field} ${what}`);
}
