/* The conformance policy in C: the user name is a command, and the answer is its result. */

#define _DEFAULT_SOURCE /* getentropy */

#include "portcullis.h"

#include "echo.h"
#include "mirror.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The settings, kept. */
static pc_settings given;

/* ---- Misbehaviour --------------------------------------------------------------------------- */

static void loop_forever(void) {
    for (volatile unsigned rounds = 0;; rounds++) {
    }
}

/* Until malloc fails, and then in an endless loop. */
static void hoard(void) {
    for (;;) {
        size_t size = 1 << 20;
        volatile char *more = malloc(size);
        if (!more) {
            pc_fail("out of memory while hoarding");
        }
        for (size_t at = 0; at < size; at += 4096) {
            more[at] = 1;
        }
    }
}

/* The addition after the call prevents the compiler from making it a loop. */
__attribute__((noinline)) static int recurse(volatile int *above) {
    volatile int here[64] = {*above};
    return *above ? recurse(here) + here[0] : 0;
}

static void print(pc_string to_stdout, pc_string to_stderr) {
    printf("%.*s\n", PC_ARG(to_stdout));
    fflush(stdout);
    fprintf(stderr, "%.*s\n", PC_ARG(to_stderr));
    fflush(stderr);
}

/* ---- Configuring ---------------------------------------------------------------------------- */

/* C does not report why it ends, so the policy does. */
_Noreturn static void trap(void) {
    pc_log_error("trapped on request");
    abort();
}

static bool obey(pc_string name, pc_string contents, pc_string *error) {
    if (pc_equal(name, PC("refuse"))) {
        return pc_error(error, "%.*s", PC_ARG(contents));
    }
    if (pc_equal(name, PC("trap"))) {
        trap();
    }
    if (pc_equal(name, PC("loop"))) {
        loop_forever();
    }
    if (pc_equal(name, PC("hoard"))) {
        hoard();
    }
    if (pc_equal(name, PC("print"))) {
        print(PC("printed while configured"), PC("warned while configured"));
    }
    return true;
}

bool pc_configure(const pc_settings *settings, pc_string *error) {
    size_t files = settings->data.len;
    given.json = pc_keep_string(settings->json);
    given.data = (pc_pairs){pc_keep(files * sizeof(pc_pair)), files};
    for (size_t i = 0; i < files; i++) {
        pc_pair file = settings->data.ptr[i];
        if (!obey(file.name, file.value, error)) {
            return false;
        }
        given.data.ptr[i] = (pc_pair){pc_keep_string(file.name), pc_keep_string(file.value)};
    }
    pc_log_info("configured with %zu files", files);
    return true;
}

/* ---- Commands ------------------------------------------------------------------------------- */

static void trap_command(const pc_request *request, pc_decision *decision) {
    (void)request, (void)decision;
    trap();
}

static void loop_command(const pc_request *request, pc_decision *decision) {
    (void)request, (void)decision;
    loop_forever();
}

static void hoard_command(const pc_request *request, pc_decision *decision) {
    (void)request, (void)decision;
    hoard();
}

static void recurse_command(const pc_request *request, pc_decision *decision) {
    (void)request, (void)decision;
    volatile int start = 1;
    recurse(&start);
}

static void flood(const pc_request *request, pc_decision *decision) {
    (void)request;
    char line[100];
    memset(line, 'x', sizeof line);
    for (int i = 0; i < 1000; i++) {
        pc_log(PC_INFO, (pc_string){line, sizeof line});
    }
    pc_pass(decision);
}

static void log_command(const pc_request *request, pc_decision *decision) {
    pc_string name = pc_or(request->client.name, PC(""));
    pc_log(PC_DEBUG, name);
    pc_log(PC_INFO, name);
    pc_log(PC_WARN, name);
    pc_log(PC_ERROR, name);
    pc_pass(decision);
}

static void print_command(const pc_request *request, pc_decision *decision) {
    pc_string name = pc_or(request->client.name, PC(""));
    print(name, name);
    pc_pass(decision);
}

static pc_grant *echo(pc_decision *decision) {
    return pc_allow(decision, PC("ECHO"));
}

static void echo_command(const pc_request *request, pc_decision *decision) {
    echo_request(request, echo(decision));
}

static pc_string hexadecimal(pc_string bytes) {
    static const char digits[] = "0123456789abcdef";
    char *text = pc_alloc(bytes.len * 2);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];
        text[2 * i] = digits[byte >> 4];
        text[2 * i + 1] = digits[byte & 15];
    }
    return (pc_string){text, bytes.len * 2};
}

static void settings_command(const pc_request *request, pc_decision *decision) {
    (void)request;
    pc_grant *grant = echo(decision);
    echo_text(grant, PC("json"), given.json);
    for (size_t i = 0; i < given.data.len; i++) {
        pc_pair file = given.data.ptr[i];
        echo_text(grant, pc_format("data.%.*s", PC_ARG(file.name)), hexadecimal(file.value));
    }
}

static void count_command(const pc_request *request, pc_decision *decision) {
    static unsigned count;
    (void)request;
    echo_number(echo(decision), PC("count"), ++count);
}

static void grow(const pc_request *request, pc_decision *decision) {
    (void)request;
    size_t size = 1 << 20;
    volatile char *garbage = malloc(size);
    if (!garbage) {
        pc_fail("out of memory while growing");
    }
    for (size_t at = 0; at < size; at++) {
        garbage[at] = (char)at;
    }
    free((void *)garbage);
    pc_pass(decision);
}

static void random_command(const pc_request *request, pc_decision *decision) {
    (void)request;
    pc_grant *grant = echo(decision);
    for (int i = 0; i < 2; i++) {
        uint64_t secure = 0;
        if (getentropy(&secure, sizeof secure) != 0) {
            pc_fail("no random numbers");
        }
        pc_grant_tag(grant, pc_format("secure=%016" PRIx64, secure));
    }
    pc_grant_tag(grant, pc_format("default=%d", rand()));
}

static void clock_command(const pc_request *request, pc_decision *decision) {
    (void)request;
    echo_number(echo(decision), PC("wall"), (uint64_t)time(NULL));
}

static const struct {
    const char *name;
    void (*run)(const pc_request *request, pc_decision *decision);
} commands[] = {
    {"echo", echo_command},     {"settings", settings_command},
    {"mirror", mirror},         {"trap", trap_command},
    {"loop", loop_command},     {"hoard", hoard_command},
    {"flood", flood},           {"recurse", recurse_command},
    {"log", log_command},       {"print", print_command},
    {"count", count_command},   {"grow", grow},
    {"random", random_command}, {"clock", clock_command},
};

void pc_decide(const pc_request *request, pc_decision *decision) {
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (pc_is(request->credentials.user, pc_text(commands[i].name))) {
            commands[i].run(request, decision);
            return;
        }
    }
    pc_deny(decision, PC("unknown command"));
}
