/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_amount.h"

enum err wire_amount_read(struct amount *out, const uint8_t *bytes, size_t n)
{
    if (n != AMOUNT_BYTES)
        return ERR_INVALID;
    *out = amount_from_bytes(bytes);
    return ERR_OK;
}

size_t wire_wide_write(uint8_t out[WIRE_WIDE_BYTES], const struct u256 *v)
{
    size_t n = (u256_bits(v) + 7) / 8;

    for (size_t i = 0; i < n; i++)
        out[n - 1 - i] = (uint8_t)(v->limb[i / 8] >> (8 * (i % 8)));
    return n;
}

enum err wire_wide_read(struct u256 *out, const uint8_t *bytes, size_t n)
{
    struct u256 v = { { 0 } };

    if (n > WIRE_WIDE_BYTES || (n > 0 && bytes[0] == 0))
        return ERR_INVALID;
    for (size_t i = 0; i < n; i++)
        v.limb[i / 8] |= (uint64_t)bytes[n - 1 - i] << (8 * (i % 8));
    *out = v;
    return ERR_OK;
}
