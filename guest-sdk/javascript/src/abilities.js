// The sentences of the contract, as the host reads them: wit/abilities.md.

// Each ability: its words, and the names after them: a plain name once, [in brackets] optional, [with dots...]
// repeated.
const FORMS = [
  "publish SUBJECT",
  "subscribe SUBJECT [QUEUE]",
  "request SUBJECT",
  "reply SUBJECT [QUEUE]",
  "service offer NAME",
  "service find [NAME]",
  "stream publish SUBJECT",
  "stream view STREAM",
  "stream consume STREAM [CONSUMER]",
  "stream manage STREAM",
  "kv read BUCKET [KEY...]",
  "kv write BUCKET [KEY...]",
  "kv manage BUCKET",
  "object read BUCKET",
  "object write BUCKET",
  "object manage BUCKET",
  "mqtt publish TOPIC-FILTER",
  "mqtt subscribe TOPIC-FILTER",
];

const SUBJECT_BYTES_MAX = 1024;
const SUBJECT_TOKENS_MAX = 32;
// What is left of a subject's tokens if most of the other tokens precede the key.
const KEY_TOKENS_MAX = 23;
// nats-server, `JSMaxNameLen`.
const ASSET_BYTES_MAX = 255;
// White space and control characters of Unicode.
const BLANK = /[\0-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

export function abilityFault(sentence) {
  const said = sentence.split(" ");
  const fault = said.length > 1 && said.includes("") ? "separate words by one space" : faultOf(said);
  return fault && `${JSON.stringify(sentence)} is not an ability; ${fault}`;
}

export function subjectFault(subject) {
  const fault = faultOfSubject(subject);
  return fault && `${JSON.stringify(subject)} ${fault}`;
}

export function subscriptionFault(entry) {
  const fault = faultOfSubscription(entry);
  return fault && `${JSON.stringify(entry)} ${fault}`;
}

function faultOfSubject(subject) {
  if (subject === "") return "is empty; write a subject";
  if (BLANK.test(subject)) {
    return "has white space or control characters; write each subject as an entry of its own";
  }
  return nameFault("SUBJECT", subject);
}

function faultOfSubscription(entry) {
  const blank = entry.indexOf(" ");
  if (blank < 0) return faultOfSubject(entry);
  const parts = [entry.slice(0, blank), entry.slice(blank + 1)];
  if (parts.some((part) => part === "" || BLANK.test(part))) {
    return 'has white space or control characters; write "subject" or "subject queue"';
  }
  if (bytes(entry) > SUBJECT_BYTES_MAX) return "is longer than 1,024 bytes";
  return nameFault("SUBJECT", parts[0]) ?? nameFault("QUEUE", parts[1]);
}

function faultOf(said) {
  const form = FORMS.map((words) => words.split(" ")).find((words) => {
    const verbs = words.filter(isVerb);
    return verbs.every((word, index) => word === said[index]);
  });
  const names = form && said.slice(form.filter(isVerb).length);
  const kinds = form?.filter((word) => !isVerb(word)) ?? [];
  if (!form || !fits(kinds, names.length)) return `use ${formsLike(said[0])}`;
  for (const [index, name] of names.entries()) {
    const kind = kinds[Math.min(index, kinds.length - 1)].replace(/[[\].]/g, "");
    const fault = nameFault(kind === "BUCKET" && said[0] === "object" ? "STORE" : kind, name, said);
    if (fault) return `${JSON.stringify(name)} ${fault}`;
  }
  return undefined;
}

function isVerb(word) {
  return word === word.toLowerCase();
}

function fits(kinds, count) {
  const least = kinds.filter((kind) => !kind.startsWith("[")).length;
  return least <= count && (count <= kinds.length || kinds.some((kind) => kind.includes("...")));
}

// The forms that begin with the same word; if there are none, all first words.
function formsLike(first) {
  const alike = FORMS.filter((form) => form.split(" ")[0] === first);
  const forms = alike.length > 0 ? alike : [...new Set(FORMS.map((form) => form.split(" ")[0]))];
  const last = forms.pop();
  return forms.length > 0 ? `${forms.join(", ")} or ${last}` : last;
}

export function nameFault(kind, name, said = []) {
  if (name === "") return "is empty";
  if (BLANK.test(name)) return "has white space or control characters";
  switch (kind) {
    case "SUBJECT":
    case "QUEUE":
      return patternFault(name);
    case "KEY":
      return keyFault(name);
    case "NAME":
      // ADR-32 of NATS.
      return /^[A-Za-z0-9_-]+$/.test(name)
        ? undefined
        : "is not a service name: use ASCII letters, digits, - and _";
    case "BUCKET":
      return assetFault("KV_", name);
    case "STORE":
      return assetFault("OBJ_", name);
    case "TOPIC-FILTER":
      return said[1] === "subscribe" && name === "+"
        ? "would also reach deeper levels; write # or name the topics"
        : topicFilterFault(name);
    default:
      return assetFault("", name);
  }
}

// As the host checks it: nats-server would read a wildcard inside a token as a letter.
function patternFault(subject) {
  if (bytes(subject) > SUBJECT_BYTES_MAX) return "is longer than 1,024 bytes";
  const tokens = subject.split(".");
  if (tokens.length > SUBJECT_TOKENS_MAX) return "has more than 32 tokens";
  if (tokens.includes("")) return "has an empty token; dots only separate tokens";
  if (tokens.some((token) => token.length > 1 && /[*>]/.test(token))) {
    return 'has a wildcard inside a token; "*" and ">" are tokens of their own';
  }
  return tokens.slice(0, -1).includes(">") ? 'has ">" before its end; ">" is the last token or none' : undefined;
}

// With `a.*`, where a server uses the key as a wildcard, a client would also reach deeper keys. The host refuses such
// keys.
function keyFault(key) {
  const fault = patternFault(key);
  if (fault) return fault;
  if (key === "*" || key.endsWith(".*")) {
    return "ends with *, which would also reach deeper keys; end with > or name the keys";
  }
  const isLong = key.split(".").length > KEY_TOKENS_MAX;
  return isLong ? "has more than 23 tokens, too many for a subject that contains it" : undefined;
}

// nats-server, `isValidAssetName`; the server puts the prefix of the stream before a bucket's name.
function assetFault(prefix, name) {
  if (bytes(prefix + name) > ASSET_BYTES_MAX) {
    return "is too long: 255 bytes at most, with the prefix of its stream if it is a bucket";
  }
  return /[.*>/\\]/.test(name) ? "has one of . * > / \\, which a name cannot have" : undefined;
}

// MQTT 3.1.1, 4.7.1. `*` and `>` would be NATS wildcards once the topic becomes a subject.
function topicFilterFault(filter) {
  const levels = filter.split("/");
  if (levels.some((level) => level.length > 1 && /[+#]/.test(level))) {
    return 'has a wildcard inside a level; "+" and "#" are levels of their own';
  }
  if (levels.slice(0, -1).includes("#")) return 'has "#" before its end; "#" is the last level or none';
  return /[*>]/.test(filter) ? "has * or >, the wildcards of NATS; those of MQTT are + and #" : undefined;
}

function bytes(text) {
  return new TextEncoder().encode(text).length;
}
