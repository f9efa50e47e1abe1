/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/shell/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test_support.h"
#include "tests/support/tmpdir.h"

static struct tmpdir folder;
static char why[256];

static int folder_make(void **state)
{
    (void)state;
    tmpdir_new(&folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    tmpdir_free(&folder);
    return 0;
}

/* Read a file of this text. */
static enum err read_text(struct config *c, const char *text)
{
    char path[TMPDIR_PATH_MAX + 16];

    snprintf(path, sizeof path, "%s/a.ini", folder.path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    config_init(c);
    return config_read(c, path, why, sizeof why);
}

static void test_config_reads_sections_comments_and_fields(void **state)
{
    struct config c;

    (void)state;
    assert_ok(read_text(&c, "; why\n[solver]\nbatch_ms = 100\nname = second\n"));
    assert_int_equal(c.batch_ms, 100);
    assert_string_equal(c.name, "second");
}

/* The reader's lines are short; a list of many venues is not. */
static void test_config_lists_go_over_several_lines(void **state)
{
    struct config c;

    (void)state;
    assert_ok(read_text(&c, "venues = ipc:///a\nvenues = ipc:///b,ipc:///c\nvenues=ipc:///d\n"));
    assert_string_equal(c.venues, "ipc:///a,ipc:///b,ipc:///c,ipc:///d");
}

/* The parser of a program hands its input to the one of settings. */
static error_t pass_on(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    if (key == ARGP_KEY_INIT)
        state->child_inputs[0] = state->input;
    return key == ARGP_KEY_INIT ? 0 : ARGP_ERR_UNKNOWN;
}

/* Nothing of a file with a fault is taken, and the fault is named with its line. */
static void test_config_names_the_line_of_a_fault(void **state)
{
    static const struct {
        const char *text, *named;
    } faults[] = {
        { "batch_ms = 7\nbatch_ms = 100\n", "a.ini:2: batch_ms: set before in this file" },
        { "batch_ms = 100\nname = x\nname = y\n", "a.ini:3: name: set before" },
        { "batch_ms = fast\n", "a.ini:1: batch_ms = \"fast\": needs a whole number" },
        { "batch_ms = 0\n", "a.ini:1: batch_ms = \"0\"" },
        { "bunch_ms = 9\n", "a.ini:1: bunch_ms: no such setting" },
        { "batch_ms 9\n", "a.ini:1: not a line of the form" },
    };
    struct config c;

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        assert_true(read_text(&c, faults[i].text) != ERR_OK);
        if (strstr(why, faults[i].named) == NULL)
            fail_msg("%s instead of %s", why, faults[i].named);
        assert_int_equal(c.batch_ms, 250);
    }
}

/* Default, file, environment, command line: the later one wins. */
static void test_config_takes_sources_in_their_order(void **state)
{
    char path[TMPDIR_PATH_MAX + 16];
    char program[] = "program", file[] = "--config", set[] = "--set", lease[] = "lease_ms=900";
    char *argv[] = { program, file, path, set, lease, NULL };
    const struct argp_child children[] = { { &config_argp, 0, NULL, 0 }, { 0 } };
    struct config c;

    (void)state;
    assert_ok(read_text(&c, "batch_ms = 100\nlease_ms = 700\nname = file\n"));
    snprintf(path, sizeof path, "%s/a.ini", folder.path);
    assert_int_equal(setenv("SLUICE_LEASE_MS", "800", 1), 0);
    assert_int_equal(setenv("SLUICE_NAME", "environment", 1), 0);
    config_init(&c);
    const struct argp argp = { NULL, pass_on, NULL, NULL, children, NULL, NULL };
    assert_int_equal(argp_parse(&argp, 5, argv, 0, NULL, &c), 0);
    assert_int_equal(c.batch_ms, 100);
    assert_string_equal(c.name, "environment");
    assert_int_equal(c.lease_ms, 900);
    (void)unsetenv("SLUICE_LEASE_MS");
    (void)unsetenv("SLUICE_NAME");
}

static void test_config_refuses_what_is_no_file(void **state)
{
    struct config c;

    (void)state;
    config_init(&c);
    assert_err(config_read(&c, folder.path, why, sizeof why), ERR_IO);
    assert_non_null(strstr(why, "is a directory"));
    assert_err(config_read(&c, "/nonesuch.ini", why, sizeof why), ERR_IO);
    assert_non_null(strstr(why, "No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config_reads_sections_comments_and_fields),
        cmocka_unit_test(test_config_lists_go_over_several_lines),
        cmocka_unit_test(test_config_names_the_line_of_a_fault),
        cmocka_unit_test(test_config_takes_sources_in_their_order),
        cmocka_unit_test(test_config_refuses_what_is_no_file),
    };

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
