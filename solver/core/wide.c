/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/wide.h"

#include <gmp.h>
#include <string.h>

#include "solver/core/u128.h"

_Static_assert(GMP_NUMB_BITS == 64, "limbs are 64-bit words without nails");
_Static_assert(__builtin_types_compatible_p(mp_limb_t, uint64_t), "limbs are uint64_t");

#define LIMBS 4       /* of a u256 */
#define WIDE_LIMBS 8  /* of a u512 */
#define DIGITS_MAX 80 /* mpn_get_str writes at most one digit more than 2^256 has */

struct u256 u256_of(uint64_t v)
{
    return (struct u256){ { v } };
}

struct u256 u256_of_amount(struct amount a)
{
    return (struct u256){ { (uint64_t)a.atoms, (uint64_t)(a.atoms >> 64) } };
}

enum err u256_to_amount(struct amount *out, const struct u256 *a)
{
    if ((a->limb[2] | a->limb[3]) != 0)
        return ERR_OVERFLOW;
    out->atoms = U128_OF(a->limb[1], a->limb[0]);
    return ERR_OK;
}

int u256_cmp(const struct u256 *a, const struct u256 *b)
{
    int c = mpn_cmp(a->limb, b->limb, LIMBS);

    return (c > 0) - (c < 0);
}

