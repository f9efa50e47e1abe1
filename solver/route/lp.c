/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/lp.h"

#include <glpk.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"

#define PIVOTS_LEAST 2000 /* of one try, and for each row; for each column, too, of the last try */
#define PIVOTS_EACH 10
#define TOLERANCE 1e-10 /* of GLPK, on reduced costs and bounds */
#define TOLERANCE_SHARP 1e-13
#define TOLERANCE_MIDDLE 1e-11
#define RESIDUAL_MAX 1e-6 /* of what we accept, on rows and bounds of size 1 */

struct item { /* a row or a column */
    double lower;
    double upper;
    double cost;         /* columns */
    double value;        /* of the solution: x of a column, dual of a row */
    enum lp_place place; /* in: where to start; of the solution: where it ended */
};

struct items {
    struct item *at;
    size_t n;
    size_t cap;
};

struct lp {
    struct items rows;
    struct items columns;
    int *entry_row; /* [entries_n + 1], from 1 as GLPK counts */
    int *entry_column;
    double *entry_value;
    size_t entries_n;
    size_t entries_cap;
    double objective;
    bool placed;  /* some places are given */
    bool sharp;   /* the first tries are as exact as doubles allow */
    enum err err; /* the first fault while building */
};

struct lp *lp_new(void)
{
    return calloc(1, sizeof(struct lp));
}

void lp_free(struct lp *p)
{
    if (p == NULL)
        return;
    free(p->rows.at);
    free(p->columns.at);
    free(p->entry_row);
    free(p->entry_column);
    free(p->entry_value);
    free(p);
    (void)glp_free_env(); /* this thread's; no problem of GLPK outlives lp_solve */
}

void lp_clear(struct lp *p)
{
    p->rows.n = 0;
    p->columns.n = 0;
    p->entries_n = 0;
    p->objective = 0;
    p->placed = false;
    p->sharp = false;
    p->err = ERR_OK;
}

static void fault(struct lp *p, enum err e)
{
    if (p->err == ERR_OK)
        p->err = e;
}

enum err lp_fault(const struct lp *p)
{
    return p->err;
}

static bool bounds_valid(double lower, double upper)
{
    return isfinite(lower) && isfinite(upper) && lower <= upper;
}

/* Append an item and return its number, or 0 with a fault. */
static size_t append(struct lp *p, struct items *s, struct item i)
{
    if (!bounds_valid(i.lower, i.upper) || !isfinite(i.cost) || fabs(i.cost) > LP_COST_MAX) {
        fault(p, ERR_INVALID);
        return 0;
    }
    if (s->n == s->cap) {
        size_t cap = s->cap == 0 ? 256 : s->cap * 2;
        struct item *at = s->n < LP_ITEMS_MAX ? realloc(s->at, cap * sizeof(*at)) : NULL;

        if (at == NULL) {
            fault(p, ERR_NOMEM);
            return 0;
        }
        s->at = at;
        s->cap = cap;
    }
    s->at[s->n] = i;
    return s->n++;
}

size_t lp_row(struct lp *p, double lower, double upper)
{
    return append(p, &p->rows, (struct item){ .lower = lower, .upper = upper, .place = LP_BASIC });
}

size_t lp_column(struct lp *p, double cost, double lower, double upper)
{
    return append(p, &p->columns, (struct item){ .lower = lower, .upper = upper, .cost = cost });
}

static bool entries_grow(struct lp *p)
{
    size_t cap = p->entries_cap == 0 ? 1024 : p->entries_cap * 2;
    int *row, *column;
    double *value;

    if (p->entries_n >= LP_ITEMS_MAX)
        return false;
    row = realloc(p->entry_row, (cap + 1) * sizeof(*row));
    if (row != NULL)
        p->entry_row = row;
    column = realloc(p->entry_column, (cap + 1) * sizeof(*column));
    if (column != NULL)
        p->entry_column = column;
    value = realloc(p->entry_value, (cap + 1) * sizeof(*value));
    if (value != NULL)
        p->entry_value = value;
    if (row == NULL || column == NULL || value == NULL)
        return false;
    p->entries_cap = cap;
    return true;
}

void lp_entry(struct lp *p, size_t row, size_t column, double value)
{
    if (!isfinite(value) || fabs(value) > LP_COEFFICIENT_MAX || row >= p->rows.n ||
        column >= p->columns.n) {
        fault(p, ERR_INVALID);
        return;
    }
    if (fabs(value) < LP_COEFFICIENT_MIN)
        return;
    if (p->entries_n == p->entries_cap && !entries_grow(p)) {
        fault(p, ERR_NOMEM);
        return;
    }
    p->entries_n++;
    p->entry_row[p->entries_n] = (int)row + 1;
    p->entry_column[p->entries_n] = (int)column + 1;
    p->entry_value[p->entries_n] = value;
}

static int bound_type(const struct item *i)
{
    if (i->lower <= -LP_FREE)
        return i->upper >= LP_FREE ? GLP_FR : GLP_UP;
    if (i->upper >= LP_FREE)
        return GLP_LO;
    return i->lower < i->upper ? GLP_DB : GLP_FX;
}

