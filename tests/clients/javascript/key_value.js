// The key-value store. Each operation opens its bucket by name, as in the library's documentation. With `direct` in the
// request, it opens the bucket with the option `allow_direct`, which `open` does not detect.
import { Kvm } from "@nats-io/kv";
import { all, pages, take } from "./session.js";

const HISTORY = 5;

export const operations = {
  "kv.open": opened(() => true),
  "kv.get": opened(async (kv, { key }) => (await kv.get(key))?.string()),
  "kv.get_revision": opened(async (kv, { key, revision }) => (await kv.get(key, { revision }))?.string()),
  "kv.put": opened((kv, { key, value }) => kv.put(key, value)),
  "kv.create": opened((kv, { key, value }) => kv.create(key, value)),
  "kv.create_ttl": opened((kv, { key, value, ttl_ms }) => kv.create(key, value, `${Math.ceil(ttl_ms / 1000)}s`)),
  "kv.update": opened((kv, { key, value, revision }) => kv.update(key, value, revision)),
  "kv.delete": opened((kv, { key }) => kv.delete(key)),
  "kv.delete_revision": opened((kv, { key, revision }) => kv.delete(key, { previousSeq: revision })),
  "kv.purge": opened((kv, { key }) => kv.purge(key)),
  "kv.keys": opened(async (kv, { filter }, session) => all(await kv.keys(filter ?? undefined), session.timeout)),
  "kv.history": opened(async (kv, { key }, session) => (await all(await kv.history({ key }), session.timeout)).length),
  "kv.watch": opened((kv, { key, count }, session) => watch(kv, { key }, count, session)),
  "kv.watch_many": opened((kv, { keys, count }, session) => watch(kv, { key: keys }, count, session)),
  "kv.watch_all": opened((kv, { count }, session) => watch(kv, {}, count, session)),
  "kv.watch_large": opened((kv, { key, count }, session) => watch(kv, { key }, count, session)),
  "kv.status": opened(async (kv) => (await kv.status()).values),
  "kv.purge_deletes": opened(async (kv) => (await kv.purgeDeletes()).purged),
  "kv.create_bucket": createBucket,
  "kv.delete_bucket": opened((kv) => kv.destroy()),
  "kv.list_buckets": async (session) => (await pages(stores(session).list())).map((status) => status.bucket),
};

function stores(session) {
  return new Kvm(session.jetstream());
}

function opened(operation) {
  return async (session, request) => {
    const options = request.direct ? { allow_direct: true } : {};
    return operation(await stores(session).open(request.bucket, options), request, session);
  };
}

async function watch(kv, options, count, session) {
  return (await take(await kv.watch(options), count, session.timeout)).length;
}

async function createBucket(session, { bucket, marker_ttl_ms }) {
  const options = { history: HISTORY };
  if (marker_ttl_ms) options.markerTTL = marker_ttl_ms;
  await stores(session).create(bucket, options);
}
