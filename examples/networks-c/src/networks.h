/* networks.csv, in a form in which a decision finds the narrowest network of an address by touching
 * a few pages of memory, however many networks there are. */
#ifndef NETWORKS_H
#define NETWORKS_H

#include "addresses.h"

/* What the clients of a network get. */
typedef struct {
    pc_string account;
    pc_strings abilities;
} rule;

/* Reads the whole file; false, with the fault, if there is one anywhere. */
bool networks_read(pc_string csv, pc_string *error);

/* Of the narrowest network that has the address; NULL if none has it. */
const rule *networks_find(address address, bool is_v4);

size_t networks_count(void);
size_t networks_rules(void);

#endif
