/* A decision that is built from the attributes of the request, in their order. */
#ifndef MIRROR_H
#define MIRROR_H

#include "portcullis.h"

void mirror(const pc_request *request, pc_decision *decision);

#endif
