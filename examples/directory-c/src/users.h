/* users.json, in a form that takes little memory and no parsing in a decision. */
#ifndef USERS_H
#define USERS_H

#include "portcullis.h"

typedef struct {
    pc_string name;
    pc_string pass;
    pc_string account;
    /* As the host reads them in a grant; NULL for those of the account. */
    const pc_permissions *permissions;
} user;

/* Reads the whole file; false, with the fault, if there is one anywhere. */
bool users_read(pc_string json, pc_string *error);

/* NULL if there is none of that name. */
const user *users_find(pc_string name);

size_t users_count(void);

#endif
