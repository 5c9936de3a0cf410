// users.json, in a form that needs no work in a decision.
import {
  abilityFault,
  Fault,
  subjectFault,
  subscriptionFault,
  type AccountDefaults,
  type Permissions,
  type Responses,
  type Subjects,
} from "portcullis";

import { hashPrefix } from "./hashes.ts";
import { type Path, atMost, list, object, text, whole } from "./shapes.ts";

export interface User {
  readonly password: string;
  /** Everything except the name, which is the user's. */
  readonly grant: { account: string } & (Permissions | AccountDefaults);
}

/** @throws Fault with the entry that is wrong. */
export function readUsers(value: unknown): ReadonlyMap<string, User> {
  const users = object(value, [], "an object of users by name");
  return new Map(Object.entries(users).map(([name, user]) => [name, readUser(user, name)]));
}

function readUser(value: unknown, name: string): User {
  if (name === "") throw new Fault([], "a user without a name");
  const path = [name];
  const user = object(value, path, "an object with pass and account");
  atMost(user, ["pass", "account", "permissions", "can", "inbox", "jetstream_api"], path);
  const password = readPassword(user, path);
  const account = notEmpty(user, "account", path);
  const permissions = readPermissions(user, path);
  return { password, grant: { account, ...permissions } };
}

function readPassword(user: Record<string, unknown>, path: Path): string {
  const password = notEmpty(user, "pass", path);
  const prefix = hashPrefix(password);
  if (prefix === undefined) return password;
  const why =
    `this is a hash (${prefix}...), and the policy compares plain text: ` +
    "whoever shows the hash would be admitted; write the password itself";
  throw new Fault([...path, "pass"], why);
}

/** Neither permissions nor abilities: the account's defaults. */
function readPermissions(user: Record<string, unknown>, path: Path): Permissions | AccountDefaults {
  const inbox = prefix(user, "inbox", path);
  const jetstreamApi = prefix(user, "jetstream_api", path);
  if (inbox?.startsWith("$")) {
    const why = "begins with $, which is reserved for the server; choose another, such as _INBOX_name";
    throw new Fault([...path, "inbox"], why);
  }
  const can = user.can === undefined ? undefined : texts(user.can, [...path, "can"], abilityFault);
  // A prefix alone would have no effect except to remove the account's defaults.
  if (can === undefined && (inbox ?? jetstreamApi) !== undefined) {
    throw new Fault(path, "inbox and jetstream_api belong to abilities: add can");
  }
  const named = user.permissions === undefined ? undefined : bySubject(user.permissions, [...path, "permissions"]);
  if (can === undefined && named === undefined) return { accountDefaults: true };
  return { ...named, can, inbox, jetstreamApi };
}

/** A list of texts in which the SDK finds no fault. */
function texts(value: unknown, path: Path, faultOf: (given: string) => string | undefined): string[] {
  return list(value, path).map((entry, index) => {
    const given = text(entry, [...path, index]);
    const fault = faultOf(given);
    if (fault !== undefined) throw new Fault([...path, index], fault);
    return given;
  });
}

function bySubject(value: unknown, path: Path): Permissions {
  const permissions = object(value, path, "an object with pub, sub and resp");
  atMost(permissions, ["pub", "sub", "resp"], path);
  return {
    publish: subjects(permissions.pub, [...path, "pub"], subjectFault),
    subscribe: subjects(permissions.sub, [...path, "sub"], subscriptionFault),
    responses: permissions.resp === undefined ? undefined : responses(permissions.resp, [...path, "resp"]),
  };
}

function subjects(value: unknown, path: Path, faultOf: (entry: string) => string | undefined): Subjects {
  if (value === undefined) return {};
  const rules = object(value, path, "an object with allow and deny");
  atMost(rules, ["allow", "deny"], path);
  const all = (field: "allow" | "deny") =>
    rules[field] === undefined ? [] : texts(rules[field], [...path, field], faultOf);
  return { allow: all("allow"), deny: all("deny") };
}

/** Zero is the server's default, a negative value means no limit. The server writes durations in nanoseconds. */
function responses(value: unknown, path: Path): Responses {
  const rule = object(value, path, "an object with max and ttl");
  atMost(rule, ["max", "ttl"], path);
  const limit = (field: "max" | "ttl") => {
    const given = rule[field] === undefined ? 0 : whole(rule[field], [...path, field]);
    return given < 0 ? Infinity : given;
  };
  return { maxMessages: limit("max"), expiresInMs: limit("ttl") / 1_000_000 };
}

function notEmpty(user: Record<string, unknown>, field: string, path: Path): string {
  if (user[field] === undefined) throw new Fault(path, `missing field ${field}`);
  const given = text(user[field], [...path, field]);
  if (given === "") throw new Fault([...path, field], "must not be empty");
  return given;
}

/** Tokens to which the host adds others. */
function prefix(user: Record<string, unknown>, field: string, path: Path): string | undefined {
  if (user[field] === undefined) return undefined;
  const given = text(user[field], [...path, field]);
  if (given.split(".").includes("") || /[\s\0-\x20\x7f-\x9f*>]/.test(given)) {
    throw new Fault([...path, field], "must be tokens with dots between them, without wildcards and blanks");
  }
  return given;
}
