import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";

import { abilityFault, subjectFault, subscriptionFault } from "portcullis";

test("a sentence with valid names is an ability", () => {
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

test("a sentence that is not an ability is refused with the reason", () => {
  for (const [sentence, why] of [
    ["kv raed test_kv", "use kv read BUCKET [KEY...], kv write BUCKET [KEY...] or kv manage BUCKET"],
    ["Publish a", "use publish, subscribe, request, reply, service, stream, kv, object or mqtt"],
    ["publish", "use publish SUBJECT"],
    ["publish a b", "use publish SUBJECT"],
    ["publish  a", "separate words by one space"],
    ["stream view a.b", '"a.b" has one of . * > / \\, which a name cannot have'],
    ["publish a..b", '"a..b" has an empty token; dots only separate tokens'],
    ["publish a.>.b", '"a.>.b" has ">" before its end; ">" is the last token or none'],
    ["publish a*", '"a*" has a wildcard inside a token; "*" and ">" are tokens of their own'],
    ["publish a\tb", '"a\\tb" has white space or control characters'],
    [`publish ${"a.".repeat(32)}a`, /has more than 32 tokens$/],
    [`publish ${"a".repeat(1025)}`, /is longer than 1,024 bytes$/],
    ["kv read b a.*", /ends with \*, which would also reach deeper keys/],
    [`kv read b ${"a.".repeat(23)}a`, /has more than 23 tokens, too many for a subject that contains it$/],
    [`kv read ${"b".repeat(253)}`, /is too long/],
    [`object read ${"b".repeat(252)}`, /is too long/],
    ["service offer a.b", '"a.b" is not a service name: use ASCII letters, digits, - and _'],
    ["mqtt subscribe +", /would also reach deeper levels/],
    ["mqtt publish a/b+", /has a wildcard inside a level/],
    ["mqtt publish #/a", /has "#" before its end/],
    ["mqtt publish a/>", /the wildcards of NATS/],
  ]) {
    const fault = abilityFault(sentence);
    const expected = why instanceof RegExp ? why.test(fault) : fault.endsWith(` is not an ability; ${why}`);
    assert.ok(expected && fault.startsWith(JSON.stringify(sentence)), fault);
  }
});

const OWN = "has white space or control characters; write each subject as an entry of its own";
const ONE = 'has white space or control characters; write "subject" or "subject queue"';

test("what the host understands is a subject", () => {
  for (const subject of ["a", "a.b", "*", ">", "a.*.>", "$JS.API.INFO", "ü.{{name}}.>"]) {
    assert.equal(subjectFault(subject), undefined);
    assert.equal(subscriptionFault(subject), undefined);
    assert.equal(subscriptionFault(`${subject} q.*`), undefined);
  }
});

test("what the host would refuse as a subject is named with its mend", () => {
  for (const [entry, fault] of [
    ["", "is empty; write a subject"],
    ["a..b", "has an empty token; dots only separate tokens"],
    ["foo*", 'has a wildcard inside a token; "*" and ">" are tokens of their own'],
    ["a.>.b", 'has ">" before its end; ">" is the last token or none'],
    ["a\tb", OWN],
    ["a\u2003b", OWN],
  ]) {
    const expected = `${JSON.stringify(entry)} ${fault}`;
    assert.equal(subjectFault(entry), expected);
    assert.equal(subscriptionFault(entry), expected);
  }
  assert.equal(subjectFault("a.> b.>"), `"a.> b.>" ${OWN}`);
});

test("a subscription has one queue at most", () => {
  for (const [entry, fault] of [
    ["a b c", ONE],
    ["a ", ONE],
    [" a", ONE],
    ["a  b", ONE],
    ["a b\t", ONE],
    ["a q..r", "has an empty token; dots only separate tokens"],
    [`${"a".repeat(1000)} ${"q".repeat(24)}`, "is longer than 1,024 bytes"],
  ]) {
    assert.equal(subscriptionFault(entry), `${JSON.stringify(entry)} ${fault}`);
  }
});

// In a project, the contract is beside the SDK; in the repository, it is two folders up.
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
