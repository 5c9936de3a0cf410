import assert from "node:assert/strict";
import test from "node:test";

import { allow, deny, Fault, ignore, log, pass, policy } from "portcullis";
import * as testing from "portcullis/testing";

// What `call` writes to standard error.
function written(call) {
  const original = process.stderr.write;
  let lines = "";
  process.stderr.write = (text) => (lines += text);
  try {
    call();
  } finally {
    process.stderr.write = original;
  }
  return lines;
}

function configured(rule, settings = testing.settings()) {
  const authorizer = policy(rule);
  authorizer.configure(settings);
  return authorizer;
}

test("decide gets the result of configure, and the request unchanged", () => {
  const request = testing.request({ user: "alice" });
  let seen;
  const authorizer = configured({
    configure: (settings) => ({ names: settings.dataNames }),
    decide(...given) {
      seen = given;
      return pass();
    },
  });
  assert.deepEqual(authorizer.decide(request), pass());
  assert.equal(seen[0], request);
  assert.deepEqual(seen[1], { names: [] });
});

test("configure is optional", () => {
  const authorizer = configured({ decide: () => deny("closed") });
  assert.deepEqual(authorizer.decide(testing.request()), deny("closed"));
});

test("a policy that is not configured denies", () => {
  const authorizer = policy({
    configure() {
      throw new Error("no good");
    },
    decide: () => allow({ account: "APP" }),
  });
  const refusal = ignore("decide was called before configure");
  assert.deepEqual(authorizer.decide(testing.request()), refusal);
  assert.throws(() => authorizer.configure(testing.settings()));
  assert.deepEqual(authorizer.decide(testing.request()), refusal);
});

test("an error of configure becomes the error of the contract", () => {
  for (const [thrown, text] of [
    [new Error("users.json: no good"), /^users\.json: no good$/],
    [new Fault(["bob", "can", 1], "is not an ability"), /^bob\.can\[1\]: is not an ability$/],
    [new TypeError("x is undefined"), /^TypeError: x is undefined \(.*policy\.test\.js:\d+:\d+/],
    ["a text", /^a text$/],
  ]) {
    const authorizer = policy({
      configure() {
        throw thrown;
      },
      decide: pass,
    });
    assert.throws(
      () => authorizer.configure(testing.settings()),
      (error) => text.test(error.payload) && error.message === error.payload,
    );
  }
});

test("an error of decide is logged and admits no client", () => {
  const authorizer = configured({
    decide() {
      throw new Error("out of order");
    },
  });
  const lines = written(() => assert.throws(() => authorizer.decide(testing.request())));
  assert.match(lines, /^error: Error: out of order \(.*policy\.test\.js:\d+:\d+.*\)\n$/);
});

test("a result that is not a decision admits no client", () => {
  for (const answer of [undefined, null, true, "allow", {}, { tag: "maybe" }, allow, deny]) {
    const authorizer = configured({ decide: () => answer });
    const lines = written(() => assert.throws(() => authorizer.decide(testing.request())));
    assert.match(lines, /^error: TypeError: decide has to return/);
  }
});

test("a policy may return promises", async () => {
  const authorizer = policy({
    configure: async () => "state",
    decide: async (_, state) => (state === "state" ? allow({ account: "APP" }) : deny("no state")),
  });
  await authorizer.configure(testing.settings());
  assert.deepEqual(await authorizer.decide(testing.request()), allow({ account: "APP" }));
});

test("a rejected promise is treated like an error", async () => {
  const broken = policy({ configure: async () => Promise.reject(new Error("no good")), decide: pass });
  await assert.rejects(broken.configure(testing.settings()), { payload: "no good" });
  const vague = configured({ decide: async () => undefined });
  let answer;
  written(() => (answer = vague.decide(testing.request())));
  await assert.rejects(answer, /decide has to return/);
});

test("log lines go to standard error in native tests", () => {
  const lines = written(() => {
    log.debug("one");
    log.info("two");
    log.warn("three");
    log.error("four");
  });
  assert.equal(lines, "debug: one\ninfo: two\nwarn: three\nerror: four\n");
});

test("a request of the testing module has the form of the bindings", () => {
  const { credentials, client, receivedAt, tls, attributes } = testing.request({
    user: "alice",
    host: "10.0.0.1",
    client: { name: "app" },
    receivedAt: 5,
    certificate: testing.certificate({ dnsNames: ["a.test"] }),
    attributes: { region: "eu" },
  });
  assert.equal(credentials.user, "alice");
  assert.equal(credentials.password, undefined);
  assert.deepEqual([client.host, client.name, client.transport], ["10.0.0.1", "app", "nats"]);
  assert.equal(receivedAt, 5n);
  assert.deepEqual(tls.verified[0].dnsNames, ["a.test"]);
  assert.deepEqual(attributes, [["region", "eu"]]);
  assert.throws(() => testing.request({ pasword: "x" }), /pasword is not a field/);
});
