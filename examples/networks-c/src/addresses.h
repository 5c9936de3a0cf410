/* IP addresses and networks, as numbers. */
#ifndef ADDRESSES_H
#define ADDRESSES_H

#include "portcullis.h"

/* 128 bits. An IPv4 address is in the last 32 of them; the others are zero. */
typedef struct address {
    uint64_t high;
    uint64_t low;
} address;

typedef struct {
    address first; /* this many of its bits are the same in all addresses */
    uint8_t bits;
    bool is_v4;
} network;

/* Reads an address. An IPv6 address that maps an IPv4 address (::ffff:10.0.0.1) becomes that
 * one. */
bool address_read(pc_string text, address *address, bool *is_v4);

/* Reads "10.1.0.0/16", or a single address. Returns NULL, or what is wrong with it. */
const char *network_read(pc_string text, network *network);

/* The last address of a network. */
address network_last(const network *network);

/* Negative, zero or positive, as memcmp. */
int address_compare(address one, address other);

#endif
