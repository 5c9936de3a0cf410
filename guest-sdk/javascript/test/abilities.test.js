import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";

import { abilityFault } from "portcullis";

test("an ability is one with names that can exist", () => {
  for (const sentence of [
    "publish orders.*",
    "subscribe jobs.> workers",
    "reply time",
    "service find",
    "service find calendar",
    "stream consume ORDERS",
    "stream consume ORDERS invoices",
    "kv read settings",
    "kv write settings a.b c.>",
    "object read pictures",
    "mqtt subscribe lamps/+/state",
    "mqtt publish +",
  ]) {
    assert.equal(abilityFault(sentence), undefined, sentence);
  }
});

test("what is none is told why", () => {
  for (const [sentence, why] of [
    ["kv raed test_kv", "right would be kv read BUCKET [KEY...], kv write BUCKET [KEY...] or kv manage BUCKET"],
    ["Publish a", "right would be publish, subscribe, request, reply, service, stream, kv, object or mqtt"],
    ["publish", "right would be publish SUBJECT"],
    ["publish a b", "right would be publish SUBJECT"],
    ["publish  a", "between two words there is one blank"],
    ["stream view a.b", '"a.b" has one of . * > / \\, which a name cannot have'],
    ["publish a..b", '"a..b" has an empty token; dots stand between tokens only'],
    ["publish a.>.b", '"a.>.b" has ">" before its end; ">" is the last token or none'],
    ["publish a*", '"a*" has a wildcard inside a token; "*" and ">" are tokens of their own'],
    ["publish a\tb", '"a\\tb" has white space or control characters'],
    [`publish ${"a.".repeat(32)}a`, /has more than 32 tokens$/],
    [`publish ${"a".repeat(1025)}`, /is longer than 1,024 bytes$/],
    ["kv read b a.*", /ends with \*, which NATS cannot keep from reaching what lies deeper/],
    [`kv read b ${"a.".repeat(23)}a`, /has more than 23 tokens, too many for a subject that names it$/],
    [`kv read ${"b".repeat(253)}`, /is too long/],
    [`object read ${"b".repeat(252)}`, /is too long/],
    ["service offer a.b", '"a.b" is no name of a service: letters of ASCII, digits, - and _ make one'],
    ["mqtt subscribe +", /cannot be kept from reaching what lies deeper/],
    ["mqtt publish a/b+", /has a wildcard inside a level/],
    ["mqtt publish #/a", /has "#" before its end/],
    ["mqtt publish a/>", /the wildcards of NATS/],
  ]) {
    const fault = abilityFault(sentence);
    const expected = why instanceof RegExp ? why.test(fault) : fault.endsWith(` is no ability; ${why}`);
    assert.ok(expected && fault.startsWith(JSON.stringify(sentence)), fault);
  }
});

// A copy of the package in a project of its own has the contract beside it, the one in the repository two folders up.
const contract = ["../../wit/abilities.md", "../../../wit/abilities.md"]
  .map((path) => new URL(path, import.meta.url))
  .find((path) => existsSync(path));

test("every sentence of the contract is an ability", () => {
  const forms = [...readFileSync(contract, "utf8").matchAll(/^\| `([a-z][^`]*)` \|/gm)].map(([, form]) => form);
  assert.equal(forms.length, 18);
  for (const form of forms) {
    const named = form.replace(/ \[[^\]]*\]/g, "").replace(/[A-Z-]+/g, "name");
    assert.equal(abilityFault(named), undefined, form);
  }
});
