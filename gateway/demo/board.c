/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/board.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gateway/cli/out.h"

#define NS_PER_S UINT64_C(1000000000)
#define GAP_DECIMALS 10 /* a gap in 1e-12 is 1e-10 percent */
#define GAP_PLACES 6
#define GAP_SHOWN_MAX UINT64_C(1000000000000) /* a bound so loose says nothing more */
#define LINE_MAX_BYTES 512
#define ROWS_DEFAULT 40
#define COLUMNS_DEFAULT 100
#define WIDE_COLUMNS 110
#define LABEL_COLUMNS 8
#define FIXED_ROWS 9 /* head, four of numbers, house, head of the processes, two of the hint */
#define ENDS_SHOWN 5
#define SERVICES 3 /* gateway, leader and standby, the last of the fleet */
#define HINT_LABEL "try: "

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

/* The screen in the making: lines end where the terminal does. */
struct screen {
    char *text;
    size_t size;
    FILE *f;
    unsigned rows;
    unsigned columns;
    unsigned row;
};

static void screen_open(struct screen *s)
{
    struct winsize w = { 0 };

    *s = (struct screen){ .rows = ROWS_DEFAULT, .columns = COLUMNS_DEFAULT };
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0) {
        s->rows = w.ws_row;
        s->columns = w.ws_col;
    }
    s->f = open_memstream(&s->text, &s->size);
    if (s->f != NULL)
        fputs("\033[H", s->f);
}

/* One line, cut at the right edge; colour codes take no room. */
__attribute__((format(printf, 2, 3))) static void line(struct screen *s, const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    unsigned column = 0;
    va_list ap;

    if (++s->row >= s->rows)
        return;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\033') {
            size_t n = strcspn(p, "m");
            fwrite(p, 1, n + (p[n] != '\0'), s->f);
            p += p[n] != '\0' ? n : n - 1;
        } else if (column < s->columns) {
            fputc(*p, s->f);
            column += ((unsigned char)*p & 0xc0) != 0x80;
        }
    }
    fputs(PLAIN "\033[K\n", s->f);
}

static bool wide(const struct screen *s)
{
    return s->columns >= WIDE_COLUMNS;
}

static void screen_show(struct screen *s)
{
    if (s->f == NULL)
        return;
    fputs("\033[J", s->f);
    if (fclose(s->f) == 0) {
        fwrite(s->text, 1, s->size, stdout);
        fflush(stdout);
    }
    free(s->text);
}

/* ---- the parts ---- */

static unsigned long long seconds_of(uint64_t ns)
{
    return (unsigned long long)(ns / NS_PER_S);
}

static const char *gap_text(char buf[OUT_NUMBER_TEXT], const struct wire_op_batch *b)
{
    if (b->gap_ppt > GAP_SHOWN_MAX) {
        snprintf(buf, OUT_NUMBER_TEXT, ">100");
        return buf;
    }
    return out_units(buf, AMOUNT_OF(b->gap_ppt), GAP_DECIMALS, GAP_PLACES);
}

static void draw_head(struct screen *s, const struct board *b, const struct board_moment *m)
{
    char first[64] = "";
    char until[32] = "";

    if (m->bot->first_fill_ns > 0) {
        uint64_t ms = (m->bot->first_fill_ns - b->start_ns) / 1000000;
        snprintf(first, sizeof first, "  first fill %u.%u s", (unsigned)(ms / 1000),
                 (unsigned)(ms % 1000 / 100));
    }
    if (b->seconds > 0)
        snprintf(until, sizeof until, " of %u", b->seconds);
    line(s, BOLD "sluice demo" PLAIN "  %s%s  %llu%s s%s" DIM "  Ctrl-C ends it%s", m->doing,
         b->chaos ? RED ", chaos" PLAIN : "", seconds_of(m->now_ns - b->start_ns), until, first,
         wide(s) ? " in good order" : "");
}

static void draw_newest(struct screen *s, const struct wire_op_batch *b)
{
    char gap[OUT_NUMBER_TEXT];

    if (b->auction == 0)
        line(s, BOLD "newest" PLAIN "  no batch has settled yet");
    else
        line(s, BOLD "newest" PLAIN "  %llu: %u intents, %u fills, %u legs in %u.%u ms; %s%s %%%s",
             (unsigned long long)b->auction, b->intents, b->fills, b->legs, b->solve_us / 1000,
             b->solve_us % 1000 / 100, wide(s) ? "at most " : "gap ", gap_text(gap, b),
             wide(s) ? " below the optimum" : "");
}

