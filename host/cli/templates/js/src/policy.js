// Lets the user `guest` listen to the news, and nobody else in.
import { allow, deny, policy } from "portcullis";

export const authorizer = policy({
  decide({ credentials }) {
    if (credentials.user !== "guest") return deny("not a guest");
    return allow({ account: "APP", can: ["subscribe news.>"] });
  },
});
