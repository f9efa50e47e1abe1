#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A demo in which a random process is killed every two seconds: every intent comes to a definite
# end, and every difference is zero. It goes on with the same state afterwards.
# shellcheck source=tests/scenario/demo.sh
. tests/scenario/demo.sh

demo_start --seconds 12 --rate 4 --chaos --seed 7
demo_end
if ! grep -qE 'restarts of processes +[1-9]' "$work/demo.out"; then
    failures=$((failures + 1))
    printf 'FAILED nothing was killed\n'
fi
demo_start --seconds 6 --rate 40 --keep
demo_end
same filled filled
same 'in part' 'filled in part'

# With -o json nothing but JSON lines stands on stdout: progress, ends of processes, the audit.
run demo --plain --seconds 5 --rate 4 --chaos --keep -o json >"$work/json" 2>"$work/demo.out" || {
    failures=$((failures + 1))
    printf 'FAILED a demo with -o json\n'
    cat "$work/demo.out"
}
for type in progress end demo; do
    if ! grep -qE "^\\{\"type\":\"$type\"" "$work/json"; then
        failures=$((failures + 1))
        printf 'FAILED -o json has no %s\n' "$type"
    fi
done
if grep -vE '^\{.*\}$' "$work/json"; then
    failures=$((failures + 1))
    printf 'FAILED -o json has other lines\n'
fi
verdict
