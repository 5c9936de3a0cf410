import type { Decision, RawSettings, Request, Transport } from "./contract.js";

export type {
  Certificate,
  Client,
  Credentials,
  Decision,
  GrantRecord,
  PermissionsRecord,
  RawSettings,
  Request,
  Sentinel,
  Server,
  Tls,
  Transport,
} from "./contract.js";

/**
 * Makes a policy the export of the component:
 *
 * ```js
 * export const authorizer = policy({
 *   configure: (settings) => new Map(Object.entries(settings.dataJson("users.json"))),
 *   decide(request, users) { ... },
 * });
 * ```
 *
 * `configure` is called once, and the host keeps the memory of the policy as a snapshot. Every decision starts from
 * that snapshot, in a sandbox of its own: a policy cannot remember anything from one decision to the next. So parse in
 * `configure` and look up in `decide`: the more memory a decision touches, the more it costs.
 *
 * Both may return a promise, as the functions of `crypto.subtle` do.
 */
export function policy<State = undefined>(rule: Rule<State>): Authorizer;

/** The argument of {@link policy}. */
export interface Rule<State> {
  /**
   * Prepares the policy. Its result is passed to each `decide`. If it throws, this version of the policy is refused:
   * the operator reads the message, and the previous version keeps deciding.
   */
  configure?(settings: Settings): State | Promise<State>;
  /**
   * Decides about one client, without changing the state. If it throws, no client is admitted, and the message goes to
   * the operator's log.
   */
  decide(request: Request, state: State): Decision | Promise<Decision>;
}

/** The interface `portcullis:policy/authorizer` of the component; a policy's own tests call it. */
export interface Authorizer {
  configure(settings: RawSettings): void | Promise<void>;
  decide(request: Request): Decision | Promise<Decision>;
}

/**
 * Admits the client with this grant.
 *
 * @throws TypeError if the grant has an unknown field, or a field with an invalid value.
 */
export function allow(grant: Grant): Decision;

/**
 * Denies the client at once. The cause is a short, fixed text ("wrong password"). The operator reads it and the host
 * counts by it; the client never sees it.
 */
export function deny(cause: string): Decision;

/**
 * Denies the client without an answer until the server's timeout, which slows down guessing. The cause is as in
 * {@link deny}.
 */
export function ignore(cause: string): Decision;

/** Leaves the decision to the next policy of the chain. At the end of the chain the client is denied. */
export function pass(): Decision;

/**
 * Permission to connect. What the client may do comes from one source: from `can`, `publish`, `subscribe` and so on
 * (without any of them the client can connect and do nothing else); from a `role`; or from the account's defaults. A
 * field that is `undefined` is absent.
 */
export type Grant = Terms & (Permissions | Role | AccountDefaults);

/** The account, the name of the connection, its lifetime, and from where it is valid. */
export interface Terms {
  /** Name of the account to place the client in, as the operator's configuration names it. */
  account: string;
  /** Name by which the server shows the connection. */
  name?: string | undefined;
  /**
   * Seconds until the server ends the connection: a fraction is cut off, and less than one second admits no client.
   * The operator sets the default and the maximum.
   */
  expiresIn?: number | bigint | undefined;
  /** Transports for which the grant is valid, instead of the one that the client uses. */
  transports?: readonly Transport[] | undefined;
  /** CIDR blocks for which the grant is valid, instead of any address. */
  sourceNetworks?: readonly string[] | undefined;
  /** Tags of the connection, for the operator. */
  tags?: readonly string[] | undefined;
  /** Options that only newer hosts know. A host that does not know the name denies the client. */
  options?: readonly (readonly [name: string, value: string])[] | undefined;
}

/** What the client may do, and nothing else. */
export interface Permissions {
  /**
   * Abilities, one sentence each: `"kv read settings site.>"`, `"request orders.*"`. The host turns them into the
   * subjects that they need. If there is one that it does not understand, it denies the client. `wit/abilities.md` has
   * them all.
   */
  can?: readonly string[] | undefined;
  /** Subjects to which it may publish; a plain list means `allow`. */
  publish?: readonly string[] | Subjects | undefined;
  /** Subjects to which it may subscribe; a plain list means `allow`. */
  subscribe?: readonly string[] | Subjects | undefined;
  /** Permission to reply to messages that the client received. */
  responses?: Responses | undefined;
  /**
   * Prefix of the client's inbox, instead of `_INBOX`, for the abilities that receive replies. With a prefix of its
   * own, no other client can read its replies. The client has to use the same prefix.
   */
  inbox?: string | undefined;
  /** Prefix of the JetStream API, instead of `$JS.API`, for the abilities of streams and buckets. */
  jetstreamApi?: string | undefined;
  role?: never;
  accountDefaults?: false | undefined;
}

