/* Memory, and the code between the module's exports and the author's two functions. */

#include "portcullis.h"

#include "pc_life.h"

#include <stdlib.h>
#include <string.h>

/* The sanitizer sees an access beyond an allocation only if each is a separate block. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define EACH_ITS_OWN true
#else
#define EACH_ITS_OWN false
#endif

#define ALIGNMENT 8

static size_t rounded(size_t size) {
    return size > SIZE_MAX - ALIGNMENT ? size : (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static void *from_malloc(size_t size) {
    void *bytes = malloc(size ? size : 1);
    if (!bytes) {
        /* Without pc_fail, whose text would need memory. */
        pc_log(PC_ERROR, PC("out of memory"));
        abort();
    }
    return bytes;
}

/* Where the next allocation for the policy will be, and where the space for them ends. */
static char *kept_front;
static char *kept_end;

/* ---- Memory of a call ----------------------------------------------------------------------- */

/* Most calls fit into the first block: two pages beside the policy's variables. */
#define FIRST_BLOCK_BYTES 8192
#define BLOCK_BYTES 65536

typedef struct block {
    struct block *next;
    char *bytes;
    size_t size;
    size_t used;
    bool is_high;
} block;

static _Alignas(ALIGNMENT) char first_bytes[FIRST_BLOCK_BYTES];
static size_t first_used;
static block *blocks;

/* A list that is being appended to: the holder of this ptr and len may write after its end, once.
 */
typedef struct {
    void *ptr;
    size_t len;
    size_t capacity;
} growing;

#define GROWING_MAX 16
static growing growing_lists[GROWING_MAX];
static size_t growing_next;

/* The call is over and its answer may be read: the next call starts with clean memory. */
static bool answered;

static void wipe(void *bytes, size_t size) {
    memset(bytes, 0, size);
    /* These zeros are never read before the memory is freed; they are written anyway. */
    __asm__ volatile("" : : "r"(bytes) : "memory");
}

#ifdef __wasm32__

/* What pc_configure keeps should be in one place: if a memory has large holes, wasmtime makes no
 * image from which an instance starts in microseconds, but copies the memory each time. (It
 * makes an image of 16 MiB or less, and one of which half is not zero.) So what lives only for
 * the call of pc_configure, often megabytes, is put above some space for what is kept. malloc is
 * not used for this, because it leaves traces in freed memory. */
#define WASM_PAGE 65536
#define ROOM_MAX (64 << 20)

static block *spare;
static bool configuring = true;

/* NULL if there is no more memory. */
static char *grow_memory(size_t *size) {
    size_t pages = *size / WASM_PAGE + (*size % WASM_PAGE != 0);
    size_t at = __builtin_wasm_memory_grow(0, pages);
    *size = pages * WASM_PAGE;
    return at == SIZE_MAX ? NULL : (char *)(at * WASM_PAGE);
}

static void make_room_to_keep(size_t size) {
    size = size < ROOM_MAX / 2 ? size * 2 : ROOM_MAX;
    char *room = grow_memory(&size);
    if (room) {
        kept_front = room;
        kept_end = room + size;
    }
}

static block *high_block(size_t room) {
    for (block **one = &spare; *one; one = &(*one)->next) {
        if ((*one)->size >= room) {
            block *found = *one;
            *one = found->next;
            return found;
        }
    }
    if (!configuring) {
        return NULL;
    }
    block *grown = from_malloc(sizeof *grown);
    if (!kept_front) {
        make_room_to_keep(room);
    }
    char *bytes = grow_memory(&room);
    *grown = (block){.bytes = bytes, .size = room, .is_high = true};
    return bytes ? grown : NULL;
}

static void free_block(block *one) {
    if (!one->is_high) {
        free(one->bytes);
        free(one);
        return;
    }
    one->next = spare;
    spare = one;
}

#else

static block *high_block(size_t room) {
    (void)room;
    return NULL;
}

static void free_block(block *one) {
    free(one->bytes);
    free(one);
}

#endif

void pc_life_forget(void) {
    wipe(first_bytes, first_used);
    first_used = 0;
    while (blocks) {
        block *next = blocks->next;
        wipe(blocks->bytes, blocks->used);
        free_block(blocks);
        blocks = next;
    }
    memset(growing_lists, 0, sizeof growing_lists);
    answered = false;
}

static block *new_block(size_t room) {
    if (room > SIZE_MAX / 4) {
        pc_fail("an allocation of %zu bytes", room);
    }
    block *added = high_block(room);
    if (!added) {
        added = from_malloc(sizeof *added);
        *added = (block){.bytes = from_malloc(room), .size = room};
    }
    added->next = blocks;
    added->used = 0;
    return blocks = added;
}

static void *from_blocks(size_t size) {
    if (!blocks || blocks->size - blocks->used < size) {
        new_block(EACH_ITS_OWN || size > BLOCK_BYTES ? size : BLOCK_BYTES);
    }
    char *bytes = blocks->bytes + blocks->used;
    blocks->used += size;
    return bytes;
}

static void *for_this_call(size_t size) {
    if (answered) {
        pc_life_forget();
    }
    if (EACH_ITS_OWN) {
        return from_blocks(size);
    }
    size = rounded(size);
    if (size > FIRST_BLOCK_BYTES - first_used) {
        return from_blocks(size);
    }
    char *bytes = first_bytes + first_used;
    first_used += size;
    return bytes;
}

void *pc_alloc(size_t size) {
    return memset(for_this_call(size), 0, size);
}

/* The place after the end of a list. A list that was not appended to before is copied: it may be
 * shared or constant, or have no space. */
