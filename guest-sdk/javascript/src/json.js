// Parses JSON. Errors name the place of a fault, but no values, which may be secrets.
import { Fault } from "./fault.js";

// `where` names the source of a fault, with its line if it is known.
export function parse(text, where, read = (value) => value) {
  const value = decode(text, where);
  refuseRepetitions(text, value, where);
  try {
    return read(value);
  } catch (error) {
    throw error instanceof Fault ? placed(error, where(lineAt(text, positionOf(text, error.path)))) : error;
  }
}

function decode(text, where) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(noJson(text, where, error.message));
  }
}

// SpiderMonkey says what it expected; V8 may quote what it found, so only the position is repeated.
function noJson(text, where, said) {
  const [, expected, line] = /^JSON\.parse: (.*) at line (\d+) column \d+/.exec(said) ?? [];
  if (expected) return `${where(line)}: no JSON: ${expected}`;
  const [, position] = /at position (\d+)/.exec(said) ?? [];
  return `${where(position && lineAt(text, Number(position)))}: no JSON`;
}

function lineAt(text, position) {
  let line = 1;
  for (let end = text.indexOf("\n"); end !== -1 && end < position; end = text.indexOf("\n", end + 1)) {
    line += 1;
  }
  return line;
}

// JSON.parse would keep the last of two entries with the same name. Then the text has more keys than the value.
function refuseRepetitions(text, value, where) {
  if (keysInText(text) === keysInValue(value)) return;
  for (const { path, position, isRepeated } of entries(text)) {
    if (isRepeated) throw placed(new Fault(path, "appears twice"), where(lineAt(text, position)));
  }
}

function placed(fault, place) {
  return new Error(`${place}: ${fault.message}`, { cause: fault });
}

function keysInText(text) {
  let keys = 0;
  for (let start = text.indexOf('"'); start !== -1;) {
    const end = endOfString(text, start);
    if (text[afterBlanks(text, end)] === ":") keys += 1;
    start = text.indexOf('"', end);
  }
  return keys;
}

function keysInValue(value) {
  if (typeof value !== "object" || value === null) return 0;
  const entries = Array.isArray(value) ? value : Object.values(value);
  let keys = entries === value ? 0 : entries.length;
  for (const entry of entries) {
    if (typeof entry === "object") keys += keysInValue(entry);
  }
  return keys;
}

// The position of the entry, or of the nearest enclosing entry that exists.
function positionOf(text, wanted) {
  let nearest = 0;
  for (const { path, position } of entries(text)) {
    if (path.every((step, index) => step === wanted[index])) nearest = position;
  }
  return nearest;
}

// All entries of a valid JSON text, with their positions: only a text with a fault needs them.
function* entries(text, path = [], start = 0) {
  const position = afterBlanks(text, start);
  yield { path, position, isRepeated: false };
  if (text[position] === "{") return yield* entriesOfObject(text, path, position);
  if (text[position] === "[") return yield* entriesOfList(text, path, position);
  if (text[position] === '"') return endOfString(text, position);
  return position + text.slice(position).search(/[\s,\]}]|$/);
}

function* entriesOfObject(text, path, start) {
  const keys = new Set();
  let at = afterBlanks(text, start + 1);
  while (text[at] !== "}") {
    if (text[at] === ",") at = afterBlanks(text, at + 1);
    const end = endOfString(text, at);
    const key = JSON.parse(text.slice(at, end));
    if (keys.has(key)) yield { path: [...path, key], position: at, isRepeated: true };
    keys.add(key);
    const colon = afterBlanks(text, end);
    at = afterBlanks(text, yield* entries(text, [...path, key], colon + 1));
  }
  return at + 1;
}

function* entriesOfList(text, path, start) {
  let at = afterBlanks(text, start + 1);
  for (let index = 0; text[at] !== "]"; index += 1) {
    if (text[at] === ",") at = afterBlanks(text, at + 1);
    at = afterBlanks(text, yield* entries(text, [...path, index], at));
  }
  return at + 1;
}

function endOfString(text, start) {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === "\\") escapes += 1;
    if (escapes % 2 === 0) return end + 1;
  }
}

function afterBlanks(text, start) {
  let at = start;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}
