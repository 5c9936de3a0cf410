import assert from "node:assert/strict";
import test from "node:test";

import { allow, deny, pass, type Decision } from "portcullis";
import { check, request, settings } from "portcullis/testing";

import { authorizer, NOBODYS_PASSWORD } from "../src/policy.ts";

const USERS = {
  sys: { pass: "sys", account: "SYS" },
  alice: { pass: "alice", account: "APP" },
  bob: {
    pass: "bob",
    account: "APP",
    permissions: {
      pub: { allow: ["bob.>"], deny: ["bob.secret"] },
      sub: { allow: ["bob.>"] },
      resp: { max: 1 },
    },
  },
  eve: { pass: "eve", account: "APP", permissions: { pub: { deny: ["a"] } } },
  ann: { pass: "ann", account: "APP", permissions: { resp: { max: -1, ttl: 5_000_000_000 } } },
  joe: {
    pass: "joe",
    account: "APP",
    can: ["kv read test_kv dev.001.>", "request orders.*"],
    inbox: "_INBOX_joe",
    jetstream_api: "$JS.hub.API",
  },
  kim: { pass: "kim", account: "APP", can: ["publish news"], permissions: { sub: { allow: ["kim.>"] } } },
  lee: { pass: "lee", account: "APP", can: [] },
};

function decision(user: string, password: string): Decision {
  authorizer.configure(settings({ data: { "users.json": USERS } }));
  return authorizer.decide(request({ user, password })) as Decision;
}

test("a user without permissions has those of the account", () => {
  assert.deepEqual(decision("alice", "alice"), allow({ account: "APP", accountDefaults: true, name: "alice" }));
  assert.deepEqual(decision("sys", "sys"), allow({ account: "SYS", accountDefaults: true, name: "sys" }));
});

test("a user with permissions has only those", () => {
  const bob = allow({
    account: "APP",
    name: "bob",
    publish: { allow: ["bob.>"], deny: ["bob.secret"] },
    subscribe: ["bob.>"],
    responses: { maxMessages: 1 },
  });
  assert.deepEqual(decision("bob", "bob"), bob);
  const ann = allow({ account: "APP", name: "ann", responses: { maxMessages: Infinity, expiresInMs: 5_000 } });
  assert.deepEqual(decision("ann", "ann"), ann);
});

test("a user who is only denied subjects is allowed none", () => {
  assert.deepEqual(decision("eve", "eve"), allow({ account: "APP", name: "eve", publish: { deny: ["a"] } }));
});

test("a user with abilities has only those and no defaults", () => {
  const joe = allow({
    account: "APP",
    name: "joe",
    inbox: "_INBOX_joe",
    jetstreamApi: "$JS.hub.API",
    can: ["kv read test_kv dev.001.>", "request orders.*"],
  });
  assert.deepEqual(decision("joe", "joe"), joe);
  assert.deepEqual(decision("lee", "lee"), allow({ account: "APP", name: "lee" }));
});

test("abilities and permissions can be combined", () => {
  const kim = allow({ account: "APP", name: "kim", can: ["publish news"], subscribe: ["kim.>"] });
  assert.deepEqual(decision("kim", "kim"), kim);
});

test("every grant passes the check", () => {
  for (const user of Object.keys(USERS)) check(decision(user, user));
});

test("a wrong password and an unknown user get the same answer", () => {
  for (const [user, password] of [
    ["alice", "bob"],
    ["alice", ""],
    ["pam", "pam"],
    ["pam", NOBODYS_PASSWORD],
    ["constructor", NOBODYS_PASSWORD],
    ["", ""],
  ] as const) {
    assert.deepEqual(decision(user, password), deny("unknown user or wrong password"), user);
  }
});

test("a client without a user name is left to the next policy", () => {
  authorizer.configure(settings({ data: { "users.json": USERS } }));
  assert.deepEqual(authorizer.decide(request({ token: "alice" })), pass());
});