static void draw_numbers(struct screen *s, const struct board_moment *m)
{
    const struct bot_score *bot = m->bot;
    const struct pulse_view *v = m->pulse;
    bool worse = v->better_micro < 0;
    char a[OUT_NUMBER_TEXT], c[OUT_NUMBER_TEXT];

    line(s,
         BOLD "intents" PLAIN " %llu in: %llu filled, %llu in part, %llu expired, %llu open, "
              "%llu refused",
         (unsigned long long)bot->accepted, (unsigned long long)bot->filled,
         (unsigned long long)bot->part, (unsigned long long)bot->expired,
         (unsigned long long)bot->open, (unsigned long long)bot->refused);
    line(s, BOLD "batches" PLAIN " %llu settled: %llu fills, with %llu legs at venues",
         (unsigned long long)v->batches, (unsigned long long)v->fills, (unsigned long long)v->legs);
    draw_newest(s, &v->last);
    line(s,
         BOLD "surplus" PLAIN GREEN " %s" PLAIN " over the limits, %s%s" PLAIN
              " %s the best single venue",
         out_micro(a, v->surplus_micro), worse ? RED : GREEN,
         out_micro(c, worse ? -v->better_micro : v->better_micro), worse ? "below" : "over");
}

/* As many holdings as the line has room for. */
static void draw_house(struct screen *s, const struct board *b, const struct pulse_view *v)
{
    char text[LINE_MAX_BYTES] = "";
    char units[OUT_NUMBER_TEXT];
    size_t room = s->columns - LABEL_COLUMNS < sizeof text ? s->columns - LABEL_COLUMNS : 0;
    size_t n = 0;

    for (size_t i = 0; i < v->house_n; i++) {
        const struct asset *a = asset_get(b->assets, v->house[i].asset);
        if (a == NULL)
            continue;
        out_units(units, v->house[i].amount, a->decimals, 2);
        if (n + strlen(units) + strlen(a->symbol) + 3 > room)
            break;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %s", n > 0 ? ", " : "", units,
                              a->symbol);
    }
    line(s, BOLD "house" PLAIN "   %s", text);
}

static void draw_fills(struct screen *s, const struct bot_score *bot, unsigned rows)
{
    for (unsigned i = rows; i > 0; i--)
        line(s, BOLD "%s" PLAIN "%s", i == rows ? "fills   " : "        ",
             bot->news[BOT_NEWS_N - i]);
}

/* What the leader sees of the venue whose process this is. */
static void venue_cell(char *buf, size_t n, const struct pulse_view *v, const char *process)
{
    static const char venue[] = "venue ";

    buf[0] = '\0';
    for (size_t i = 0; i < v->venues_n; i++) {
        const struct pulse_venue *x = &v->venues[i];
        if (strncmp(process, venue, strlen(venue)) == 0 &&
            strcmp(process + strlen(venue), x->name.text) == 0)
            snprintf(buf, n, "%-5.5s %s%-4s" PLAIN " %6llu %7llu %5llu  %s", x->kind.text,
                     x->up ? GREEN : RED, x->up ? "up" : "down", (unsigned long long)x->curves,
                     (unsigned long long)x->age_ms, (unsigned long long)x->open_legs, x->note);
    }
}

static void draw_process(struct screen *s, const struct board_moment *m,
                         const struct fleet_process *p)
{
    pid_t engine = fleet_child(p);
    char cell[LINE_MAX_BYTES / 2];

    venue_cell(cell, sizeof cell, m->pulse, p->name);
    if (engine > 0)
        snprintf(cell, sizeof cell, "its engine: pid %d", (int)engine);
    if (p->pid > 0)
        line(s, "%-14.14s %7d %6llu %8u   %s", p->name, (int)p->pid,
             seconds_of(m->now_ns > p->started_ns ? m->now_ns - p->started_ns : 0), p->restarts,
             cell);
    else
        line(s, "%-14.14s " RED "%7s %6s" PLAIN " %8u   %s", p->name, "-", "waits", p->restarts,
             cell);
}

/* The service first: on a small screen it is the venues that are cut. */
static void draw_processes(struct screen *s, const struct board_moment *m)
{
    const struct fleet *f = m->fleet;
    size_t last = f->n < SERVICES ? f->n : SERVICES;

    line(s, BOLD "process            pid   up s restarts   kind  is   curves  age ms  legs");
    for (size_t i = f->n - last; i < f->n; i++)
        draw_process(s, m, &f->processes[i]);
    for (size_t i = 0; i < f->n - last; i++)
        draw_process(s, m, &f->processes[i]);
}

static void draw_ends(struct screen *s, const struct fleet *f, unsigned rows)
{
    for (uint64_t i = rows < f->ends ? rows : f->ends; i > 0; i--)
        line(s, DIM "%s", f->news[(f->ends - i) % FLEET_NEWS_N]);
}

/* As it can be typed: on two lines when one is too short. */
static void draw_hint(struct screen *s, const struct board *b)
{
    static const char rest[] = "submit --sell 1.5 ETH --for USDC --min 4000 --wait";

    if (strlen(HINT_LABEL) + strlen(b->command) + 1 + strlen(rest) <= s->columns) {
        line(s, DIM HINT_LABEL "%s %s", b->command, rest);
        return;
    }
    line(s, DIM HINT_LABEL "%s \\", b->command);
    line(s, DIM "    %s", rest);
}

/* ---- the whole ---- */

