/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenario/hostile.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define NOISE_MAX 8192
#define SP_REQ 0x30
#define DEAF_QUESTIONS 2000 /* far more answers than a socket holds */
#define DEAF_PATIENCE_MS 20
#define MANNER_GONE (HOSTILE_MANNERS - 1)

/* Something arrives, the peer hangs up, or a moment passes. */
static void hear(int fd)
{
    const struct timeval moment = { .tv_usec = 30000 };
    uint8_t bytes[64];

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
    (void)recv(fd, bytes, sizeof bytes, 0);
}

/* What fits; a peer that hangs up in between is fine. */
static void say(int fd, const void *bytes, size_t n)
{
    (void)send(fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The handshake of nng's ipc transport, as a requester. */
static void handshake(int fd)
{
    static const uint8_t hello[8] = { 0, 'S', 'P', 0, 0, SP_REQ, 0, 0 };

    say(fd, hello, sizeof hello);
}

/* A frame of n bytes of content that may be announced as another length. */
static void frame(int fd, uint64_t announced, const uint8_t *content, size_t n)
{
    uint8_t head[9] = { 1 };

    for (int i = 0; i < 8; i++)
        head[1 + i] = (uint8_t)(announced >> (56 - 8 * i));
    say(fd, head, sizeof head);
    say(fd, content, n);
}

/* Content with the request id that a replier expects in front. */
static void request(int fd, uint8_t *noise, size_t n)
{
    memcpy(noise, "\x80\0\0\1", 4);
    frame(fd, n, noise, n);
}

static void visit(int fd, unsigned manner, struct prng *r)
{
    uint8_t noise[NOISE_MAX];
    size_t n = 8 + (size_t)prng_below(r, NOISE_MAX - 8);

    prng_bytes(r, noise, sizeof noise);
    if (manner == 0)
        say(fd, noise, n);
    if (manner == 1)
        say(fd, "\0SP", 3);
    if (manner >= 2)
        handshake(fd);
    hear(fd); /* its own */
    if (manner == 3)
        frame(fd, UINT64_MAX, noise, n);
    if (manner == 4)
        frame(fd, n + 100, noise, n);
    if (manner == 5)
        request(fd, noise, n);
    if (manner == 6)
        request(fd, noise, 4);
    if (manner >= 3)
        hear(fd); /* a refusal, or the end */
}

static const uint8_t nonsense[] = "\1\0\0\0\0\0\0\0\x0c\x80\0\0\1nonsense";

int hostile_deaf(const char *socket_path)
{
    int fd = process_connect(socket_path);
    struct pollfd one = { .fd = fd, .events = POLLOUT };

    if (fd < 0)
        return fd;
    handshake(fd);
    hear(fd);
    for (int i = 0; i < DEAF_QUESTIONS && poll(&one, 1, DEAF_PATIENCE_MS) == 1; i++)
        say(fd, nonsense, sizeof nonsense - 1);
    return fd;
}

/* What comes back is thrown away, so that the other side never waits for us. */
void hostile_flood(const char *socket_path)
{
    int fd = process_connect(socket_path);
    uint8_t bytes[NOISE_MAX];
    ssize_t n = 1;

    if (fd < 0)
        return;
    handshake(fd);
    while (n != 0 && (n > 0 || errno == EAGAIN)) {
        struct pollfd one = { .fd = fd, .events = POLLIN | POLLOUT };
        (void)poll(&one, 1, -1);
        if ((one.revents & POLLOUT) != 0)
            say(fd, nonsense, sizeof nonsense - 1);
        n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    }
    (void)close(fd);
}

bool hostile_visit(const char *socket_path, unsigned manner, struct prng *r)
{
    int fd;

    if (manner == MANNER_GONE) {
        process_hang_up(socket_path);
        return true;
    }
    fd = process_connect(socket_path);
    if (fd < 0)
        return false;
    visit(fd, manner, r);
    (void)close(fd);
    return true;
}
