// Consumers: creating, changing and deleting them.
import { AckPolicy } from "@nats-io/jetstream";
import { pages } from "./session.js";
import { managed } from "./streams.js";

const PAUSE_MS = 60_000;

export const operations = {
  "consumer.list": managed(async (jsm, { stream }) => (await pages(jsm.consumers.list(stream))).map(name)),
  "consumer.info": managed((jsm, { stream, consumer }) => jsm.consumers.info(stream, consumer).then(name)),
  "consumer.create": managed(create),
  "consumer.create_ephemeral": managed((jsm, { stream, filter }) =>
    jsm.consumers.add(stream, { ack_policy: AckPolicy.Explicit, ...filters({ filter }) }).then(name)),
  "consumer.update": managed((jsm, { stream, consumer }) =>
    jsm.consumers.update(stream, consumer, { description: "changed" }).then(name)),
  "consumer.delete": managed((jsm, { stream, consumer }) => jsm.consumers.delete(stream, consumer)),
  "consumer.pause": managed(pause),
  "consumer.unpin": managed(async (jsm, { stream, consumer, group }) => {
    await jsm.consumers.unpin(stream, consumer, group);
  }),
};

/** The fields of a consumer's configuration that filter its subjects. */
export function filters({ filter, filters: many }) {
  if (many) return { filter_subjects: many };
  return filter ? { filter_subject: filter } : {};
}

async function create(jsm, request) {
  const { stream, consumer, group, policy } = request;
  const config = { durable_name: consumer, ack_policy: AckPolicy.Explicit, ...filters(request) };
  if (group) {
    config.priority_groups = [group];
    config.priority_policy = policy ?? "overflow";
  }
  return name(await jsm.consumers.add(stream, config));
}

async function pause(jsm, { stream, consumer }) {
  await jsm.consumers.pause(stream, consumer, new Date(Date.now() + PAUSE_MS));
  await jsm.consumers.resume(stream, consumer);
}

function name(info) {
  return info.name;
}
