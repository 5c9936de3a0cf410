/* networks.csv, in a form in which a decision finds the narrowest network of an address by touching
 * a few pages of memory, whatever the number of networks. */
#ifndef NETWORKS_H
#define NETWORKS_H

#include "addresses.h"

/* What the clients of a network are granted. */
typedef struct {
    pc_string account;
    pc_strings abilities;
} rule;

/* Reads the whole file. Returns false and sets the fault if there is one. */
bool networks_read(pc_string csv, pc_string *error);

/* The rule of the narrowest network that contains the address; NULL if there is none. */
const rule *networks_find(address address, bool is_v4);

size_t networks_count(void);
size_t networks_rules(void);

#endif
