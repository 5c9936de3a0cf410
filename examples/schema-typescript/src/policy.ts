// Services with a certificate that the server verified get in by its DNS name, and can do what the settings say.
import { allow, deny, log, pass, policy, type Request } from "portcullis";

import { readSettings } from "./settings.ts";

export const authorizer = policy({
  configure(given) {
    const settings = given.json(readSettings);
    log.info(`${settings.services.size} services`);
    return settings;
  },

  // A client without a certificate may have something that another policy of the chain knows.
  decide(request, { account, expiresIn, services }) {
    const names = dnsNames(request);
    if (names === undefined) return pass();
    const name = names.find((known) => services.has(known));
    const service = name === undefined ? undefined : services.get(name);
    if (name === undefined || service === undefined) return deny("no service of that name");
    return allow({ ...service, account, expiresIn, name });
  },
});

// Only `verified` proves something, and its first certificate is the client's own.
function dnsNames({ tls }: Request): readonly string[] | undefined {
  return tls?.verified[0]?.dnsNames.map((name) => name.toLowerCase());
}
