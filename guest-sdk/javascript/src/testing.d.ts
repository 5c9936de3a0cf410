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
 * A request, for a policy's own tests: `request({ user: "alice", password: "secret" })`. Without fields it is from a
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
  /** The client has proved that it holds the seed of this public nkey. */
  nkey?: string | undefined;
  /** The client uses TLS and presents this certificate, which the server verified. */
  certificate?: Certificate | undefined;
  /** The TLS session as a whole, instead of `certificate`. */
  tls?: Tls | undefined;
  /** The sentinel of operator mode that the client used. */
  sentinel?: Sentinel | undefined;
  /** The client has this address. */
  host?: string | undefined;
  /** The client uses this transport. */
  transport?: Transport | undefined;
  /** Further fields of the client. */
  client?: Partial<Client> | undefined;
  /** Fields of the server. */
  server?: Partial<Server> | undefined;
  /** The host received the request at this time, in seconds since 1970-01-01T00:00:00Z. */
  receivedAt?: bigint | number | undefined;
  /** Further facts that the host knows, by name or as [name, value]. */
  attributes?: Record<string, string> | readonly (readonly [string, string])[] | undefined;
}

/** Settings as the component receives them: `settings({ json: { opens: 8 }, data: { "users.json": "{}" } })`. */
export function settings(fields?: SettingsFields): RawSettings;

export interface SettingsFields {
  /** The `settings` table, or its text. */
  json?: string | object | undefined;
  /** Data files by name: text, bytes, or a value that is written as JSON. */
  data?: Record<string, string | Uint8Array | object> | undefined;
}

/** A certificate with a name and otherwise empty. Set what matters: `certificate({ dnsNames: [...] })`. */
export function certificate(fields?: Partial<Certificate>): Certificate;

/**
 * Checks that the host would understand the decision: known abilities with valid names, valid subjects, an account, and
 * a lifetime. It does not check the operator's bounds, which a policy does not know.
 *
 * @throws Error with the first fault, and its entry.
 */
export function check(decision: Decision): void;
