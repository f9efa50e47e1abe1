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
#define HOUSE_SHOWN 5
#define ENDS_SHOWN 3
#define VENUE_COLUMNS 42 /* of the left table */

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
    unsigned long long t = seconds_of(m->now_ns - b->start_ns);
    char first[64] = "";
    char until[32] = "";

    if (m->bot->first_fill_ns > 0) {
        uint64_t ms = (m->bot->first_fill_ns - b->start_ns) / 1000000;
        snprintf(first, sizeof first, "   first fill after %u.%u s", (unsigned)(ms / 1000),
                 (unsigned)(ms % 1000 / 100));
    }
    if (b->seconds > 0)
        snprintf(until, sizeof until, " of %u", b->seconds);
    line(s, BOLD "sluice demo" PLAIN "   %s%s   %llu%s s%s" DIM "   Ctrl-C ends it in good order",
         m->doing, b->chaos ? RED ", chaos" PLAIN : "", t, until, first);
    line(s, "%s", "");
}

static void draw_numbers(struct screen *s, const struct board_moment *m)
{
    const struct bot_score *bot = m->bot;
    const struct pulse_view *v = m->pulse;
    char a[OUT_NUMBER_TEXT], c[OUT_NUMBER_TEXT], gap[OUT_NUMBER_TEXT];

    line(s,
         BOLD "intents" PLAIN
              " %7llu accepted, %llu open, %llu filled, %llu in part, %llu expired, "
              "%llu refused",
         (unsigned long long)bot->accepted, (unsigned long long)bot->open,
         (unsigned long long)bot->filled, (unsigned long long)bot->part,
         (unsigned long long)bot->expired, (unsigned long long)bot->refused);
    line(s, BOLD "batches" PLAIN " %7llu settled: %llu fills, with %llu legs at venues",
         (unsigned long long)v->batches, (unsigned long long)v->fills, (unsigned long long)v->legs);
    if (v->last.auction > 0)
        line(s,
             BOLD "newest " PLAIN
                  " %7llu had %u intents, %u fills, %u legs; solved in %u.%u ms, at "
                  "most %s %% below the optimum",
             (unsigned long long)v->last.auction, v->last.intents, v->last.fills, v->last.legs,
             v->last.solve_us / 1000, v->last.solve_us % 1000 / 100, gap_text(gap, &v->last));
    else
        line(s, BOLD "newest " PLAIN "       - no batch has settled yet");
    line(s,
         BOLD "surplus" PLAIN "  " GREEN "%s" PLAIN " more than the limits asked for, " GREEN
              "%s" PLAIN " more than the best single venue",
         out_micro(a, v->surplus_micro), out_micro(c, v->better_micro));
}

/* What the leader sees, beside what runs here. */
static void venue_cell(char *buf, size_t n, const struct pulse_view *v, size_t i)
{
    if (i < v->venues_n) {
        const struct pulse_venue *x = &v->venues[i];
        snprintf(buf, n, "%-10.10s %-5.5s %s%-4s" PLAIN " %6llu %7llu %5llu", x->name.text,
                 x->kind.text, x->up ? GREEN : RED, x->up ? "up" : "down",
                 (unsigned long long)x->curves, (unsigned long long)x->age_ms,
                 (unsigned long long)x->open_legs);
    } else {
        snprintf(buf, n, "%-*s" PLAIN, VENUE_COLUMNS,
                 i == 0 && v->venues_n == 0 ? "no leader has reported yet" : "");
    }
}

static void process_cell(char *buf, size_t n, const struct board_moment *m, size_t i)
{
    const struct fleet_process *p = &m->fleet->processes[i];

    if (i >= m->fleet->n)
        buf[0] = '\0';
    else if (p->pid > 0)
        snprintf(buf, n, "%-14.14s %7d %6llu %8u", p->name, (int)p->pid,
                 seconds_of(m->now_ns > p->started_ns ? m->now_ns - p->started_ns : 0),
                 p->restarts);
    else
        snprintf(buf, n, "%-14.14s " RED "%7s %6s" PLAIN " %8u", p->name, "-", "waits",
                 p->restarts);
}

static void draw_tables(struct screen *s, const struct board_moment *m)
{
    char venue[LINE_MAX_BYTES / 2], process[LINE_MAX_BYTES / 2];
    size_t rows = m->fleet->n > m->pulse->venues_n ? m->fleet->n : m->pulse->venues_n;

    line(s, BOLD "venue      kind  is   curves  age ms  legs" PLAIN "   |   " BOLD
                 "process            pid   up s restarts");
    for (size_t i = 0; i < rows; i++) {
        venue_cell(venue, sizeof venue, m->pulse, i);
        process_cell(process, sizeof process, m, i);
        line(s, "%s   |   %s", venue, process);
    }
    for (size_t i = ENDS_SHOWN; i > 0; i--) {
        if (m->fleet->ends >= i)
            line(s, DIM "%s", m->fleet->news[(m->fleet->ends - i) % FLEET_NEWS_N]);
    }
}

static void draw_house(struct screen *s, const struct board *b, const struct pulse_view *v)
{
    char text[LINE_MAX_BYTES] = "";
    char units[OUT_NUMBER_TEXT];
    size_t n = 0;

    for (size_t i = 0; i < v->house_n && i < HOUSE_SHOWN; i++) {
        const struct asset *a = asset_get(b->assets, v->house[i].asset);
        if (a == NULL || n >= sizeof text - 1)
            continue;
        n += (size_t)snprintf(text + n, sizeof text - n, "  %s %s",
                              out_units(units, v->house[i].amount, a->decimals, 2), a->symbol);
    }
    line(s, BOLD "house  " PLAIN "%s", text);
}

static void draw_news(struct screen *s, const struct bot_score *bot)
{
    line(s, BOLD "last fills");
    for (size_t i = 0; i < BOT_NEWS_N; i++)
        line(s, "  %s", bot->news[i]);
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
    draw_head(&s, b, m);
    draw_numbers(&s, m);
    draw_house(&s, b, m->pulse);
    line(&s, "%s", "");
    draw_news(&s, m->bot);
    line(&s, "%s", "");
    draw_tables(&s, m);
    line(&s,
         DIM "try, in another terminal:  sluice -d %s submit --sell 1.5 ETH --for USDC --min 4000 "
             "--wait",
         b->dir);
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
