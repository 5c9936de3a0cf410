// Admits the user `guest`, who may subscribe to the news, and denies all others.
import { allow, deny, policy } from "portcullis";

export const authorizer = policy({
  decide({ credentials }) {
    if (credentials.user !== "guest") return deny("not a guest");
    return allow({ account: "APP", can: ["subscribe news.>"] });
  },
});
