/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/explain.h"

int main(void)
{
    explain_print_page();
    return 0;
}
