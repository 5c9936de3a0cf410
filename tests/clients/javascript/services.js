// Micro services: offering one, and discovering existing ones.
import { Svcm } from "@nats-io/services";

const GATHER_MS = 150;

export const operations = {
  "service.offer": offer,
  "service.find": find,
};

async function offer(session, { name, subject }) {
  const service = await new Svcm(session.nc).add({ name, version: "1.0.0" });
  try {
    const handler = (error, message) => {
      if (!error) message.respond("pong");
    };
    service.addEndpoint("endpoint", { subject, handler });
    await session.flush();
    if (service.isStopped) {
      throw (await service.stopped) ?? new Error("the service stopped by itself");
    }
    await session.listening();
  } finally {
    await service.stop();
  }
}

// With `by_id`, each service is asked by the id from its first answer.
async function find({ nc }, { name, by_id: byId }) {
  const client = new Svcm(nc).client({ strategy: "timer", maxWait: GATHER_MS });
  const found = {};
  let id;
  if (byId) {
    for await (const answer of await client.ping(name)) id = answer.id;
  }
  for (const verb of ["ping", "info", "stats"]) {
    found[verb] = 0;
    for await (const _answer of await client[verb](name ?? "", id)) {
      found[verb] += 1;
    }
    if (found[verb] === 0) throw new Error(`no service answered ${verb}`);
  }
  return found;
}
