import { allow, deny, ignore, isDecision } from "./decision.js";
import { Fault } from "./fault.js";
import { sameSecret } from "./secret.js";
import { Settings } from "./settings.js";
import { toThrow, write } from "#write";

// The number of stack frames in a line for the operator.
const FRAMES = 4;

export function policy({ configure = () => undefined, decide }) {
  let isConfigured = false;
  let state;
  const keep = (configured) => {
    state = configured;
    isConfigured = true;
    compileAhead();
  };
  return {
    configure(settings) {
      isConfigured = false;
      return settle(() => configure(new Settings(settings)), keep, refuse);
    },
    decide(request) {
      if (!isConfigured) return ignore("decide was called before configure");
      return settle(() => decide(request, state), checked, fail);
    },
  };
}

// The engine compiles a function when it is first called. Functions that are called during `configure` are in the
// snapshot and need not be compiled in every decision.
function compileAhead() {
  const rules = { allow: [""], deny: [""] };
  const permissions = { can: [""], publish: [""], subscribe: rules, responses: { maxMessages: 1 }, inbox: "" };
  settle(() => allow({ account: "", name: "", expiresIn: 1, tags: [""], ...permissions }), checked, fail);
  settle(() => deny("unknown user"), checked, fail);
  sameSecret("presented", "expected");
}

// Calls the function and passes on its result, at once or when its promise settles.
function settle(call, succeed, fail) {
  try {
    const outcome = call();
    return outcome instanceof Promise ? outcome.then(succeed).catch(fail) : succeed(outcome);
  } catch (error) {
    return fail(error);
  }
}

function checked(decision) {
  if (isDecision(decision)) return decision;
  throw new TypeError("decide has to return allow(...), deny(...), ignore(...) or pass()");
}

// The bindings use the `payload` of a thrown value as the error of the contract's result. An error of the policy is
// clear by itself; for an error of the language, its place helps more.
function refuse(error) {
  const isOwn = error instanceof Fault || error?.name === "Error";
  const text = isOwn ? error.message : described(error);
  throw Object.assign(new Error(text, { cause: error }), { payload: text });
}

// If `decide` throws, the policy traps, and the trap alone would not say why.
function fail(error) {
  write("error", described(error));
  throw toThrow(error);
}

function described(error) {
  if (!(error instanceof Error)) return String(error);
  const lines = String(error.stack).split("\n");
  const frames = lines.filter((line) => /:\d+:\d+\)?$/.test(line)).slice(0, FRAMES);
  const places = frames.map((frame) => frame.trim()).join(", ");
  return `${error.name}: ${error.message}${places && ` (${places})`}`;
}
