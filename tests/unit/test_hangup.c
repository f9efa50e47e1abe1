/* SPDX-License-Identifier: GPL-3.0-or-later */
/* That two calls of libc are ours in a program with nng, what they change and what not, and what
 * they are for: nng's listeners, dialers and connections end well when their peers hang up. */
#include "tests/support/test_support.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>

#define WAIT_MS 20000 /* for what must come, on any machine */
#define VISITS 40     /* of each manner */
#define REDIALS 300
#define QUESTIONS 200
#define URL_MAX 128

/* ---- the call ---- */

static void pair_open(int fds[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
}

static ssize_t say(int fd, struct iovec *parts, size_t n)
{
    const struct msghdr message = { .msg_iov = parts, .msg_iovlen = n };

    errno = 0;
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static ssize_t say_word(int fd)
{
    struct iovec word = { .iov_base = (char[]){ "word" }, .iov_len = 4 };

    return say(fd, &word, 1);
}

static ssize_t greet(int fd)
{
    struct iovec greeting = { .iov_base = (char[]){ "\0SP\0\0\x30\0\0" }, .iov_len = 8 };

    return say(fd, &greeting, 1);
}

static void test_hangup_sends_all_parts_in_order(void **state)
{
    struct iovec parts[] = { { (char[]){ "one " }, 4 }, { NULL, 0 }, { (char[]){ "two" }, 3 } };
    char heard[8] = "";
    int fds[2];

    (void)state;
    pair_open(fds);
    assert_int_equal(say(fds[0], parts, 3), 7);
    assert_int_equal(read(fds[1], heard, sizeof heard), 7);
    assert_string_equal(heard, "one two");
    (void)close(fds[0]);
    (void)close(fds[1]);
}

/* The greeting fails, with a reset; a message is sent, and what was not heard yet is not heard. */
static void assert_hung_up(int fd)
{
    char heard[8];

    assert_int_equal(greet(fd), -1);
    assert_int_equal(errno, ECONNRESET);
    assert_int_equal(say_word(fd), 4);
    assert_int_equal(read(fd, heard, sizeof heard), 0);
}

static void test_hangup_of_a_unix_peer(void **state)
{
    int fds[2];

    (void)state;
    pair_open(fds);
    assert_int_equal(say_word(fds[1]), 4);
    (void)close(fds[1]);
    assert_hung_up(fds[0]);
    (void)close(fds[0]);
}

/* The end of a connection and a reset have both arrived: Linux says EPIPE here too. */
static void test_hangup_of_a_tcp_peer(void **state)
{
    const struct linger at_once = { .l_onoff = 1 };
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t at_n = sizeof at;
    int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(door, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(door, 1), 0);
    assert_int_equal(getsockname(door, (struct sockaddr *)&at, &at_n), 0);
    assert_int_equal(connect(peer, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(shutdown(peer, SHUT_WR), 0);
    assert_int_equal(setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    (void)close(peer);
    int fd = accept(door, NULL, NULL);
    assert_true(fd >= 0);
    assert_hung_up(fd);
    (void)close(fd);
    (void)close(door);
}

/* What epoll calls broken is read and written like anything else. */
static void test_hangup_is_no_event_of_its_own(void **state)
{
    struct epoll_event event = { .events = EPOLLOUT };
    int queue = epoll_create1(EPOLL_CLOEXEC);
    int fds[2];

    (void)state;
    pair_open(fds);
    assert_int_equal(epoll_ctl(queue, EPOLL_CTL_ADD, fds[0], &event), 0);
    assert_int_equal(epoll_wait(queue, &event, 1, 0), 1);
    assert_int_equal(event.events, EPOLLOUT);
    assert_int_equal(say_word(fds[0]), 4);
    (void)close(fds[1]); /* with the word unread, which is an error */
    assert_int_equal(epoll_wait(queue, &event, 1, 0), 1);
    assert_int_equal(event.events, EPOLLIN | EPOLLOUT);
    (void)close(fds[0]);
    (void)close(queue);
}

static void test_hangup_leaves_other_errors_alone(void **state)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int fds[2];

    (void)state;
    assert_int_equal(say_word(-1), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(say_word(fd), -1);
    assert_int_equal(errno, ENOTCONN);
    (void)close(fd);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    while (say_word(fds[0]) == 4)
        ;
    assert_int_equal(errno, EAGAIN);
    (void)close(fds[0]);
    (void)close(fds[1]);
}

/* ---- what it is for ---- */

struct echo {
    struct tmpdir dir;
    char url[URL_MAX];
    struct sockaddr_in at; /* of a tcp listener */
    nng_socket socket;
    nng_aio *aio;
    bool sending;
    nng_socket old_friend; /* connected before any visit */
};

/* In a thread of nng's: say back what comes. */
static void echo_cb(void *arg)
{
    struct echo *e = arg;

    if (nng_aio_result(e->aio) != 0)
        return; /* closed */
    e->sending = !e->sending;
    if (e->sending)
        nng_send_aio(e->socket, e->aio);
    else
        nng_recv_aio(e->socket, e->aio);
}

static bool asked(nng_socket s)
{
    char word[8];
    size_t n = sizeof word;

    return nng_send(s, (char[]){ "word" }, 4, 0) == 0 && nng_recv(s, word, &n, 0) == 0 && n == 4;
}

static nng_socket friend_open(const struct echo *e)
{
    nng_socket s;

    assert_int_equal(nng_req0_open(&s), 0);
    assert_int_equal(nng_socket_set_ms(s, NNG_OPT_RECVTIMEO, WAIT_MS), 0);
    assert_int_equal(nng_socket_set_ms(s, NNG_OPT_SENDTIMEO, WAIT_MS), 0);
    assert_int_equal(nng_dial(s, e->url, NULL, NNG_FLAG_NONBLOCK), 0);
    return s;
}

static void echo_open(struct echo *e, const char *url)
{
    nng_listener listener;
    int port;

    assert_int_equal(nng_rep0_open(&e->socket), 0);
    assert_int_equal(nng_aio_alloc(&e->aio, echo_cb, e), 0);
    assert_int_equal(nng_listen(e->socket, url, &listener, 0), 0);
    snprintf(e->url, sizeof e->url, "%s", url);
    if (nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port) == 0) {
        snprintf(e->url, sizeof e->url, "tcp://127.0.0.1:%d", port);
        e->at = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
        e->at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    e->sending = false;
    nng_recv_aio(e->socket, e->aio);
    e->old_friend = friend_open(e);
    assert_true(asked(e->old_friend));
}

static void echo_close(struct echo *e)
{
    nng_close(e->old_friend);
    nng_close(e->socket);
    nng_aio_stop(e->aio);
    nng_aio_free(e->aio);
}

/* Who is connected stays so, and who comes is let in. */
static void assert_open_to_all(const struct echo *e)
{
    nng_socket s = friend_open(e);

    assert_true(asked(s));
    assert_true(asked(e->old_friend));
    nng_close(s);
}

struct manner {
    const char *words; /* said before the end */
    size_t words_n;
    bool half_first; /* close one direction, then the other */
    bool reset;      /* end with a reset where the transport has one */
};

static const struct manner manners[] = {
    { "", 0, false, false },         { "", 0, false, true },     { "", 0, true, true },
    { "\0SP", 3, false, false },     { "\0SP", 3, false, true }, { "\0SP", 3, true, true },
    { "GET /\r\n", 7, true, false },
};

static void visit(int fd, const struct manner *m)
{
    const struct linger at_once = { .l_onoff = 1 };

    (void)send(fd, m->words, m->words_n, MSG_NOSIGNAL);
    if (m->half_first)
        (void)shutdown(fd, SHUT_WR);
    if (m->reset)
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    (void)close(fd);
}

static void test_hangup_keeps_an_ipc_listener_open(void **state)
{
    struct echo *e = *state;
    char url[URL_MAX];

    snprintf(url, sizeof url, "ipc://%s/echo.ipc", e->dir.path);
    const char *path = strchr(url, '/') + 2;
    echo_open(e, url);
    process_hang_up(path);
    assert_open_to_all(e);
    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
        for (int k = 0; k < VISITS; k++) {
            int fd = process_connect(path);
            assert_true(fd >= 0);
            visit(fd, &manners[i]);
        }
        assert_open_to_all(e);
    }
    echo_close(e);
}

static void test_hangup_keeps_a_tcp_listener_open(void **state)
{
    struct echo *e = *state;

    echo_open(e, "tcp://127.0.0.1:0");
    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
        for (int k = 0; k < VISITS; k++) {
            int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            assert_true(fd >= 0);
            assert_int_equal(connect(fd, (const struct sockaddr *)&e->at, sizeof e->at), 0);
            visit(fd, &manners[i]);
        }
        assert_open_to_all(e);
    }
    echo_close(e);
}

/* A server that hangs up on everybody, as one that dies does, is dialled again and again. */
static void test_hangup_keeps_a_dialer_dialling(void **state)
{
    struct echo *e = *state;
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    nng_socket s;

    snprintf(at.sun_path, sizeof at.sun_path, "%s/door.ipc", e->dir.path);
    snprintf(e->url, sizeof e->url, "ipc://%s/door.ipc", e->dir.path);
    assert_int_equal(bind(door, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(door, 1), 0);
    assert_int_equal(nng_req0_open(&s), 0);
    assert_int_equal(nng_socket_set_ms(s, NNG_OPT_RECONNMINT, 1), 0);
    assert_int_equal(nng_dial(s, e->url, NULL, NNG_FLAG_NONBLOCK), 0);
    for (int i = 0; i < REDIALS; i++) {
        struct pollfd coming = { .fd = door, .events = POLLIN };
        assert_int_equal(poll(&coming, 1, WAIT_MS), 1);
        (void)close(accept(door, NULL, NULL));
    }
    nng_close(s);
    (void)close(door);
}

static size_t open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t n = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    (void)closedir(dir);
    return n;
}

static bool files_are_few(void *before)
{
    return open_files() <= *(size_t *)before;
}

/* Ask many times, hear nothing, hang up: the answers fail while questions are still being read. */
static void ask_and_leave(const char *path)
{
    static const char question[] = "\1\0\0\0\0\0\0\0\x08\x80\0\0\1word";
    int fd = process_connect(path);

    assert_true(fd >= 0);
    assert_int_equal(greet(fd), 8);
    for (int i = 0; i < QUESTIONS; i++)
        (void)send(fd, question, sizeof question - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)close(fd);
}

static void test_hangup_leaves_no_connection_behind(void **state)
{
    struct echo *e = *state;
    char url[URL_MAX];

    snprintf(url, sizeof url, "ipc://%s/echo.ipc", e->dir.path);
    echo_open(e, url);
    size_t before = open_files();
    for (int i = 0; i < REDIALS; i++)
        ask_and_leave(strchr(url, '/') + 2);
    process_until(files_are_few, &before, WAIT_MS, "all connections to be closed");
    assert_open_to_all(e);
    echo_close(e);
}

static int setup(void **state)
{
    static struct echo e;

    e = (struct echo){ 0 };
    tmpdir_new(&e.dir);
    *state = &e;
    return 0;
}

static int teardown(void **state)
{
    struct echo *e = *state;

    tmpdir_free(&e->dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hangup_sends_all_parts_in_order),
        cmocka_unit_test(test_hangup_of_a_unix_peer),
        cmocka_unit_test(test_hangup_of_a_tcp_peer),
        cmocka_unit_test(test_hangup_is_no_event_of_its_own),
        cmocka_unit_test(test_hangup_leaves_other_errors_alone),
        cmocka_unit_test_setup_teardown(test_hangup_keeps_an_ipc_listener_open, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hangup_keeps_a_tcp_listener_open, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hangup_keeps_a_dialer_dialling, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hangup_leaves_no_connection_behind, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
