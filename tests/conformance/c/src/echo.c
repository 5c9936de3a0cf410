#include "echo.h"

#include <inttypes.h>
#include <string.h>

/* Built without a format: a text may contain NULs, at which a format would stop. */
static pc_string joined(pc_string first, const char *between, pc_string second) {
    size_t gap = strlen(between), length = first.len + gap + second.len;
    char *text = pc_alloc(length);
    if (first.len) {
        memcpy(text, first.ptr, first.len);
    }
    memcpy(text + first.len, between, gap);
    if (second.len) {
        memcpy(text + first.len + gap, second.ptr, second.len);
    }
    return (pc_string){text, length};
}

void echo_text(pc_grant *grant, pc_string path, pc_string value) {
    pc_grant_tag(grant, joined(path, "=", value));
}

void echo_number(pc_grant *grant, pc_string path, uint64_t value) {
    echo_text(grant, path, pc_format("%" PRIu64, value));
}

static void option(pc_grant *grant, pc_string path, pc_option_string value) {
    if (value.is_some) {
        echo_text(grant, path, value.val);
    }
}

static void list(pc_grant *grant, pc_string path, pc_strings values) {
    for (size_t i = 0; i < values.len; i++) {
        echo_text(grant, path, values.ptr[i]);
    }
}

static void server(const pc_server *server, pc_grant *grant) {
    echo_text(grant, PC("server.id"), server->id);
    echo_text(grant, PC("server.name"), server->name);
    echo_text(grant, PC("server.host"), server->host);
    echo_text(grant, PC("server.version"), server->version);
    option(grant, PC("server.cluster"), server->cluster);
    list(grant, PC("server.tags"), server->tags);
}

static void client(const pc_client *client, pc_grant *grant) {
    static const char *const transports[] = {"nats", "websocket", "mqtt", "leafnode"};
    echo_number(grant, PC("client.id"), client->id);
    echo_text(grant, PC("client.host"), client->host);
    if (client->transport.is_some) {
        echo_text(grant, PC("client.transport"), pc_text(transports[client->transport.val]));
    }
    option(grant, PC("client.name"), client->name);
    option(grant, PC("client.lang"), client->lang);
    option(grant, PC("client.version"), client->version);
    option(grant, PC("client.mqtt-client-id"), client->mqtt_client_id);
}

static void credentials(const pc_credentials *presented, pc_grant *grant) {
    option(grant, PC("credentials.user"), presented->user);
    option(grant, PC("credentials.password"), presented->password);
    option(grant, PC("credentials.token"), presented->token);
    option(grant, PC("credentials.jwt"), presented->jwt);
    option(grant, PC("credentials.nkey"), presented->nkey);
}

static void certificates(pc_string path, pc_certificates chain, pc_grant *grant) {
    for (size_t i = 0; i < chain.len; i++) {
        const pc_certificate *one = &chain.ptr[i];
#define FIELD(name) pc_format("%.*s.%zu." name, PC_ARG(path), i)
        echo_text(grant, FIELD("subject"), one->subject);
        echo_text(grant, FIELD("issuer"), one->issuer);
        echo_text(grant, FIELD("serial"), one->serial);
        list(grant, FIELD("dns-names"), one->dns_names);
        list(grant, FIELD("ip-addresses"), one->ip_addresses);
        list(grant, FIELD("emails"), one->emails);
        list(grant, FIELD("uris"), one->uris);
        echo_number(grant, FIELD("not-before"), one->not_before);
        echo_number(grant, FIELD("not-after"), one->not_after);
        echo_text(grant, FIELD("fingerprint"), one->fingerprint);
        echo_text(grant, FIELD("key-fingerprint"), one->key_fingerprint);
        echo_text(grant, FIELD("pem"), one->pem);
#undef FIELD
    }
}

static void sentinel(const pc_sentinel *sentinel, pc_grant *grant) {
    echo_text(grant, PC("sentinel.user"), sentinel->user);
    echo_text(grant, PC("sentinel.account"), sentinel->account);
    option(grant, PC("sentinel.name"), sentinel->name);
    list(grant, PC("sentinel.tags"), sentinel->tags);
}

void echo_request(const pc_request *request, pc_grant *grant) {
    echo_number(grant, PC("received-at"), request->received_at);
    server(&request->server, grant);
    client(&request->client, grant);
    credentials(&request->credentials, grant);
    if (request->tls.is_some) {
        const pc_tls *tls = &request->tls.val;
        echo_text(grant, PC("tls.version"), tls->version);
        echo_text(grant, PC("tls.cipher"), tls->cipher);
        certificates(PC("tls.verified"), tls->verified, grant);
        certificates(PC("tls.presented"), tls->presented, grant);
    }
    if (request->sentinel.is_some) {
        sentinel(&request->sentinel.val, grant);
    }
    echo_text(grant, PC("user-nkey"), request->user_nkey);
    for (size_t i = 0; i < request->attributes.len; i++) {
        pc_pair attribute = request->attributes.ptr[i];
        echo_text(grant, joined(PC("attributes"), ".", attribute.name), attribute.value);
    }
}
