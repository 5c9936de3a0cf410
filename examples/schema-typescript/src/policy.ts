// Services with a verified certificate are admitted by its DNS name, and may do what the settings say.
import { allow, deny, log, pass, policy, type Request } from "portcullis";

import { readSettings } from "./settings.ts";

export const authorizer = policy({
  configure(given) {
    const settings = given.json(readSettings);
    log.info(`${settings.services.size} services`);
    return settings;
  },

  // A client without a certificate may have credentials for another policy of the chain.
  decide(request, { account, expiresIn, services }) {
    const names = dnsNames(request);
    if (names === undefined) return pass();
    const name = names.find((known) => services.has(known));
    const service = name === undefined ? undefined : services.get(name);
    if (name === undefined || service === undefined) return deny("no service of that name");
    return allow({ ...service, account, expiresIn, name });
  },
});

// Only `verified` proves anything, and its first certificate is the client's own.
function dnsNames({ tls }: Request): readonly string[] | undefined {
  return tls?.verified[0]?.dnsNames.map((name) => name.toLowerCase());
}
