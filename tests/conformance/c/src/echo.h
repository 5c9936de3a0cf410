/* Every field of a request as a tag, path=value. */
#ifndef ECHO_H
#define ECHO_H

#include "portcullis.h"

void echo_request(const pc_request *request, pc_grant *grant);
void echo_text(pc_grant *grant, pc_string path, pc_string value);
void echo_number(pc_grant *grant, pc_string path, uint64_t value);

#endif
