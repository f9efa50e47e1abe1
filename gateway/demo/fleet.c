/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/fleet.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "solver/core/check.h"
#include "solver/shell/end.h"

#define NS_PER_MS UINT64_C(1000000)
#define STEADY_NS (10000 * NS_PER_MS) /* a process that lived so long starts with a short pause */
#define EARLY_NS (1000 * NS_PER_MS)
#define STOP_MS (END_MS + 2000) /* after SIGTERM */
#define POLL_MS 10
#define LOG_TAIL 8192 /* bytes after the start of a process that are searched */

enum err fleet_init(struct fleet *f, struct arena *arena, const char *log)
{
    memset(f, 0, sizeof *f);
    f->arena = arena;
    f->log_fd = open(log, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return f->log_fd < 0 ? ERR_IO : ERR_OK;
}

void fleet_fini(struct fleet *f)
{
    if (f->log_fd > 0)
        close(f->log_fd);
    f->log_fd = -1;
}

void fleet_log(struct fleet *f, const char *format, ...)
{
    char line[512];
    time_t now = time(NULL);
    struct tm tm;
    va_list ap;

    gmtime_r(&now, &tm);
    size_t n = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%SZ demo ", &tm);
    va_start(ap, format);
    vsnprintf(line + n, sizeof line - n - 1, format, ap);
    va_end(ap);
    n = strlen(line);
    line[n++] = '\n';
    if (write(f->log_fd, line, n) < 0)
        return; /* a full disk shows elsewhere */
}

enum err fleet_add(struct fleet *f, const char *name, const char *const argv[])
{
    struct fleet_process *p = &f->processes[f->n];
    size_t argc = 0;

    CHECK(f->n < FLEET_MAX);
    while (argv[argc] != NULL)
        argc++;
    memset(p, 0, sizeof *p);
    snprintf(p->name, sizeof p->name, "%s", name);
    p->argv = ARENA_NEW(f->arena, argc + 1, char *);
    for (size_t i = 0; p->argv != NULL && i < argc; i++) {
        p->argv[i] = arena_copy_text(f->arena, argv[i], strlen(argv[i]));
        if (p->argv[i] == NULL)
            return ERR_NOMEM;
    }
    if (p->argv == NULL)
        return ERR_NOMEM;
    p->pause_ms = FLEET_PAUSE_MIN_MS;
    f->n++;
    return ERR_OK;
}

/* In the child, after fork: only async-signal-safe calls. */
_Noreturn static void become(const struct fleet *f, const struct fleet_process *p, pid_t parent)
{
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    dup2(f->log_fd, STDOUT_FILENO);
    dup2(f->log_fd, STDERR_FILENO);
    execvp(p->argv[0], p->argv);
    static const char why[] = "demo: cannot be started: ";
    if (write(STDERR_FILENO, why, sizeof why - 1) < 0 ||
        write(STDERR_FILENO, p->argv[0], strlen(p->argv[0])) < 0 ||
        write(STDERR_FILENO, "\n", 1) < 0)
        _exit(126);
    _exit(127);
}

static void start(struct fleet *f, struct fleet_process *p, uint64_t now_ns)
{
    pid_t parent = getpid();

    p->log_from = lseek(f->log_fd, 0, SEEK_END);
    pid_t pid = fork();

    if (pid == 0)
        become(f, p, parent);
    p->started_ns = now_ns;
    p->killed = false;
    if (pid > 0) {
        p->pid = pid;
        return;
    }
    fleet_log(f, "%s cannot be started: %s", p->name, strerror(errno));
    p->start_at_ns = now_ns + FLEET_PAUSE_MAX_MS * NS_PER_MS;
}

static void ended(struct fleet *f, struct fleet_process *p, int status, uint64_t now_ns)
{
    uint64_t lived_ns = now_ns - p->started_ns;
    char *news = f->news[f->ends++ % FLEET_NEWS_N];
    char how[64];

    if (WIFSIGNALED(status))
        snprintf(how, sizeof how, "was ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(how, sizeof how, "ended with status %d", WEXITSTATUS(status));
    if (lived_ns > STEADY_NS)
        p->pause_ms = FLEET_PAUSE_MIN_MS;
    snprintf(news, FLEET_NEWS_TEXT, "%s (pid %d) %s after %.1llu.%llu s; again in %u ms", p->name,
             (int)p->pid, how, (unsigned long long)(lived_ns / (1000 * NS_PER_MS)),
             (unsigned long long)(lived_ns / (100 * NS_PER_MS) % 10), p->pause_ms);
    p->early = lived_ns < EARLY_NS && !p->killed ? p->early + 1 : 0;
    fleet_log(f, "%s", news);
    p->last_pid = p->pid;
    p->pid = 0;
    p->restarts++;
    p->start_at_ns = now_ns + p->pause_ms * NS_PER_MS;
    p->pause_ms = p->pause_ms * 2 < FLEET_PAUSE_MAX_MS ? p->pause_ms * 2 : FLEET_PAUSE_MAX_MS;
}

void fleet_step(struct fleet *f, uint64_t now_ns)
{
    for (size_t i = 0; i < f->n; i++) {
        struct fleet_process *p = &f->processes[i];
        int status;
        if (p->pid > 0 && waitpid(p->pid, &status, WNOHANG) == p->pid)
            ended(f, p, status, now_ns);
        if (p->pid == 0 && now_ns >= p->start_at_ns)
            start(f, p, now_ns);
    }
}

const struct fleet_process *fleet_hopeless(const struct fleet *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->processes[i].early >= FLEET_EARLY_MAX)
            return &f->processes[i];
    }
    return NULL;
}

