// Streams: publishing into them, managing them, reading single messages.
import { all, pages } from "./session.js";

export const operations = {
  "stream.publish": publish,
  "stream.info": managed((jsm, { stream }) => jsm.streams.info(stream).then(name)),
  "stream.names": managed((jsm) => pages(jsm.streams.names())),
  "stream.list": managed(async (jsm) => (await pages(jsm.streams.list())).map(name)),
  "stream.by_subject": managed((jsm, { subject }) => jsm.streams.find(subject)),
  "account.info": managed(async (jsm) => (await jsm.getAccountInfo()).streams),
  "stream.get": (session, { stream, seq }) => get(session, stream, { seq }),
  "stream.get_last": (session, { stream, subject }) => get(session, stream, { last_by_subj: subject }),
  "direct.get": managed((jsm, { stream, seq }) => direct(jsm, stream, { seq })),
  "direct.get_last": managed((jsm, { stream, subject }) => direct(jsm, stream, { last_by_subj: subject })),
  "direct.batch": directBatch,
  "stream.create": managed((jsm, { stream, subjects }) =>
    jsm.streams.add({ name: stream, subjects, allow_direct: true }).then(name)),
  "stream.update": managed((jsm, { stream, subjects }) => jsm.streams.update(stream, { subjects }).then(name)),
  "stream.purge": managed(async (jsm, { stream }) => (await jsm.streams.purge(stream)).purged),
  "stream.purge_subject": managed(async (jsm, { stream, subject }) =>
    (await jsm.streams.purge(stream, { filter: subject })).purged),
  "stream.delete": managed((jsm, { stream }) => jsm.streams.delete(stream)),
  "stream.delete_message": managed((jsm, { stream, seq }) => jsm.streams.deleteMessage(stream, seq)),
};

/** An operation of the manager, which is created with `jetstreamManager` as in the library's documentation. */
export function managed(operation) {
  return async (session, request) => operation(await session.manager(), request);
}

function name(info) {
  return info.config.name;
}

async function publish(session, { subject, payload }) {
  const ack = await session.jetstream().publish(subject, payload);
  return ack.seq;
}

async function get(session, stream, query) {
  const handle = await session.jetstream().streams.get(stream);
  return text(await handle.getMessage(query));
}

async function direct(jsm, stream, query) {
  return text(await jsm.direct.getMessage(stream, query));
}

async function directBatch(session, { stream, subject }) {
  const jsm = await session.manager();
  const messages = await jsm.direct.getBatch(stream, { seq: 1, batch: 100, next_by_subj: subject });
  return (await all(messages, session.timeout)).map((message) => message.string());
}

function text(message) {
  if (message === null) throw new Error("there is no such message");
  return message.string();
}
