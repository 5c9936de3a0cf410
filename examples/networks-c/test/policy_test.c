/* The policy, the addresses and the faults of networks.csv, natively. */

#include "pc_testing.h"

#include "networks.h"

static pc_settings with(pc_string csv) {
    pc_settings settings = pc_testing_settings();
    pc_append_pair(&settings.data, PC("networks.csv"), csv);
    return settings;
}

static void configure(pc_string csv) {
    pc_settings settings = with(csv);
    PC_CHECK_CONFIGURED(&settings);
}

#define FROM(host_text, expected)                                                                  \
    do {                                                                                           \
        pc_request request = pc_testing_request();                                                 \
        request.client.host = pc_text(host_text);                                                  \
        PC_CHECK_DECISION(&request, expected);                                                     \
    } while (0)

#define UNKNOWN "deny unknown network"

static void the_narrowest_network_counts(void) {
    configure(PC("10.0.0.0/8,WIDE\n"
                 "10.1.0.0/16, MIDDLE ,publish a,kv read b c.>\n"
                 "10.1.2.0/24,-\n"
                 "10.1.2.3,ONE,subscribe x\n"
                 "10.1.255.0/24,LAST\n"));
    FROM("10.0.0.0", "allow WIDE");
    FROM("10.0.255.255", "allow WIDE");
    FROM("10.1.0.0", "allow MIDDLE; can publish a; can kv read b c.>");
    FROM("10.1.1.255", "allow MIDDLE; can publish a; can kv read b c.>");
    FROM("10.1.2.0", "deny network shut out");
    FROM("10.1.2.2", "deny network shut out");
    FROM("10.1.2.3", "allow ONE; can subscribe x");
    FROM("10.1.2.4", "deny network shut out");
    FROM("10.1.3.0", "allow MIDDLE; can publish a; can kv read b c.>");
    FROM("10.1.255.255", "allow LAST");
    FROM("10.2.0.0", "allow WIDE");
    FROM("10.255.255.255", "allow WIDE");
    FROM("9.255.255.255", UNKNOWN);
    FROM("11.0.0.0", UNKNOWN);
    FROM("::a00:1", UNKNOWN);
}

