// The object store. Each operation opens its store by name, as in the library's documentation.
import { Objm } from "@nats-io/obj";
import { pages } from "./session.js";

const QUIET_MS = 100;

export const operations = {
  "object.put": opened(async (store, { name, size }) =>
    (await store.putBlob({ name }, new Uint8Array(size).fill(120))).size),
  "object.get": opened(get),
  "object.info": opened(async (store, { name }) => found(await store.info(name), name).size),
  "object.list": opened(async (store) => (await store.list()).map((info) => info.name)),
  "object.watch": opened(watch),
  "object.delete": opened(async (store, { name }) => (await store.delete(name)).success),
  "object.update_meta": opened(async (store, { name, description }) => (await store.update(name, { description })).seq),
  "object.link": opened(async (store, { name, target }) => {
    await store.link(name, found(await store.info(target), target));
  }),
  "object.status": opened(async (store) => (await store.status()).size),
  "object.seal": opened(async (store) => (await store.seal()).sealed),
  "object.create_bucket": async (session, { bucket }) => {
    await stores(session).create(bucket);
  },
  "object.delete_bucket": opened((store) => store.destroy()),
  "object.list_buckets": async (session) => (await pages(stores(session).list())).map((status) => status.bucket),
};

function stores(session) {
  return new Objm(session.jetstream());
}

function opened(operation) {
  return async (session, request) => operation(await stores(session).open(request.bucket), request, session);
}

function found(value, name) {
  if (value === null) throw new Error(`there is no object ${name}`);
  return value;
}

async function get(store, { name }, session) {
  const { data } = found(await store.get(name), name);
  const reader = data.getReader();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel();
  }, session.timeout);
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
  }
  clearTimeout(timer);
  if (late) throw new Error(`the object had not arrived after ${session.timeout} ms, ${size} bytes seen`);
  return size;
}

async function watch(store, _request, session) {
  const changes = await store.watch({ includeHistory: true });
  let seen = 0;
  let timer = setTimeout(() => changes.stop(), session.timeout);
  for await (const _change of changes) {
    seen += 1;
    clearTimeout(timer);
    timer = setTimeout(() => changes.stop(), QUIET_MS);
  }
  clearTimeout(timer);
  return seen;
}
