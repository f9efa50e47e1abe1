/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keyfile -- an ed25519 seed in a file: 64 hex digits and a newline, mode 0600.
 *
 * Any thread; blocks on the file system only.
 */
#ifndef SLUICE_GATEWAY_CLIENT_KEYFILE_H
#define SLUICE_GATEWAY_CLIENT_KEYFILE_H

#include "solver/core/err.h"
#include "solver/core/sign.h"

/*
 * Make a new random key and store it in a new file.
 * errors  ERR_CONFLICT the file exists (a key is never overwritten); ERR_IO cannot be written
 */
MUST_USE enum err keyfile_make(struct sign_key *key, struct sign_secret *secret, const char *path);

/*
 * errors  ERR_NOT_FOUND no such file; ERR_CONFLICT others may read it (mode not 0600, or another
 *         owner, or not a plain file); ERR_INVALID not 64 hex digits; ERR_IO
 */
MUST_USE enum err keyfile_read(struct sign_key *key, struct sign_secret *secret, const char *path);

#endif
