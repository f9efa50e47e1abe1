#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The sluice command against a real deployment: every verb, every exit status, both formats.
# shellcheck source=tests/scenario/demo.sh
. tests/scenario/demo.sh

field() { # the first value of a JSON text field in the last output
    sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$work/out" | head -n 1
}

ring() { # pools that are mispriced against each other: B buys C buys more than one A
    cat <<'END'
{"format":"irx-instance/1","tokens":[{"id":0,"address":"A","decimals":6},
{"id":1,"address":"B","decimals":6},{"id":2,"address":"C","decimals":6}],"pools":[
{"id":1,"kind":"constant_product","tokens":[0,1],"reserves":["900000000","1000000000"],"fee":"0.003"},
{"id":2,"kind":"constant_product","tokens":[1,2],"reserves":["1000000000","1000000000"],"fee":"0.003"},
{"id":3,"kind":"constant_product","tokens":[2,0],"reserves":["1000000000","1200000000"],"fee":"0.003"}],
"orders":[{"id":"o","sell":0,"buy":1,"sell_amount":"1000000","min_buy":"0"}]}
END
}

# one_error CODE ARGS...: there is one error, with this code, a place and what to do; also as JSON.
one_error() {
    local code=$1
    shift
    expect 2 "do:    " "$@"
    expect 2 "where: " "$@"
    if [ "$(grep -o '(SLU-[0-9]*)' "$work/out")" != "($code)" ]; then
        failures=$((failures + 1))
        printf 'FAILED sluice %s: not one %s\n' "$*" "$code"
    fi
    expect 2 "{\"type\":\"error\",\"code\":\"$code\"" "$@" -o json
    if [ "$(wc -l <"$work/out")" -ne 1 ]; then
        failures=$((failures + 1))
        printf 'FAILED sluice %s: not one line of JSON\n' "$*"
    fi
}

nothing_runs() {
    one_error SLU-2001 venues --no-such-option
    one_error SLU-2001 venues one-too-many
    one_error SLU-2001 batches --count many
    one_error SLU-2001 --set no_such_field=1 venues
    one_error SLU-2002 submit --sell 1e3 ETH --for USD --min 1
    one_error SLU-2006 limits set foo 1
    one_error SLU-2002 deposit bob -5 ETH
    one_error SLU-2002 submit --sell 1 ETH --for USD --min -5
    expect 2 'amounts are positive' deposit bob -5 ETH
    expect 2 'See sluice help venues' venues --no-such-option
    expect 2 'SLU-2001' frobnicate
    expect 2 'SLU-2001' submit --sell 1 ETH --for USD
    expect 2 'SLU-2002' submit --sell 1e3 ETH --for USD --min 1
    expect 2 'did you mean ETH?' submit --sell 1 eth --for USD --min 1
    expect 2 'SLU-2004' get 12
    expect 2 'SLU-2005' submit --sell 1 ETH --for USD --min 1 --in 25h
    expect 2 'SLU-2006' limits set foo 1
    expect 3 'SLU-2101' venues
    expect 4 'SLU-2201' --assets "$work/none.json" assets
    expect 4 'SLU-2202' balances
    expect 4 'SLU-2201' --config "$work/none.ini" venues
    expect 4 'is a directory' --config "$work" venues
    printf 'batch_ms = 100\nbatch_ms = 200\n' >"$work/twice.ini"
    expect 4 'twice.ini:2: batch_ms: set before' --config "$work/twice.ini" venues
    expect 4 'twice.ini:2: batch_ms: set before' venues --config "$work/twice.ini" -o json
    expect 1 'not running' doctor
    expect 1 'redis.sock: No such file' doctor
    one_error SLU-2008 --redis foo:bar venues
    one_error SLU-2007 submit --sell 1 ETH --for USD --min 1 --until abc
    expect 0 'not enough available balance' explain SLU-1309
    expect 0 'Post intents' help
    expect 0 '"name":"submit"' help -o json
    expect 0 'protocol' version
    expect 0 'sell exactly this' help submit
    ring >"$work/ring.json"
    expect 0 '"no_cycles_cost":{"token":1,"atoms":"' solve "$work/ring.json" --no-cycles -o json
    if grep -q '"atoms":"0"' "$work/out"; then
        failures=$((failures + 1))
        printf 'FAILED a ring of mispriced pools costs nothing to leave out\n'
    fi
    expect 0 'cycles would gain' solve "$work/ring.json" --no-cycles
    mkdir "$work/foreign"
    touch "$work/foreign/file"
    expect 5 'SLU-2402' --dir "$work/foreign" demo --seconds 1
}

