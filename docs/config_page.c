/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/shell/config.h"

int main(void)
{
    config_print_reference();
    return 0;
}
