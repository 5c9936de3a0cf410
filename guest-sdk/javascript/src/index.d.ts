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
 * The rule by which clients get in, as the component's export:
 *
 * ```js
 * export const authorizer = policy({
 *   configure: (settings) => new Map(Object.entries(settings.dataJson("users.json"))),
 *   decide(request, users) { ... },
 * });
 * ```
 *
 * `configure` is called once, and the host keeps what the policy then has in memory. Every decision starts from that
 * snapshot, in a sandbox of its own: nothing can be remembered from one decision to the next. So parse in `configure`
 * and look up in `decide`: a decision costs the more, the more memory it touches.
 *
 * Either may return a promise, as the calls of `crypto.subtle` do.
 */
export function policy<State = undefined>(rule: Rule<State>): Authorizer;

/** What {@link policy} makes an export of. */
export interface Rule<State> {
  /**
   * Prepares the policy; what it returns is handed to each `decide`. What it throws refuses this version of the policy:
   * the operator reads the message, and the version before goes on deciding.
   */
  configure?(settings: Settings): State | Promise<State>;
  /**
   * Decides on one client, without changing the state. What it throws admits nobody, and its message goes to the
   * operator's log.
   */
  decide(request: Request, state: State): Decision | Promise<Decision>;
}

/** The interface `portcullis:policy/authorizer` of the component; a policy's own tests call it. */
export interface Authorizer {
  configure(settings: RawSettings): void | Promise<void>;
  decide(request: Request): Decision | Promise<Decision>;
}

/**
 * The client is in, with this grant and no more.
 *
 * @throws TypeError if the grant has a field that is not known, or one with a value that it cannot have.
 */
export function allow(grant: Grant): Decision;

/**
 * The client is out, at once. The cause is a short, fixed text ("wrong password"): the operator reads it and the host
 * counts by it, the client never sees it.
 */
export function deny(cause: string): Decision;

/**
 * The client is out and hears nothing until the server's timeout, which slows down guessing. The cause as in
 * {@link deny}.
 */
export function ignore(cause: string): Decision;

/** The next policy of the chain decides. The end of the chain is a denial. */
export function pass(): Decision;

/**
 * Leave to connect. What the client may do there comes from one place: from `can`, `publish`, `subscribe` and so on,
 * and without any of them it can connect and do nothing; from a `role`; or from the account's defaults. A field that is
 * `undefined` is absent.
 */
export type Grant = Terms & (Permissions | Role | AccountDefaults);

/** Where to, under which name, how long and from where. */
export interface Terms {
  /** Name of the account to place the client in, as the operator's configuration names it. */
  account: string;
  /** Name by which the server shows the connection. */
  name?: string | undefined;
  /**
   * Seconds until the server ends the connection: a fraction is cut off, and less than one second admits nobody.
   * Default, and most that the host accepts: the operator's.
   */
  expiresIn?: number | bigint | undefined;
  /** Transports over which the grant holds, instead of whichever the client uses. */
  transports?: readonly Transport[] | undefined;
  /** CIDR blocks from which the grant holds, instead of wherever the client is. */
  sourceNetworks?: readonly string[] | undefined;
  /** Tags of the connection, for the operator's eyes. */
  tags?: readonly string[] | undefined;
  /** Something that only newer hosts know. A host that does not know the name denies the client. */
  options?: readonly (readonly [name: string, value: string])[] | undefined;
}