/*
 * All processes write to one log: "TIME WHO ..." ours, where WHO is one of the arguments, and
 * "PID:..." Redis. A line without a number in front comes from a program that fails to start.
 */
static bool wrote(const struct fleet_process *p, const char *line)
{
    const char *who = line + strcspn(line, " ");
    char *end;

    if (line[0] < '0' || line[0] > '9')
        return line[0] != '\0';
    if (strtol(line, &end, 10) == p->last_pid && *end == ':')
        return true;
    who += *who == ' ';
    for (char *const *arg = p->argv + 1; *arg != NULL; arg++) {
        size_t n = strlen(*arg);
        if (n > 0 && strncmp(who, *arg, n) == 0 && who[n] == ' ')
            return true;
    }
    return false;
}

void fleet_last_line(char line[FLEET_NEWS_TEXT], const struct fleet *f,
                     const struct fleet_process *p)
{
    char text[LOG_TAIL + 1];
    char *rest = text;
    ssize_t n = pread(f->log_fd, text, LOG_TAIL, p->log_from);

    text[n > 0 ? n : 0] = '\0';
    line[0] = '\0';
    for (char *one; (one = strsep(&rest, "\n")) != NULL;) {
        if (wrote(p, one))
            snprintf(line, FLEET_NEWS_TEXT, "%s", one);
    }
}

const char *fleet_kill(struct fleet *f, uint64_t random)
{
    size_t running = fleet_running(f);

    if (running == 0)
        return NULL;
    size_t pick = (size_t)(random % running);
    for (size_t i = 0; i < f->n; i++) {
        struct fleet_process *p = &f->processes[i];
        if (p->pid == 0 || pick-- > 0)
            continue;
        fleet_log(f, "chaos: SIGKILL to %s (pid %d)", p->name, (int)p->pid);
        kill(p->pid, SIGKILL);
        p->killed = true;
        return p->name;
    }
    return NULL;
}

pid_t fleet_child(const struct fleet_process *p)
{
    char path[64];
    long child = 0;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)p->pid, (int)p->pid);
    FILE *f = p->pid > 0 ? fopen(path, "re") : NULL;
    if (f == NULL || fscanf(f, "%ld", &child) != 1)
        child = 0;
    if (f != NULL)
        fclose(f);
    return (pid_t)child;
}

/* True when it is gone within ms. */
static bool gone_within(struct fleet_process *p, int ms)
{
    struct timespec pause = { 0, POLL_MS * 1000000L };

    for (int waited = 0;; waited += POLL_MS) {
        if (waitpid(p->pid, NULL, WNOHANG) != 0)
            return true;
        if (waited >= ms)
            return false;
        nanosleep(&pause, NULL);
    }
}

void fleet_stop(struct fleet *f)
{
    for (size_t i = f->n; i > 0; i--) {
        struct fleet_process *p = &f->processes[i - 1];
        if (p->pid == 0)
            continue;
        kill(p->pid, SIGTERM);
        if (!gone_within(p, STOP_MS)) {
            fleet_log(f, "%s (pid %d) does not end; SIGKILL", p->name, (int)p->pid);
            kill(p->pid, SIGKILL);
            waitpid(p->pid, NULL, 0);
        }
        p->pid = 0;
    }
}

size_t fleet_running(const struct fleet *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n; i++)
        n += f->processes[i].pid > 0;
    return n;
}

uint64_t fleet_restarts(const struct fleet *f)
{
    uint64_t n = 0;

    for (size_t i = 0; i < f->n; i++)
        n += f->processes[i].restarts;
    return n;
}
