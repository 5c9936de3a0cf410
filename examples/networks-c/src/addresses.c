#include "addresses.h"

#include <string.h>

int address_compare(address one, address other) {
    if (one.high != other.high) {
        return one.high < other.high ? -1 : 1;
    }
    return one.low < other.low ? -1 : one.low > other.low;
}

/* Digits without a sign and without leading zeros, so that there is only one way to write each
 * number; at most "most". */
static bool read_number(pc_string text, unsigned most, unsigned *number) {
    *number = 0;
    if (text.len == 0 || text.len > 3 || (text.len > 1 && text.ptr[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        *number = *number * 10 + (unsigned)(text.ptr[i] - '0');
    }
    return *number <= most;
}

static bool read_v4(pc_string text, address *address) {
    unsigned part;
    uint32_t bytes = 0;
    for (int i = 0; i < 4; i++) {
        if (!text.ptr || !read_number(pc_next(&text, '.'), 255, &part)) {
            return false;
        }
        bytes = bytes << 8 | part;
    }
    address->high = 0;
    address->low = bytes;
    return !text.ptr;
}

static bool read_group(pc_string text, uint16_t *group) {
    *group = 0;
    for (size_t i = 0; i < text.len; i++) {
        char letter = text.ptr[i];
        int digit = letter >= '0' && letter <= '9'   ? letter - '0'
                    : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                    : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                                     : -1;
        if (digit < 0) {
            return false;
        }
        *group = (uint16_t)(*group << 4 | digit);
    }
    return text.len >= 1 && text.len <= 4;
}

/* Groups between colons; the last may be an IPv4 address, which counts as two. */
static bool read_groups(pc_string text, bool is_end, uint16_t groups[8], size_t *count) {
    *count = 0;
    if (text.len == 0) {
        return true;
    }
    while (text.ptr) {
        pc_string part = pc_next(&text, ':');
        address v4;
        if (is_end && !text.ptr && *count <= 6 && read_v4(part, &v4)) {
            groups[(*count)++] = (uint16_t)(v4.low >> 16);
            groups[(*count)++] = (uint16_t)v4.low;
        } else if (*count == 8 || !read_group(part, &groups[(*count)++])) {
            return false;
        }
    }
    return true;
}

/* Where "::" is; it may appear once. */
static const char *gap_in(pc_string text) {
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] == ':' && text.ptr[i + 1] == ':') {
            return text.ptr + i;
        }
    }
    return NULL;
}

/* RFC 4291, section 2.2. */
static bool read_v6(pc_string text, address *address) {
    uint16_t groups[8] = {0}, behind[8];
    size_t before_count, behind_count = 0;
    const char *gap = gap_in(text);
    pc_string before = {text.ptr, gap ? (size_t)(gap - text.ptr) : text.len};
    if (!read_groups(before, !gap, groups, &before_count)) {
        return false;
    }
    if (gap) {
        pc_string rest = {gap + 2, text.len - before.len - 2};
        if (!read_groups(rest, true, behind, &behind_count)) {
            return false;
        }
    }
    size_t count = before_count + behind_count;
    if (gap ? count > 7 : count != 8) {
        return false;
    }
    memset(groups + before_count, 0, (8 - before_count) * sizeof *groups);
    memcpy(groups + 8 - behind_count, behind, behind_count * sizeof *groups);
    address->high = address->low = 0;
    for (int i = 0; i < 4; i++) {
        address->high = address->high << 16 | groups[i];
        address->low = address->low << 16 | groups[i + 4];
    }
    return true;
}

#define MAPPED_V4 0xffffu

bool address_read(pc_string text, address *address, bool *is_v4) {
    *is_v4 = read_v4(text, address);
    if (*is_v4) {
        return true;
    }
    if (!read_v6(text, address)) {
        return false;
    }
    if (address->high == 0 && address->low >> 32 == MAPPED_V4) {
        address->low &= UINT32_MAX;
        *is_v4 = true;
    }
    return true;
}

/* The bits in which the addresses of a network differ. */
static address free_bits(const network *network) {
    unsigned width = network->is_v4 ? 32 : 128, bits = width - network->bits;
    uint64_t ones = UINT64_MAX;
    return (address){
        .high = bits <= 64 ? 0 : ones >> (128 - bits),
        .low = bits >= 64 ? ones : (UINT64_C(1) << bits) - 1,
    };
}

address network_last(const network *network) {
    address free = free_bits(network);
    return (address){network->first.high | free.high, network->first.low | free.low};
}

const char *network_read(pc_string text, network *network) {
    pc_string rest = text, written = pc_next(&rest, '/');
    unsigned bits;
    bool has_bits = rest.ptr != NULL;
    if (!address_read(written, &network->first, &network->is_v4)) {
        return "is not an address; write a network as 10.1.0.0/16 or 2001:db8::/32";
    }
    if (has_bits && network->is_v4 && memchr(written.ptr, ':', written.len)) {
        return "maps an IPv4 network; write it as IPv4, such as 10.1.0.0/16";
    }
    unsigned width = network->is_v4 ? 32 : 128;
    if (!has_bits) {
        bits = width;
    } else if (!read_number(rest, width, &bits)) {
        return network->is_v4 ? "has a length outside 0 to 32"
                              : "has a length outside 0 to 128";
    }
    network->bits = (uint8_t)bits;
    address free = free_bits(network);
    if (network->first.high & free.high || network->first.low & free.low) {
        return "has bits behind its length; write zeros there, or a greater length";
    }
    return NULL;
}
