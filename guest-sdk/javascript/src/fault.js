export class Fault extends Error {
  constructor(path, text) {
    super(path.length === 0 ? text : `${written(path)}: ${text}`);
    this.name = "Fault";
    this.path = path;
  }

  static expected(path, wanted, found) {
    return new Fault(path, `expected ${wanted}, found ${kindOf(found)}`);
  }
}

// ASCII letters, digits, `-` and `_`, and characters beyond Latin symbols that are not white space. StarlingMonkey has
// no Unicode classes in regular expressions.
const PLAIN = /^(?:[\w-]|(?!\s)[\u00c0-\uffff])+$/;

// `bob.permissions.pub.allow[1]`; a key with special characters is quoted.
function written(path) {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return PLAIN.test(step) ? `.${step}` : `.${JSON.stringify(step)}`;
  });
  return steps.join("").replace(/^\./, "");
}

// The kind, and never the value, which may be a secret.
function kindOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "object":
      return "an object";
    case "undefined":
      return "nothing";
    case "string":
    case "number":
    case "boolean":
      return `a ${typeof value}`;
    default:
      return "something else";
  }
}
