/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/test_support.h"

#define CONNECT_TRIES 100
#define CONNECT_PAUSE_MS 10
#define STOP_MS 10000
#define POLL_NS 2000000

static uint64_t now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool wait_until(bool (*ready)(void *arg), void *arg, uint64_t timeout_ms)
{
    const struct timespec pause = { .tv_nsec = POLL_NS };
    uint64_t end = now_ms() + timeout_ms;

    while (!ready(arg)) {
        if (now_ms() > end)
            return false;
        (void)nanosleep(&pause, NULL);
    }
    return true;
}

void process_until(bool (*ready)(void *arg), void *arg, uint64_t timeout_ms, const char *what)
{
    if (!wait_until(ready, arg, timeout_ms))
        fail_msg("%s: not within %llu ms", what, (unsigned long long)timeout_ms);
}

/* Between fork and exec: only calls that are safe in a child of a process with threads. */
_Noreturn static void child_exec(int log_fd, pid_t parent, char *const argv[])
{
    int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent && null_fd >= 0 && dup2(null_fd, 0) == 0 && dup2(log_fd, 1) == 1 &&
        dup2(log_fd, 2) == 2)
        (void)execvp(argv[0], argv);
    _exit(127);
}

void process_start(struct process *p, const char *log, const char *const argv[])
{
    int n = snprintf(p->log, sizeof p->log, "%s", log);
    pid_t parent = getpid();

    assert_true(n > 0 && (size_t)n < sizeof p->log);
    int log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    assert_true(log_fd >= 0);
    p->pid = fork();
    if (p->pid == 0)
        child_exec(log_fd, parent, (char *const *)(uintptr_t)argv);
    (void)close(log_fd);
    assert_true(p->pid > 0);
}

bool process_ended(int *status, struct process *p)
{
    if (p->pid <= 0)
        return false;
    pid_t pid = waitpid(p->pid, status, WNOHANG);

    assert_true(pid >= 0);
    if (pid == 0)
        return false;
    p->pid = 0;
    return true;
}

struct ending {
    struct process *process;
    int status;
};

static bool ending_done(void *arg)
{
    struct ending *e = arg;

    return process_ended(&e->status, e->process);
}

static void log_print(const struct process *p)
{
    char line[512];
    FILE *file = fopen(p->log, "r");

    print_message("log %s:\n", p->log);
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        print_message("  %s", line);
    if (file != NULL)
        (void)fclose(file);
}

int process_stop(struct process *p)
{
    struct ending e = { .process = p };

    if (p->pid <= 0)
        return 0;
    (void)kill(p->pid, SIGTERM);
    if (!wait_until(ending_done, &e, STOP_MS)) {
        (void)kill(p->pid, SIGKILL);
        (void)waitpid(p->pid, &e.status, 0);
        p->pid = 0;
    }
    if (e.status != 0)
        log_print(p);
    return e.status;
}

void process_kill(struct process *p)
{
    if (p->pid <= 0)
        return;
    (void)kill(p->pid, SIGKILL);
    (void)waitpid(p->pid, NULL, 0);
    p->pid = 0;
}

int process_wait(struct process *p, uint64_t timeout_ms)
{
    struct ending e = { .process = p };

    if (!wait_until(ending_done, &e, timeout_ms)) {
        process_kill(p);
        log_print(p);
        fail_msg("%s: still running after %llu ms", p->log, (unsigned long long)timeout_ms);
    }
    return e.status;
}

static int unix_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    return fd;
}

static bool unix_connect(int fd, const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int n = snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path);

    assert_true(n > 0 && (size_t)n < sizeof addr.sun_path);
    return connect(fd, (const struct sockaddr *)&addr, sizeof addr) == 0;
}

/* A busy listener may refuse for a moment. */
int process_connect(const char *path)
{
    for (int tries = 0; tries < CONNECT_TRIES; tries++) {
        int fd = unix_socket();

        if (unix_connect(fd, path))
            return fd;
        bool refused = errno == ECONNREFUSED || errno == EAGAIN;
        (void)close(fd);
        if (!refused)
            break;
        (void)poll(NULL, 0, CONNECT_PAUSE_MS);
    }
    return -1;
}

void process_hang_up(const char *path)
{
    int fd = unix_socket();

    assert_int_equal(shutdown(fd, SHUT_RDWR), 0); /* deaf from the start, so no race with close */
    assert_true(unix_connect(fd, path));
    (void)close(fd);
}
