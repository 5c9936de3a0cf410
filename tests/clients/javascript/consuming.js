// Receiving messages from consumers, by pull and by push.
import { AckPolicy, JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import { createInbox } from "@nats-io/nats-core";
import { filters } from "./consumers.js";
import { take } from "./session.js";

/** The shortest expiry of a pull that the library allows. */
const EXPIRES_MS = 1000;
const MAX_BYTES = 64 * 1024;
const ack = (message) => message.ack();
const text = (message) => message.string();

export const operations = {
  "consume.fetch": async (session, request) => {
    const consumer = await pull(session, request);
    const messages = await consumer.fetch({ max_messages: request.count, expires: EXPIRES_MS });
    return (await take(messages, request.count, session.timeout, ack)).map(text);
  },
  "consume.next": async (session, request) => {
    const message = await (await pull(session, request)).next({ expires: EXPIRES_MS });
    if (message === null) throw new Error(`no message arrived within ${EXPIRES_MS} ms`);
    message.ack();
    return message.string();
  },
  "consume.messages": async (session, request) => {
    const messages = await (await pull(session, request)).consume();
    return (await take(messages, request.count, session.timeout, ack)).map(text);
  },
  "consume.fetch_bytes": async (session, request) => {
    const messages = await (await pull(session, request)).fetch({ max_bytes: MAX_BYTES, expires: EXPIRES_MS });
    return (await take(messages, request.count ?? 1, session.timeout, ack)).map(text);
  },
  "consume.ack_variants": ackVariants,
  "consume.priority": priority,
  "consume.ordered": ordered,
  "consume.push_ephemeral": pushEphemeral,
  "consume.push_durable": pushDurable,
};

function pull(session, { stream, consumer }) {
  return session.jetstream().consumers.get(stream, consumer);
}

async function ackVariants(session, request) {
  const variants = [
    (message) => message.ack(),
    (message) => message.ackAck({ timeout: session.timeout }),
    (message) => {
      message.working();
      message.ack();
    },
    (message) => message.nak(),
    (message) => message.term(),
  ];
  const consumer = await pull(session, request);
  const messages = await consumer.fetch({ max_messages: variants.length, expires: EXPIRES_MS });
  const next = variants.values();
  return (await take(messages, variants.length, session.timeout, (message) => next.next().value(message))).length;
}

async function priority(session, request) {
  const consumer = await pull(session, request);
  const messages = await consumer.consume({ group: request.group, max_messages: 10 });
  return (await take(messages, request.count ?? 1, session.timeout, ack)).map(text);
}

async function ordered(session, { stream, filter, filters: many, count }) {
  const wanted = many ?? filter;
  const options = wanted ? { filter_subjects: wanted } : {};
  const consumer = await session.jetstream().consumers.get(stream, options);
  return (await take(await consumer.consume(), count, session.timeout)).map(text);
}

async function pushEphemeral(session, { stream, filter, count }) {
  const jsm = await session.manager();
  const { name } = await jsm.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_subject: createInbox(session.nc.options.inboxPrefix),
    ...filters({ filter }),
  });
  const consumer = await session.jetstream().consumers.getPushConsumer(stream, name);
  return (await take(await consumer.consume(), count, session.timeout)).map(text);
}

async function pushDurable(session, { stream, consumer: durable, count }) {
  const js = session.jetstream();
  let consumer;
  try {
    consumer = await js.consumers.getPushConsumer(stream, durable);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const jsm = await session.manager();
    await jsm.consumers.add(stream, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      deliver_subject: createInbox(session.nc.options.inboxPrefix),
    });
    consumer = await js.consumers.getPushConsumer(stream, durable);
  }
  return (await take(await consumer.consume(), count, session.timeout, ack)).map(text);
}

function isNotFound(error) {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound;
}
