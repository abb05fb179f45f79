// SPDX-License-Identifier: MIT
// DTR and RTS of a serial port: what the operating system is asked for, and what is said when it has none.
#define _GNU_SOURCE // posix_openpt
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "transport.h"

// The linker sends ioctl here. A port with lines is one more pseudo-terminal whose two requests are answered by this file.
int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);

static bool has_lines, refuses;
static int lines;
static unsigned changes;

int __wrap_ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (!has_lines || (request != TIOCMGET && request != TIOCMSET)) {
        return __real_ioctl(fd, request, argument);
    }
    if (request == TIOCMGET) {
        *(int *)argument = lines;
        return 0;
    }
    if (refuses) {
        errno = EIO;
        return -1;
    }
    lines = *(int *)argument;
    changes++;
    return 0;
}

static int master;
static hf_transport transport;
static hf_problem problem;

static int open_port(void **state)
{
    (void)state;
    has_lines = refuses = false;
    changes = 0;
    master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    assert_int_equal(hf_transport_open(&transport, ptsname(master), 115200, &problem), HF_OK);
    return 0;
}

static int close_port(void **state)
{
    (void)state;
    hf_transport_close(&transport);
    return close(master);
}

static hf_error set(bool dtr, bool rts)
{
    return transport.ops->set_lines(transport.context, dtr, rts, &problem);
}

// Each state in one change, and no other line with it.
static void both_at_once(void **state)
{
    (void)state;
    has_lines = true;
    lines = TIOCM_CTS | TIOCM_CAR | TIOCM_DTR | TIOCM_RTS;
    for (unsigned wanted = 0; wanted < 4; wanted++) {
        assert_int_equal(set(wanted & 1, wanted & 2), HF_OK);
        assert_int_equal(changes, wanted + 1);
        assert_int_equal(lines, TIOCM_CTS | TIOCM_CAR | (wanted & 1 ? TIOCM_DTR : 0) | (wanted & 2 ? TIOCM_RTS : 0));
    }
}

static void a_port_that_fails(void **state)
{
    (void)state;
    has_lines = refuses = true;
    assert_int_equal(set(true, false), HF_E_NO_LINES);
    assert_non_null(strstr(problem.what, strerror(EIO)));
}

// The real thing: the kernel's pseudo-terminals have no lines.
static void a_pseudo_terminal_has_none(void **state)
{
    (void)state;
    assert_int_equal(set(true, false), HF_E_NO_LINES);
    assert_non_null(strstr(problem.what, ptsname(master)));
    assert_int_equal(hf_error_about(HF_E_NO_LINES)->exit_status, 4);
}

static void other_streams_have_none(void **state)
{
    (void)state;
    int ends[2];
    hf_transport pipe_end;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(hf_transport_take_fd(&pipe_end, ends[0], "a pipe", &problem), HF_OK);
    assert_null(pipe_end.ops->set_lines);
    hf_transport_close(&pipe_end);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_at_once, open_port, close_port),
        cmocka_unit_test_setup_teardown(a_port_that_fails, open_port, close_port),
        cmocka_unit_test_setup_teardown(a_pseudo_terminal_has_none, open_port, close_port),
        cmocka_unit_test(other_streams_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
