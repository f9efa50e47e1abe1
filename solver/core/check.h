/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check -- assertions about our own code, on in every build. Never used on data from outside.
 */
#ifndef SLUICE_CORE_CHECK_H
#define SLUICE_CORE_CHECK_H

/* Print file, line and condition to stderr, then abort. */
_Noreturn void check_failed(const char *file, int line, const char *what);

#define CHECK(cond) ((cond) ? (void)0 : check_failed(__FILE__, __LINE__, #cond))
#define UNREACHABLE(why) check_failed(__FILE__, __LINE__, why)

/* Slow checks, in builds with SLUICE_VERIFY only. */
#ifdef SLUICE_VERIFY
#define VERIFY(cond) CHECK(cond)
#else
#define VERIFY(cond) ((void)sizeof(cond))
#endif

#endif
