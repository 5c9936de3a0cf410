/* What the module's exports do, for the exports and for native tests. Policies do not call this. */
#ifndef PC_LIFE_H
#define PC_LIFE_H

#include "portcullis.h"

/* Calls the author's pc_configure, once. */
bool pc_life_configure(const pc_settings *settings, pc_string *error);

/* Calls the author's pc_decide. */
void pc_life_decide(const pc_request *request, pc_decision *decision);

/* The call is over, and its answer is being read: the next allocation frees it first. */
void pc_life_answered(void);

/* Overwrites and frees everything that lives for one call. */
void pc_life_forget(void);

/* Resets everything, as before pc_configure; frees what was kept. */
void pc_life_restart(void);

#endif
