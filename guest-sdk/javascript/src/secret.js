export function sameSecret(presented, expected) {
  if (typeof presented !== "string" || typeof expected !== "string") {
    throw new TypeError("sameSecret compares two strings; of a secret that is absent, compare ''");
  }
  // A client that presents more than is expected is compared with the expected text over and over: the lengths differ,
  // and the work is the same. Every look counts, and none ends the loop.
  const cycle = expected.length || 1;
  let differences = presented.length ^ expected.length;
  for (let index = 0; index < presented.length; index += 1) {
    differences |= presented.charCodeAt(index) ^ expected.charCodeAt(index % cycle);
  }
  return differences === 0 && expected.length !== 0;
}
