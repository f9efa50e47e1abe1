/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/ledger/redis_address.h"

#include <stdlib.h>
#include <string.h>

/* The host may be an IPv6 address, so the last colon counts. */
bool redis_address_split(char host[REDIS_ADDRESS_MAX], int *port, const char *address)
{
    const char *text = address + 4;
    const char *colon;
    char *end;

    if (strncmp(address, "tcp:", 4) != 0)
        return false;
    colon = strrchr(text, ':');
    if (colon == NULL || colon == text || (size_t)(colon - text) >= REDIS_ADDRESS_MAX)
        return false;

    long n = strtol(colon + 1, &end, 10);

    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    *port = (int)n;
    return colon[1] != '\0' && *end == '\0' && n > 0 && n <= 65535;
}

bool redis_address_ok(const char *address)
{
    char host[REDIS_ADDRESS_MAX];
    int port;

    if (strlen(address) >= REDIS_ADDRESS_MAX)
        return false;
    if (strncmp(address, "unix:", 5) == 0)
        return address[5] != '\0';
    return redis_address_split(host, &port, address);
}