static void *behind(void *list_ptr, size_t *list_len, size_t element, void **moved) {
    growing *known = NULL;
    for (size_t i = 0; i < GROWING_MAX && !known; i++) {
        growing *one = &growing_lists[i];
        known = one->capacity && one->ptr == list_ptr && one->len == *list_len ? one : NULL;
    }
    if (!known || known->len == known->capacity) {
        size_t capacity = *list_len < 4 ? 4 : *list_len * 2;
        if (*list_len > SIZE_MAX / 2 / element) {
            pc_fail("a list of %zu elements", *list_len);
        }
        char *room = for_this_call(capacity * element);
        if (*list_len) {
            memcpy(room, list_ptr, *list_len * element);
        }
        if (!known) {
            known = &growing_lists[growing_next++ % GROWING_MAX];
        }
        *known = (growing){room, *list_len, capacity};
    }
    *moved = known->ptr;
    known->len = ++*list_len;
    return (char *)known->ptr + (known->len - 1) * element;
}

void pc_append(pc_strings *list, pc_string text) {
    void *moved;
    pc_string *place = behind(list->ptr, &list->len, sizeof *place, &moved);
    list->ptr = moved;
    *place = text;
}

void pc_append_pair(pc_pairs *list, pc_string name, pc_string value) {
    void *moved;
    pc_pair *place = behind(list->ptr, &list->len, sizeof *place, &moved);
    list->ptr = moved;
    *place = (pc_pair){name, value};
}

void pc_grant_transport(pc_grant *grant, pc_transport transport) {
    void *moved;
    pc_transports *list = &grant->transports;
    pc_transport *place = behind(list->ptr, &list->len, sizeof *place, &moved);
    list->ptr = moved;
    *place = transport;
}

/* ---- Memory of the policy ------------------------------------------------------------------- */

#define KEPT_BYTES 16384

/* Linked, so that a leak checker finds them and a test can free them. */
typedef struct kept {
    _Alignas(ALIGNMENT) struct kept *before;
} kept;

static kept *keeps;

static char *kept_block(size_t size) {
    if (size > SIZE_MAX - sizeof(kept)) {
        pc_fail("an allocation of %zu bytes", size);
    }
    kept *added = from_malloc(sizeof(kept) + size);
    added->before = keeps;
    keeps = added;
    return memset(added + 1, 0, size);
}

static void *keep(size_t size, size_t alignment) {
    size_t padding = ((size_t)0 - (uintptr_t)kept_front) & (alignment - 1);
    size_t left = (size_t)(kept_end - kept_front);
    if (EACH_ITS_OWN || size > SIZE_MAX - padding || padding + size > left) {
        if (EACH_ITS_OWN || size > KEPT_BYTES / 4) {
            return kept_block(size);
        }
        kept_front = kept_block(KEPT_BYTES);
        kept_end = kept_front + KEPT_BYTES;
        padding = 0;
    }
    char *piece = kept_front + padding;
    kept_front = piece + size;
    return piece;
}

void *pc_keep(size_t size) {
    return keep(size, ALIGNMENT);
}

pc_string pc_keep_string(pc_string text) {
    if (text.len == 0) {
        return PC("");
    }
    return (pc_string){memcpy(keep(text.len, 1), text.ptr, text.len), text.len};
}

/* ---- The life of a policy ------------------------------------------------------------------- */

static bool configured;

bool pc_life_configure(const pc_settings *settings, pc_string *error) {
    if (configured) {
        *error = PC("configure was called twice");
        return false;
    }
    configured = pc_configure(settings, error);
    return configured;
}

void pc_life_decide(const pc_request *request, pc_decision *decision) {
    memset(decision, 0, sizeof *decision);
    decision->val.deny = PC("");
    if (configured) {
        pc_decide(request, decision);
    } else {
        pc_ignore(decision, PC("decide was called before configure"));
    }
}

void pc_life_answered(void) {
    answered = true;
}

void pc_life_restart(void) {
    while (keeps) {
        kept *before = keeps->before;
        free(keeps);
        keeps = before;
    }
    kept_front = kept_end = NULL;
    configured = false;
}

/* ---- The module's exports: the canonical ABI of wit/authorizer.wit -------------------------- */

#ifdef __wasm32__

#define EXPORT(name) __attribute__((export_name(name)))
#define AUTHORIZER "portcullis:policy/authorizer@0.1.0#"

/* The host allocates memory for the arguments of a call. */
EXPORT("cabi_realloc")
void *pc_cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size) {
    if (new_size == 0) {
        return (void *)align;
    }
    void *bytes = for_this_call(new_size);
    return old_size ? memcpy(bytes, old, old_size < new_size ? old_size : new_size) : bytes;
}

/* result<_, string> */
typedef struct {
    uint8_t is_error;
    pc_string error;
} configure_result;

EXPORT(AUTHORIZER "configure")
const configure_result *pc_export_configure(const char *json, size_t json_len, pc_pair *data,
                                            size_t data_len) {
    static configure_result result;
    pc_settings settings = {{json, json_len}, {data, data_len}};
    result.error = PC("the policy gave no reason");
    result.is_error = !pc_life_configure(&settings, &result.error);
    if (!result.is_error) {
        /* The host takes the snapshot next: it should contain only what was kept. */
        pc_life_forget();
        configuring = false;
    }
    return &result;
}

EXPORT(AUTHORIZER "decide")
const pc_decision *pc_export_decide(const pc_request *request) {
    static pc_decision decision;
    pc_life_decide(request, &decision);
    pc_life_answered();
    return &decision;
}

#endif