static void both_families_reach_to_their_ends(void) {
    configure(PC("0.0.0.0/0,V4\n255.255.255.255,END\n::/0,V6\nffff:ffff:ffff:ffff::/64,END6\n"));
    FROM("0.0.0.0", "allow V4");
    FROM("255.255.255.254", "allow V4");
    FROM("255.255.255.255", "allow END");
    FROM("::", "allow V6");
    FROM("2001:db8::1", "allow V6");
    FROM("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "allow END6");
    FROM("::ffff:10.0.0.1", "allow V4");
}

static void ipv6_is_matched_as_ipv4_is(void) {
    configure(PC("2001:db8::/32,A\n2001:db8:1::/48,B\n2001:db8:1:0:8000::/65,C\n"
                 "2001:db8::1/128,D\n"));
    FROM("2001:db8::", "allow A");
    FROM("2001:DB8::1", "allow D");
    FROM("2001:db8::2", "allow A");
    FROM("2001:db8:1::7fff:0:0:0", "allow B");
    FROM("2001:db8:1::8000:0:0:0", "allow C");
    FROM("2001:db8:1:1::", "allow B");
    FROM("2001:db8:2::", "allow A");
    FROM("2001:db9::", UNKNOWN);
    FROM("1.2.3.4", UNKNOWN);
}

static void what_is_no_address_is_denied(void) {
    configure(PC("0.0.0.0/0,V4\n::/0,V6\n"));
    static const char *const others[] = {
        "",
        "localhost",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4.",
        "256.1.1.1",
        "01.2.3.4",
        "1.2.3.x",
        "+1.2.3.4",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "12345::",
        "g::",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::8",
        "1.2.3.4::",
        "fe80::1%eth0",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3",
        " 1.2.3.4",
        "1.2.3.4/8",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        FROM(others[i], "deny no address");
    }
    static const char *const right[] = {
        "::",         "1::",           "::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4",
        "1::5:6:7:8", "1:2:3:4:5:6::8"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        FROM(right[i], "allow V6");
    }
}

/* ---- Against a slow and simple search ------------------------------------------------------- */

static uint64_t seed = 88172645463325252;

static uint64_t draw(uint64_t below) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

#define RANDOM_NETWORKS 400

/* Networks whose addresses differ in few bits, so that many are nested; NULL if the network exists
 * already. */
static bool random_network(network *networks, size_t made) {
    network *one = &networks[made];
    one->is_v4 = draw(2);
    one->bits = (uint8_t)(one->is_v4 ? 20 + draw(13) : 116 + draw(13));
    one->first = (address){0, draw(4096)};
    one->first.low |= one->is_v4 ? 0xfffff000 : 0xfffffffffffff000;
    one->first.high = one->is_v4 ? 0 : UINT64_MAX;
    one->first.low &= ~(((UINT64_C(1) << ((one->is_v4 ? 32 : 128) - one->bits))) - 1);
    for (size_t i = 0; i < made; i++) {
        if (networks[i].is_v4 == one->is_v4 && networks[i].bits == one->bits &&
            networks[i].first.low == one->first.low) {
            return false;
        }
    }
    return true;
}

static pc_string shown(const network *one) {
    uint64_t low = one->first.low;
    if (one->is_v4) {
        return pc_format("%u.%u.%u.%u/%u", (unsigned)(low >> 24), (unsigned)(low >> 16 & 255),
                         (unsigned)(low >> 8 & 255), (unsigned)(low & 255), one->bits);
    }
    return pc_format("ffff:ffff:ffff:ffff:%x:%x:%x:%x/%u", (unsigned)(low >> 48),
                     (unsigned)(low >> 32 & 65535), (unsigned)(low >> 16 & 65535),
                     (unsigned)(low & 65535), one->bits);
}

static const network *slowly(const network *networks, address address, bool is_v4) {
    const network *narrowest = NULL;
    for (size_t i = 0; i < RANDOM_NETWORKS; i++) {
        const network *one = &networks[i];
        if (one->is_v4 == is_v4 && address_compare(one->first, address) <= 0 &&
            address_compare(address, network_last(one)) <= 0 &&
            (!narrowest || one->bits > narrowest->bits)) {
            narrowest = one;
        }
    }
    return narrowest;
}

static void any_set_of_networks_is_searched_as_if_one_by_one(void) {
    static network networks[RANDOM_NETWORKS];
    for (int round = 0; round < 5; round++) {
        pc_string csv = PC("network,account\n");
        for (size_t made = 0; made < RANDOM_NETWORKS;) {
            if (random_network(networks, made)) {
                pc_string one = shown(&networks[made++]);
                csv = pc_format("%.*s%.*s,A%zu\n", PC_ARG(csv), PC_ARG(one), made - 1);
            }
        }
        configure(csv);
        for (int is_v4 = 0; is_v4 < 2; is_v4++) {
            for (uint64_t low = 0xffffef00; low <= 0xffffffff; low++) {
                address address = is_v4 ? (struct address){0, low}
                                        : (struct address){UINT64_MAX, low | UINT64_MAX << 32};
                const network *expected = slowly(networks, address, is_v4);
                const rule *found = networks_find(address, is_v4);
                PC_CHECK(!expected == !found);
                if (expected && found) {
                    char account[20];
                    sprintf(account, "A%zu", (size_t)(expected - networks));
                    PC_CHECK_TEXT(found->account, pc_text(account));
                }
            }
        }
        pc_life_forget();
    }
}

static void a_hundred_thousand_lines_are_no_matter(void) {
    size_t length = 0, room = 100000 * 40;
    char *csv = malloc(room);
    for (unsigned i = 0; i < 100000; i++) {
        length += (size_t)snprintf(csv + length, room - length, "%u.%u.%u.0/24,A%u,publish a.%u\n",
                                   1 + i / 65536, i / 256 % 256, i % 256, i % 7, i % 7);
    }
    configure((pc_string){csv, length});
    free(csv);
    PC_CHECK(networks_count() == 100000 && networks_rules() == 7);
    FROM("1.0.0.1", "allow A0; can publish a.0");
    FROM("1.0.1.255", "allow A1; can publish a.1");
    FROM("2.134.159.1", "allow A4; can publish a.4");
    FROM("2.134.160.0", UNKNOWN);
}

/* ---- Faults --------------------------------------------------------------------------------- */

static void a_fault_names_its_line_and_how_to_mend_it(void) {
    static const char *const pairs[][2] = {
        {"10.0.0.1/8,A", "10.0.0.1/8 has bits behind its length; write zeros there, or a greater "
                         "length"},
        {"2001:db8::1/64,A", "2001:db8::1/64 has bits behind its length; write zeros there, or a "
                             "greater length"},
                {"10.0.0.0/33,A", "10.0.0.0/33 has a length outside 0 to 32"},
                {"10.0.0.0/,A", "10.0.0.0/ has a length outside 0 to 32"},
                {"::/129,A", "::/129 has a length outside 0 to 128"},
                {"::ffff:10.0.0.0/104,A", "::ffff:10.0.0.0/104 maps an IPv4 network; write it as IPv4, such "
                                          "as 10.1.0.0/16"},
                {"office,A", "office is not an address; write a network as 10.1.0.0/16 or 2001:db8::/32"},
                {"10.0.0.0/8", "no account: write it after the network, or - to deny its clients"},
        {"10.0.0.0/8,,publish a", "no account: write it after the network, or - to deny its clients"},
        {"10.0.0.0/8,A,", "an empty ability: write one between two commas, and none after the "
                          "last"},
        {"10.0.0.0/8,-,publish a", "publish a has no effect: the account is -"},
        {"\"10.0.0.0/8\",A", "a quote: write the fields without quotes"},
        {"10.0.0.0/8,\xff", "not UTF-8: save the file as UTF-8"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        pc_settings settings =
            with(pc_format("# the offices\r\n\r\n192.168.0.0/16,B\r\n%s\r\n", pairs[i][0]));
        PC_CHECK_REFUSED(&settings, pc_format("networks.csv, line 4: %s", pairs[i][1]));
    }
}

static void a_network_that_is_there_twice_is_refused(void) {
    pc_settings settings = with(PC("10.0.0.0/8,A\n::1,A\n10.0.0.0/16,A\n10.0.0.0/8,B\n"));
    PC_CHECK_REFUSED(&settings,
                     PC("networks.csv, line 4: repeats the network of line 1; remove one"));
}

static void a_file_without_networks_is_refused(void) {
    pc_settings settings = with(PC("\xef\xbb\xbfnetwork,account\n# nothing\n"));
    PC_CHECK_REFUSED(&settings, PC("networks.csv: no network: write a line for each, such as "
                                   "10.0.0.0/8,APP,publish a"));
    settings = pc_testing_settings();
    PC_CHECK_REFUSED(&settings,
                     PC("networks.csv: the policy needs this data file: give it with --data "
                        "networks.csv, or --data networks.csv=FILE if it has another name (given: "
                        "none)"));
}

static void the_example_has_no_fault(void) {
    static char text[65536];
    FILE *file = fopen("networks.csv", "rb");
    if (!PC_CHECK(file != NULL)) {
        return;
    }
    size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    configure((pc_string){text, length});
    FROM("127.0.0.1", "allow APP; can publish orders.>; can subscribe news.>");
}

int main(void) {
    PC_TEST(the_narrowest_network_counts);
    PC_TEST(both_families_reach_to_their_ends);
    PC_TEST(ipv6_is_matched_as_ipv4_is);
    PC_TEST(what_is_no_address_is_denied);
    PC_TEST(any_set_of_networks_is_searched_as_if_one_by_one);
    PC_TEST(a_hundred_thousand_lines_are_no_matter);
    PC_TEST(a_fault_names_its_line_and_how_to_mend_it);
    PC_TEST(a_network_that_is_there_twice_is_refused);
    PC_TEST(a_file_without_networks_is_refused);
    PC_TEST(the_example_has_no_fault);
    return pc_testing_end();
}
