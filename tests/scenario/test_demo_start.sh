#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A demo that cannot start says why, ends with a status of its own, and takes no longer than asked.
# shellcheck source=tests/scenario/demo.sh
. tests/scenario/demo.sh

weak=$work/weak.sock

# A server whose settings the ledger refuses.
redis-server --port 0 --dir "$work" --unixsocket "$weak" --appendonly no --save '' \
    >/dev/null 2>&1 &
weak_pid=$!
for _ in $(seq 100); do
    [ -S "$weak" ] && break
    sleep 0.1
done
expect 5 'the server has appendonly no; the ledger needs appendonly yes (SLU-2404)' \
    demo --plain --seconds 3 --redis "unix:$weak"
kill "$weak_pid"
wait "$weak_pid" || true

expect 5 'Connection refused (SLU-2404)' demo --plain --seconds 3 --redis tcp:127.0.0.1:1
if [ -e "$state" ]; then
    failures=$((failures + 1))
    printf 'FAILED a demo that was refused its Redis left a state directory\n'
fi
expect 4 'auctions cannot be recorded there' demo --plain --seconds 3 --record /proc/nope

# A program that ends as soon as it is started: its own last line is the reason.
path=$PATH
PATH=$work/bin:$PATH
mkdir "$work/bin"
printf '#!/bin/sh\necho "no such setting"\nexit 3\n' >"$work/bin/redis-server"
chmod +x "$work/bin/redis-server"
expect 5 'redis ended 5 times as soon as it started: no such setting (SLU-2403)' \
    demo --plain --seconds 60

# A server that never answers: the time and a signal count before the service is ready.
printf '#!/bin/sh\nexec sleep 600\n' >"$work/bin/redis-server"
expect 5 'not ready after 2 s' demo --plain --seconds 2
"$sluice" --dir "$state" --assets "$work/markets/assets.json" demo --plain >"$work/out" 2>&1 &
demo_pid=$!
for _ in $(seq 100); do
    grep -q starting "$work/out" && break
    sleep 0.1
done
kill -TERM "$demo_pid"
is=0
wait "$demo_pid" || is=$?
demo_pid=
if [ "$is" -ne 5 ] || ! grep -qF 'interrupted before it was ready' "$work/out"; then
    failures=$((failures + 1))
    printf 'FAILED a signal at the start: status %d\n' "$is"
    cat "$work/out"
fi
PATH=$path
verdict
