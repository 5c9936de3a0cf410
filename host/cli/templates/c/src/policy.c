/* The policy policy-name: the user "guest" may subscribe to the news. */

#include "portcullis.h"

/* Reads settings and data files, once. Returns false and sets *error to refuse them. */
bool pc_configure(const pc_settings *settings, pc_string *error) {
    (void)settings, (void)error;
    return true;
}

/* Decides about one client. */
void pc_decide(const pc_request *request, pc_decision *decision) {
    if (!pc_is(request->credentials.user, PC("guest"))) {
        pc_deny(decision, PC("not a guest"));
        return;
    }
    pc_grant *grant = pc_allow(decision, PC("APP"));
    pc_grant_name(grant, PC("guest"));
    pc_grant_can(grant, PC("subscribe news.>"));
}
