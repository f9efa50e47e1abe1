/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/client/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/core/id.h"

#define DIGITS ((size_t)2 * SIGN_SEED_BYTES)

/* A seed on its way; wiped before the function that holds it returns. */
struct seed {
    uint8_t bytes[SIGN_SEED_BYTES];
    char text[DIGITS + 2]; /* newline and NUL */
};

static void seed_wipe(struct seed *s)
{
    explicit_bzero(s, sizeof *s);
}

static enum err text_write(int fd, const char *text, size_t n)
{
    enum err err = write(fd, text, n) == (ssize_t)n && fsync(fd) == 0 ? ERR_OK : ERR_IO;

    if (close(fd) != 0)
        err = ERR_IO;
    return err;
}

enum err keyfile_make(struct sign_key *key, struct sign_secret *secret, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct seed s;
    enum err err;

    if (fd < 0)
        return errno == EEXIST ? ERR_CONFLICT : ERR_IO;
    sign_random(s.bytes, sizeof s.bytes);
    hex_text(s.text, s.bytes, sizeof s.bytes);
    s.text[DIGITS] = '\n';
    err = text_write(fd, s.text, DIGITS + 1);
    if (err == ERR_OK)
        sign_from_seed(key, secret, s.bytes);
    else
        (void)unlink(path); /* half a key is no key */
    seed_wipe(&s);
    return err;
}

/* Nobody but the owner, who is us, may have seen it. */
static bool file_private(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
           (st.st_mode & 0777) == 0600;
}

enum err keyfile_read(struct sign_key *key, struct sign_secret *secret, const char *path)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct seed s;
    enum err err = ERR_CONFLICT;
    ssize_t n;

    if (fd < 0)
        return errno == ENOENT ? ERR_NOT_FOUND : errno == ELOOP ? ERR_CONFLICT : ERR_IO;
    if (file_private(fd)) {
        n = read(fd, s.text, sizeof s.text);
        if (n == (ssize_t)DIGITS + 1 && s.text[DIGITS] == '\n')
            n = (ssize_t)DIGITS;
        err = n < 0 ? ERR_IO : hex_parse(s.bytes, sizeof s.bytes, s.text, (size_t)n);
    }
    if (err == ERR_OK)
        sign_from_seed(key, secret, s.bytes);
    seed_wipe(&s);
    (void)close(fd);
    return err;
}
