// The settings, checked against settings.schema.json and in the form that a decision needs.
import { type Schema, Validator } from "@cfworker/json-schema";
import { abilityFault, Fault, type Transport } from "portcullis";

import { faultIn } from "./fault.ts";
import schema from "./settings.schema.json";

export interface Settings {
  readonly account: string;
  /** In seconds. */
  readonly expiresIn: number | undefined;
  /** By the DNS name in the service's certificate. */
  readonly services: ReadonlyMap<string, Service>;
}

export interface Service {
  readonly can: readonly string[];
  readonly transports?: readonly Transport[];
  readonly inbox: string;
}

/** The form of the settings after the schema was checked. */
interface Written {
  account: string;
  lifetime_minutes?: number;
  services: Record<string, { can: string[]; transports?: Transport[] }>;
}

/** @throws Fault with the entry that does not match the schema. */
export function readSettings(value: unknown): Settings {
  // The validator interprets the schema. It generates no code, which a component could not run.
  const { valid, errors } = new Validator(schema as Schema, "2020-12").validate(value);
  if (!valid) throw faultIn(value, errors, schema);
  const { account, lifetime_minutes: minutes, services } = value as Written;
  const ready = Object.entries(services).map(([name, service]) => [name, readService(name, service)] as const);
  return { account, expiresIn: minutes === undefined ? undefined : minutes * 60, services: new Map(ready) };
}

// What a schema cannot express: that a sentence is an ability.
function readService(name: string, service: Written["services"][string]): Service {
  for (const [index, sentence] of service.can.entries()) {
    const fault = abilityFault(sentence);
    if (fault !== undefined) throw new Fault(["services", name, "can", index], fault);
  }
  return { ...service, inbox: `_INBOX_${name.replaceAll(".", "_")}` };
}
