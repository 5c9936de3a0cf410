// In a component the host takes the lines.
export { write } from "portcullis:policy/log@0.1.0";

// The engine prints what traps, an error with all of its stack. The line before has said it.
export function toThrow() {
  return "decide failed";
}