void board_begin(const struct board *b)
{
    if (b->live)
        fputs("\033[?25l\033[2J", stdout); /* no cursor, clear */
}

void board_draw(struct board *b, const struct board_moment *m)
{
    struct screen s;

    screen_open(&s);
    if (s.f == NULL)
        return;
    /* Fills and ends share the rows that the rest leaves over. */
    unsigned fixed = FIXED_ROWS + (unsigned)m->fleet->n;
    unsigned over = s.rows > fixed + 1 ? s.rows - fixed - 1 : 0;
    unsigned fills = over > ENDS_SHOWN + BOT_NEWS_N ? BOT_NEWS_N : (over + 1) / 2;
    unsigned ends = over - fills < ENDS_SHOWN ? over - fills : ENDS_SHOWN;
    draw_head(&s, b, m);
    draw_numbers(&s, m);
    draw_house(&s, b, m->pulse);
    draw_fills(&s, m->bot, fills);
    draw_processes(&s, m);
    draw_ends(&s, m->fleet, ends);
    draw_hint(&s, b);
    screen_show(&s);
}

/* ---- one line ---- */

static size_t venues_up(const struct pulse_view *v)
{
    size_t up = 0;

    for (size_t i = 0; i < v->venues_n; i++)
        up += v->venues[i].up;
    return up;
}

static void end_json(const struct board *b, uint64_t seconds, const char *what)
{
    static const struct out_column columns[] = { { "second", "" }, { "what", "" } };
    struct out o;

    out_begin(&o, &b->style, "end", columns, sizeof columns / sizeof columns[0], NULL);
    out_number(&o, seconds);
    out_text(&o, what);
    out_end(&o);
}

static void progress_json(const struct board *b, const struct board_moment *m)
{
    static const struct out_column columns[] = {
        { "second", "" },    { "doing", "" },     { "accepted", "" }, { "open", "" },
        { "filled", "" },    { "part", "" },      { "expired", "" },  { "batches", "" },
        { "fills", "" },     { "surplus", "" },   { "better", "" },   { "gap_ppt", "" },
        { "venues_up", "" }, { "processes", "" }, { "restarts", "" },
    };
    const struct bot_score *bot = m->bot;
    const struct pulse_view *v = m->pulse;
    struct out o;

    out_begin(&o, &b->style, "progress", columns, sizeof columns / sizeof columns[0], NULL);
    out_number(&o, seconds_of(m->now_ns - b->start_ns));
    out_text(&o, m->doing);
    out_number(&o, bot->accepted);
    out_number(&o, bot->open);
    out_number(&o, bot->filled);
    out_number(&o, bot->part);
    out_number(&o, bot->expired);
    out_number(&o, v->batches);
    out_number(&o, v->fills);
    out_money(&o, v->surplus_micro);
    out_money(&o, v->better_micro);
    out_number(&o, v->last.gap_ppt);
    out_number(&o, venues_up(v));
    out_number(&o, fleet_running(m->fleet));
    out_number(&o, fleet_restarts(m->fleet));
    out_end(&o);
}

static void progress_text(const struct board *b, const struct board_moment *m)
{
    const struct bot_score *bot = m->bot;
    const struct pulse_view *v = m->pulse;
    char surplus[OUT_NUMBER_TEXT], better[OUT_NUMBER_TEXT], gap[OUT_NUMBER_TEXT];

    printf(
        "%4llu s  %-8s %llu accepted, %llu open, %llu filled, %llu in part, %llu expired; "
        "%llu batches, %llu fills; %s over limits, %s over best venue; gap %s %%; %zu/%zu venues, "
        "%zu/%zu processes, %llu restarts\n",
        seconds_of(m->now_ns - b->start_ns), m->doing, (unsigned long long)bot->accepted,
        (unsigned long long)bot->open, (unsigned long long)bot->filled,
        (unsigned long long)bot->part, (unsigned long long)bot->expired,
        (unsigned long long)v->batches, (unsigned long long)v->fills,
        out_micro(surplus, v->surplus_micro), out_micro(better, v->better_micro),
        gap_text(gap, &v->last), venues_up(v), v->venues_n, fleet_running(m->fleet), m->fleet->n,
        (unsigned long long)fleet_restarts(m->fleet));
    fflush(stdout);
}

void board_ends(struct board *b, const struct board_moment *m)
{
    unsigned long long seconds = seconds_of(m->now_ns - b->start_ns);

    for (; b->ends_shown < m->fleet->ends; b->ends_shown++) {
        const char *what = m->fleet->news[b->ends_shown % FLEET_NEWS_N];
        if (b->style.format == OUT_JSON)
            end_json(b, seconds, what);
        else
            printf("%4llu s  %s\n", seconds, what);
    }
}

void board_line(struct board *b, const struct board_moment *m)
{
    if (b->style.format == OUT_JSON)
        progress_json(b, m);
    else
        progress_text(b, m);
}

void board_end(const struct board *b)
{
    if (b->live)
        fputs("\033[?25h", stdout);
    fflush(stdout);
}
