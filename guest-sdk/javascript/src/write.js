// In a component, the host takes the lines.
export { write } from "portcullis:policy/log@0.1.0";

// The engine prints an error that traps with its whole stack. The line before has already reported it.
export function toThrow() {
  return "decide failed";
}
