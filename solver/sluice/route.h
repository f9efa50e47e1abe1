/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sluice/route.h -- libsluice-route: the best route of one order over any liquidity, with a proof
 * of how good it is.
 *
 *   market   assets 0 .. n-1 and curves over them; built, sealed, then updated curve by curve
 *   router   routes orders over markets; keeps its memory and last prices between calls
 *   route    legs in order of execution in exact integers, and prices that prove a bound
 *   verify   checks a route from its legs and prices alone
 *
 * Checks    Every function checks what it is given: a NULL where none is allowed, an index out of
 *           range, a curve that contradicts itself is a status, never undefined behaviour. Arrays
 *           must be as long as their count says; objects must come from here and be alive.
 * Errors    On any status but SLUICE_OK outputs are untouched and objects as before the call,
 *           unless a function says otherwise. Nothing is printed, and no signal handler, locale or
 *           rounding mode is touched. A bug of the library itself ends the process, as a failed
 *           assertion does; a failure inside GLPK does not.
 * Threads   A market may be read (routed over, verified against) in any number of threads at once
 *           while nobody changes it. A router belongs to one thread at a time. Nothing else is
 *           shared. GLPK keeps its state by thread: a router ends in a thread that it ran in, and a
 *           host that uses GLPK, too, does so in other threads.
 * Memory    Objects end with their _free, which takes NULL. What a route points at belongs to the
 *           router and lives until the next call on it. Curves are copied.
 * Numbers   Exact: atoms of an asset, 256 bits. The same market, order and options give the same
 *           route on a fresh router.
 *
 * The mathematics and its limits: docs/routing.md. The integers of each kind: docs/venues.md.
 */
#ifndef SLUICE_ROUTE_H
#define SLUICE_ROUTE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Major: callers must be compiled again. Minor: something was added. */
#define SLUICE_VERSION_MAJOR 0
#define SLUICE_VERSION_MINOR 1
#define SLUICE_VERSION_PATCH 0
#define SLUICE_VERSION                                                                             \
    (SLUICE_VERSION_MAJOR * 1000000 + SLUICE_VERSION_MINOR * 1000 + SLUICE_VERSION_PATCH)

#ifdef __GNUC__
#define SLUICE_MUST_USE __attribute__((warn_unused_result))
#else
#define SLUICE_MUST_USE
#endif

enum sluice_status {
    SLUICE_OK = 0,
    SLUICE_ARGUMENT = 1, /* NULL, out of range, or two arguments that contradict each other */
    SLUICE_CURVE = 2,    /* no curve of this kind has these parameters */
    SLUICE_STATE = 3,    /* the market is sealed, or is not yet */
    SLUICE_MEMORY = 4,   /* the system's, or the market's own limit */
    SLUICE_OVERFLOW = 5, /* an exact result does not fit 256 bits */
    SLUICE_FAILED = 6    /* the search broke down: nothing is claimed */
};

/* SLUICE_VERSION of the library that runs, and the text of a status; static, any int allowed. */
uint32_t sluice_version(void);
const char *sluice_status_text(int status);

/* ---- amounts ---- */

/* sum of limb[k] * 2^(64 k): least significant limb first. */
struct sluice_amount {
    uint64_t limb[4];
};

#define SLUICE_AMOUNT_TEXT 79 /* 78 decimal digits and NUL */

/*
 * Decimal digits and back. The text is 0 or starts with 1 to 9, and has no sign or space.
 * Returns    SLUICE_ARGUMENT any other form; SLUICE_OVERFLOW. _text returns its buffer, or NULL
 *            when an argument is
 */
SLUICE_MUST_USE enum sluice_status sluice_amount_parse(struct sluice_amount *out, const char *text);
char *sluice_amount_text(char *text, const struct sluice_amount *a); /* [SLUICE_AMOUNT_TEXT] */

/* ---- curves ---- */

#define SLUICE_CURVE_ASSETS_MAX 8

