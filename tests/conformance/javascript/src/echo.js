// The request as text, one line for each field.

const SERVER = ["id", "name", "host", "version", "cluster", "tags"];
const CLIENT = ["id", "host", "transport", "name", "lang", "version", "mqtt-client-id"];
const CREDENTIALS = ["user", "password", "token", "jwt", "nkey"];
const TLS = ["version", "cipher"];
const CERTIFICATE = [
  "subject",
  "issuer",
  "serial",
  "dns-names",
  "ip-addresses",
  "emails",
  "uris",
  "not-before",
  "not-after",
  "fingerprint",
  "key-fingerprint",
  "pem",
];
const SENTINEL = ["user", "account", "name", "tags"];

export function echo(request) {
  const { server, client, credentials, tls, sentinel } = request;
  return [
    ...lines(request, ["received-at"], ""),
    ...lines(server, SERVER, "server."),
    ...lines(client, CLIENT, "client."),
    ...lines(credentials, CREDENTIALS, "credentials."),
    ...lines(tls, TLS, "tls."),
    ...chain(tls?.verified, "tls.verified"),
    ...chain(tls?.presented, "tls.presented"),
    ...lines(sentinel, SENTINEL, "sentinel."),
    ...lines(request, ["user-nkey"], ""),
    ...request.attributes.map(([name, value]) => `attributes.${name}=${value}`),
  ];
}

function chain(certificates = [], path) {
  return certificates.flatMap((certificate, index) => lines(certificate, CERTIFICATE, `${path}.${index}.`));
}

function lines(record, fields, prefix) {
  if (record === undefined) return [];
  return fields.flatMap((field) => {
    const value = record[inCamelCase(field)];
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((one) => `${prefix}${field}=${one}`);
  });
}

function inCamelCase(field) {
  return field.replace(/-./g, (letter) => letter[1].toUpperCase());
}
