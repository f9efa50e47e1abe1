#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The screen of a demo on terminals of two sizes: what matters is on it, and no line is cut.
# shellcheck source=tests/scenario/demo.sh
. tests/scenario/demo.sh

# screen ROWS COLUMNS: the last screen of a short demo on such a terminal, without colours.
screen() {
    if ! script -qec "stty rows $1 cols $2; '$sluice' --dir '$state' \
        --assets '$work/markets/assets.json' demo --seconds 6 --rate 10 --chaos" \
        "$work/typed" >/dev/null </dev/null; then
        failures=$((failures + 1))
        printf 'FAILED the demo on a terminal of %s rows did not end well\n' "$1"
    fi
    # Each screen begins at the top left corner and ends by clearing what is below.
    tr -d '\r' <"$work/typed" | awk 'BEGIN { RS = "\033\\[H" } /\033\[J/ { sub(/\033\[J.*/, ""); last = $0 }
        END { printf "%s", last }' | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' >"$work/screen"
}

# shows TEXT...: each of them is on the screen.
shows() {
    local text
    for text in "$@"; do
        if ! grep -qF -- "$text" "$work/screen"; then
            failures=$((failures + 1))
            printf 'FAILED the screen does not show "%s"\n' "$text"
            cat "$work/screen"
        fi
    done
}

# fits ROWS COLUMNS
fits() {
    if [ "$(wc -l <"$work/screen")" -ge "$1" ] || grep -qE "^.{$(($2 + 1))}" "$work/screen"; then
        failures=$((failures + 1))
        printf 'FAILED the screen does not fit into %d rows of %d columns\n' "$1" "$2"
        cat "$work/screen"
    fi
}

screen 24 80
shows 'sluice demo' ' filled, ' 'legs at venues' '; gap ' 'the best single venue' 'fills ' ' over limit' \
    'gateway ' 'leader ' 'standby ' 'engine: pid' 'venue uni ' 'was ended by signal 9' \
    "try: $sluice -d $state" 'submit --sell 1.5 ETH'
fits 24 80
screen 50 160
shows '% below the optimum' 'ends it in good order' 'leader ' 'venue uni '
fits 50 160
verdict
