# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the scripts of the sluice command share: a small market, a demo that serves it, and checks.
set -euo pipefail

work=$(mktemp -d /tmp/sluice-XXXXXX)
state=$work/state
sluice=$SLUICE_BIN/sluice
demo_pid=
failures=0

# Four venues of the scenarios, beside the registry that names their assets.
mkdir "$work/markets"
for name in assets hub lake sushi uni; do
    cp "tests/scenario/markets/$name.json" "$work/markets/"
done

finish() {
    if [ -n "$demo_pid" ] && kill -0 "$demo_pid" 2>/dev/null; then
        kill -KILL "$demo_pid" # its children die with it
        wait "$demo_pid" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

run() {
    "$sluice" --dir "$state" --assets "$work/markets/assets.json" "$@"
}

# expect STATUS TEXT ARGS...: the command ends with STATUS, and TEXT is in what it prints.
expect() {
    local status=$1 text=$2 is=0
    shift 2
    run "$@" >"$work/out" 2>&1 || is=$?
    if [ "$is" -ne "$status" ] || ! grep -qF -- "$text" "$work/out"; then
        failures=$((failures + 1))
        printf 'FAILED sluice %s: status %d, wanted %d and "%s"\n' "$*" "$is" "$status" "$text"
        sed 's/^/    /' "$work/out"
    fi
}

# Start a demo with these options and wait until every venue is up.
demo_start() {
    "$sluice" --dir "$state" --assets "$work/markets/assets.json" demo --plain "$@" \
        >"$work/demo.out" 2>&1 &
    demo_pid=$!
    for _ in $(seq 600); do
        if [ "$(run venues -o json 2>/dev/null | grep -c '"up":true')" = 4 ]; then
            return
        fi
        kill -0 "$demo_pid" 2>/dev/null || break
        sleep 0.1
    done
    cat "$work/demo.out" "$state/demo.log"
    printf 'FAILED the demo does not come up\n'
    exit 1
}

# same WORD TITLE: the last line of the demo and its numbers at the end count the same.
same() {
    local live last
    live=$(grep -E '^ *[0-9]+ s  ' "$work/demo.out" | sed -nE "s/.* ([0-9]+) $1[,;].*/\\1/p" | tail -n 1)
    last=$(sed -nE "s/^$2 +([0-9,]+)$/\\1/p" "$work/demo.out" | tr -d ,)
    if [ -z "$live" ] || [ -z "$last" ] || [ "$live" -gt "$last" ]; then
        failures=$((failures + 1))
        printf 'FAILED %s: "%s" while it ran, "%s" at the end\n' "$1" "$live" "$last"
    fi
}

# Wait for the demo's own end; its status is checked.
demo_end() {
    local is=0
    wait "$demo_pid" || is=$?
    demo_pid=
    if [ "$is" -ne 0 ] || ! grep -qF 'every difference is zero' "$work/demo.out"; then
        failures=$((failures + 1))
        printf 'FAILED the demo ended with status %d\n' "$is"
        tail -n 60 "$work/demo.out"
        tail -n 60 "$state/demo.log"
    fi
}

verdict() {
    printf '%d failed\n' "$failures"
    [ "$failures" -eq 0 ]
}
