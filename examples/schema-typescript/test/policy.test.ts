import assert from "node:assert/strict";
import test from "node:test";

import { allow, deny, pass, type Decision } from "portcullis";
import { certificate, check, request, settings } from "portcullis/testing";

import { authorizer } from "../src/policy.ts";

const SETTINGS = {
  account: "APP",
  lifetime_minutes: 60,
  services: {
    "billing.internal": { can: ["request orders.*"], transports: ["nats"] },
    "orders.internal": { can: ["reply orders.*", "kv read prices"] },
  },
};

const decide = (...dnsNames: string[]) =>
  authorizer.decide(request({ certificate: certificate({ dnsNames }) })) as Decision;

test("a service can do what the settings say", () => {
  authorizer.configure(settings({ json: SETTINGS }));
  const billing = allow({
    account: "APP",
    name: "billing.internal",
    expiresIn: 3600,
    transports: ["nats"],
    can: ["request orders.*"],
    inbox: "_INBOX_billing_internal",
  });
  assert.deepEqual(decide("billing.internal"), billing);
  assert.deepEqual(decide("other.internal", "Billing.Internal"), billing);
  check(billing);
  check(decide("orders.internal"));
});

test("an unknown service is denied", () => {
  authorizer.configure(settings({ json: SETTINGS }));
  for (const name of ["mallory.internal", "*.internal", "constructor", ""]) {
    assert.deepEqual(decide(name), deny("no service of that name"), name);
  }
});

test("a client without a verified certificate is left to the next policy", () => {
  authorizer.configure(settings({ json: SETTINGS }));
  assert.deepEqual(authorizer.decide(request({ user: "billing.internal" })), pass());
  const presented = [certificate({ dnsNames: ["billing.internal"] })];
  const unverified = request({ tls: { version: "1.3", cipher: "", verified: [], presented } });
  assert.deepEqual(authorizer.decide(unverified), pass());
});

test("an invalid setting is named, with what it has to be", () => {
  const billing = (more: object) => ({ ...SETTINGS, services: { "billing.internal": { can: [], ...more } } });
  for (const [json, fault] of [
    [{}, /^settings: services is missing; there have to be account, services and/],
    [{ ...SETTINGS, account: "" }, 'settings: account: has to be the account of all services, such as "APP"'],
    [
      { ...SETTINGS, lifetime_minutes: 0 },
      "settings: lifetime_minutes: has to be minutes until a service has to connect again, from 1 to 1440",
    ],
    [{ ...SETTINGS, acount: "APP" }, /^settings: acount: is not known here; there can be account, services and/],
    [
      billing({ can: ["publish a", 7] }),
      'settings: services."billing.internal".can[1]: has to be an ability, such as "request orders.*"',
    ],
    [
      billing({ cna: [] }),
      'settings: services."billing.internal".cna: is not known here; there can be a table with can, and transports if not all are welcome',
    ],
    [
      billing({ transports: ["tcp"] }),
      'settings: services."billing.internal".transports[0]: has to be one of nats, websocket, mqtt, leafnode',
    ],
    [
      { ...SETTINGS, services: { "Bill ing": { can: [] } } },
      'settings: services."Bill ing": has to be a DNS name in small letters, such as billing.internal',
    ],
    [
      billing({ can: ["kv raed prices"] }),
      /^settings: services\."billing\.internal"\.can\[0\]: "kv raed prices" is no/,
    ],
  ] as const) {
    assert.throws(
      () => authorizer.configure(settings({ json })),
      ({ payload }) => (fault instanceof RegExp ? fault.test(payload) : (assert.equal(payload, fault), true)),
      JSON.stringify(json),
    );
  }
});
