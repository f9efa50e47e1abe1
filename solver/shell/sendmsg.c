/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sendmsg -- libc's call as every program that links nng has it: a peer that left is ECONNRESET.
 *
 * nng 1.5.2 gives EPIPE, "the peer of this connection is gone", the name NNG_ECLOSED, "this object
 * was closed". A listener or dialer whose connection fails in the handshake is told that error
 * (ipc_pipe_neg_cb in sp/transport/ipc/ipc.c, tcptran_pipe_nego_cb in tcp/tcp.c), believes that it
 * was closed itself, and never accepts or dials again (listener_accept_cb in core/listener.c,
 * dialer_connect_cb in core/dialer.c). So anyone could shut a socket for all who come later: connect
 * and hang up. Told of a reset, both go on at once. nng sends through this one call on unix and tcp
 * sockets, and a reset is as true as a broken pipe.
 *
 * Nothing gentler helps: nng cannot start a listener twice, and closing it to open another one
 * closes its connections (docs/decisions/0004). Linked by way of dep::nng in this folder's
 * CMakeLists.txt; tests/unit/test_sendmsg.c fails where a program does not have it.
 *
 * Contract: sendmsg(2), but for that errno. Any thread; async-signal-safe like the original.
 */
#include <errno.h>
#include <sys/socket.h>

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct mmsghdr one = { .msg_hdr = *message };

    if (sendmmsg(fd, &one, 1, flags) == 1)
        return (ssize_t)one.msg_len;
    if (errno == EPIPE)
        errno = ECONNRESET;
    return -1;
}