/* A row may stand once in a column: glp_load_matrix aborts on more. */
static enum err duplicates_check(const struct lp *p)
{
    return glp_check_dup((int)p->rows.n, (int)p->columns.n, (int)p->entries_n, p->entry_row,
                         p->entry_column) == 0
               ? ERR_OK
               : ERR_INVALID;
}

static void problem_load(glp_prob *g, const struct lp *p)
{
    glp_set_obj_dir(g, GLP_MIN);
    glp_add_rows(g, (int)p->rows.n);
    for (size_t i = 0; i < p->rows.n; i++) {
        const struct item *r = &p->rows.at[i];

        glp_set_row_bnds(g, (int)i + 1, bound_type(r), r->lower, r->upper);
    }
    glp_add_cols(g, (int)p->columns.n);
    for (size_t j = 0; j < p->columns.n; j++) {
        const struct item *c = &p->columns.at[j];

        glp_set_col_bnds(g, (int)j + 1, bound_type(c), c->lower, c->upper);
        glp_set_obj_coef(g, (int)j + 1, c->cost);
    }
    if (p->entries_n > 0)
        glp_load_matrix(g, (int)p->entries_n, p->entry_row, p->entry_column, p->entry_value);
    glp_std_basis(g);
}

/* GLPK's word for a place; it turns them into those of free and fixed ones. */
static int status_of(enum lp_place place)
{
    return place == LP_BASIC ? GLP_BS : place == LP_UPPER ? GLP_NU : GLP_NL;
}

static enum lp_place place_of(int status)
{
    return status == GLP_BS ? LP_BASIC : status == GLP_NU ? LP_UPPER : LP_LOWER;
}

static size_t basics(const struct items *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->at[i].place == LP_BASIC;
    return n;
}

/* As many basic rows and columns as there are rows: rows join, or leave again. */
static void places_fit(struct lp *p)
{
    size_t n = basics(&p->rows) + basics(&p->columns);

    for (size_t i = 0; i < p->rows.n && n < p->rows.n; i++) {
        n += p->rows.at[i].place != LP_BASIC;
        p->rows.at[i].place = LP_BASIC;
    }
    for (size_t i = 0; i < p->rows.n && n > p->rows.n; i++) {
        n -= p->rows.at[i].place == LP_BASIC;
        p->rows.at[i].place = p->rows.at[i].lower <= -LP_FREE ? LP_UPPER : LP_LOWER;
    }
}

static void places_set(glp_prob *g, struct lp *p)
{
    places_fit(p);
    for (size_t i = 0; i < p->rows.n; i++)
        glp_set_row_stat(g, (int)i + 1, status_of(p->rows.at[i].place));
    for (size_t j = 0; j < p->columns.n; j++)
        glp_set_col_stat(g, (int)j + 1, status_of(p->columns.at[j].place));
    if (glp_factorize(g) != 0)
        glp_std_basis(g);
}

/* How far value is outside the bounds, relative to their size. */
static double violation(const struct item *i, double value)
{
    double scale = 1 + fmin(fabs(i->lower), fabs(i->upper));

    return isfinite(value) ? fmax(i->lower - value, value - i->upper) / scale : INFINITY;
}

static enum err solution_read(struct lp *p, glp_prob *g)
{
    double worst = 0;

    for (size_t i = 0; i < p->rows.n; i++) {
        worst = fmax(worst, violation(&p->rows.at[i], glp_get_row_prim(g, (int)i + 1)));
        p->rows.at[i].value = glp_get_row_dual(g, (int)i + 1);
        p->rows.at[i].place = place_of(glp_get_row_stat(g, (int)i + 1));
        if (!isfinite(p->rows.at[i].value))
            return ERR_NUMERIC;
    }
    for (size_t j = 0; j < p->columns.n; j++) {
        p->columns.at[j].value = glp_get_col_prim(g, (int)j + 1);
        p->columns.at[j].place = place_of(glp_get_col_stat(g, (int)j + 1));
        worst = fmax(worst, violation(&p->columns.at[j], p->columns.at[j].value));
    }
    p->objective = glp_get_obj_val(g);
    return worst <= RESIDUAL_MAX && isfinite(p->objective) ? ERR_OK : ERR_NUMERIC;
}

/* The tries, in order; the first ones for sharp programs. Harris' ratio test cycled without end on
 * real pools: GLP_RT_STD. */
static const struct {
    int method;
    bool scale;
    double tolerance;
} tries[] = { { GLP_PRIMAL, true, TOLERANCE_SHARP },
              { GLP_PRIMAL, true, TOLERANCE_MIDDLE },
              { GLP_PRIMAL, false, TOLERANCE },
              { GLP_DUALP, false, TOLERANCE },
              { GLP_PRIMAL, true, TOLERANCE } };

#define TRIES_N (sizeof(tries) / sizeof(tries[0]))
#define TRIES_SHARP 2

