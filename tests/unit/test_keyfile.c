/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/client/keyfile.h"
#include "tests/support/test_support.h"

#define PATH_MAX_HERE 128

struct world {
    struct tmpdir dir;
    char path[PATH_MAX_HERE];
    struct sign_key key;
    struct sign_secret secret;
};

static int world_setup(void **state)
{
    static struct world w;

    tmpdir_new(&w.dir);
    (void)snprintf(w.path, sizeof w.path, "%s/alice.key", w.dir.path);
    *state = &w;
    return 0;
}

static int world_teardown(void **state)
{
    struct world *w = *state;

    tmpdir_free(&w->dir);
    return 0;
}

static void file_write(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

static const char digits[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

static void test_keyfile_made_key_reads_back(void **state)
{
    struct world *w = *state;
    struct sign_key key;
    struct sign_secret secret;
    struct stat st;

    assert_ok(keyfile_make(&w->key, &w->secret, w->path));
    assert_int_equal(stat(w->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, 65);
    assert_ok(keyfile_read(&key, &secret, w->path));
    assert_memory_equal(&key, &w->key, sizeof key);
    assert_memory_equal(&secret, &w->secret, sizeof secret);
}

static void test_keyfile_never_overwrites(void **state)
{
    struct world *w = *state;

    file_write(w->path, digits, 0600);
    assert_err(keyfile_make(&w->key, &w->secret, w->path), ERR_CONFLICT);
    assert_ok(keyfile_read(&w->key, &w->secret, w->path));
    assert_err(keyfile_make(&w->key, &w->secret, "/nowhere/at/all"), ERR_IO);
}

static void test_keyfile_reads_digits_with_and_without_newline(void **state)
{
    struct world *w = *state;
    struct sign_key key;
    char text[66];

    file_write(w->path, digits, 0600);
    assert_ok(keyfile_read(&w->key, &w->secret, w->path));
    (void)snprintf(text, sizeof text, "%s\n", digits);
    file_write(w->path, text, 0600);
    assert_ok(keyfile_read(&key, &w->secret, w->path));
    assert_memory_equal(&key, &w->key, sizeof key);
}

static void test_keyfile_refuses_what_others_may_read(void **state)
{
    static const mode_t modes[] = { 0640, 0604, 0644, 0660, 0700, 0400, 0666 };
    struct world *w = *state;
    char link[PATH_MAX_HERE];

    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        file_write(w->path, digits, modes[i]);
        if (keyfile_read(&w->key, &w->secret, w->path) != ERR_CONFLICT)
            fail_msg("mode %o", modes[i]);
        assert_int_equal(unlink(w->path), 0);
    }
    file_write(w->path, digits, 0600);
    (void)snprintf(link, sizeof link, "%s/link", w->dir.path);
    assert_int_equal(symlink(w->path, link), 0);
    assert_err(keyfile_read(&w->key, &w->secret, link), ERR_CONFLICT);
    assert_err(keyfile_read(&w->key, &w->secret, w->dir.path), ERR_CONFLICT);
}

static void test_keyfile_refuses_other_contents(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "00",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n\n",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g",
        " 00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    };
    struct world *w = *state;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        file_write(w->path, texts[i], 0600);
        if (keyfile_read(&w->key, &w->secret, w->path) != ERR_INVALID)
            fail_msg("\"%s\" was taken for a key", texts[i]);
    }
    assert_int_equal(unlink(w->path), 0);
    assert_err(keyfile_read(&w->key, &w->secret, w->path), ERR_NOT_FOUND);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        T(test_keyfile_made_key_reads_back),
        T(test_keyfile_never_overwrites),
        T(test_keyfile_reads_digits_with_and_without_newline),
        T(test_keyfile_refuses_what_others_may_read),
        T(test_keyfile_refuses_other_contents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
