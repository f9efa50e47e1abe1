/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/solving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define SOLVE_TIMEOUT_MS 900000

struct tmpdir solving_folder;

void solving_place(char path[SHARED_PATH_MAX], const char *name)
{
    (void)snprintf(path, SHARED_PATH_MAX, "%s/%s", solving_folder.path, name);
}

/* Run the command to its end; its output is appended to out. Returns the exit status. */
int solving_run(const char *out, const char *const argv[])
{
    struct process p = { 0 };

    process_start(&p, out, argv);
    int status = process_wait(&p, SOLVE_TIMEOUT_MS);

    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

int solving_solve(const char *input, const char *output, const char *order)
{
    char sluice[SHARED_PATH_MAX], log[SHARED_PATH_MAX];

    shared_program(sluice, "sluice");
    solving_place(log, "solve.log");
    const char *const one[] = { sluice, "solve", input, "--out", output, "--order", order, NULL };
    const char *const all[] = { sluice, "solve", input, "--out", output, NULL };

    return solving_run(log, order != NULL ? one : all);
}

/* The verdicts stand in verify.log as JSON lines. */
int solving_verify(const char *input, const char *output, const char *order)
{
    char sluice[SHARED_PATH_MAX], log[SHARED_PATH_MAX];

    shared_program(sluice, "sluice");
    solving_place(log, "verify.log");
    (void)remove(log);
    const char *const one[] = { sluice, "verify",  input, output, "-o",
                                "json", "--order", order, NULL };
    const char *const all[] = { sluice, "verify", input, output, "-o", "json", NULL };

    return solving_run(log, order != NULL ? one : all);
}

void solving_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* Does the log of the last verify hold this text? */
bool solving_says(const char *text)
{
    char log[SHARED_PATH_MAX];
    size_t size;

    solving_place(log, "verify.log");
    char *all = shared_read(&size, log);
    bool said = strstr(all, text) != NULL;

    if (!said)
        print_message("%s\n", all);
    free(all);
    return said;
}
