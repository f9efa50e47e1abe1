/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/interval.h"

#include <stdlib.h>

#include "solver/core/check.h"

_Static_assert(GMP_NUMB_BITS == 64, "limbs are 64-bit words without nails");
_Static_assert(__builtin_types_compatible_p(mp_limb_t, uint64_t), "limbs are uint64_t");

#define U256_BITS 256

void interval_init(struct interval *a)
{
    mpfr_custom_init_set(&a->v->left, MPFR_ZERO_KIND, 0, INTERVAL_BITS, a->limb[0]);
    mpfr_custom_init_set(&a->v->right, MPFR_ZERO_KIND, 0, INTERVAL_BITS, a->limb[1]);
}

void interval_set(struct interval *a, const struct u256 *x)
{
    mpz_t z;

    mpfi_set_z(a->v, mpz_roinit_n(z, x->limb, 4));
}

void interval_times(struct interval *a, const struct u256 *x)
{
    mpz_t z;

    mpfi_mul_z(a->v, a->v, mpz_roinit_n(z, x->limb, 4));
}

void interval_over(struct interval *a, const struct u256 *x)
{
    mpz_t z;

    mpfi_div_z(a->v, a->v, mpz_roinit_n(z, x->limb, 4));
}

/*
 * One logarithm for both ends, which are close: log(r) <= log(l) + (r - l) / l.
 */
void interval_log(struct interval *out, const struct interval *a)
{
    struct interval wide;

    CHECK(mpfi_is_strictly_pos(a->v));
    interval_init(&wide);
    mpfr_sub(&wide.v->right, &a->v->right, &a->v->left, MPFR_RNDU);
    mpfr_div(&wide.v->right, &wide.v->right, &a->v->left, MPFR_RNDU);
    mpfr_log(&out->v->left, &a->v->left, MPFR_RNDD);
    mpfr_set(&out->v->right, &out->v->left, MPFR_RNDU);
    mpfr_nextabove(&out->v->right);
    mpfr_add(&out->v->right, &out->v->right, &wide.v->right, MPFR_RNDU);
}

void interval_root(struct interval *out, const struct interval *a, unsigned n)
{
    mpfr_rootn_ui(&out->v->left, &a->v->left, n, MPFR_RNDD);
    mpfr_rootn_ui(&out->v->right, &a->v->right, n, MPFR_RNDU);
}

enum err interval_ceil(struct u256 *out, const struct interval *a)
{
    mpfr_srcptr top = &a->v->right;
    struct u256 mantissa = { { a->limb[1][0], a->limb[1][1] } }, scale = { { 0 } };
    long shift;

    CHECK(!mpfr_nan_p(top));
    if (mpfr_sgn(top) <= 0) {
        *out = u256_of(0);
        return ERR_OK;
    }
    if (mpfr_inf_p(top) || mpfr_get_exp(top) > U256_BITS)
        return ERR_OVERFLOW;
    if (mpfr_get_exp(top) <= 0) {
        *out = u256_of(1);
        return ERR_OK;
    }
    shift = mpfr_get_exp(top) - INTERVAL_BITS; /* the number is mantissa * 2^shift */
    scale.limb[labs(shift) / 64] = UINT64_C(1) << labs(shift) % 64;
    return shift >= 0 ? u256_mul(out, &mantissa, &scale) : u256_div_ceil(out, &mantissa, &scale);
}

void interval_forget(void)
{
    mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE);
}
