/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The demo: a whole deployment on this machine, people who use it, a screen, and an audit.
 */
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/cli/cli.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/report.h"
#include "gateway/demo/board.h"
#include "gateway/demo/layout.h"
#include "gateway/demo/trade.h"

#define NS_PER_MS UINT64_C(1000000)
#define STEP_MS 50
#define DRAW_MS 250
#define LINE_MS 1000
#define CHAOS_MS 2000
#define READY_MS 30000   /* accounts are funded within it, or the demo gives up */
#define END_MAX_MS 45000 /* every intent, pot and leg has its end within it */
#define RATE_DEFAULT 10
#define COMMAND_TEXT (2 * PATH_MAX + CONFIG_TEXT_MAX + 8)
#define RATE_MAX 5000

struct demo_args {
    uint32_t seconds; /* 0: until interrupted */
    uint32_t rate;
    uint64_t seed;
    bool chaos;
    bool plain;
    bool keep;
};

struct demo {
    struct cli *cli;
    struct demo_args args;
    struct layout layout;
    struct fleet fleet;
    struct bot *bot;
    struct pulse *pulse;
    struct board board;
    struct trade_rng chaos;
    uint64_t draw_ns;
    uint64_t chaos_ns;
    uint64_t end_ns;        /* the demo ends itself; UINT64_MAX: never */
    int signals;            /* more than so many: give up whatever is not done */
    struct bot_score score; /* of the last step */
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = interrupted + 1;
}

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 * NS_PER_MS + (uint64_t)t.tv_nsec;
}

/* ---- options ---- */

enum { KEY_SECONDS = 300, KEY_CHAOS, KEY_RATE, KEY_SEED, KEY_PLAIN, KEY_KEEP };

static const struct argp_option options[] = {
    { "seconds", KEY_SECONDS, "N", 0, "end after N seconds (default: at Ctrl-C)", 1 },
    { "chaos", KEY_CHAOS, NULL, 0, "kill a random process every 2 s", 1 },
    { "rate", KEY_RATE, "N", 0, "intents per second (default 10)", 1 },
    { "seed", KEY_SEED, "N", 0, "of amounts, limits and market moves (default: random)", 1 },
    { "plain", KEY_PLAIN, NULL, 0, "one line per second instead of a screen", 1 },
    { "keep", KEY_KEEP, NULL, 0, "go on with the state of the last demo", 1 },
    { 0 },
};

static uint64_t number(const char *text, const char *option, uint64_t lo, uint64_t hi,
                       const struct argp_state *state)
{
    char *end;
    unsigned long long v = strtoull(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || v < lo || v > hi)
        argp_error(state, "%s %s: a whole number from %llu to %llu", option, text,
                   (unsigned long long)lo, (unsigned long long)hi);
    return v;
}

