/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * id -- 128-bit identifiers, account names, digests and their text forms.
 *
 * Intent ids are chosen by the client and are the idempotency key of everything that follows;
 * leg and plan ids are derived by hashing (hash.h). Text form of an id: 32 lower-case hex digits.
 */
#ifndef SLUICE_CORE_ID_H
#define SLUICE_CORE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/err.h"

#define ID_BYTES 16
#define ID_TEXT 33
#define DIGEST_BYTES 32
#define DIGEST_TEXT 65
#define NAME_TEXT 33 /* account, venue, domain names: [a-z0-9][a-z0-9._-]{0,31} and NUL */

struct id {
    uint8_t bytes[ID_BYTES];
};

struct digest {
    uint8_t bytes[DIGEST_BYTES];
};

/* A short name that is safe in keys, logs and file names; text is NUL-padded. */
struct name {
    char text[NAME_TEXT];
};

int id_cmp(struct id a, struct id b);
bool id_is_zero(struct id a);
char *id_text(char buf[ID_TEXT], struct id a);
MUST_USE enum err id_parse(struct id *out, const char *text, size_t len);

bool digest_equal(struct digest a, struct digest b);
char *digest_text(char buf[DIGEST_TEXT], struct digest a);

/* ERR_INVALID when text is not of the form above. */
MUST_USE enum err name_parse(struct name *out, const char *text, size_t len);
bool name_equal(const struct name *a, const struct name *b);
int name_cmp(const struct name *a, const struct name *b);

/* Lower-case hex of n bytes into buf[2n + 1]; hex_parse: exactly 2n digits, either case. */
char *hex_text(char *buf, const uint8_t *bytes, size_t n);
MUST_USE enum err hex_parse(uint8_t *out, size_t n, const char *text, size_t len);

#endif