enum sluice_kind {
    SLUICE_CONSTANT_PRODUCT = 1, /* two assets */
    SLUICE_BOOK = 2,             /* two assets: base, quote */
    SLUICE_WEIGHTED = 3,         /* two to eight assets */
    SLUICE_STABLE = 4,           /* two to eight assets */
    SLUICE_CONCENTRATED = 5,     /* two assets */
    SLUICE_FIXED_RATE = 6        /* two assets */
};

/* x * y = k; of an input the share keep_num / keep_den = 1 - fee, in (0, 1], counts. */
struct sluice_constant_product {
    struct sluice_amount reserve[2]; /* > 0 */
    uint64_t keep_num;
    uint64_t keep_den;
};

/* Up to size base atoms, a multiple of lot, at price quote atoms per scale base atoms. */
struct sluice_level {
    struct sluice_amount price;
    struct sluice_amount size;
};

/* Best level first, prices strictly ordered, not crossed; the fee is taken from the output. */
struct sluice_book {
    struct sluice_amount scale; /* > 0 */
    struct sluice_amount lot;   /* base atoms, > 0 */
    uint64_t keep_num;
    uint64_t keep_den;
    const struct sluice_level *bids; /* [bids_n], NULL allowed for none */
    const struct sluice_level *asks;
    uint32_t bids_n;
    uint32_t asks_n;
};

/* What Balancer's pools share. scaling: 18 decimals, 10^(18 - decimals) times the rate. */
struct sluice_pool {
    uint64_t fee; /* 18 decimals, [0, 1) */
    struct sluice_amount balance[SLUICE_CURVE_ASSETS_MAX];
    struct sluice_amount scaling[SLUICE_CURVE_ASSETS_MAX];
};

struct sluice_weighted {
    struct sluice_pool pool;
    uint64_t weight[SLUICE_CURVE_ASSETS_MAX]; /* 18 decimals, (0, 1] */
    uint32_t multiplies; /* exponents 1, 2 and 4 by products, as later versions do */
    uint32_t unlimited;  /* trades above 30 % of a balance are allowed */
};

struct sluice_stable {
    struct sluice_pool pool;
    uint64_t amplification; /* thousandths, from 1000 */
};

/* Liquidity added where the price rises past the tick, taken off where negative is set. */
struct sluice_tick {
    int32_t index;
    uint32_t negative;
    struct sluice_amount net; /* below 2^128 */
};

struct sluice_concentrated {
    struct sluice_amount sqrt_price; /* sqrt(atoms of asset 1 per atom of asset 0) * 2^96 */
    struct sluice_amount liquidity;  /* in range now, below 2^128 */
    int32_t tick;                    /* of the price */
    uint32_t fee;                    /* millionths of the input, below 1000000 */
    const struct sluice_tick *ticks; /* [ticks_n], index rises */
    uint32_t ticks_n;
    uint32_t unused;
};

/* One atom of asset 0 is worth num / den atoms of asset 1, both ways, up to what it still pays. */
struct sluice_fixed_rate {
    struct sluice_amount num;
    struct sluice_amount den;
    uint64_t keep_num;
    uint64_t keep_den;
    struct sluice_amount capacity[2]; /* atoms of each asset that it still pays */
    uint32_t refills;                 /* what it takes it can pay again */
    uint32_t unused;
};

/* Set to zero what is not used. */
struct sluice_curve {
    uint32_t kind; /* enum sluice_kind, names the member of as */
    uint32_t assets_n;
    uint32_t asset[SLUICE_CURVE_ASSETS_MAX]; /* all different */
    union {
        struct sluice_constant_product constant_product;
        struct sluice_book book;
        struct sluice_weighted weighted;
        struct sluice_stable stable;
        struct sluice_concentrated concentrated;
        struct sluice_fixed_rate fixed_rate;
        uint64_t room[128]; /* the size stays when kinds are added */
    } as;
};

/* ---- markets ---- */

struct sluice_market;

#define SLUICE_ASSETS_MAX (UINT32_C(1) << 24)
#define SLUICE_CURVES_MAX (UINT32_C(1) << 24)

/*
 * An empty market of assets 0 .. assets_n-1, to be filled and sealed.
 *
 * In         assets_n  [2, SLUICE_ASSETS_MAX]
 *            bytes_max  limit on the market's memory; 0: 4 GiB. Tidying takes as much again
 * Returns    SLUICE_ARGUMENT; SLUICE_MEMORY. *m is then NULL
 */
