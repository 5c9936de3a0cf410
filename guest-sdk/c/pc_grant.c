/* Decisions and grants. */

#include "portcullis.h"

#include <string.h>

void pc_deny(pc_decision *decision, pc_string cause) {
    *decision = (pc_decision){.tag = PC_DENY, .val.deny = cause};
}

void pc_ignore(pc_decision *decision, pc_string cause) {
    *decision = (pc_decision){.tag = PC_IGNORE, .val.ignore = cause};
}

void pc_pass(pc_decision *decision) {
    *decision = (pc_decision){.tag = PC_PASS};
}

static pc_grant *allow(pc_decision *decision, pc_string account, uint8_t access) {
    memset(decision, 0, sizeof *decision);
    decision->tag = PC_ALLOW;
    pc_grant *grant = &decision->val.allow;
    grant->account = account;
    grant->access.tag = access;
    return grant;
}

pc_grant *pc_allow(pc_decision *decision, pc_string account) {
    return allow(decision, account, PC_ONLY);
}

pc_grant *pc_allow_account_defaults(pc_decision *decision, pc_string account) {
    return allow(decision, account, PC_ACCOUNT_DEFAULTS);
}

pc_grant *pc_allow_role(pc_decision *decision, pc_string account, pc_string role) {
    pc_grant *grant = allow(decision, account, PC_ROLE);
    grant->access.val.role = role;
    return grant;
}

pc_permissions *pc_grant_permissions(pc_grant *grant) {
    if (grant->access.tag != PC_ONLY) {
        memset(&grant->access, 0, sizeof grant->access);
        grant->access.tag = PC_ONLY;
    }
    return &grant->access.val.only;
}

void pc_grant_can(pc_grant *grant, pc_string sentence) {
    pc_append(&pc_grant_permissions(grant)->abilities, sentence);
}

void pc_grant_publish(pc_grant *grant, pc_string subject) {
    pc_append(&pc_grant_permissions(grant)->publish.allow, subject);
}

void pc_grant_deny_publish(pc_grant *grant, pc_string subject) {
    pc_append(&pc_grant_permissions(grant)->publish.deny, subject);
}

void pc_grant_subscribe(pc_grant *grant, pc_string subject) {
    pc_append(&pc_grant_permissions(grant)->subscribe.allow, subject);
}

void pc_grant_deny_subscribe(pc_grant *grant, pc_string subject) {
    pc_append(&pc_grant_permissions(grant)->subscribe.deny, subject);
}

void pc_grant_responses(pc_grant *grant, uint32_t max_messages, uint64_t expires_in_ms) {
    pc_option_response_rule *responses = &pc_grant_permissions(grant)->responses;
    responses->is_some = true;
    responses->val = (pc_response_rule){max_messages, expires_in_ms};
}

void pc_grant_inbox(pc_grant *grant, pc_string prefix) {
    pc_grant_permissions(grant)->inbox = pc_some(prefix);
}

void pc_grant_jetstream_api(pc_grant *grant, pc_string prefix) {
    pc_grant_permissions(grant)->jetstream_api = pc_some(prefix);
}

void pc_grant_name(pc_grant *grant, pc_string name) {
    grant->name = pc_some(name);
}

void pc_grant_expires_in(pc_grant *grant, uint32_t seconds) {
    grant->expires_in = (pc_option_u32){true, seconds};
}

void pc_grant_source_network(pc_grant *grant, pc_string cidr) {
    pc_append(&grant->source_networks, cidr);
}

void pc_grant_tag(pc_grant *grant, pc_string tag) {
    pc_append(&grant->tags, tag);
}

void pc_grant_option(pc_grant *grant, pc_string name, pc_string value) {
    pc_append_pair(&grant->options, name, value);
}
