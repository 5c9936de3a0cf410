/**
 * What the host says about a client: the records of `portcullis:policy@0.1.0`, as the bindings pass them.
 *
 * Everything that a client chooses for itself (its name, its library, its user name) is a claim and proves nothing. An
 * absent field is `undefined`. Integers of 64 bits are `bigint`.
 */

/** One client that wants to connect. The host has verified where the request comes from, and that it is fresh. */
export interface Request {
  /** When the host received the request, in seconds since 1970-01-01T00:00:00Z. This is the policy's clock. */
  readonly receivedAt: bigint;
  /** The server that asks. */
  readonly server: Server;
  /** The client's connection. */
  readonly client: Client;
  /** What the client presented. */
  readonly credentials: Credentials;
  /** Absent if the connection has no TLS, or if the server does not describe it. */
  readonly tls: Tls | undefined;
  /** Absent in configuration mode. */
  readonly sentinel: Sentinel | undefined;
  /** Public nkey of this connection. The server makes a new one for every request. */
  readonly userNkey: string;
  /** Further facts as [name, value], from hosts newer than this contract. Ignore names that you do not know. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

/** The nats-server that asks on behalf of the client. */
export interface Server {
  /** Public nkey of the server process. It changes whenever the server starts. */
  readonly id: string;
  /** Its configured name; by default the same as `id`. */
  readonly name: string;
  /** Address that it listens on, as configured; often "0.0.0.0". */
  readonly host: string;
  /** As the server writes it, for example "2.15.2". */
  readonly version: string;
  /** Name of its cluster, if it is in one. */
  readonly cluster: string | undefined;
  /** Its configured tags. */
  readonly tags: readonly string[];
}

/** How the client connects to the server; "leafnode" is a server that connects as a leafnode. */
export type Transport = "nats" | "websocket" | "mqtt" | "leafnode";

/** The connection that wants to be admitted. */
export interface Client {
  /** Number of the connection, unique within its server process. */
  readonly id: bigint;
  /** Address of the peer, without the port. */
  readonly host: string;
  /** Absent if the server names no transport that this contract knows. */
  readonly transport: Transport | undefined;
  /** Name that the client gave itself. */
  readonly name: string | undefined;
  /** Client library, as the client claims it, for example "go". */
  readonly lang: string | undefined;
  /** Version of the library, as the client claims it. */
  readonly version: string | undefined;
  /** MQTT's client identifier, chosen by the client. */
  readonly mqttClientId: string | undefined;
}

/** What the client presented. Only `nkey` is verified; the policy has to check the rest, with `sameSecret`. */
export interface Credentials {
  /** User name. */
  readonly user: string | undefined;
  /** Password, in the clear. */
  readonly password: string | undefined;
  /** Token, in the clear. */
  readonly token: string | undefined;
  /** A JWT as sent, not verified. In operator mode it is the sentinel's; `sentinel` has it verified and decoded. */
  readonly jwt: string | undefined;
  /** Public nkey. Present only if the host verified that the client signed the server's nonce with it. */
  readonly nkey: string | undefined;
}

/** The TLS session between client and server. */
export interface Tls {
  /** For example "1.3". */
  readonly version: string;
  /** Name of the cipher suite, as the server writes it. */
  readonly cipher: string;
  /** The chain that the server verified, leaf first; empty if it verified none. */
  readonly verified: readonly Certificate[];
  /** What the client sent, verified or not. Only `verified` proves anything. */
  readonly presented: readonly Certificate[];
}

/** One X.509 certificate, parsed by the host. */
export interface Certificate {
  /** Distinguished name of the subject, in the form of RFC 4514: "CN=billing,O=Example". */
  readonly subject: string;
  /** Distinguished name of the issuer, in the same form. */
  readonly issuer: string;
  /** Hexadecimal, lower case. */
  readonly serial: string;
  /** Alternative names that are DNS names, as written in the certificate: wildcards are not expanded. */
  readonly dnsNames: readonly string[];
  /** Alternative names that are addresses, in their usual text form. */
  readonly ipAddresses: readonly string[];
  /** Alternative names that are e-mail addresses. */
  readonly emails: readonly string[];
  /** Alternative names that are URIs, for example SPIFFE identities. */
  readonly uris: readonly string[];
  /** First second in which it is valid, since 1970-01-01T00:00:00Z. */
  readonly notBefore: bigint;
  /** Last second in which it is valid, since 1970-01-01T00:00:00Z. */
  readonly notAfter: bigint;
  /** SHA-256 of the DER form; hexadecimal, lower case. */
  readonly fingerprint: string;
  /** SHA-256 of the public key alone, which can stay the same when the certificate is renewed; hexadecimal, lower
   * case. */
  readonly keyFingerprint: string;
  /** The certificate itself, in PEM. */
  readonly pem: string;
}

/** Operator mode: the user JWT that lets the client reach the callout, as nats-server verified it. */
export interface Sentinel {
  /** Public nkey of the sentinel user. */
  readonly user: string;
  /** Public nkey of the account of the sentinel user. */
  readonly account: string;
  /** The name in its JWT. */
  readonly name: string | undefined;
  /** The tags in its JWT. */
  readonly tags: readonly string[];
}

/** The argument of the component's `configure`. A policy sees it as `Settings`. */
export interface RawSettings {
  readonly json: string;
  readonly data: readonly (readonly [name: string, contents: Uint8Array])[];
}

/** The result of the component's `decide`. Make it with `allow`, `deny`, `ignore` and `pass`. */
export type Decision =
  | { readonly tag: "allow"; readonly val: GrantRecord }
  | { readonly tag: "deny" | "ignore"; readonly val: string }
  | { readonly tag: "pass" };

/** A grant in the form of the contract. Policies write a `Grant`. */
export interface GrantRecord {
  readonly account: string;
  readonly access:
    | { readonly tag: "only"; readonly val: PermissionsRecord }
    | { readonly tag: "role"; readonly val: string }
    | { readonly tag: "account-defaults" };
  readonly name: string | undefined;
  readonly expiresIn: number | undefined;
  readonly transports: readonly Transport[];
  readonly sourceNetworks: readonly string[];
  readonly tags: readonly string[];
  readonly options: readonly (readonly [name: string, value: string])[];
}

/** Permissions in the form of the contract. */
export interface PermissionsRecord {
  readonly abilities: readonly string[];
  readonly publish: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly responses: { readonly maxMessages: number; readonly expiresInMs: bigint } | undefined;
  readonly inbox: string | undefined;
  readonly jetstreamApi: string | undefined;
}
