/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hangup -- libc's sendmsg and epoll_wait as every program that links nng has them: a connection
 * whose peer left ends by its last read, never by a failed write.
 *
 * nng 1.5.2 cannot take it otherwise (docs/decisions/0004, 0008):
 *
 * A listener or dialer whose greeting fails with EPIPE believes that it was closed itself, and
 * never accepts or dials again. Told of a reset, it goes on at once.
 *
 * Later on, a connection that is closed because a write failed, while bytes that have been read are
 * on their way to its receiver, is never taken apart, and neither is any that closes after it: each
 * keeps its descriptor for ever, and nng_close waits for ever. A closing that begins with a read is
 * safe. So a message to a peer that left is a message sent: on its way it would have been lost as
 * well. What the peer said before is thrown away, so that the next read finds the end. An error that
 * epoll reports is left to be found by the read and the write.
 *
 * nng reads and writes its connections by these calls, a connection's under one lock. Linked by way
 * of dep::nng in this folder's CMakeLists.txt; tests/unit/test_hangup.c fails where a program does
 * not have them.
 *
 * Contract: sendmsg(2) and epoll_wait(2), but for the above. Any thread.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define GREETING_BYTES 8
#define GULP 16384

static size_t length_of(const struct msghdr *message)
{
    size_t n = 0;

    for (size_t i = 0; i < message->msg_iovlen; i++)
        n += message->msg_iov[i].iov_len;
    return n;
}

/* "\0SP\0", protocol, "\0\0": no message starts like this on any transport. */
static bool is_greeting(const struct msghdr *message)
{
    return length_of(message) == GREETING_BYTES && message->msg_iov[0].iov_len == GREETING_BYTES &&
           memcmp(message->msg_iov[0].iov_base, "\0SP", 4) == 0;
}

static void throw_away(int fd)
{
    char gulp[GULP];

    (void)shutdown(fd, SHUT_RD);
    while (recv(fd, gulp, sizeof gulp, MSG_DONTWAIT) > 0)
        continue;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct mmsghdr one = { .msg_hdr = *message };

    if (sendmmsg(fd, &one, 1, flags) == 1)
        return (ssize_t)one.msg_len;
    if (errno != EPIPE && errno != ECONNRESET)
        return -1;
    if (is_greeting(message)) {
        errno = ECONNRESET;
        return -1;
    }
    throw_away(fd);
    return (ssize_t)length_of(message);
}

int epoll_wait(int fd, struct epoll_event *events, int n, int timeout)
{
    const uint32_t broken = EPOLLERR | EPOLLHUP;
    int got = epoll_pwait(fd, events, n, timeout, NULL);

    for (int i = 0; i < got; i++) {
        if ((events[i].events & broken) != 0)
            events[i].events = (events[i].events & ~broken) | EPOLLIN | EPOLLOUT;
    }
    return got;
}
