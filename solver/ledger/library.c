/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The assembler joins the parts, so that the program carries exactly what stands in the files. The
 * build names their folder in LIBRARY_DIR. */
#include "solver/ledger/library.h"

#define PART(name) ".incbin \"" LIBRARY_DIR "/" name "\"\n"

__asm__(".pushsection .rodata\n"
        "library_start:\n" /* in the order in which ledger.lua names them */
        PART("ledger.lua") PART("ledger_money.lua") PART("ledger_limit.lua")
            PART("ledger_intent.lua") PART("ledger_plan.lua") PART("ledger_leg.lua")
                PART("ledger_settle.lua") PART("ledger_lead.lua")
                    PART("ledger_audit.lua") "library_end:\n"
                                             ".byte 0\n"
                                             ".popsection\n");

extern const char library_start[];
extern const char library_end[];

const char *library_text(size_t *n)
{
    *n = (size_t)(library_end - library_start);
    return library_start;
}
