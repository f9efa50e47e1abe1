/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/shell/end.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "solver/core/check.h"
#include "solver/shell/log.h"

static int fd = -1;

static void *watch(void *signals)
{
    const struct timespec bound = { END_MS / 1000, END_MS % 1000 * 1000000L };
    int number = 0;

    CHECK(sigwait(signals, &number) == 0);
    CHECK(eventfd_write(fd, 1) == 0);
    (void)nanosleep(&bound, NULL);
    log_event(LOG_EV_STOP, "why=\"signal %d, and not closed after %d ms\"", number, END_MS);
    _exit(EXIT_SUCCESS);
}

void end_init(void)
{
    static sigset_t signals;
    pthread_t thread;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    CHECK(pthread_sigmask(SIG_BLOCK, &signals, NULL) == 0);
    fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(fd >= 0);
    CHECK(pthread_create(&thread, NULL, watch, &signals) == 0);
    CHECK(pthread_detach(thread) == 0);
}

int end_fd(void)
{
    return fd;
}

static bool asked_within(int ms)
{
    struct pollfd one = { .fd = fd, .events = POLLIN };

    return poll(&one, 1, ms) == 1;
}

bool end_asked(void)
{
    return asked_within(0);
}

void end_wait(void)
{
    while (!asked_within(-1))
        continue;
}
