/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log_events -- every line any process may log. Columns: id, level, text for the manual.
 */
#ifndef SLUICE_SHELL_LOG_EVENTS_H
#define SLUICE_SHELL_LOG_EVENTS_H

#define LOG_EVENTS(X)                                                                              \
    X(START, INFO, "a process starts; build, settings")                                            \
    X(READY, INFO, "a process serves")                                                             \
    X(STOP, INFO, "a process ends, and why")                                                       \
    X(CONFIG_REFUSED, ERROR, "a setting or file is wrong; the process does not start")             \
    X(STORE_DOWN, WARN, "the ledger store cannot be reached; retried")                             \
    X(STORE_UP, INFO, "the ledger store answers again")                                            \
    X(STORE_REFUSED, ERROR, "the ledger store's settings are too weak or its library differs")     \
    X(SOCKET, ERROR, "a socket cannot be opened or failed")                                        \
    X(HOSTILE, WARN, "a peer sent bytes that were refused")                                        \
    X(LEADER, INFO, "this process holds the lease")                                                \
    X(STANDBY, INFO, "another process holds the lease")                                            \
    X(FENCED, WARN, "a newer leader exists; this one stops acting")                                \
    X(RECOVERED, INFO, "plans found at start were brought to an end")                              \
    X(VENUE_UP, INFO, "a venue answered Hello")                                                    \
    X(VENUE_DOWN, WARN, "a venue cannot be used, and why: said once for each cause")               \
    X(VENUE_QUARANTINED, ERROR, "a venue broke a rule and is not used any more")                   \
    X(VENUE_RESTS, WARN, "a venue filled no leg for too long; its curves wait, longer each time")  \
    X(CURVE_REFUSED, WARN, "a curve is contradictory and is not used")                             \
    X(BATCH, INFO, "a batch ended: intents, fills, legs, gap")                                     \
    X(INCUMBENT_REFUSED, WARN, "the certificate refused an engine's answer")                       \
    X(PLAN_REFUSED, WARN, "the ledger refused a plan")                                             \
    X(LEG_UNKNOWN, WARN, "a leg's outcome is unknown; it is queried until known")                  \
    X(UNCOVERED, ERROR, "fills wait because the pot cannot pay them")                              \
    X(BUYBACK, WARN, "an uncovered pot sells what it can spare for what its fills lack")           \
    X(WORKER_LOST, WARN, "the engine process crashed, hung or sent garbage; replaced")             \
    X(RECORD_FAILED, WARN, "an auction could not be recorded")                                     \
    X(EXPIRED, DEBUG, "intents closed at their deadline")                                          \
    X(CHILD_DIED, WARN, "a supervised process ended; restarted after a pause")

#endif
