/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/decimal.h"

#include <stdbool.h>

#include "solver/core/check.h"

#define EXPONENT_DIGITS 4

struct scanner {
    const char *at;
    const char *end;
};

static bool digit_next(struct scanner *s, unsigned *digit)
{
    if (s->at == s->end || *s->at < '0' || *s->at > '9')
        return false;
    *digit = (unsigned)(*s->at++ - '0');
    return true;
}

/* Append a run of one or more digits to the number; *n counts them. */
static enum err digits_scan(struct u256 *out, size_t *n, struct scanner *s)
{
    struct u256 ten = u256_of(10);
    unsigned digit;

    for (*n = 0; digit_next(s, &digit); ++*n) {
        struct u256 next = u256_of(digit);

        TRY(u256_mul(out, out, &ten));
        TRY(u256_add(out, out, &next));
    }
    return *n > 0 ? ERR_OK : ERR_INVALID;
}

static enum err exponent_scan(int *exponent, struct scanner *s)
{
    bool negative = s->at < s->end && *s->at == '-';
    unsigned digit;
    int n = 0;

    if (s->at < s->end && (*s->at == '-' || *s->at == '+'))
        s->at++;
    for (*exponent = 0; n < EXPONENT_DIGITS && digit_next(s, &digit); n++)
        *exponent = *exponent * 10 + (int)digit;
    if (negative)
        *exponent = -*exponent;
    return n > 0 ? ERR_OK : ERR_INVALID;
}

/* Drop trailing zeros behind the point. */
static void shorten(struct decimal *d)
{
    struct u256 ten = u256_of(10), shorter, back;

    if (u256_is_zero(&d->digits))
        d->places = 0;
    while (d->places > 0) {
        CHECK(u256_div_floor(&shorter, &d->digits, &ten) == ERR_OK);
        CHECK(u256_mul(&back, &shorter, &ten) == ERR_OK);
        if (u256_cmp(&back, &d->digits) != 0)
            return;
        d->digits = shorter;
        d->places--;
    }
}

enum err decimal_parse(struct decimal *out, const char *text, size_t len)
{
    struct scanner s = { text, text + len };
    struct decimal d = { 0 };
    size_t whole, fraction = 0;
    int exponent = 0;

    TRY(digits_scan(&d.digits, &whole, &s));
    if (s.at < s.end && *s.at == '.') {
        s.at++;
        TRY(digits_scan(&d.digits, &fraction, &s));
    }
    if (s.at < s.end && (*s.at == 'e' || *s.at == 'E')) {
        s.at++;
        TRY(exponent_scan(&exponent, &s));
    }
    if (s.at != s.end)
        return ERR_INVALID;
    if (fraction > DECIMAL_PLACES_MAX)
        return ERR_OVERFLOW;
    d.places = (int)fraction - exponent;
    shorten(&d);
    if (d.places > DECIMAL_PLACES_MAX || d.places < -DECIMAL_PLACES_MAX)
        return ERR_OVERFLOW;
    *out = d;
    return ERR_OK;
}

struct u256 decimal_pow10(unsigned exponent)
{
    struct u256 power = u256_of(1), ten = u256_of(10);

    CHECK(exponent <= DECIMAL_PLACES_MAX);
    while (exponent-- > 0)
        CHECK(u256_mul(&power, &power, &ten) == ERR_OK);
    return power;
}

/* out = floor(value * 10^exponent); *exact when nothing was cut off. */
static enum err scale(struct u256 *out, bool *exact, const struct decimal *d, int exponent)
{
    int shift = exponent - d->places;
    struct u256 power, back, whole;

    *exact = true;
    if (u256_is_zero(&d->digits)) {
        *out = u256_of(0);
        return ERR_OK;
    }
    if (shift > DECIMAL_PLACES_MAX)
        return ERR_OVERFLOW;
    if (shift < -DECIMAL_PLACES_MAX) {
        *exact = false;
        *out = u256_of(0);
        return ERR_OK;
    }
    power = decimal_pow10((unsigned)(shift < 0 ? -shift : shift));
    if (shift >= 0)
        return u256_mul(out, &d->digits, &power);
    TRY(u256_div_floor(&whole, &d->digits, &power));
    TRY(u256_mul(&back, &whole, &power));
    *exact = u256_cmp(&back, &d->digits) == 0;
    *out = whole;
    return ERR_OK;
}

enum err decimal_scale_floor(struct u256 *out, const struct decimal *d, int exponent)
{
    bool exact;

    return scale(out, &exact, d, exponent);
}

enum err decimal_scale_exact(struct u256 *out, const struct decimal *d, int exponent)
{
    struct u256 whole;
    bool exact;

    TRY(scale(&whole, &exact, d, exponent));
    if (!exact)
        return ERR_INVALID;
    *out = whole;
    return ERR_OK;
}