intents() {
    expect 0 '100,000' deposit alice 100000 USD
    expect 0 '"state":"FILLED"' submit --sell 0.1 ETH --for USD --min 280 --in 60s --wait -o json
    id=$(field id)
    until=$(sed -n 's/.*"until":\([0-9]*\).*/\1/p' "$work/out")
    run balances >"$work/before"
    expect 0 'FILLED' submit --sell 0.1 ETH --for USD --min 280 --id "$id" --until "$until"
    run balances >"$work/after"
    if ! cmp -s "$work/before" "$work/after"; then
        failures=$((failures + 1))
        printf 'FAILED the same id had a second effect\n'
    fi
    expect 1 'SLU-1301' submit --sell 0.1 ETH --for USD --min 281 --id "$id" --until "$until"
    expect 1 'SLU-1402' cancel "$id"
    expect 1 'better than limit by' cancel "$id"
    expect 1 '"type":"fill"' cancel "$id" -o json
    expect 0 'refused from then on' cancel 0f0e0d0c0b0a09080706050403020100
    expect 0 'better than limit by' get "$id"
    expect 0 'ACCEPTED' watch --after 0 --count 3
    expect 0 'paid 0.1 ETH  got ' watch --after 0 --count 3
    expect 0 '"paid_asset":"ETH","got":"' watch --after 0 --count 3 -o json
    expect 1 'SLU-2301' submit --sell 0.1 ETH --for USD --min 900 --in 1s --wait
    expect 0 'ACCEPTED' submit --buy 0.1 ETH --with USD --max 150 --in 60s -o json
    expect 0 'CANCELLED' cancel "$(field id)"
    expect 1 'SLU-1308' submit --sell 1 ETH --for USD --min 10
    expect 1 '10.00 (SLU-1308)' submit --sell 1 ETH --for USD --min 10
    expect 1 '5,000 needed (SLU-1309)' submit --sell 5000 ETH --for USD --min 15000000
    expect 1 'SLU-1401' get 000102030405060708090a0b0c0d0e0f
    expect 0 'public key' keygen bob
    expect 4 'SLU-2203' keygen bob
    expect 1 'SLU-1203' balances --account bob
    chmod 644 "$state/keys/bob.key"
    expect 4 'SLU-2202' balances --account bob
    expect 1 'others may read it' doctor
    chmod 600 "$state/keys/bob.key"
}

operators() {
    local ref=000102030405060708090a0b0c0d0e0f
    expect 0 '5 ETH' deposit bob 5 ETH --id "$ref"
    expect 0 '5 ETH' deposit bob 5 ETH --id "$ref"
    expect 1 'SLU-1301' deposit bob 6 ETH --id "$ref"
    expect 0 "\"owner\":\"user:bob\",\"to\":null,\"id\":\"$ref\"" deposit bob 5 ETH --id "$ref" -o json
    expect 0 '"type":"sending"' deposit bob 5 ETH --id "$ref" -o json
    expect 0 '"units":"5"' balances --account bob -o json
    expect 1 'SLU-1309' withdraw bob 6 ETH
    expect 0 'withdrawn' withdraw bob 5 ETH
    expect 0 'moved' transfer home other 1 ETH
    expect 0 'warning: no domain is called elsewhere yet' deposit inv:elsewhere 1 ETH
    expect 0 'warning: no venue is called hubb yet' limits set value:hubb 5
    expect 0 '"name":"value:hubb","min":null,"max":null' limits set value:hubb none -o json
    expect 0 'inv:other' inventory
    expect 0 'held:bob:ETH' limits set held:bob:ETH 2
    expect 0 'held:bob:ETH' limits
    expect 0 '{"type":"limit","name":"held:bob:ETH"' limits set held:bob:ETH 2 -o json
    expect 0 'held:bob:ETH is now none' limits set held:bob:ETH none
    expect 0 'no limits are set' limits
    expect 2 'nothing to move' transfer home home 1 ETH
    expect 0 'hub' venues
    expect 0 'up' venues
    expect 0 'solved in us' batches
    expect 0 'operator_requests' metrics
    expect 0 'paused' pause
    expect 1 'SLU-1104' submit --sell 0.1 ETH --for USD --min 280
    expect 0 'accepted' resume
    expect 0 '{"type":"mode","paused":true,"sending":true}' pause -o json
    expect 0 '{"type":"mode","paused":false,"sending":true}' resume -o json
    expect 0 'reports' doctor
    expect 0 'open legs' audit
    expect 0 'user:bot-1' balances --all
}

nothing_runs
demo_start --rate 1 --seed 1
intents
operators
kill -INT "$demo_pid"
demo_end
verdict
