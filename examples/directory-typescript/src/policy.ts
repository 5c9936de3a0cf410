// Admits users in users.json with the right password, with the permissions written there.
import { allow, deny, log, pass, policy, sameSecret } from "portcullis";

import { readUsers } from "./users.ts";

// Compared with the password of an unknown user, so that the answer takes as long as for known users.
export const NOBODYS_PASSWORD = "not the password of anybody";

export const authorizer = policy({
  configure(settings) {
    const users = settings.dataJson("users.json", readUsers);
    log.info(`users in users.json: ${users.size}`);
    return users;
  },

  // A client without a user name may have credentials for another policy of the chain.
  decide({ credentials }, users) {
    const name = credentials.user;
    if (name === undefined) return pass();
    const user = users.get(name);
    const right = sameSecret(credentials.password ?? "", user?.password ?? NOBODYS_PASSWORD);
    if (user === undefined || !right) return deny("unknown user or wrong password");
    return allow({ ...user.grant, name });
  },
});
