// The same policy in every language: the user name is a command, and the answer shows its result.
import { allow, deny, log, pass, policy } from "portcullis";

import { echo } from "./echo.js";
import { mirror } from "./mirror.js";

const MEBIBYTE = 1 << 20;

let count = 0;

const COMMANDS = {
  echo: (request) => tagged(echo(request)),
  settings: (_, settings) =>
    tagged([`json=${settings.jsonText}`, ...settings.dataNames.map((name) => shown(name, settings))]),
  mirror: (request) => mirror(request.attributes),
  trap() {
    throw new Error("trapped while deciding");
  },
  loop,
  hoard,
  recurse: () => recurse(1),
  flood() {
    for (let line = 0; line < 1000; line += 1) log.info("x".repeat(100));
    return pass();
  },
  log({ client }) {
    for (const write of [log.debug, log.info, log.warn, log.error]) write(client.name ?? "");
    return pass();
  },
  print({ client }) {
    console.log(client.name ?? "");
    console.error(client.name ?? "");
    return pass();
  },
  count: () => tagged([`count=${(count += 1)}`]),
  grow() {
    new Uint8Array(MEBIBYTE).fill(1);
    return pass();
  },
  random: () => tagged([`secure=${secure()}`, `secure=${secure()}`, `default=${Math.random()}`]),
  clock: () => tagged([`wall=${Math.floor(Date.now() / 1000)}`]),
};

const commands = new Map(Object.entries(COMMANDS));

const rule = policy({
  configure(settings) {
    for (const name of settings.dataNames) prepare(name, settings);
    log.info(`configured with ${settings.dataNames.length} files`);
    return settings;
  },

  decide(request, settings) {
    const command = commands.get(request.credentials.user);
    return command ? command(request, settings) : deny("unknown command");
  },
});

// If a policy of the SDK throws in configure, that is a refusal; so the trap is outside.
export const authorizer = {
  configure(settings) {
    if (settings.data.some(([name]) => name === "trap")) {
      log.error("trapped while configured");
      throw new Error("trapped while configured");
    }
    rule.configure(settings);
  },
  decide: rule.decide,
};

function prepare(name, settings) {
  switch (name) {
    case "refuse":
      throw new Error(settings.dataText(name));
    case "loop":
      return loop();
    case "hoard":
      return hoard();
    case "print":
      console.log("printed while configured");
      console.error("warned while configured");
  }
}

function tagged(tags) {
  return allow({ account: "ECHO", tags });
}

function shown(name, settings) {
  return `data.${name}=${hex(settings.data(name))}`;
}

function secure() {
  return hex(crypto.getRandomValues(new Uint8Array(8)));
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function loop() {
  for (;;);
}

function hoard() {
  const kept = [];
  for (;;) kept.push(new Uint8Array(16 * MEBIBYTE));
}

function recurse(depth) {
  return 1 + recurse(depth + 1);
}
