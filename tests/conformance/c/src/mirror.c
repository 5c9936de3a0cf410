#include "mirror.h"

static uint64_t number(pc_string text) {
    uint64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        number = number * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return number;
}

static pc_transport transport(pc_string name) {
    return pc_equal(name, PC("websocket"))  ? PC_WEBSOCKET
           : pc_equal(name, PC("mqtt"))     ? PC_MQTT
           : pc_equal(name, PC("leafnode")) ? PC_LEAFNODE
                                            : PC_NATS;
}

static void permission(pc_permissions *only, pc_string name, pc_string value) {
    pc_option_response_rule *responses = &only->responses;
    if (pc_equal(name, PC("ability"))) {
        pc_append(&only->abilities, value);
    } else if (pc_equal(name, PC("publish.allow"))) {
        pc_append(&only->publish.allow, value);
    } else if (pc_equal(name, PC("publish.deny"))) {
        pc_append(&only->publish.deny, value);
    } else if (pc_equal(name, PC("subscribe.allow"))) {
        pc_append(&only->subscribe.allow, value);
    } else if (pc_equal(name, PC("subscribe.deny"))) {
        pc_append(&only->subscribe.deny, value);
    } else if (pc_equal(name, PC("responses.max-messages"))) {
        responses->is_some = true;
        responses->val.max_messages = (uint32_t)number(value);
    } else if (pc_equal(name, PC("responses.expires-in-ms"))) {
        responses->is_some = true;
        responses->val.expires_in_ms = number(value);
    } else if (pc_equal(name, PC("inbox"))) {
        only->inbox = pc_some(value);
    } else if (pc_equal(name, PC("jetstream-api"))) {
        only->jetstream_api = pc_some(value);
    }
}

static void beside_permissions(pc_grant *grant, pc_string name, pc_string value) {
    if (pc_equal(name, PC("transport"))) {
        pc_grant_transport(grant, transport(value));
    } else if (pc_equal(name, PC("source-network"))) {
        pc_grant_source_network(grant, value);
    } else if (pc_equal(name, PC("tag"))) {
        pc_grant_tag(grant, value);
    } else if (pc_equal(name, PC("option"))) {
        pc_string option = pc_next(&value, '=');
        pc_grant_option(grant, option, value);
    } else if (pc_equal(name, PC("name"))) {
        pc_grant_name(grant, value);
    } else if (pc_equal(name, PC("expires-in"))) {
        pc_grant_expires_in(grant, (uint32_t)number(value));
    }
}

static pc_string one(const pc_request *request, pc_string name) {
    return pc_or(pc_attribute(request, name), PC(""));
}

static void mirror_grant(const pc_request *request, pc_decision *decision) {
    pc_string account = one(request, PC("account")), access = one(request, PC("access"));
    pc_grant *grant =
        pc_equal(access, PC("role")) ? pc_allow_role(decision, account, one(request, PC("role")))
        : pc_equal(access, PC("account-defaults")) ? pc_allow_account_defaults(decision, account)
                                                   : pc_allow(decision, account);
    for (size_t i = 0; i < request->attributes.len; i++) {
        pc_pair attribute = request->attributes.ptr[i];
        if (grant->access.tag == PC_ONLY) {
            permission(pc_grant_permissions(grant), attribute.name, attribute.value);
        }
        beside_permissions(grant, attribute.name, attribute.value);
    }
}

void mirror(const pc_request *request, pc_decision *decision) {
    pc_string wanted = one(request, PC("decision"));
    if (pc_equal(wanted, PC("deny"))) {
        pc_deny(decision, one(request, PC("text")));
    } else if (pc_equal(wanted, PC("ignore"))) {
        pc_ignore(decision, one(request, PC("text")));
    } else if (pc_equal(wanted, PC("pass"))) {
        pc_pass(decision);
    } else {
        mirror_grant(request, decision);
    }
}
