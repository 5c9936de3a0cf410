/* users.json, in a form that takes little memory and needs no parsing in a decision. */
#ifndef USERS_H
#define USERS_H

#include "portcullis.h"

typedef struct {
    pc_string name;
    pc_string pass;
    pc_string account;
    /* In the form of a grant; NULL for the permissions of the account. */
    const pc_permissions *permissions;
} user;

/* Reads the whole file. Returns false and sets the fault if there is one. */
bool users_read(pc_string json, pc_string *error);

/* NULL if there is no user of that name. */
const user *users_find(pc_string name);

size_t users_count(void);

#endif
