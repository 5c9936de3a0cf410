import assert from "node:assert/strict";
import test from "node:test";

import { allow, deny } from "portcullis";
import { check, request, settings } from "portcullis/testing";

import { authorizer } from "../src/policy.js";

authorizer.configure(settings());

test("a guest may subscribe to the news", () => {
  const decision = authorizer.decide(request({ user: "guest" }));
  assert.deepEqual(decision, allow({ account: "APP", can: ["subscribe news.>"] }));
  check(decision);
});

test("all others are denied", () => {
  for (const user of ["mallory", "", undefined]) {
    assert.deepEqual(authorizer.decide(request({ user })), deny("not a guest"));
  }
});
