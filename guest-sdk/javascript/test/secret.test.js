import assert from "node:assert/strict";
import test from "node:test";

import { sameSecret } from "portcullis";

test("a secret is the same as itself", () => {
  assert.equal(sameSecret("correct horse", "correct horse"), true);
  assert.equal(sameSecret("pässword 🐎", "pässword 🐎"), true);
});

test("a part or a repetition of the secret does not match", () => {
  for (const [presented, expected] of [
    ["correct", "correct horse"],
    ["correct horse", "correct"],
    ["abab", "ab"],
    ["ab", "abab"],
  ]) {
    assert.equal(sameSecret(presented, expected), false, `${presented} ${expected}`);
  }
});

test("a change of any letter does not match", () => {
  for (const changed of ["xbc", "axc", "abx"]) {
    assert.equal(sameSecret(changed, "abc"), false, changed);
  }
});

test("an empty secret never matches", () => {
  for (const presented of ["", "abc", "\0"]) {
    assert.equal(sameSecret(presented, ""), false, presented);
  }
});

test("an absent secret is an error of the policy", () => {
  assert.throws(() => sameSecret(undefined, undefined), TypeError);
});