static error_t demo_parse(int key, char *arg, struct argp_state *state)
{
    struct demo_args *a = state->input;

    switch (key) {
    case KEY_SECONDS: a->seconds = (uint32_t)number(arg, "--seconds", 1, 1000000, state); return 0;
    case KEY_RATE: a->rate = (uint32_t)number(arg, "--rate", 1, RATE_MAX, state); return 0;
    case KEY_SEED: a->seed = number(arg, "--seed", 0, UINT64_MAX, state); return 0;
    case KEY_CHAOS: a->chaos = true; return 0;
    case KEY_PLAIN: a->plain = true; return 0;
    case KEY_KEEP: a->keep = true; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* ---- one step of the main loop ---- */

static void draw(struct demo *d, const char *doing, uint64_t now)
{
    struct pulse_view view;
    struct board_moment m = { &d->score, &view, &d->fleet, doing, now };

    if (!d->board.live)
        board_ends(&d->board, &m);
    if (now < d->draw_ns)
        return;
    pulse_view(&view, d->pulse);
    if (d->board.live) {
        board_draw(&d->board, &m);
        d->draw_ns = now + DRAW_MS * NS_PER_MS;
    } else {
        board_line(&d->board, &m);
        d->draw_ns = now + LINE_MS * NS_PER_MS;
    }
}

static void step(struct demo *d, const char *doing, bool chaos)
{
    struct timespec pause = { 0, STEP_MS * NS_PER_MS };
    uint64_t now = now_ns();

    fleet_step(&d->fleet, now);
    if (chaos && now >= d->chaos_ns) {
        (void)fleet_kill(&d->fleet, trade_random(&d->chaos));
        d->chaos_ns = now + CHAOS_MS * NS_PER_MS;
    }
    bot_score(&d->score, d->bot);
    draw(d, doing, now);
    nanosleep(&pause, NULL);
}

/* ---- the acts ---- */

/* CLI_OK while every process may still come up. */
static int look_at_fleet(const struct demo *d)
{
    const struct fleet_process *p = fleet_hopeless(&d->fleet);
    char line[FLEET_NEWS_TEXT];

    if (p == NULL)
        return CLI_OK;
    fleet_last_line(line, &d->fleet, p);
    return fail(d->cli, FAIL_START, d->layout.log, "%s ended %u times as soon as it started%s%s",
                p->name, p->early, line[0] != '\0' ? ": " : "", line);
}

static int act_start(struct demo *d)
{
    uint64_t end = now_ns() + READY_MS * NS_PER_MS;
    int status = CLI_OK;

    if (end > d->end_ns)
        end = d->end_ns;
    while (d->score.phase == BOT_FUND && status == CLI_OK) {
        step(d, "starting", false);
        if (interrupted > 0)
            return fail(d->cli, FAIL_START, d->layout.log, "interrupted before it was ready");
        if (now_ns() > end)
            return fail(d->cli, FAIL_START, d->layout.log, "not ready after %u s",
                        (unsigned)((now_ns() - d->board.start_ns) / NS_PER_MS / 1000));
        status = look_at_fleet(d);
    }
    if (d->score.phase == BOT_DONE)
        return fail(d->cli, FAIL_START, d->layout.log, "the accounts could not be funded");
    return status;
}

static int act_run(struct demo *d)
{
    int status = CLI_OK;

    d->chaos_ns = now_ns() + CHAOS_MS * NS_PER_MS;
    while (interrupted == 0 && now_ns() < d->end_ns && status == CLI_OK) {
        step(d, "running", d->args.chaos);
        status = look_at_fleet(d);
    }
    return status;
}

static bool gives_up(const struct demo *d)
{
    return interrupted > d->signals || now_ns() > d->end_ns;
}

/* The bot cancels what rests and follows every intent to its end. One more signal gives up, and so
 * does a service that does not answer any more. */
static void act_drain(struct demo *d)
{
    d->signals = interrupted;
    d->end_ns = now_ns() + END_MAX_MS * NS_PER_MS;
    bot_drain(d->bot);
    do
        step(d, "ending", false);
    while (d->score.phase != BOT_DONE && !gives_up(d));
    if (d->score.phase != BOT_DONE)
        d->score.unclear = d->score.open;
}

/* Audit until no pot and no leg is open, or the time is over. */
static int act_audit(struct wire_op_answer *answer, struct demo *d)
{
    struct wire_op_request request = { .kind = WIRE_OP_AUDIT };
    int status;

    request.as.audit.full = true;
    for (;;) {
        status = cli_operate(answer, d->cli, &request);
        if (status != CLI_OK || gives_up(d) || (answer->open_pots == 0 && answer->open_legs == 0))
            return status;
        for (int i = 0; i < 10; i++)
            step(d, "ending", false);
    }
}

/* ---- the last word ---- */

static bool differs(const struct wire_op_answer *a)
{
    for (size_t i = 0; i < a->audit_n; i++) {
        if (!delta_is_zero(a->audit[i].difference))
            return true;
    }
    return false;
}

static void print_numbers(const struct demo *d, const struct pulse_view *v)
{
    bool worse = v->better_micro < 0;
    bool table = d->cli->style.format == OUT_TABLE;
    const struct out_column columns[] = {
        { "accepted", "intents accepted" },
        { "filled", "filled" },
        { "part", "filled in part" },
        { "expired", "expired" },
        { "cancelled", "cancelled at the end" },
        { "refused", "refused" },
        { "unclear", "without a definite end" },
        { "batches", "batches" },
        { "fills", "fills" },
        { "legs", "legs at venues" },
        { "surplus", "more than limits asked for" },
        { "better", worse ? "less than best single venue" : "more than best single venue" },
        { "restarts", "restarts of processes" },
        { "first_fill_ms", "first fill after ms" },
    };
    const struct bot_score *s = &d->score;
    struct out o;

    out_begin(&o, &d->cli->style, "demo", columns, sizeof columns / sizeof columns[0], NULL);
    out_record(&o);
    out_number(&o, s->accepted);
    out_number(&o, s->filled);
    out_number(&o, s->part);
    out_number(&o, s->expired);
    out_number(&o, s->cancelled);
    out_number(&o, s->refused);
    out_number(&o, s->unclear);
    out_number(&o, v->batches);
    out_number(&o, v->fills);
    out_number(&o, v->legs);
    out_money(&o, v->surplus_micro);
    out_money(&o, worse && table ? -v->better_micro : v->better_micro);
    out_number(&o, fleet_restarts(&d->fleet));
    if (s->first_fill_ns > 0)
        out_number(&o, (s->first_fill_ns - d->board.start_ns) / NS_PER_MS);
    else
        out_none(&o);
    out_end(&o);
}

static int last_word(struct demo *d)
{
    struct wire_op_answer answer;
    struct pulse_view view;
    int status = act_audit(&answer, d);

    board_end(&d->board);
    if (status != CLI_OK)
        return status;
    pulse_view(&view, d->pulse);
    out_note(&d->cli->style, "%s", "");
    report_audit(d->cli, &answer, false);
    out_note(&d->cli->style, "%s", "");
    print_numbers(d, &view);
    if (!answer.sound || differs(&answer))
        return fail(d->cli, FAIL_UNSOUND, d->layout.log, "owned and world do not balance");
    if (answer.open_pots > 0 || answer.open_legs > 0 || d->score.unclear > 0)
        return fail(d->cli, FAIL_UNHEALTHY, d->layout.log,
                    "%llu intents, %llu pots and %llu legs have no definite end",
                    (unsigned long long)d->score.unclear, (unsigned long long)answer.open_pots,
                    (unsigned long long)answer.open_legs);
    if (d->score.accepted > 0 && d->score.first_fill_ns == 0)
        return fail(d->cli, FAIL_UNHEALTHY, d->layout.log, "not one intent was filled");
    out_note(&d->cli->style,
             "\nEvery intent came to a definite end, and every difference is zero.");
    return CLI_OK;
}

/* ---- the play ---- */

static int open_all(struct demo *d)
{
    struct cli *c = d->cli;
    const struct bot_options bot = { &c->config, &c->assets, d->args.rate, d->args.seed };
    int status = layout_open(&d->layout, c, d->args.keep);

    if (status != CLI_OK)
        return status;
    if (fleet_init(&d->fleet, &c->arena, d->layout.log) != ERR_OK)
        return fail(c, FAIL_FILE, d->layout.log, "cannot be written");
    status = layout_fleet(&d->fleet, c, &d->layout, d->args.seed);
    if (status != CLI_OK)
        return status;
    fleet_step(&d->fleet, now_ns());
    if (bot_start(&d->bot, &bot) != ERR_OK || pulse_start(&d->pulse, &c->config) != ERR_OK)
        return fail(c, FAIL_START, c->config.dir, "no thread, memory or connection");
    return CLI_OK;
}

static int play(struct demo *d)
{
    int status = open_all(d);

    if (status != CLI_OK)
        return status;
    board_begin(&d->board);
    status = act_start(d);
    if (status == CLI_OK)
        status = act_run(d);
    if (status != CLI_OK) {
        board_end(&d->board);
        return status;
    }
    act_drain(d);
    return last_word(d);
}

static void close_all(struct demo *d)
{
    bot_free(d->bot);
    pulse_free(d->pulse);
    client_close(d->cli->op);
    d->cli->op = NULL;
    fleet_stop(&d->fleet);
    fleet_fini(&d->fleet);
    layout_close(&d->layout);
}

/* This program and its state directory, from wherever they are typed. */
static void command_text(char text[COMMAND_TEXT], const struct cli *c)
{
    char program[PATH_MAX] = "sluice";
    char here[PATH_MAX] = "";
    const char *dir = c->config.dir;

    if (realpath("/proc/self/exe", program) == NULL)
        snprintf(program, sizeof program, "sluice");
    if (dir[0] != '/' && getcwd(here, sizeof here) == NULL)
        here[0] = '\0';
    snprintf(text, COMMAND_TEXT, "%s -d %s%s%s", program, here, here[0] != '\0' ? "/" : "", dir);
}

int cmd_demo(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options,
        demo_parse,
        NULL,
        "Run everything on this machine and watch it work.\v"
        "Starts a private Redis, the gateway, a leader with a standby, and a process for each "
        "market file beside the asset registry, then posts signed intents as four accounts do. "
        "At the end every intent is followed to its end and the ledger is audited: exit status 0 "
        "means that nothing is open and every difference is zero.\n\n"
        "While it runs, account alice has funds and a key: try sluice submit in another "
        "terminal.\n\nEverything lives in the state directory (--dir); demo.log there tells all.",
        NULL,
        NULL,
        NULL,
    };
    char command[COMMAND_TEXT];
    struct sigaction action = { .sa_handler = on_signal };
    struct demo d = { .cli = c, .args = { .rate = RATE_DEFAULT } };

    cli_parse(c, &argp, &d.args, argc, argv);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    command_text(command, c);
    d.layout.lock_fd = -1;
    d.fleet.log_fd = -1;
    d.board = (struct board){ .assets = &c->assets,
                              .command = command,
                              .style = c->style,
                              .live = isatty(STDOUT_FILENO) && !d.args.plain &&
                                      c->style.format == OUT_TABLE,
                              .start_ns = now_ns(),
                              .seconds = d.args.seconds,
                              .chaos = d.args.chaos };
    d.end_ns =
        d.args.seconds == 0 ? UINT64_MAX : d.board.start_ns + d.args.seconds * 1000 * NS_PER_MS;
    sign_random(&d.chaos, sizeof d.chaos);
    if (d.args.seed != 0)
        d.chaos.state = d.args.seed;
    int status = play(&d);
    close_all(&d);
    return status;
}
