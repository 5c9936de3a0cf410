/* IP addresses and networks, as numbers. */
#ifndef ADDRESSES_H
#define ADDRESSES_H

#include "portcullis.h"

/* 128 bits; an IPv4 address fills the last 32 of them, the others are zero. */
typedef struct address {
    uint64_t high;
    uint64_t low;
} address;

typedef struct {
    address first; /* and so many bits of it are those of all its addresses */
    uint8_t bits;
    bool is_v4;
} network;

/* An address in text. An IPv6 address that maps one of IPv4 (::ffff:10.0.0.1) is that one. */
bool address_read(pc_string text, address *address, bool *is_v4);

/* "10.1.0.0/16", or an address alone. NULL if it is one; otherwise what is wrong with it. */
const char *network_read(pc_string text, network *network);

/* The last address of a network. */
address network_last(const network *network);

/* Negative, zero or positive, as memcmp. */
int address_compare(address one, address other);

#endif