/** What the client may do, and nothing else. */
export interface Permissions {
  /**
   * Abilities, a sentence each: `"kv read settings site.>"`, `"request orders.*"`. The host turns them into the
   * subjects that they need, and denies the client if there is one that it does not understand. `wit/abilities.md` has
   * them all.
   */
  can?: readonly string[] | undefined;
  /** Where it may publish, subject by subject; a list alone is of what is allowed. */
  publish?: readonly string[] | Subjects | undefined;
  /** Where it may subscribe, subject by subject; a list alone is of what is allowed. */
  subscribe?: readonly string[] | Subjects | undefined;
  /** Leave to answer messages that the client received. */
  responses?: Responses | undefined;
  /**
   * Prefix of the client's inbox, instead of `_INBOX`, for the abilities that receive replies. A prefix of one's own
   * keeps replies from others' eyes; the client has to be told the same.
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

/** The account's default permissions; where it has none, everything in the account. */
export type AccountDefaults = { [field in keyof Omit<Permissions, "accountDefaults">]?: undefined } & {
  accountDefaults: true;
};

/** Subjects, wildcards included. */
export interface Subjects {
  /** These, as far as `deny` leaves them. */
  allow?: readonly string[] | undefined;
  /** Never these, whatever allows them. */
  deny?: readonly string[] | undefined;
}

/** Zero and absent are the server's own default (one reply, two minutes); `Infinity` is no limit. */
export interface Responses {
  /** Replies to one message. */
  maxMessages?: number | bigint | undefined;
  /** How long after the message, in milliseconds, of which a fraction counts as one. */
  expiresInMs?: number | bigint | undefined;
}

/** What the operator gave the policy: a table of settings, and data files. */
export class Settings {
  constructor(raw: RawSettings);

  /**
   * The `settings` table of the policy; without one, an empty object.
   *
   * @param read takes the value apart and may throw a {@link Fault}, to which the place is added:
   *   `settings: closes: expected a string, found a number`.
   */
  json(): unknown;
  json<T>(read: (value: unknown) => T): T;

  /**
   * A data file that holds JSON. An entry that is there twice is an error.
   *
   * @param read takes the value apart and may throw a {@link Fault}, to which file and line are added:
   *   `users.json, line 3: bob.account: expected a string, found a number`.
   * @throws Error that says where the file is no JSON, or how to give it. Values are left out: they may be secrets.
   */
  dataJson(name: string): unknown;
  dataJson<T>(name: string, read: (value: unknown) => T): T;

  /**
   * A data file that holds text in UTF-8.
   *
   * @throws Error that says where it is not UTF-8, or how to give the file.
   */
  dataText(name: string): string;

  /**
   * The bytes of a data file.
   *
   * @throws Error that says how to give the file, and which ones there are.
   */
  data(name: string): Uint8Array;

  /** The names of all data files, in order. */
  get dataNames(): string[];

  /** The `settings` table as the host wrote it. */
  get jsonText(): string;
}

/** What is wrong with an entry of the settings or of a data file. Put no secrets into it: it goes to a log. */
export class Fault extends Error {
  /**
   * @param path keys and indexes that lead to the entry: `["bob", "can", 1]` is written `bob.can[1]`.
   * @param text what is wrong, and how to mend it.
   */
  constructor(path: readonly (string | number)[], text: string);

  /** `bob.can: expected a list, found a string`. The value itself is left out. */
  static expected(path: readonly (string | number)[], wanted: string, found: unknown): Fault;

  readonly path: readonly (string | number)[];
}

/**
 * Lines for the operator's log. In native tests they go to standard error. Put no secrets into them; the host removes
 * those of the request, but it cannot know the others. `console` works as well: what it prints becomes lines, too.
 */
export const log: {
  /** For the policy's author. */
  debug(line: string): void;
  /** Worth knowing, nothing to do. */
  info(line: string): void;
  /** The policy goes on, but something is not as it should be. */
  warn(line: string): void;
  /** The policy cannot do its work, for this request or at all. */
  error(line: string): void;
};

/**
 * Whether a secret that a client presented is the expected one, in a time that depends on the length of the presented
 * one alone. A client that measures it learns nothing of the expected secret.
 *
 * An empty secret is never the same as anything: a forgotten password must not become an open door.
 *
 * Where there may be none to compare with, such as the password of an unknown user, compare with some other text all
 * the same: the time would tell which users there are.
 */
export function sameSecret(presented: string, expected: string): boolean;

/** Why a sentence is no ability that the host understands; nothing if it is one. */
export function abilityFault(sentence: string): string | undefined;