bool u256_is_zero(const struct u256 *a)
{
    return (a->limb[0] | a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

/* n without its leading zero limbs. */
static size_t significant(const uint64_t *limb, size_t n)
{
    while (n > 0 && limb[n - 1] == 0)
        n--;
    return n;
}

unsigned u256_bits(const struct u256 *a)
{
    size_t n = significant(a->limb, LIMBS);

    return n == 0 ? 0 : (unsigned)(64 * n) - (unsigned)__builtin_clzll(a->limb[n - 1]);
}

enum err u256_add(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    struct u256 sum;

    if (mpn_add_n(sum.limb, a->limb, b->limb, LIMBS) != 0)
        return ERR_OVERFLOW;
    *out = sum;
    return ERR_OK;
}

enum err u256_sub(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    struct u256 difference;

    if (mpn_sub_n(difference.limb, a->limb, b->limb, LIMBS) != 0)
        return ERR_OVERFLOW;
    *out = difference;
    return ERR_OK;
}

/* Most factors have at most two limbs. */
static bool half(const struct u256 *a)
{
    return (a->limb[2] | a->limb[3]) == 0;
}

/* The product of two halves, without a call of GMP. */
static struct u256 mul_halves(const struct u256 *a, const struct u256 *b)
{
    u128 low = (u128)a->limb[0] * b->limb[0], high = (u128)a->limb[1] * b->limb[1];
    u128 left = (u128)a->limb[1] * b->limb[0], right = (u128)a->limb[0] * b->limb[1];
    u128 middle = (low >> 64) + (uint64_t)left + (uint64_t)right;

    high += (left >> 64) + (right >> 64) + (middle >> 64);
    return (
        struct u256){ { (uint64_t)low, (uint64_t)middle, (uint64_t)high, (uint64_t)(high >> 64) } };
}

enum err u256_mul(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    struct u512 product;

    if (half(a) && half(b)) {
        *out = mul_halves(a, b);
        return ERR_OK;
    }
    wide_mul(&product, a, b);
    if (significant(product.limb, WIDE_LIMBS) > LIMBS)
        return ERR_OVERFLOW;
    memcpy(out->limb, product.limb, sizeof(out->limb));
    return ERR_OK;
}

/* The number in the one or two limbs. */
static u128 low_limbs(const uint64_t *limb, size_t n)
{
    return n == 2 ? U128_OF(limb[1], limb[0]) : limb[0];
}

/*
 * quotient[0 .. WIDE_LIMBS) = num / den, zero before; tells whether nothing is left. Numbers of two
 * limbs and divisors of one are most of all and have a shorter way.
 */
static bool quotient_of(uint64_t *quotient, const uint64_t *num, size_t num_n, const uint64_t *den,
                        size_t den_n)
{
    uint64_t remainder[WIDE_LIMBS];

    if (num_n < den_n)
        return num_n == 0;
    if (num_n <= 2) {
        u128 n = low_limbs(num, num_n), d = low_limbs(den, den_n), q = n / d;

        quotient[0] = (uint64_t)q;
        quotient[1] = (uint64_t)(q >> 64);
        return n == q * d;
    }
    if (den_n == 1)
        return mpn_divrem_1(quotient, 0, num, (mp_size_t)num_n, den[0]) == 0;
    mpn_tdiv_qr(quotient, remainder, 0, num, (mp_size_t)num_n, den, (mp_size_t)den_n);
    return significant(remainder, den_n) == 0;
}

/* out = num / den, rounded down or up; num has num_n limbs, at most WIDE_LIMBS, den likewise. */
static enum err divide(struct u256 *out, const uint64_t *num, size_t num_n, const uint64_t *den,
                       size_t den_n, bool up)
{
    uint64_t quotient[WIDE_LIMBS] = { 0 };
    bool exact;

    num_n = significant(num, num_n);
    den_n = significant(den, den_n);
    if (den_n == 0)
        return ERR_INVALID;
    exact = quotient_of(quotient, num, num_n, den, den_n);
    if (significant(quotient, WIDE_LIMBS) > LIMBS)
        return ERR_OVERFLOW;
    if (up && !exact && mpn_add_1(quotient, quotient, LIMBS, 1) != 0)
        return ERR_OVERFLOW;
    memcpy(out->limb, quotient, sizeof(out->limb));
    return ERR_OK;
}

enum err u256_div_floor(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    return divide(out, a->limb, LIMBS, b->limb, LIMBS, false);
}

enum err u256_div_ceil(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    return divide(out, a->limb, LIMBS, b->limb, LIMBS, true);
}

void wide_mul(struct u512 *out, const struct u256 *a, const struct u256 *b)
{
    struct u512 product;

    mpn_mul_n(product.limb, a->limb, b->limb, LIMBS);
    *out = product;
}

enum err wide_add(struct u512 *out, const struct u512 *a, const struct u512 *b)
{
    struct u512 sum;

    if (mpn_add_n(sum.limb, a->limb, b->limb, WIDE_LIMBS) != 0)
        return ERR_OVERFLOW;
    *out = sum;
    return ERR_OK;
}

enum err wide_sub(struct u512 *out, const struct u512 *a, const struct u512 *b)
{
    struct u512 difference;

    if (mpn_sub_n(difference.limb, a->limb, b->limb, WIDE_LIMBS) != 0)
        return ERR_OVERFLOW;
    *out = difference;
    return ERR_OK;
}

enum err wide_narrow(struct u256 *out, const struct u512 *a)
{
    if (significant(a->limb, WIDE_LIMBS) > LIMBS)
        return ERR_OVERFLOW;
    memcpy(out->limb, a->limb, sizeof(out->limb));
    return ERR_OK;
}

void wide_sqrt_floor(struct u256 *out, const struct u512 *a)
{
    size_t n = significant(a->limb, WIDE_LIMBS);
    struct u256 root = { { 0 } };

    if (n > 0)
        (void)mpn_sqrtrem(root.limb, NULL, a->limb, (mp_size_t)n);
    *out = root;
}

int wide_cmp(const struct u512 *a, const struct u512 *b)
{
    int c = mpn_cmp(a->limb, b->limb, WIDE_LIMBS);

    return (c > 0) - (c < 0);
}

struct u512 wide_of(const struct u256 *a)
{
    struct u512 w = { { 0 } };

    memcpy(w.limb, a->limb, sizeof(a->limb));
    return w;
}

enum err wide_div_floor(struct u256 *out, const struct u512 *num, const struct u512 *den)
{
    return divide(out, num->limb, WIDE_LIMBS, den->limb, WIDE_LIMBS, false);
}

enum err wide_div_ceil(struct u256 *out, const struct u512 *num, const struct u512 *den)
{
    return divide(out, num->limb, WIDE_LIMBS, den->limb, WIDE_LIMBS, true);
}

enum err u256_muldiv_floor(struct u256 *out, const struct u256 *a, const struct u256 *b,
                           const struct u256 *c)
{
    struct u512 product;

    wide_mul(&product, a, b);
    return divide(out, product.limb, WIDE_LIMBS, c->limb, LIMBS, false);
}

enum err u256_muldiv_ceil(struct u256 *out, const struct u256 *a, const struct u256 *b,
                          const struct u256 *c)
{
    struct u512 product;

    wide_mul(&product, a, b);
    return divide(out, product.limb, WIDE_LIMBS, c->limb, LIMBS, true);
}

char *u256_text(char buf[U256_TEXT], const struct u256 *a)
{
    struct u256 scratch = *a; /* mpn_get_str overwrites its input */
    size_t n = significant(a->limb, LIMBS);
    unsigned char digits[DIGITS_MAX] = { 0 };
    size_t count = 1, first = 0;

    if (n > 0)
        count = mpn_get_str(digits, 10, scratch.limb, (mp_size_t)n);
    while (first + 1 < count && digits[first] == 0)
        first++;
    for (size_t i = first; i < count; i++)
        buf[i - first] = (char)('0' + digits[i]);
    buf[count - first] = '\0';
    return buf;
}

/* *a = *a * base + digit. */
static enum err append_digit(struct u256 *a, uint64_t base, uint64_t digit)
{
    if (mpn_mul_1(a->limb, a->limb, LIMBS, base) != 0 ||
        mpn_add_1(a->limb, a->limb, LIMBS, digit) != 0)
        return ERR_OVERFLOW;
    return ERR_OK;
}

/* The value of a digit, lower or upper case, or 16. */
static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 16;
}

static enum err parse_digits(struct u256 *out, unsigned base, const char *text, size_t len)
{
    struct u256 a = { { 0 } };

    if (len == 0)
        return ERR_INVALID;
    for (size_t i = 0; i < len; i++) {
        if (digit_value(text[i]) >= base)
            return ERR_INVALID;
    }
    for (size_t i = 0; i < len; i++)
        TRY(append_digit(&a, base, digit_value(text[i])));
    *out = a;
    return ERR_OK;
}

enum err u256_parse(struct u256 *out, const char *text, size_t len)
{
    if (len > 1 && text[0] == '0')
        return ERR_INVALID;
    return parse_digits(out, 10, text, len);
}

enum err u256_parse_hex(struct u256 *out, const char *text, size_t len)
{
    return parse_digits(out, 16, text, len);
}
