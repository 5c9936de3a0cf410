// The connection of the operations, and what the server reported while one of them ran.
import { readFileSync } from "node:fs";
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { PermissionViolationError, usernamePasswordAuthenticator } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";

export class Session {
  #phases;
  #violations = [];
  #isUp = false;

  constructor(phases) {
    this.#phases = phases;
    this.nc = null;
    this.timeout = 1000;
    this.options = {};
  }

  /** Runs one operation. It answers after a flush, so that every refusal of the server has arrived. */
  async perform(request, operation) {
    this.#violations = [];
    let outcome;
    try {
      outcome = { ok: (await this.#carryOut(request, operation)) ?? null };
    } catch (error) {
      outcome = { error: describe(error) };
    }
    try {
      await this.flush();
    } catch (error) {
      outcome = { error: outcome.error ?? `the connection is gone: ${describe(error)}` };
    }
    return { ...outcome, violations: this.#violations };
  }

  /** The JetStream client, made as in the library's documentation. */
  jetstream() {
    return jetstream(this.nc, this.options);
  }

  /** The manager of streams and consumers. Unless `check_api` is false, it asks for the account's information first. */
  manager() {
    return jetstreamManager(this.nc, this.options);
  }

  /** Reports that the operation listens, and waits until it may end. */
  async listening() {
    await this.flush();
    this.#phases.ready();
    const next = await this.#phases.proceed();
    if (next.op !== "continue") {
      throw new Error(`expected the operation continue, not ${next.op}`);
    }
  }

  /** Waits until the server has received everything, and its errors have arrived here. */
  async flush() {
    await within(this.nc.flush(), 3 * this.timeout + 1000, "no PONG from the server");
    await setImmediate();
  }

  /** The state of the connection, once it is the one that is wanted or the time for it is over. */
  async stateWhen(wanted) {
    const deadline = Date.now() + 20_000;
    while (this.#state() !== wanted && Date.now() < deadline) {
      await delay(20);
    }
    return this.#state();
  }

  #state() {
    if (this.nc === null || this.nc.isClosed()) return "closed";
    return this.#isUp ? "connected" : "reconnecting";
  }

  async close() {
    const connection = this.nc;
    this.nc = null;
    await connection?.close();
  }

  async #carryOut(request, operation) {
    if (request.op === "connect") {
      return this.#connect(request);
    }
    if (this.nc === null) {
      throw new Error("there is no connection: connect comes first");
    }
    const work = operation(this, request);
    const unlimited = request.op === "core.reply" || request.op === "service.offer";
    return unlimited ? work : within(work, 3 * this.timeout + 800, "the operation did not end in time");
  }

  async #connect({ url, user, password, inbox, api_prefix, domain, check_api, timeout_ms, ...lasting }) {
    await this.close();
    this.timeout = timeout_ms ?? 1000;
    this.options = { timeout: this.timeout };
    if (domain) this.options.domain = domain;
    if (api_prefix) this.options.apiPrefix = api_prefix;
    if (check_api === false) this.options.checkAPI = false;
    const options = lasting.password_file
      ? { servers: url, ...comingBack(user, lasting) }
      : { servers: url, user, pass: password, reconnect: false };
    if (inbox) options.inboxPrefix = inbox;
    this.nc = await connect(options);
    this.#isUp = true;
    this.#collectViolations(this.nc);
  }

  async #collectViolations(connection) {
    for await (const status of connection.status()) {
      if (status.type === "disconnect") this.#isUp = false;
      if (status.type === "reconnect") this.#isUp = true;
      if (status.type === "error" && status.error instanceof PermissionViolationError) {
        this.#violations.push(status.error.message);
      }
    }
  }
}

/**
 * What a client sets that has to come back by itself: a credential that is read for each connect, reconnects without a
 * limit, and none of them is the last.
 */
function comingBack(user, { password_file, auth_abort }) {
  return {
    authenticator: usernamePasswordAuthenticator(user, () => readFileSync(password_file, "utf8")),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    ignoreAuthErrorAbort: auth_abort !== true,
  };
}

/** Takes up to `count` values from an iterator of the library, and stops it after `ms` or when it has them. */
export async function take(iterator, count, ms, each = () => {}) {
  const taken = [];
  const timer = setTimeout(() => iterator.stop(), ms);
  try {
    for await (const value of iterator) {
      await each(value);
      taken.push(value);
      if (taken.length >= count) break;
    }
  } finally {
    clearTimeout(timer);
    iterator.stop();
  }
  if (taken.length === 0 && count > 0) {
    throw new Error(`nothing arrived (it was waited for ${ms} ms at most)`);
  }
  return taken;
}

/** All values of an iterator that ends by itself; an error if it has not ended after `ms`. */
export async function all(iterator, ms) {
  const values = [];
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    iterator.stop();
  }, ms);
  for await (const value of iterator) {
    values.push(value);
  }
  clearTimeout(timer);
  if (late) {
    throw new Error(`the values had not ended after ${ms} ms, ${values.length} seen`);
  }
  return values;
}

/** All pages of a lister of the library. */
export async function pages(lister) {
  const values = [];
  for await (const value of lister) {
    values.push(value);
  }
  return values;
}

async function within(promise, ms, complaint) {
  const stop = new AbortController();
  const late = delay(ms, null, { signal: stop.signal }).then(
    () => Promise.reject(new Error(`${complaint} (${ms} ms)`)),
    () => {},
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
  }
}

function describe(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return `${error.name}: ${error.message}${cause}`;
}
