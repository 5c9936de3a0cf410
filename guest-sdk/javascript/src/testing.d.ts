import type {
  Certificate,
  Client,
  Decision,
  RawSettings,
  Request,
  Sentinel,
  Server,
  Tls,
  Transport,
} from "./contract.js";

/**
 * A request, for a policy's own tests: `request({ user: "alice", password: "secret" })`. Without fields it is of a
 * client that presents nothing: over the NATS protocol, from 127.0.0.1, without TLS, on 2026-01-01 at 00:00 UTC, a
 * Thursday.
 */
export function request(fields?: RequestFields): Request;

export interface RequestFields {
  /** The client presents this user name. */
  user?: string | undefined;
  /** The client presents this password. */
  password?: string | undefined;
  /** The client presents this token. */
  token?: string | undefined;
  /** The client presents this JWT. */
  jwt?: string | undefined;
  /** The client has proved to hold the seed of this public nkey. */
  nkey?: string | undefined;
  /** The client uses TLS and presents this certificate, which the server verified. */
  certificate?: Certificate | undefined;
  /** The TLS session as a whole, instead of `certificate`. */
  tls?: Tls | undefined;
  /** The sentinel of operator mode by which the client came. */
  sentinel?: Sentinel | undefined;
  /** The client has this address. */
  host?: string | undefined;
  /** The client comes this way. */
  transport?: Transport | undefined;
  /** Further fields of the client. */
  client?: Partial<Client> | undefined;
  /** Fields of the server. */
  server?: Partial<Server> | undefined;
  /** The host received the request then, in seconds since 1970-01-01T00:00:00Z. */
  receivedAt?: bigint | number | undefined;
  /** Further facts that the host knows, by name or as [name, value]. */
  attributes?: Record<string, string> | readonly (readonly [string, string])[] | undefined;
}

/** Settings, as the component receives them: `settings({ json: { opens: 8 }, data: { "users.json": "{}" } })`. */
export function settings(fields?: SettingsFields): RawSettings;

export interface SettingsFields {
  /** The `settings` table, or its text. */
  json?: string | object | undefined;
  /** Data files by name: text, bytes, or what is written as JSON. */
  data?: Record<string, string | Uint8Array | object> | undefined;
}

/** A certificate with a name and nothing that policies look at. Set what matters: `certificate({ dnsNames: [...] })`. */
export function certificate(fields?: Partial<Certificate>): Certificate;

/**
 * Whether the host would understand the decision: abilities that it knows, with names that can exist; subjects that are
 * some; an account and a lifetime. What the operator's bounds say to it, no policy can know.
 *
 * @throws Error with the first fault, and the entry that has it.
 */
export function check(decision: Decision): void;
