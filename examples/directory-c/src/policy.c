/* Admits users in users.json with the right password, with the permissions written there. */

#include "portcullis.h"

#include "users.h"

/* Compared with the password of an unknown user, so that the answer takes as long as for known
 * users. */
#define NOBODYS_PASSWORD PC("not the password of anybody")

bool pc_configure(const pc_settings *settings, pc_string *error) {
    pc_string json;
    if (!pc_data(settings, PC("users.json"), &json, error) || !users_read(json, error)) {
        return false;
    }
    pc_log_info("users in users.json: %zu", users_count());
    return true;
}

void pc_decide(const pc_request *request, pc_decision *decision) {
    const pc_credentials *presented = &request->credentials;
    if (!presented->user.is_some) {
        /* The client may have credentials for another policy of the chain. */
        pc_pass(decision);
        return;
    }
    const user *user = users_find(presented->user.val);
    pc_string expected = user ? user->pass : NOBODYS_PASSWORD;
    bool right = pc_same_secret(pc_or(presented->password, PC("")), expected);
    if (!user || !right) {
        pc_deny(decision, PC("unknown user or wrong password"));
        return;
    }
    pc_grant *grant = pc_allow_account_defaults(decision, user->account);
    pc_grant_name(grant, user->name);
    if (user->permissions) {
        *pc_grant_permissions(grant) = *user->permissions;
    }
}
