// The JavaScript and TypeScript SDK for Portcullis policies. index.d.ts documents every export.
export { abilityFault, subjectFault, subscriptionFault } from "./abilities.js";
export { allow, deny, ignore, pass } from "./decision.js";
export { Fault } from "./fault.js";
export * as log from "./log.js";
export { policy } from "./policy.js";
export { sameSecret } from "./secret.js";
export { Settings } from "./settings.js";
