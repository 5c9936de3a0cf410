// Turns the output of the validator into text for the operator: the entry, and what it has to be.
import type { OutputUnit } from "@cfworker/json-schema";
import { Fault } from "portcullis";

/** The innermost error, with the description of the entry from the schema. */
export function faultIn(value: unknown, errors: readonly OutputUnit[], schema: object): Fault {
  const error = errors.at(-1);
  if (error === undefined) return new Fault([], "does not match the schema");
  const path = pathTo(error.instanceLocation, value);
  // For a property that must not exist, the validator says that the schema `false` refused it.
  if (error.keyword === "false") {
    const around = errors.at(-2);
    return new Fault(path, `is not known here; there can be ${descriptionAt(around?.keywordLocation, schema)}`);
  }
  if (error.keyword === "required") {
    return new Fault(
      path,
      `${missing(error)} is missing; there have to be ${descriptionAt(error.keywordLocation, schema)}`,
    );
  }
  return new Fault(path, `has to be ${descriptionAt(error.keywordLocation, schema)}`);
}

function missing({ error }: OutputUnit): string {
  return /"(.*)"/.exec(error)?.[1] ?? "a property";
}

// The location names the keyword; the description is beside it.
function descriptionAt(location: string | undefined, schema: object): string {
  let here: unknown = schema;
  let description = "as the schema says";
  for (const step of steps(location ?? "#")) {
    description = (here as { description?: string }).description ?? description;
    here = (here as Record<string, unknown>)[step];
  }
  return description;
}

function pathTo(location: string, value: unknown): (string | number)[] {
  let here = value;
  return steps(location).map((step) => {
    const isIndex = Array.isArray(here);
    here = (here as Record<string, unknown> | undefined)?.[step];
    return isIndex ? Number(step) : step;
  });
}

// A JSON pointer in a fragment of a URI, RFC 6901.
function steps(location: string): string[] {
  const escaped = location.split("/").slice(1).map(decodeURI);
  return escaped.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
