// Publish, subscribe, request and reply, and raw requests for probes.
import { headers } from "@nats-io/nats-core";

export const operations = {
  "core.publish": ({ nc }, { subject, payload }) => nc.publish(subject, payload),
  "core.subscribe": subscribe,
  "core.request": request,
  "core.reply": reply,
  "trace.raw": request,
  "trace.raw_publish": rawPublish,
};

async function subscribe(session, { subject, queue }) {
  let refusal = null;
  const callback = (error) => (refusal ??= error);
  const subscription = session.nc.subscribe(subject, { queue: queue ?? undefined, callback });
  await session.flush();
  subscription.unsubscribe();
  if (refusal !== null) throw refusal;
}

async function request({ nc, timeout }, { subject, payload }) {
  const answer = await nc.request(subject, payload ?? "", { timeout });
  return answer.string();
}

async function reply(session, { subject, queue }) {
  let answered = 0;
  let refusal = null;
  const callback = (error, message) => {
    if (error) {
      refusal = error;
    } else if (message.respond("pong")) {
      answered += 1;
    }
  };
  const subscription = session.nc.subscribe(subject, { queue: queue ?? undefined, callback });
  await session.flush();
  if (refusal !== null) throw refusal;
  await session.listening();
  subscription.unsubscribe();
  return answered;
}

function rawPublish({ nc }, { subject, payload, headers: fields }) {
  const set = headers();
  for (const [name, value] of Object.entries(fields ?? {})) {
    set.set(name, value);
  }
  nc.publish(subject, payload ?? "", { headers: set });
}
