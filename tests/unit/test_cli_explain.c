/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <string.h>

#undef fail /* of cmocka; here it is the function under test */

#include "gateway/cli/cli.h"
#include "gateway/cli/fail.h"
#include "solver/core/reject.h"

static void test_explain_has_an_entry_for_every_reject(void **state)
{
    static const enum reject rejects[] = {
#define X(name, code, transient, text) REJECT_##name,
        REJECT_MAP(X)
#undef X
    };

    (void)state;
    for (size_t i = 0; i < sizeof rejects / sizeof rejects[0]; i++) {
        if (rejects[i] == REJECT_NONE)
            continue;
        const struct explain *e = explain_get((uint32_t)reject_code(rejects[i]));
        if (e == NULL)
            print_error("SLU-%d %s has no entry\n", reject_code(rejects[i]),
                        reject_name(rejects[i]));
        assert_non_null(e);
        assert_string_equal(e->name, reject_name(rejects[i]));
        assert_string_equal(e->text, reject_text(rejects[i]));
        assert_int_equal(e->status, CLI_NO);
    }
}

static void test_explain_rows_are_complete_and_sorted(void **state)
{
    uint32_t before = 0;

    (void)state;
    for (const struct explain *e = explain_table; e->code != 0; e++) {
        assert_true(e->code > before);
        before = e->code;
        assert_true(e->text[0] != '\0' && e->why[0] != '\0' && e->todo[0] != '\0');
        assert_true(e->todo[strlen(e->todo) - 1] != '.'); /* it is put into sentences */
        assert_true(e->status > CLI_OK && e->status <= CLI_FAILED);
        assert_ptr_equal(explain_get(e->code), e);
    }
}

static void test_explain_knows_no_other_code(void **state)
{
    (void)state;
    assert_null(explain_get(0));
    assert_null(explain_get(1000));
    assert_null(explain_get(9999));
}

static void test_fail_returns_the_status_of_its_code(void **state)
{
    struct cli c = { .verb = "test", .style = { OUT_JSON, stdout } };

    (void)state;
    assert_int_equal(fail(&c, FAIL_USAGE, "here", "%s", "no"), CLI_USAGE);
    assert_int_equal(fail(&c, FAIL_UNREACHABLE, "here", "no"), CLI_UNREACHABLE);
    assert_int_equal(fail(&c, FAIL_FILE, NULL, "no"), CLI_FILE);
    assert_int_equal(fail(&c, FAIL_PROGRAM, "", "no"), CLI_FAILED);
    c.style.format = OUT_TABLE;
    assert_int_equal(fail_reject(&c, 1309, NULL, "alice"), CLI_NO);
    assert_int_equal(fail_reject(&c, 8888, "", "alice"), CLI_NO);
    assert_int_equal(fail_reject(&c, 8888, "\033[2Jbytes \xff of a peer", "alice"), CLI_NO);
}

static void test_verbs_have_unique_names(void **state)
{
    (void)state;
    for (const struct cli_verb *v = cli_verbs; v->name != NULL; v++) {
        assert_ptr_equal(cli_verb_get(v->name), v);
        assert_true(v->doc[0] != '\0');
    }
    assert_null(cli_verb_get("frobnicate"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_explain_has_an_entry_for_every_reject),
        cmocka_unit_test(test_explain_rows_are_complete_and_sorted),
        cmocka_unit_test(test_explain_knows_no_other_code),
        cmocka_unit_test(test_fail_returns_the_status_of_its_code),
        cmocka_unit_test(test_verbs_have_unique_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
