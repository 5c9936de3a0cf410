import { parse } from "./json.js";

export class Settings {
  #json;
  #data;

  constructor({ json, data }) {
    this.#json = json;
    this.#data = new Map(data);
  }

  get jsonText() {
    return this.#json;
  }

  get dataNames() {
    return [...this.#data.keys()];
  }

  json(read) {
    return parse(this.#json, () => "settings", read);
  }

  dataJson(name, read) {
    return parse(this.dataText(name), (line) => (line ? `${name}, line ${line}` : name), read);
  }

  dataText(name) {
    const bytes = this.data(name);
    try {
      return decoder().decode(bytes);
    } catch {
      throw new Error(`${name}: not UTF-8 after byte ${validBytes(bytes)}`);
    }
  }

  data(name) {
    const bytes = this.#data.get(name);
    if (bytes) return bytes;
    const given = this.dataNames.join(", ") || "none";
    const ways = `--data ${name}, or --data ${name}=FILE if it has another name`;
    throw new Error(`${name}: the policy needs this data file: give it with ${ways} (given: ${given})`);
  }
}

function decoder() {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
}

// If a beginning is valid, so is every shorter one: a binary search finds the position.
function validBytes(bytes) {
  let valid = 0;
  let faulty = bytes.length;
  while (faulty - valid > 1) {
    const middle = (valid + faulty) >> 1;
    try {
      decoder().decode(bytes.subarray(0, middle), { stream: true });
      valid = middle;
    } catch {
      faulty = middle;
    }
  }
  return valid;
}