SLUICE_MUST_USE enum sluice_status sluice_market_new(struct sluice_market **m, uint32_t assets_n,
                                                     uint64_t bytes_max);
void sluice_market_free(struct sluice_market *m);

/*
 * Add a curve; the first is number 0, the next number 1.
 *
 * Out        number  NULL allowed
 * Returns    SLUICE_ARGUMENT an asset or the kind is out of range, or SLUICE_CURVES_MAX stand;
 *            SLUICE_CURVE; SLUICE_STATE sealed; SLUICE_MEMORY
 */
SLUICE_MUST_USE enum sluice_status sluice_market_add(uint32_t *number, struct sluice_market *m,
                                                     const struct sluice_curve *c);

/* No more curves; from now on it can be routed over. Returns SLUICE_STATE sealed; SLUICE_MEMORY */
SLUICE_MUST_USE enum sluice_status sluice_market_seal(struct sluice_market *m);

/*
 * A curve changed: its reserves, levels, fee, anything but its kind and assets. Now and then an
 * update tidies the market's memory; it then takes as long as sealing did.
 *
 * Returns    SLUICE_ARGUMENT no such number, another kind or other assets; SLUICE_CURVE;
 *            SLUICE_STATE not sealed; SLUICE_MEMORY
 */
SLUICE_MUST_USE enum sluice_status sluice_market_update(struct sluice_market *m, uint32_t number,
                                                        const struct sluice_curve *c);

/* Zero for NULL. */
uint32_t sluice_market_assets(const struct sluice_market *m);
uint32_t sluice_market_curves(const struct sluice_market *m);

/* ---- routes ---- */

struct sluice_router;

/* Returns SLUICE_ARGUMENT; SLUICE_MEMORY. *r is then NULL */
SLUICE_MUST_USE enum sluice_status sluice_router_new(struct sluice_router **r);
void sluice_router_free(struct sluice_router *r);

struct sluice_order {
    uint32_t sell;               /* asset */
    uint32_t buy;                /* another one */
    struct sluice_amount amount; /* to sell, or with exact_out to buy; > 0 */
    uint32_t exact_out;
    uint32_t unused;
};

struct sluice_options {
    uint32_t tolerance_ppt;           /* gap in 1e-12 at which the search ends, 1000 */
    uint32_t cycles;                  /* allow cycles, which may borrow on the way: buffers. 1 */
    uint32_t warm;                    /* start from the last prices of this router. 0 */
    uint32_t hops_max;                /* longest chain of legs; 0: any */
    uint32_t legs_max;                /* 0: any */
    uint32_t steps_max;               /* work: Newton steps */
    uint64_t pivots_max;              /* work: pivots of the linear program */
    const struct sluice_amount *cost; /* [costs_n] what using each curve costs: atoms of the asset
                                         bought, with exact_out of the one sold; or NULL */
    uint64_t costs_n;                 /* as many as curves, or 0 */
};

void sluice_options_default(struct sluice_options *o); /* NULL: nothing happens */

struct sluice_leg {
    uint32_t curve; /* number */
    uint32_t give;  /* asset that the curve takes */
    uint32_t get;   /* asset that it pays */
    uint32_t unused;
    struct sluice_amount in;
    struct sluice_amount out;
};

/* Atoms that this order of execution borrows at the start and gives back at the end. */
struct sluice_buffer {
    uint32_t asset;
    uint32_t unused;
    struct sluice_amount amount;
};

enum sluice_verdict {
    SLUICE_DONE = 0,     /* all is sold, or bought */
    SLUICE_PART = 1,     /* the curves take no more: the most that is possible */
    SLUICE_NO_ROUTE = 2, /* no path from what is sold to what is bought, or none was found within
                            hops_max and legs_max: all else is zero */
    SLUICE_WORK = 3      /* a work limit ended the search: gap_e18 says how far it came */
};

const char *sluice_verdict_text(int verdict); /* static, any int allowed */

