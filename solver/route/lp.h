/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lp -- a linear program and GLPK behind it; the only file that knows GLPK.
 *
 *     min  c.x   subject to   row_lower <= A x <= row_upper,   lower <= x <= upper
 *
 * Build it with lp_row, lp_column and lp_entry, solve it, read x and the row duals, clear it and
 * start again: memory is kept. Nothing unchecked reaches GLPK, which aborts on bad indexes and
 * calls NaN optimal; its aborts are caught. Callers scale: values near 1, no atoms. The answer is
 * advice: primal feasibility is re-checked here, the exact judge is certify. One owner thread.
 */
#ifndef SLUICE_ROUTE_LP_H
#define SLUICE_ROUTE_LP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/err.h"

#define LP_FREE 1e30 /* a bound of at least this size is no bound */
#define LP_COST_MAX 1e9
#define LP_COEFFICIENT_MAX 1e7
#define LP_COEFFICIENT_MIN 1e-13 /* smaller entries are left out */
#define LP_ITEMS_MAX 4000000     /* rows, columns or entries of one program */

struct lp;

enum lp_status { LP_OPTIMAL = 1, LP_INFEASIBLE, LP_UNBOUNDED };

/* Where a row or column stands in a basis. */
enum lp_place { LP_LOWER, LP_UPPER, LP_BASIC };

struct lp *lp_new(void); /* NULL without memory */
void lp_free(struct lp *p);

/* Forget the program, keep the memory. */
void lp_clear(struct lp *p);

/*
 * Add a row or a column; they are numbered from 0 in order. Errors (no memory, a value that is not
 * finite, bounds that cross) are remembered and reported by lp_solve.
 */
size_t lp_row(struct lp *p, double lower, double upper);
size_t lp_column(struct lp *p, double cost, double lower, double upper);
void lp_entry(struct lp *p, size_t row, size_t column, double value);

/* The first fault of building, which lp_solve would report; rows and columns may be missing then. */
MUST_USE enum err lp_fault(const struct lp *p);

/*
 * Where the simplex should start: without it all rows are basic and all columns at their lower bound.
 * A basis of the wrong size is completed or cut; one that is singular costs nothing but a try.
 */
void lp_place(struct lp *p, size_t column, enum lp_place place);
void lp_place_row(struct lp *p, size_t row, enum lp_place place);

/*
 * Let this program be solved as exactly as doubles allow: scaled, and with reduced costs and bounds
 * kept to 1e-13. That takes longer, and where it fails, the usual tries follow.
 */
void lp_sharpen(struct lp *p);

/*
 * Solve within *pivots simplex steps and subtract those used.
 *
 * errors  ERR_INVALID a number or index was refused while building; ERR_NOMEM;
 *         ERR_TIMEOUT the pivots are used up; ERR_NUMERIC no usable answer on any try
 */
MUST_USE enum err lp_solve(enum lp_status *status, struct lp *p, uint64_t *pivots);

/* After LP_OPTIMAL: value of a column, dual of a row (what one more unit of it costs), c.x. */
double lp_value(const struct lp *p, size_t column);
double lp_dual(const struct lp *p, size_t row);
double lp_objective(const struct lp *p);
enum lp_place lp_column_place(const struct lp *p, size_t column);
enum lp_place lp_row_place(const struct lp *p, size_t row);

double lp_upper(const struct lp *p, size_t column);

size_t lp_columns(const struct lp *p);

#endif
