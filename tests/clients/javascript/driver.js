// Carries out one operation of the official JavaScript client for each line of stdin, and answers on stdout.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { operations as core } from "./core.js";
import { operations as services } from "./services.js";
import { operations as streams } from "./streams.js";
import { operations as consumers } from "./consumers.js";
import { operations as consuming } from "./consuming.js";
import { operations as keyValue } from "./key_value.js";
import { operations as objects } from "./objects.js";
import { Session } from "./session.js";

const operations = { ...core, ...services, ...streams, ...consumers, ...consuming, ...keyValue, ...objects };
const unsupported = {
  "consumer.names": "the library lists consumers, not their names",
  "consume.fetch_no_wait": "the library has no pull without waiting",
  "consume.pull_subscribe_legacy": "this generation of the library has one API",
  "consume.push_subscribe_legacy": "this generation of the library has one API",
  "kv.update_bucket": "the library has no update of a bucket's configuration",
  "stream.publish_async": "publish returns a promise: it is asynchronous already",
};

// A promise that the library rejects in the background must not end the driver.
process.on("unhandledRejection", (reason) => console.error("unhandled rejection:", reason));

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const write = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
const session = new Session({
  ready: () => write({ ready: true }),
  proceed: async () => JSON.parse((await lines.next()).value ?? "{}"),
});

for await (const line of lines) {
  if (line.trim() !== "") {
    write(await answer(line));
  }
}
await session.close();
process.exit(0);

async function answer(line) {
  let request;
  try {
    request = JSON.parse(line);
  } catch (error) {
    return { error: `the line is not JSON: ${error.message}`, violations: [] };
  }
  if (request.op === "version") {
    return { ok: version() };
  }
  if (request.op === "state") {
    return { ok: await session.stateWhen(request.wanted) };
  }
  if (Object.hasOwn(unsupported, request.op)) {
    return { unsupported: unsupported[request.op] };
  }
  if (request.op !== "connect" && !Object.hasOwn(operations, request.op)) {
    return { unsupported: `no operation ${request.op} in this driver` };
  }
  return session.perform(request, operations[request.op]);
}

function version() {
  const lock = new URL("./package.json", import.meta.url);
  const { dependencies } = JSON.parse(readFileSync(lock, "utf8"));
  const names = ["connect", ...Object.keys(operations)].sort();
  return { library: "nats.js", version: dependencies["@nats-io/transport-node"], operations: names };
}
