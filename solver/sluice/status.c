/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stddef.h>
#include <string.h>

#include "solver/route/certificate.h"
#include "solver/sluice/inside.h"

/* Faults of a replay pass on by number. */
_Static_assert((int)SLUICE_PROVED == (int)CERTIFICATE_NONE, "no fault");
_Static_assert((int)SLUICE_FAULT_SOLD == (int)CERTIFICATE_SOLD, "sold");
_Static_assert((int)SLUICE_FAULT_LEG == (int)CERTIFICATE_LEG, "leg");
_Static_assert((int)SLUICE_FAULT_TRADE == (int)CERTIFICATE_TRADE, "trade");
_Static_assert((int)SLUICE_FAULT_SHORT == (int)CERTIFICATE_SHORT, "short");
_Static_assert((int)SLUICE_FAULT_BUFFER == (int)CERTIFICATE_LOAN, "loan");
_Static_assert((int)SLUICE_FAULT_BOUGHT == (int)CERTIFICATE_BOUGHT, "bought");
_Static_assert((int)SLUICE_FAULT_BOUGHT + 1 == (int)SLUICE_FAULT_PRICES, "no further fault");

uint32_t sluice_version(void)
{
    return SLUICE_VERSION;
}

static const char *text_of(const char *const *texts, size_t n, int i)
{
    return i >= 0 && (size_t)i < n ? texts[i] : "unknown";
}

#define TEXT_OF(texts, i) text_of(texts, sizeof(texts) / sizeof(texts)[0], i)

const char *sluice_status_text(int status)
{
    static const char *const texts[] = {
        [SLUICE_OK] = "ok",
        [SLUICE_ARGUMENT] = "an argument is NULL, out of range, or contradicts another",
        [SLUICE_CURVE] = "no curve of this kind has these parameters",
        [SLUICE_STATE] = "the market is sealed, or is not yet",
        [SLUICE_MEMORY] = "out of memory, or at the market's limit",
        [SLUICE_OVERFLOW] = "an exact result does not fit 256 bits",
        [SLUICE_FAILED] = "the search broke down; nothing is claimed",
    };

    return TEXT_OF(texts, status);
}

const char *sluice_verdict_text(int verdict)
{
    static const char *const texts[] = {
        [SLUICE_DONE] = "done",
        [SLUICE_PART] = "the curves take no more",
        [SLUICE_NO_ROUTE] = "no path from what is sold to what is bought",
        [SLUICE_WORK] = "a work limit ended the search",
    };

    return TEXT_OF(texts, verdict);
}

const char *sluice_fault_text(int fault)
{
    static const char *const texts[] = {
        [SLUICE_FAULT_PRICES] = "not a price for each asset, or what divides is zero",
        [SLUICE_FAULT_BOUND] = "the prices prove another bound",
        [SLUICE_FAULT_GAP] = "bound, amounts and costs make another gap",
    };

    if (fault >= 0 && fault <= SLUICE_FAULT_BOUGHT)
        return certificate_fault_text((enum certificate_fault)fault);
    return TEXT_OF(texts, fault);
}

enum sluice_status inside_status(enum err e)
{
    switch (e) {
    case ERR_OK: return SLUICE_OK;
    case ERR_INVALID: return SLUICE_ARGUMENT;
    case ERR_NOMEM: return SLUICE_MEMORY;
    case ERR_OVERFLOW: return SLUICE_OVERFLOW;
    case ERR_AGAIN:
    case ERR_TIMEOUT:
    case ERR_IO:
    case ERR_NUMERIC:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_UNSUPPORTED: break;
    }
    return SLUICE_FAILED;
}

struct u256 inside_u256(const struct sluice_amount *a)
{
    return (struct u256){ { a->limb[0], a->limb[1], a->limb[2], a->limb[3] } };
}

struct sluice_amount inside_amount(const struct u256 *a)
{
    return (struct sluice_amount){ { a->limb[0], a->limb[1], a->limb[2], a->limb[3] } };
}

enum sluice_status sluice_amount_parse(struct sluice_amount *out, const char *text)
{
    struct u256 v;

    if (out == NULL || text == NULL)
        return SLUICE_ARGUMENT;
    enum err e = u256_parse(&v, text, strnlen(text, SLUICE_AMOUNT_TEXT));
    if (e == ERR_OK)
        *out = inside_amount(&v);
    return inside_status(e);
}

char *sluice_amount_text(char *text, const struct sluice_amount *a)
{
    if (text == NULL || a == NULL)
        return NULL;
    const struct u256 v = inside_u256(a);
    return u256_text(text, &v);
}
