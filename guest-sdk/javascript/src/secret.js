export function sameSecret(presented, expected) {
  if (typeof presented !== "string" || typeof expected !== "string") {
    throw new TypeError("sameSecret compares two strings; if a secret is absent, compare ''");
  }
  // A longer presented secret is compared with the expected text repeatedly: the lengths differ, and the work is the
  // same. Every character is compared; a difference does not end the loop.
  const cycle = expected.length || 1;
  let differences = presented.length ^ expected.length;
  for (let index = 0; index < presented.length; index += 1) {
    differences |= presented.charCodeAt(index) ^ expected.charCodeAt(index % cycle);
  }
  return differences === 0 && expected.length !== 0;
}
