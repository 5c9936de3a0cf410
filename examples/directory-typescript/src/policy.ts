// The rule: who is in users.json with this password gets in, with the permissions written there.
import { allow, deny, log, pass, policy, sameSecret } from "portcullis";

import { readUsers } from "./users.ts";

// Compared with the password of a user that does not exist, so that it takes the time that it takes for others.
export const NOBODYS_PASSWORD = "not the password of anybody";

export const authorizer = policy({
  configure(settings) {
    const users = settings.dataJson("users.json", readUsers);
    log.info(`users.json has ${users.size} users`);
    return users;
  },

  // A client without a user name may have something that another policy of the chain knows.
  decide({ credentials }, users) {
    const name = credentials.user;
    if (name === undefined) return pass();
    const user = users.get(name);
    const right = sameSecret(credentials.password ?? "", user?.password ?? NOBODYS_PASSWORD);
    if (user === undefined || !right) return deny("unknown user or wrong password");
    return allow({ ...user.grant, name });
  },
});
