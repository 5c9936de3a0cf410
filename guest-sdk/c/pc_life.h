/* What the module's exports do, for them and for native tests. No part of what policies call. */
#ifndef PC_LIFE_H
#define PC_LIFE_H

#include "portcullis.h"

/* Calls the author's pc_configure, once. */
bool pc_life_configure(const pc_settings *settings, pc_string *error);

/* Calls the author's pc_decide. */
void pc_life_decide(const pc_request *request, pc_decision *decision);

/* The call is over, and its answer is being read: the next allocation forgets it first. */
void pc_life_answered(void);

/* Overwrites and frees everything that lives for one call. */
void pc_life_forget(void);

/* As if nothing had been configured; what was kept is freed. */
void pc_life_restart(void);

#endif
