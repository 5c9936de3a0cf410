// Requests, settings and certificates for a policy's own tests, and a check of its decisions.
import { abilityFault, nameFault, subjectFault, subscriptionFault } from "./abilities.js";

export function request({ user, password, token, jwt, nkey, ...facts } = {}) {
  const {
    certificate: leaf,
    attributes = {},
    host,
    transport,
    client,
    server,
    receivedAt,
    sentinel,
    tls,
    ...others
  } = facts;
  refuseUnknown(others);
  const given = { host, transport };
  for (const field in given) if (given[field] === undefined) delete given[field];
  return {
    receivedAt: BigInt(receivedAt ?? 1_767_225_600),
    server: { ...defaultServer(), ...server },
    client: { ...defaultClient(), ...client, ...given },
    credentials: { user, password, token, jwt, nkey },
    tls: tls ?? (leaf && sessionWith(leaf)),
    sentinel,
    userNkey: "UAEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP",
    attributes: Array.isArray(attributes) ? attributes : Object.entries(attributes),
  };
}

export function settings({ json = {}, data = {}, ...others } = {}) {
  refuseUnknown(others);
  const files = Object.entries(data).map(([name, contents]) => [name, toBytes(contents)]);
  return {
    json: typeof json === "string" ? json : JSON.stringify(json),
    data: files.sort(([one], [other]) => (one < other ? -1 : 1)),
  };
}

export function certificate(fields = {}) {
  return {
    subject: "CN=client",
    issuer: "CN=authority",
    serial: "01",
    dnsNames: [],
    ipAddresses: [],
    emails: [],
    uris: [],
    notBefore: 0n,
    notAfter: 0xffff_ffff_ffff_ffffn,
    fingerprint: "00".repeat(32),
    keyFingerprint: "00".repeat(32),
    pem: "",
    ...fields,
  };
}

export function check(decision) {
  if (decision.tag !== "allow") return;
  const { account, expiresIn, access } = decision.val;
  if (account === "") throw new Error("account: must not be empty");
  if (expiresIn === 0) throw new Error("expiresIn: less than one second admits no client");
  if (access.tag !== "only") return;
  const { abilities, publish, subscribe, inbox, jetstreamApi } = access.val;
  for (const sentence of abilities) raise(abilityFault(sentence));
  checkRules("publish", publish, subjectFault);
  checkRules("subscribe", subscribe, subscriptionFault);
  checkPrefix("inbox", inbox);
  if (inbox?.startsWith("$")) {
    throw new Error(`inbox: ${JSON.stringify(inbox)} begins with $, which is reserved for the server`);
  }
  checkPrefix("jetstreamApi", jetstreamApi);
}

function checkRules(field, { allow, deny }, faultOf) {
  for (const entry of [...allow, ...deny]) {
    const fault = faultOf(entry);
    raise(fault && `${field}: ${fault}`);
  }
}

function checkPrefix(field, prefix) {
  if (prefix === undefined) return;
  const fault =
    nameFault("SUBJECT", prefix) ?? (/[*>]/.test(prefix) ? "has a wildcard; a prefix cannot have one" : undefined);
  raise(fault && `${field}: ${JSON.stringify(prefix)} ${fault}`);
}

function raise(fault) {
  if (fault) throw new Error(fault);
}

// With a misspelled field, a test would not test what it seems to.
function refuseUnknown(others) {
  const [unknown] = Object.keys(others);
  if (unknown) throw new TypeError(`${unknown} is not a field that can be set here`);
}

function toBytes(contents) {
  if (contents instanceof Uint8Array) return contents;
  return new TextEncoder().encode(typeof contents === "string" ? contents : JSON.stringify(contents));
}

function sessionWith(leaf) {
  return { version: "1.3", cipher: "TLS_AES_128_GCM_SHA256", verified: [leaf], presented: [leaf] };
}

function defaultServer() {
  return {
    id: "NAEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP",
    name: "nats-1",
    host: "0.0.0.0",
    version: "2.15.2",
    cluster: undefined,
    tags: [],
  };
}

function defaultClient() {
  return {
    id: 1n,
    host: "127.0.0.1",
    transport: "nats",
    name: undefined,
    lang: undefined,
    version: undefined,
    mqttClientId: undefined,
  };
}