/** The permissions of one of the account's scoped signing keys. Operator mode only. */
export type Role = { [field in keyof Permissions]?: undefined } & {
  /** The name that the operator gave the key. */
  role: string;
};

/** No rules of its own: everything in the account. The operator can forbid it. */
export type AccountDefaults = { [field in keyof Omit<Permissions, "accountDefaults">]?: undefined } & {
  accountDefaults: true;
};

/** Subjects, wildcards included. */
export interface Subjects {
  /** Allowed, unless `deny` forbids it. */
  allow?: readonly string[] | undefined;
  /** Forbidden, whatever allows it. */
  deny?: readonly string[] | undefined;
}

/** Zero and absent mean the server's own default (one reply, two minutes); `Infinity` means no limit. */
export interface Responses {
  /** Number of replies to one message. */
  maxMessages?: number | bigint | undefined;
  /** How long after the message, in milliseconds; a fraction counts as one. */
  expiresInMs?: number | bigint | undefined;
}

/** What the operator configured for the policy: a table of settings, and data files. */
export class Settings {
  constructor(raw: RawSettings);

  /**
   * The `settings` table of the policy; an empty object if there is none.
   * @param read converts the value and may throw a {@link Fault}, to which the place is added:
   *   `settings: closes: expected a string, found a number`.
   */
  json(): unknown;
  json<T>(read: (value: unknown) => T): T;

  /**
   * A data file that contains JSON. An entry that appears twice is an error.
   *
   * @param read converts the value and may throw a {@link Fault}, to which file and line are added:
   *   `users.json, line 3: bob.account: expected a string, found a number`.
   * @throws Error that says where the file is not valid JSON, or how to pass it. It shows no values, which may be
   *   secrets.
   */
  dataJson(name: string): unknown;
  dataJson<T>(name: string, read: (value: unknown) => T): T;

  /**
   * A data file that contains UTF-8 text.
   *
   * @throws Error that says where it is not UTF-8, or how to pass the file.
   */
  dataText(name: string): string;

  /**
   * The bytes of a data file.
   *
   * @throws Error that says how to pass the file, and which files there are.
   */
  data(name: string): Uint8Array;

  /** The names of all data files, in order. */
  get dataNames(): string[];

  /** The `settings` table as the host wrote it. */
  get jsonText(): string;
}

/** What is wrong with an entry of the settings or of a data file. Do not put secrets into it: it is logged. */
export class Fault extends Error {
  /**
   * @param path keys and indexes that lead to the entry: `["bob", "can", 1]` is written `bob.can[1]`.
   * @param text what is wrong, and how to fix it.
   */
  constructor(path: readonly (string | number)[], text: string);

  /** `bob.can: expected a list, found a string`. It does not show the value itself. */
  static expected(path: readonly (string | number)[], wanted: string, found: unknown): Fault;

  readonly path: readonly (string | number)[];
}

/**
 * Lines for the operator's log. In native tests they go to standard error. Do not write secrets: the host removes those
 * of the request, but it does not know others. `console` writes to the log, too.
 */
export const log: {
  /** For the policy's author. */
  debug(line: string): void;
  /** Useful to know; the operator has nothing to do. */
  info(line: string): void;
  /** Something is wrong, but the policy continues. */
  warn(line: string): void;
  /** The policy cannot do its work, for this request or for any. */
  error(line: string): void;
};

/**
 * Whether a secret that a client presented is the expected one. The time depends only on the length of the presented
 * secret, so that a client that measures it learns nothing about the expected secret.
  *
 * An empty secret never matches: a forgotten password must not admit anyone.
  *
 * If there is no secret to compare with, such as the password of an unknown user, compare with some other text anyway:
 * otherwise the time would tell which users exist.
 */
export function sameSecret(presented: string, expected: string): boolean;

/** Why a sentence is not an ability that the host understands; `undefined` if it is one. */
export function abilityFault(sentence: string): string | undefined;

/**
 * Why the host would refuse an entry of a list for publishing, which is one subject, wildcards included; `undefined` if
 * it is one. For policies that read subjects from their settings or data.
 */
export function subjectFault(subject: string): string | undefined;

/** As {@link subjectFault}, for an entry of a list for subscribing: `"subject"` or `"subject queue"`. */
export function subscriptionFault(entry: string): string | undefined;