static enum err simplex(enum lp_status *status, struct lp *p, glp_prob *g, size_t attempt,
                        uint64_t *pivots)
{
    /* A program of this shape that needs more stalls or cycles: the next try starts elsewhere. */
    const size_t columns = attempt + 1 < TRIES_N ? 0 : p->columns.n;
    const uint64_t most = PIVOTS_LEAST + PIVOTS_EACH * (p->rows.n + columns);
    glp_smcp parm;
    int rc, before = glp_get_it_cnt(g);
    uint64_t used;

    glp_init_smcp(&parm);
    parm.msg_lev = GLP_MSG_OFF;
    parm.meth = tries[attempt].method;
    parm.r_test = GLP_RT_STD;
    parm.presolve = GLP_OFF; /* with presolve on, infeasible arrives as a return code instead */
    parm.tol_bnd = tries[attempt].tolerance;
    parm.tol_dj = tries[attempt].tolerance;
    parm.it_lim = (int)(*pivots < most ? *pivots : most);
    if (tries[attempt].scale)
        glp_scale_prob(g, GLP_SF_GM | GLP_SF_EQ | GLP_SF_2N);
    rc = glp_simplex(g, &parm);
    used = (uint64_t)(glp_get_it_cnt(g) - before);
    *pivots -= used < *pivots ? used : *pivots;
    if (*pivots == 0)
        return ERR_TIMEOUT;
    if (rc != 0)
        return ERR_NUMERIC;
    switch (glp_get_status(g)) {
    case GLP_OPT: *status = LP_OPTIMAL; return solution_read(p, g);
    case GLP_NOFEAS: *status = LP_INFEASIBLE; return ERR_OK;
    case GLP_UNBND: *status = LP_UNBOUNDED; return ERR_OK;
    default: return ERR_NUMERIC;
    }
}

/* GLPK's abort, on its way to the process's end. */
static void aborted(void *info)
{
    longjmp(*(jmp_buf *)info, 1);
}

static size_t first_try(const struct lp *p)
{
    return p->sharp ? 0 : TRIES_SHARP;
}

/* One try under guard. After an abort the whole environment goes: it holds g. */
static enum err attempt_run(enum lp_status *status, struct lp *p, size_t attempt, uint64_t *pivots)
{
    jmp_buf back;
    glp_prob *g;
    enum err e;

    if (setjmp(back) != 0) {
        glp_free_env();
        return ERR_NUMERIC;
    }
    glp_term_out(GLP_OFF);
    glp_error_hook(aborted, &back);
    g = glp_create_prob();
    e = duplicates_check(p);
    if (e == ERR_OK) {
        problem_load(g, p);
        if (p->placed && attempt == first_try(p))
            places_set(g, p);
        e = simplex(status, p, g, attempt, pivots);
    }
    glp_delete_prob(g);
    glp_error_hook(NULL, NULL);
    return e;
}

enum err lp_solve(enum lp_status *status, struct lp *p, uint64_t *pivots)
{
    enum err e = p->err;

    if (e != ERR_OK)
        return e;
    if (p->rows.n == 0 || p->columns.n == 0)
        return ERR_INVALID;
    for (size_t k = first_try(p); k < TRIES_N; k++) {
        if (*pivots == 0)
            return ERR_TIMEOUT;
        e = attempt_run(status, p, k, pivots);
        if (e == ERR_OK && (p->sharp || k > TRIES_SHARP) && k + 1 < TRIES_N &&
            *status != LP_OPTIMAL)
            continue; /* what failed before is hardly infeasible: noise */
        if (e != ERR_NUMERIC)
            return e;
    }
    return e;
}

void lp_sharpen(struct lp *p)
{
    p->sharp = true;
}

void lp_place(struct lp *p, size_t column, enum lp_place place)
{
    CHECK(column < p->columns.n);
    p->columns.at[column].place = place;
    p->placed = true;
}

void lp_place_row(struct lp *p, size_t row, enum lp_place place)
{
    CHECK(row < p->rows.n);
    p->rows.at[row].place = place;
    p->placed = true;
}

enum lp_place lp_column_place(const struct lp *p, size_t column)
{
    CHECK(column < p->columns.n);
    return p->columns.at[column].place;
}

enum lp_place lp_row_place(const struct lp *p, size_t row)
{
    CHECK(row < p->rows.n);
    return p->rows.at[row].place;
}

double lp_upper(const struct lp *p, size_t column)
{
    CHECK(column < p->columns.n);
    return p->columns.at[column].upper;
}

double lp_value(const struct lp *p, size_t column)
{
    CHECK(column < p->columns.n);
    return p->columns.at[column].value;
}

double lp_dual(const struct lp *p, size_t row)
{
    CHECK(row < p->rows.n);
    return p->rows.at[row].value;
}

double lp_objective(const struct lp *p)
{
    return p->objective;
}

size_t lp_columns(const struct lp *p)
{
    return p->columns.n;
}
