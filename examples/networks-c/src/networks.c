#include "networks.h"

#include <stdlib.h>
#include <string.h>

/* ---- Finding -------------------------------------------------------------------------------- */

#define NO_RULE UINT32_MAX

/* The rule applies from this address up to the next boundary. Nested networks become adjacent
 * ranges, so that one search finds the narrowest. */
typedef struct {
    uint32_t start;
    uint32_t rule;
} boundary_v4;

typedef struct {
    address start;
    uint32_t rule;
} boundary_v6;

/* The boundaries, and a sample of them at equal steps: the search goes through the sample and then
 * through one range of the boundaries, which is on one or two pages of memory. */
typedef struct {
    bool is_v4;
    size_t count;
    size_t top_count;
    void *boundaries;
    void *top;
} table;

#define STRETCH_BYTES 4096

static table tables[2];
static rule *rules;
static size_t rules_count;
static size_t count;

static size_t boundary_size(const table *table) {
    return table->is_v4 ? sizeof(boundary_v4) : sizeof(boundary_v6);
}

static size_t stretch(const table *table) {
    return STRETCH_BYTES / boundary_size(table);
}

static boundary_v6 nth(const table *table, const void *boundaries, size_t n) {
    if (table->is_v4) {
        const boundary_v4 *narrow = (const boundary_v4 *)boundaries + n;
        return (boundary_v6){{0, narrow->start}, narrow->rule};
    }
    return ((const boundary_v6 *)boundaries)[n];
}

/* How many boundaries in the range begin at or before the address. */
static size_t up_to(const table *table, const void *boundaries, size_t from, size_t to,
                    address address) {
    size_t begin = from;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (address_compare(nth(table, boundaries, middle).start, address) <= 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from - begin;
}

const rule *networks_find(address address, bool is_v4) {
    const table *table = &tables[is_v4];
    size_t stretches = up_to(table, table->top, 0, table->top_count, address);
    if (stretches == 0) {
        return NULL;
    }
    size_t from = (stretches - 1) * stretch(table), to = from + stretch(table);
    to = to < table->count ? to : table->count;
    size_t found = up_to(table, table->boundaries, from, to, address);
    uint32_t rule = nth(table, table->boundaries, from + found - 1).rule;
    return rule == NO_RULE ? NULL : &rules[rule];
}

size_t networks_count(void) {
    return count;
}

size_t networks_rules(void) {
    return rules_count;
}

/* ---- Reading lines -------------------------------------------------------------------------- */

#define FILE_NAME "networks.csv"

typedef struct {
    network network;
    uint32_t rule;
    uint32_t line;
} entry;

/* The state while the file is read. It is freed when configuring has ended. */
typedef struct {
    entry *entries;
    size_t count;
    /* Indexes of rules by their text, plus one; zero is empty. */
    uint32_t *places;
    size_t places_mask;
    pc_string *texts;
    rule *rules;
    size_t rules_count;
    pc_string *error;
} reader;

static bool fault(reader *reader, size_t line, pc_string field, const char *what) {
    return pc_error(reader->error, FILE_NAME ", line %zu: %.*s %s", line, PC_ARG(field), what);
}

/* FNV-1a. The operator chooses the texts, so clients cannot cause collisions. */
static uint32_t hash(pc_string text) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
    }
    return hash;
}

/* "account,ability,ability" */
static bool read_rule(reader *reader, size_t line, pc_string text, rule *rule) {
    pc_string account = pc_trim(pc_next(&text, ','));
    if (account.len == 0) {
        return fault(reader, line, PC("no account:"),
                     "write it after the network, or - to deny its clients");
    }
    bool shut = pc_equal(account, PC("-"));
    rule->account = shut ? PC("") : pc_keep_string(account);
    while (text.ptr) {
        pc_string ability = pc_trim(pc_next(&text, ','));
        if (ability.len == 0) {
            return fault(reader, line, PC("an empty ability:"),
                         "write one between two commas, and none after the last");
        }
        if (shut) {
            return fault(reader, line, ability, "has no effect: the account is -");
        }
        pc_append(&rule->abilities, pc_keep_string(ability));
    }
    return true;
}

