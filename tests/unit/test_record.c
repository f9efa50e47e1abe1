/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <stdio.h>
#include <unistd.h>

#include "solver/engine/record.h"

static bool there(const char *dir, const char *name)
{
    char path[SHARED_PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return access(path, R_OK) == 0;
}

static void write_one(struct recorder *r, uint64_t number)
{
    const struct auction a = { .number = number };
    const struct solution s = { .final = true };

    assert_ok(recorder_write(r, &a, &s));
}

static void test_record_keeps_the_newest(void **state)
{
    const struct tmpdir *dir = *state;
    struct recorder *r;

    assert_ok(recorder_open(&r, dir->path, 2));
    write_one(r, 1);
    write_one(r, 2);
    write_one(r, 30);
    assert_false(there(dir->path, "000000000001.auction"));
    assert_false(there(dir->path, "000000000001.solution"));
    assert_true(there(dir->path, "000000000002.auction"));
    assert_true(there(dir->path, "000000000030.solution"));
    assert_false(there(dir->path, "000000000030.part"));
    recorder_close(r);
}

static void test_record_goes_on_after_a_restart(void **state)
{
    const struct tmpdir *dir = *state;
    struct recorder *r;

    assert_ok(recorder_open(&r, dir->path, 2));
    write_one(r, 1);
    write_one(r, 2);
    recorder_close(r);
    assert_ok(recorder_open(&r, dir->path, 2));
    write_one(r, 3);
    assert_false(there(dir->path, "000000000001.auction"));
    assert_true(there(dir->path, "000000000002.auction"));
    recorder_close(r);
}

static void test_record_refuses_a_place_that_is_no_folder(void **state)
{
    struct recorder *r;

    (void)state;
    assert_err(recorder_open(&r, "/dev/null/x", 2), ERR_IO);
}

static int setup(void **state)
{
    static struct tmpdir dir;

    tmpdir_new(&dir);
    *state = &dir;
    return 0;
}

static int teardown(void **state)
{
    tmpdir_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_record_keeps_the_newest, setup, teardown),
        cmocka_unit_test_setup_teardown(test_record_goes_on_after_a_restart, setup, teardown),
        cmocka_unit_test(test_record_refuses_a_place_that_is_no_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
