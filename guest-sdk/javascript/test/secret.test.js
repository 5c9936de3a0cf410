import assert from "node:assert/strict";
import test from "node:test";

import { sameSecret } from "portcullis";

test("a secret is the same as itself", () => {
  assert.equal(sameSecret("correct horse", "correct horse"), true);
  assert.equal(sameSecret("pässword 🐎", "pässword 🐎"), true);
});

test("a part and a repetition of the secret are other secrets", () => {
  for (const [presented, expected] of [
    ["correct", "correct horse"],
    ["correct horse", "correct"],
    ["abab", "ab"],
    ["ab", "abab"],
  ]) {
    assert.equal(sameSecret(presented, expected), false, `${presented} ${expected}`);
  }
});

test("a change of any letter is another secret", () => {
  for (const changed of ["xbc", "axc", "abx"]) {
    assert.equal(sameSecret(changed, "abc"), false, changed);
  }
});

test("nothing is the same as an empty secret", () => {
  for (const presented of ["", "abc", "\0"]) {
    assert.equal(sameSecret(presented, ""), false, presented);
  }
});

test("a secret that is absent is a mistake of the policy", () => {
  assert.throws(() => sameSecret(undefined, undefined), TypeError);
});
