/* Hashes of passwords, known by how they begin. */
#ifndef HASHES_H
#define HASHES_H

#include "portcullis.h"

/* How the text begins, if that is how hashes begin; otherwise NULL. It is not a secret, as the rest
 * of the hash is. */
const char *hash_prefix(pc_string text);

#endif
