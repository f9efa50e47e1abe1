/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text forms of amount.h: canonical decimals, signed decimals and human amounts. */
#include <string.h>

#include "solver/core/amount.h"
#include "solver/core/check.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct amount amount_pow10(unsigned exponent)
{
    struct amount p = AMOUNT_OF(1);

    CHECK(exponent <= AMOUNT_POW10_MAX);
    while (exponent-- > 0)
        p.atoms *= 10;
    return p;
}

char *amount_text(char buf[AMOUNT_TEXT], struct amount a)
{
    char digits[AMOUNT_DIGITS];
    size_t first = AMOUNT_DIGITS;
    u128 rest = a.atoms;

    /* 19 digits at a time: one 128-bit division each, the others are 64-bit. */
    while (rest > UINT64_MAX) {
        uint64_t low = (uint64_t)(rest % 10000000000000000000u);

        rest /= 10000000000000000000u;
        for (int i = 0; i < 19; i++, low /= 10)
            digits[--first] = (char)('0' + low % 10);
    }
    for (uint64_t high = (uint64_t)rest; high > 0 || first == AMOUNT_DIGITS; high /= 10)
        digits[--first] = (char)('0' + high % 10);
    memcpy(buf, digits + first, AMOUNT_DIGITS - first);
    buf[AMOUNT_DIGITS - first] = '\0';
    return buf;
}

/* *a = *a * 10 + digit. */
static enum err append_digit(struct amount *a, char digit)
{
    u128 v;

    if (__builtin_mul_overflow(a->atoms, (u128)10, &v) ||
        __builtin_add_overflow(v, (u128)(digit - '0'), &v))
        return ERR_OVERFLOW;
    a->atoms = v;
    return ERR_OK;
}

enum err amount_parse(struct amount *out, const char *text, size_t len)
{
    struct amount a = AMOUNT_ZERO;

    if (len == 0 || (text[0] == '0' && len > 1))
        return ERR_INVALID;
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(text[i]))
            return ERR_INVALID;
    }
    for (size_t i = 0; i < len; i++)
        TRY(append_digit(&a, text[i]));
    *out = a;
    return ERR_OK;
}

char *delta_text(char buf[DELTA_TEXT], struct delta d)
{
    buf[0] = '-';
    amount_text(buf + d.negative, AMOUNT_OF(d.atoms));
    return buf;
}

enum err delta_parse(struct delta *out, const char *text, size_t len)
{
    bool negative = len > 0 && text[0] == '-';
    struct amount a;

    TRY(amount_parse(&a, text + negative, len - negative));
    if (negative && amount_is_zero(a))
        return ERR_INVALID;
    *out = delta_of(a, negative);
    return ERR_OK;
}

enum err amount_parse_units(struct amount *out, const char *text, unsigned decimals)
{
    size_t whole = strspn(text, "0123456789");
    const char *fraction = text + whole + (text[whole] == '.');
    size_t places = strspn(fraction, "0123456789");
    struct amount a;

    if (decimals > AMOUNT_DECIMALS_MAX || places > decimals || fraction[places] != '\0' ||
        (text[whole] == '.' && places == 0))
        return ERR_INVALID;
    TRY(amount_parse(&a, text, whole));
    for (size_t i = 0; i < decimals; i++)
        TRY(append_digit(&a, i < places ? fraction[i] : '0'));
    *out = a;
    return ERR_OK;
}

char *amount_units_text(char buf[AMOUNT_UNITS_TEXT], struct amount a, unsigned decimals)
{
    CHECK(decimals <= AMOUNT_DECIMALS_MAX);

    u128 unit = amount_pow10(decimals).atoms;
    u128 fraction = a.atoms % unit;
    char *end = buf + strlen(amount_text(buf, AMOUNT_OF(a.atoms / unit)));

    if (fraction != 0)
        *end++ = '.';
    while (fraction != 0) {
        unit /= 10;
        *end++ = (char)('0' + (int)(fraction / unit));
        fraction %= unit;
    }
    *end = '\0';
    return buf;
}
