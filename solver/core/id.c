/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/id.h"

#include <string.h>

int id_cmp(struct id a, struct id b)
{
    int c = memcmp(a.bytes, b.bytes, ID_BYTES);

    return (c > 0) - (c < 0);
}

bool id_is_zero(struct id a)
{
    return id_cmp(a, (struct id){ { 0 } }) == 0;
}

char *id_text(char buf[ID_TEXT], struct id a)
{
    return hex_text(buf, a.bytes, ID_BYTES);
}

enum err id_parse(struct id *out, const char *text, size_t len)
{
    return hex_parse(out->bytes, ID_BYTES, text, len);
}

bool digest_equal(struct digest a, struct digest b)
{
    return memcmp(a.bytes, b.bytes, DIGEST_BYTES) == 0;
}

char *digest_text(char buf[DIGEST_TEXT], struct digest a)
{
    return hex_text(buf, a.bytes, DIGEST_BYTES);
}

static bool name_starts(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool name_continues(char c)
{
    return name_starts(c) || c == '.' || c == '_' || c == '-';
}

enum err name_parse(struct name *out, const char *text, size_t len)
{
    if (len == 0 || len >= NAME_TEXT || !name_starts(text[0]))
        return ERR_INVALID;
    for (size_t i = 1; i < len; i++) {
        if (!name_continues(text[i]))
            return ERR_INVALID;
    }

    struct name parsed = { { 0 } };

    memcpy(parsed.text, text, len);
    *out = parsed;
    return ERR_OK;
}

bool name_equal(const struct name *a, const struct name *b)
{
    return name_cmp(a, b) == 0;
}

int name_cmp(const struct name *a, const struct name *b)
{
    int c = memcmp(a->text, b->text, NAME_TEXT); /* NUL-padded, so bytes decide as strcmp would */

    return (c > 0) - (c < 0);
}

char *hex_text(char *buf, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        buf[2 * i] = digits[bytes[i] >> 4];
        buf[2 * i + 1] = digits[bytes[i] & 15];
    }
    buf[2 * n] = '\0';
    return buf;
}

/* The value of a hex digit of either case, or -1. */
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

enum err hex_parse(uint8_t *out, size_t n, const char *text, size_t len)
{
    if (len != 2 * n)
        return ERR_INVALID;
    for (size_t i = 0; i < len; i++) {
        if (hex_digit(text[i]) < 0)
            return ERR_INVALID;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
    return ERR_OK;
}
