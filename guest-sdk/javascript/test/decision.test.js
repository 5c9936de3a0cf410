import assert from "node:assert/strict";
import test from "node:test";

import { allow, deny, ignore, pass } from "portcullis";
import { check } from "portcullis/testing";

const NOTHING = {
  abilities: [],
  publish: { allow: [], deny: [] },
  subscribe: { allow: [], deny: [] },
  responses: undefined,
  inbox: undefined,
  jetstreamApi: undefined,
};

const permissionsOf = (fields) => allow({ account: "APP", ...fields }).val.access.val;

test("a grant contains only what it names", () => {
  assert.deepEqual(allow({ account: "APP" }), {
    tag: "allow",
    val: {
      account: "APP",
      access: { tag: "only", val: NOTHING },
      name: undefined,
      expiresIn: undefined,
      transports: [],
      sourceNetworks: [],
      tags: [],
      options: [],
    },
  });
});

test("deny, ignore and pass are answers", () => {
  assert.deepEqual(deny("no"), { tag: "deny", val: "no" });
  assert.deepEqual(ignore("no"), { tag: "ignore", val: "no" });
  assert.deepEqual(pass(), { tag: "pass" });
});

test("a grant has the permissions that it names", () => {
  const named = permissionsOf({
    can: ["request orders.*"],
    publish: ["a"],
    subscribe: { deny: ["b"] },
    responses: {},
    inbox: "_INBOX_a",
    jetstreamApi: "$JS.hub.API",
  });
  assert.deepEqual(named, {
    abilities: ["request orders.*"],
    publish: { allow: ["a"], deny: [] },
    subscribe: { allow: [], deny: ["b"] },
    responses: { maxMessages: 0, expiresInMs: 0n },
    inbox: "_INBOX_a",
    jetstreamApi: "$JS.hub.API",
  });
});

test("a role and the account's defaults replace permissions", () => {
  assert.deepEqual(allow({ account: "APP", role: "editor" }).val.access, { tag: "role", val: "editor" });
  assert.deepEqual(allow({ account: "APP", accountDefaults: true }).val.access, { tag: "account-defaults" });
  assert.equal(allow({ account: "APP", accountDefaults: false }).val.access.tag, "only");
});

test("permissions come from one source", () => {
  for (const grant of [
    { role: "editor", can: [] },
    { accountDefaults: true, publish: [] },
    { accountDefaults: true, role: "editor" },
  ]) {
    assert.throws(() => allow({ account: "APP", ...grant }), /choose one source/, JSON.stringify(grant));
  }
});

test("a value beyond the contract's range becomes the largest one", () => {
  assert.equal(allow({ account: "APP", expiresIn: 2 ** 40 }).val.expiresIn, 0xffff_ffff);
  assert.equal(allow({ account: "APP", expiresIn: 1.9 }).val.expiresIn, 1);
  for (const forever of [Infinity, 2 ** 70, 2n ** 70n]) {
    assert.equal(permissionsOf({ responses: { expiresInMs: forever } }).responses.expiresInMs, 2n ** 64n - 1n);
  }
  const responses = { maxMessages: Infinity, expiresInMs: 0.1 };
  assert.deepEqual(permissionsOf({ responses }).responses, { maxMessages: 0xffff_ffff, expiresInMs: 1n });
});

test("an ambiguous grant is refused", () => {
  for (const [fields, fault] of [
    [{ acount: "APP" }, "acount is not a field of a grant"],
    [{ account: undefined }, "account has to be a string"],
    [{ denyPublish: ["a"] }, "denyPublish is not a field of a grant"],
    [{ publish: ">" }, "publish.0 is neither allow nor deny"],
    [{ publish: { alow: [] } }, "publish.alow is neither allow nor deny"],
    [{ subscribe: { allow: ">" } }, "subscribe.allow has to be a list"],
    [{ can: "publish >" }, "can has to be a list"],
    [{ tags: [1] }, "tags has to be a list of strings"],
    [{ transports: ["tcp"] }, "transports has one that is none of nats, websocket, mqtt, leafnode"],
    [{ options: ["a=b"] }, "options has to be a list"],
    [{ expiresIn: -1 }, "expiresIn has to be a number, zero or more"],
    [{ expiresIn: "60" }, "expiresIn has to be a number, zero or more"],
    [{ responses: { maxMessages: NaN } }, "maxMessages has to be a number, zero or more"],
    [{ responses: { expiresInMs: -1n } }, "expiresInMs has to be a number, zero or more"],
    [{ responses: { max: 1 } }, "responses.max is neither maxMessages nor expiresInMs"],
    [{ name: 7 }, "name has to be a string"],
  ]) {
    const refused = { name: "TypeError", message: fault };
    assert.throws(() => allow({ account: "APP", ...fields }), refused, fault);
  }
});

test("a decision that the host understands passes the check", () => {
  check(deny("no"));
  check(allow({ account: "APP", accountDefaults: true }));
  check(
    allow({
      account: "APP",
      can: ["kv read settings site.>"],
      publish: ["orders.*"],
      subscribe: { allow: ["jobs.> workers", "news"], deny: ["news.internal.>"] },
      inbox: "_INBOX_alice",
      jetstreamApi: "$JS.hub.API",
    }),
  );
});

test("a decision that the host would refuse fails the check, which names the entry", () => {
  for (const [fields, fault] of [
    [{ account: "" }, "account: must not be empty"],
    [{ expiresIn: 0 }, "expiresIn: less than one second admits no client"],
    [
      { publish: ["a b"] },
      'publish: "a b" has white space or control characters; write each subject as an entry of its own',
    ],
    [
      { subscribe: ["a b c"] },
      'subscribe: "a b c" has white space or control characters; write "subject" or "subject queue"',
    ],
    [{ publish: { deny: ["a..b"] } }, 'publish: "a..b" has an empty token; dots only separate tokens'],
    [{ inbox: "_INBOX.>" }, 'inbox: "_INBOX.>" has a wildcard; a prefix cannot have one'],
    [{ inbox: "$SYS" }, 'inbox: "$SYS" begins with $, which is reserved for the server'],
    [{ jetstreamApi: "$JS." }, 'jetstreamApi: "$JS." has an empty token; dots only separate tokens'],
    [
      { can: ["kv raed test_kv"] },
      '"kv raed test_kv" is not an ability; use kv read BUCKET [KEY...], kv write BUCKET [KEY...] or kv manage BUCKET',
    ],
  ]) {
    assert.throws(() => check(allow({ account: "APP", ...fields })), { message: fault });
  }
});
