// Checks of JSON values; errors name the entry.
import { Fault } from "portcullis";

export type Path = readonly (string | number)[];

export function object(value: unknown, path: Path, wanted: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw Fault.expected(path, wanted, value);
  return value as Record<string, unknown>;
}

/** An unknown field could be a mistake that grants too much. */
export function atMost(value: Record<string, unknown>, fields: readonly string[], path: Path): void {
  const unknown = Object.keys(value).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw new Fault([...path, unknown], `unknown field, expected one of ${fields.join(", ")}`);
}

export function list(value: unknown, path: Path): readonly unknown[] {
  if (!Array.isArray(value)) throw Fault.expected(path, "a list", value);
  return value;
}

export function text(value: unknown, path: Path): string {
  if (typeof value !== "string") throw Fault.expected(path, "a string", value);
  return value;
}

export function whole(value: unknown, path: Path): number {
  if (!Number.isInteger(value)) throw Fault.expected(path, "a whole number", value);
  return value as number;
}
