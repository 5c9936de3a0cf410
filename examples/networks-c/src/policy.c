/* The narrowest network in networks.csv that contains the client's address chooses the account, and
 * what the client may do there. */

#include "portcullis.h"

#include "networks.h"

bool pc_configure(const pc_settings *settings, pc_string *error) {
    pc_string csv;
    if (!pc_data(settings, PC("networks.csv"), &csv, error) || !networks_read(csv, error)) {
        return false;
    }
    pc_log_info("networks.csv has %zu networks with %zu rules", networks_count(), networks_rules());
    return true;
}

void pc_decide(const pc_request *request, pc_decision *decision) {
    address address;
    bool is_v4;
    if (!address_read(request->client.host, &address, &is_v4)) {
        pc_log_warn("the server gives no IP address for this client");
        pc_deny(decision, PC("no address"));
        return;
    }
    const rule *rule = networks_find(address, is_v4);
    if (!rule) {
        pc_deny(decision, PC("unknown network"));
        return;
    }
    if (rule->account.len == 0) {
        pc_deny(decision, PC("network shut out"));
        return;
    }
    pc_grant *grant = pc_allow(decision, rule->account);
    pc_grant_permissions(grant)->abilities = rule->abilities;
}