#define SLUICE_GAP_UNKNOWN UINT64_MAX

struct sluice_route {
    uint32_t verdict;    /* enum sluice_verdict */
    uint32_t iterations; /* Newton steps */
    uint64_t pivots;     /* 0: no linear program was needed */
    uint64_t gap_e18;    /* how far from the best at most, relative, in 1e-18; SLUICE_GAP_UNKNOWN */
    struct sluice_amount sold;
    struct sluice_amount bought;
    struct sluice_amount bound; /* the most that any route could buy for amount; with exact_out the
                                   least that any must sell; net of costs, or with them. Of stable
                                   pools of three and more assets it counts one joint trade: fees
                                   that stay may let a sequence exceed that, docs/routing.md */
    const struct sluice_leg *legs; /* [legs_n] in order of execution */
    uint64_t legs_n;
    const struct sluice_buffer *buffers; /* [buffers_n] empty: earlier legs pay every leg */
    uint64_t buffers_n;
    const struct sluice_amount *prices; /* [prices_n] value of one atom of each asset in a common
                                           unit, below 2^128: the certificate */
    uint64_t prices_n;
};

/*
 * Route one order. What *route points at lives until the next call on r.
 *
 * In         options  NULL: the defaults
 * Returns    SLUICE_ARGUMENT the order names one asset twice or none of the market's, or amount is
 *            zero, or costs_n is wrong; SLUICE_STATE not sealed; SLUICE_MEMORY; SLUICE_OVERFLOW;
 *            SLUICE_FAILED
 */
SLUICE_MUST_USE enum sluice_status sluice_router_route(struct sluice_route *route,
                                                       struct sluice_router *r,
                                                       const struct sluice_market *m,
                                                       const struct sluice_order *order,
                                                       const struct sluice_options *options);

/* ---- proofs ---- */

enum sluice_fault {
    SLUICE_PROVED = 0,
    SLUICE_FAULT_SOLD = 1,   /* more is sold than the order has */
    SLUICE_FAULT_LEG = 2,    /* a leg names no curve, or no way through it */
    SLUICE_FAULT_TRADE = 3,  /* the curve trades another amount, or none */
    SLUICE_FAULT_SHORT = 4,  /* a leg takes more than is there */
    SLUICE_FAULT_BUFFER = 5, /* what was borrowed does not come back, or is of no asset */
    SLUICE_FAULT_BOUGHT = 6, /* the legs buy another amount than is said */
    SLUICE_FAULT_PRICES = 7, /* not a price for each asset, or what divides is zero */
    SLUICE_FAULT_BOUND = 8,  /* the prices prove another bound than is said */
    SLUICE_FAULT_GAP = 9     /* bound, amounts and costs make another gap than is said */
};

const char *sluice_fault_text(int fault); /* static, any int allowed */

struct sluice_proof {
    uint32_t fault; /* enum sluice_fault, the first one found */
    uint32_t unused;
    uint64_t at;                /* number of the leg or buffer at fault */
    struct sluice_amount have;  /* the amount that was found, */
    struct sluice_amount want;  /* and what it should be */
    struct sluice_amount bound; /* that the prices prove; zero unless the fault is one of the last
                                   two or none */
    uint64_t gap_e18;
};

/*
 * Check a route that anybody made: its legs are done again one by one on copies of the curves, and
 * the bound is computed from the prices alone, in integers and outward-rounded intervals. Read are
 * sold, bought, bound, gap_e18, legs, buffers and prices; nothing of a router is trusted.
 *
 * In         options  whose costs count, nothing else; NULL: none
 * Returns    SLUICE_OK whatever the fault; SLUICE_ARGUMENT as sluice_router_route, or a NULL array
 *            with a count; SLUICE_STATE; SLUICE_MEMORY; SLUICE_OVERFLOW a sum exceeds 256 bits
 */
SLUICE_MUST_USE enum sluice_status sluice_verify(struct sluice_proof *proof,
                                                 const struct sluice_market *m,
                                                 const struct sluice_order *order,
                                                 const struct sluice_options *options,
                                                 const struct sluice_route *route);

#ifdef __cplusplus
}
#endif

#endif