/* Thousands of networks share a few rules: the same text is the same rule. */
static bool intern(reader *reader, size_t line, pc_string text, uint32_t *number) {
    size_t at = hash(text) & reader->places_mask;
    while (reader->places[at] && !pc_equal(reader->texts[reader->places[at] - 1], text)) {
        at = (at + 1) & reader->places_mask;
    }
    if (!reader->places[at]) {
        rule read = {0};
        if (!read_rule(reader, line, text, &read)) {
            return false;
        }
        pc_string *kept = pc_keep(read.abilities.len * sizeof *kept);
        for (size_t i = 0; i < read.abilities.len; i++) {
            kept[i] = read.abilities.ptr[i];
        }
        read.abilities.ptr = kept;
        reader->rules[reader->rules_count] = read;
        reader->texts[reader->rules_count] = text;
        reader->places[at] = (uint32_t)++reader->rules_count;
    }
    *number = reader->places[at] - 1;
    return true;
}

static bool read_line(reader *reader, size_t line, pc_string text) {
    if (!pc_is_utf8(text)) {
        return fault(reader, line, PC("not UTF-8:"), "save the file as UTF-8");
    }
    if (memchr(text.ptr, '"', text.len)) {
        return fault(reader, line, PC("a quote:"), "write the fields without quotes");
    }
    pc_string written = pc_trim(pc_next(&text, ','));
    if (line == 1 && pc_equal(written, PC("network"))) {
        return true;
    }
    entry *entry = &reader->entries[reader->count];
    const char *what = network_read(written, &entry->network);
    if (what) {
        return fault(reader, line, written.len > 64 ? PC("the first field") : written, what);
    }
    entry->line = (uint32_t)line;
    reader->count++;
    return intern(reader, line, pc_trim(text), &entry->rule);
}

static bool read_lines(reader *reader, pc_string csv) {
    if (pc_starts_with(csv, PC("\xef\xbb\xbf"))) {
        csv = (pc_string){csv.ptr + 3, csv.len - 3};
    }
    for (size_t line = 1; csv.ptr; line++) {
        pc_string text = pc_trim(pc_next(&csv, '\n'));
        if (text.len && text.ptr[0] != '#' && !read_line(reader, line, text)) {
            return false;
        }
    }
    if (reader->count == 0) {
        return pc_error(reader->error, FILE_NAME
                        ": no network: write a line for each, such as 10.0.0.0/8,APP,publish a");
    }
    return true;
}

/* ---- Making tables -------------------------------------------------------------------------- */

/* By family and first address; a network before those inside it. */
static int compare(const void *left, const void *right) {
    const entry *one = left, *other = right;
    if (one->network.is_v4 != other->network.is_v4) {
        return one->network.is_v4 ? 1 : -1;
    }
    int order = address_compare(one->network.first, other->network.first);
    if (order == 0) {
        order = one->network.bits - other->network.bits;
    }
    return order ? order : one->line < other->line ? -1 : 1;
}

static bool check_twice(reader *reader) {
    for (size_t i = 1; i < reader->count; i++) {
        const entry *before = &reader->entries[i - 1], *entry = &reader->entries[i];
        if (entry->network.is_v4 == before->network.is_v4 &&
            entry->network.bits == before->network.bits &&
            address_compare(entry->network.first, before->network.first) == 0) {
            return pc_error(reader->error,
                            FILE_NAME ", line %u: repeats the network of line %u; remove one",
                            (unsigned)entry->line, (unsigned)before->line);
        }
    }
    return true;
}

static void add_boundary(boundary_v6 *boundaries, size_t *count, address start, uint32_t rule) {
    if (*count && address_compare(boundaries[*count - 1].start, start) == 0) {
        --*count;
    }
    uint32_t before = *count ? boundaries[*count - 1].rule : NO_RULE;
    if (before != rule) {
        boundaries[(*count)++] = (boundary_v6){start, rule};
    }
}

static address behind(address address) {
    address.low++;
    address.high += address.low == 0;
    return address;
}

/* Walks the sorted networks with a stack of those that are open: at most one for each length.
 */
static size_t flatten(const entry *entries, size_t length, boundary_v6 *boundaries) {
    const entry *open[129];
    size_t depth = 0, made = 0;
    for (size_t i = 0; i <= length; i++) {
        while (depth) {
            address last = network_last(&open[depth - 1]->network);
            if (i < length && address_compare(last, entries[i].network.first) >= 0) {
                break;
            }
            depth--;
            address next = behind(last);
            bool is_end =
                entries[0].network.is_v4 ? next.low > UINT32_MAX : next.high == 0 && next.low == 0;
            if (!is_end) {
                add_boundary(boundaries, &made, next, depth ? open[depth - 1]->rule : NO_RULE);
            }
        }
        if (i < length) {
            add_boundary(boundaries, &made, entries[i].network.first, entries[i].rule);
            open[depth++] = &entries[i];
        }
    }
    return made;
}

static void *keep_boundaries(const table *table, const boundary_v6 *from, size_t length,
                             size_t step) {
    char *kept = pc_keep(length * boundary_size(table));
    for (size_t i = 0; i < length; i++) {
        boundary_v6 wide = from[i * step];
        boundary_v4 narrow = {(uint32_t)wide.start.low, wide.rule};
        memcpy(kept + i * boundary_size(table),
               table->is_v4 ? (const void *)&narrow : (const void *)&wide, boundary_size(table));
    }
    return kept;
}

static void make_table(bool is_v4, const entry *entries, size_t length) {
    table *table = &tables[is_v4];
    boundary_v6 *boundaries = pc_alloc((length * 2 + 1) * sizeof *boundaries);
    table->is_v4 = is_v4;
    table->count = length ? flatten(entries, length, boundaries) : 0;
    table->top_count = (table->count + stretch(table) - 1) / stretch(table);
    table->boundaries = keep_boundaries(table, boundaries, table->count, 1);
    table->top = keep_boundaries(table, boundaries, table->top_count, stretch(table));
}

static void make_tables(const reader *reader) {
    size_t v6 = 0;
    while (v6 < reader->count && !reader->entries[v6].network.is_v4) {
        v6++;
    }
    make_table(false, reader->entries, v6);
    make_table(true, reader->entries + v6, reader->count - v6);
    count = reader->count;
    rules_count = reader->rules_count;
    rules = pc_keep(rules_count * sizeof *rules);
    memcpy(rules, reader->rules, rules_count * sizeof *rules);
}

/* The largest possible number. */
static size_t lines_in(pc_string csv) {
    size_t lines = 1;
    for (size_t i = 0; i < csv.len; i++) {
        lines += csv.ptr[i] == '\n';
    }
    return lines;
}

bool networks_read(pc_string csv, pc_string *error) {
    size_t lines = lines_in(csv), places = 2;
    while (places < lines * 2) {
        places *= 2;
    }
    reader reader = {
        .entries = pc_alloc(lines * sizeof(entry)),
        .places = pc_alloc(places * sizeof(uint32_t)),
        .places_mask = places - 1,
        .texts = pc_alloc(lines * sizeof(pc_string)),
        .rules = pc_alloc(lines * sizeof(rule)),
        .error = error,
    };
    if (!read_lines(&reader, csv)) {
        return false;
    }
    qsort(reader.entries, reader.count, sizeof(entry), compare);
    if (!check_twice(&reader)) {
        return false;
    }
    make_tables(&reader);
    return true;
}
