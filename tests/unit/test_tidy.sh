#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Plants one violation after the other in a small clean tree and demands that tidy.sh names each.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
spdx='/* SPDX-License-Identifier: GPL-3.0-or-later */'
passed=0
failed=0

tidy() {
    "$tree/tests/tidy.sh" >"$tree/.git/output" 2>&1
}

judge() {
    if [ "$1" = yes ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'NOT CAUGHT %s\n' "$2"
        sed 's/^/    /' "$tree/.git/output"
    fi
}

# caught RULE PATH TEXT...: with a file of these lines at PATH, tidy fails and names RULE.
caught() {
    local rule=$1 path=$tree/$2 saved=$tree/.git/saved caught=no
    shift 2
    rm -f "$saved"
    [ ! -e "$path" ] || cp -p "$path" "$saved"
    mkdir -p "${path%/*}"
    printf '%s\n' "$@" >"$path"
    if ! tidy && grep -qF "FAILED $rule" "$tree/.git/output"; then
        caught=yes
    fi
    judge "$caught" "$rule"
    rm "$path"
    [ ! -e "$saved" ] || mv "$saved" "$path"
}

# clean PATH TEXT...: the same file breaks no rule.
clean() {
    local path=$tree/$1 clean=no
    shift
    mkdir -p "${path%/*}"
    printf '%s\n' "$@" >"$path"
    if tidy; then
        clean=yes
    fi
    judge "$clean" "$path is clean"
    rm "$path"
}

# code PATH RULE LINE...: the same for a C file, which needs its first line.
code() {
    local path=$1 rule=$2
    shift 2
    caught "$rule" "$path" "$spdx" "$@"
}

# function_of LINES: the text of a function so long.
function_of() {
    printf 'int f(void)\n{\n'
    seq -f '    g(%g);' "$(($1 - 3))"
    printf '}\n'
}

git init -q "$tree"
mkdir "$tree/tests"
cp "$here/tests/tidy.sh" "$tree/tests/"
cp "$here/.clang-format" "$tree/"
for folder in proto solver/core solver/shell solver/market solver/input solver/risk solver/ledger \
    solver/route solver/clear solver/engine gateway venues venues/sdk; do
    mkdir -p "$tree/$folder"
    printf '%s\nint %s(void);\n' "$spdx" "${folder##*/}" >"$tree/$folder/x.h"
    printf '# %s\n' "$folder" >"$tree/$folder/README.md"
done
cp "$tree/solver/core/x.h" "$tree/solver/x.h"
echo '# solver' >"$tree/solver/README.md"
echo '# tests' >"$tree/tests/README.md"
clean 'solver/core/good.c' "$spdx" '/* A double entry, not // a float. */' '#include "solver/core/x.h"' \
    "const char *good = \"a double // strcpy(\";"

code solver/core/y.c 'layer: solver/core/' '#include "solver/market/x.h"'
code solver/shell/y.c 'layer: solver/shell/' '#include "solver/market/x.h"'
code solver/market/y.c 'layer: solver/market/' '#include "solver/route/x.h"'
code solver/route/y.c 'layer: solver/route/' '#include "solver/clear/x.h"'
code solver/clear/y.c 'layer: solver/clear/' '#include "solver/ledger/x.h"'
code solver/clear/certify.c 'layer: solver/clear/certify' '#include "solver/route/x.h"'
code solver/risk/y.c 'layer: solver/risk/' '#include "solver/market/x.h"'
code solver/ledger/y.c 'layer: solver/ledger/' '#include "solver/market/x.h"'
code solver/input/y.c 'layer: solver/input/' '#include "solver/route/x.h"'
code proto/y.c 'layer: proto/' '#include "solver/ledger/x.h"'
code solver/engine/y.c 'layer: solver/engine/' '#include "gateway/x.h"'
code solver/y.c 'layer: solver/[^/]*' '#include "gateway/x.h"'
code gateway/y.c 'layer: gateway/' '#include "venues/x.h"'
code venues/y.c 'layer: venues/' '#include "solver/ledger/x.h"'

code solver/route/y.c 'home: <glpk\.h>' '#include <glpk.h>'
code solver/ledger/y.c 'home: <hiredis/' '#include <hiredis/hiredis.h>'
code solver/core/y.c 'home: <jansson\.h>' '#include <jansson.h>'
code gateway/y.c 'home: <sodium\.h>' '#include <sodium.h>'
code solver/market/y.c 'home: <gmp\.h>' '#include <gmp.h>'
code venues/y.c 'home: <nng/' '#include <nng/nng.h>'
code gateway/y.c 'home: <sqlite3\.h>' '#include <sqlite3.h>'
code gateway/y.c 'home: <ini\.h>' '#include <ini.h>'
code gateway/y.c 'home: <cmocka\.h>' '#include <cmocka.h>'
code gateway/y.c 'home: <protobuf-c/' '#include "proto/intent.pb-c.h"'
code solver/market/y.c 'home: \b(double|float)\b' 'double price;'
code gateway/y.h 'home: \btypedef\b' 'typedef struct y y;'
code gateway/y.h 'home: __int128' 'unsigned __int128 y;'

code gateway/y.c 'ban: <assert\.h>' '#include <assert.h>'
code gateway/y.c 'ban: \b(strcpy|' 'int y(void);' 'int x = strcpy(a, b);'
code gateway/y.c 'ban: \b(atoi|' 'int x = atoi(text);'
code gateway/y.c 'ban: \b(rand|' 'int x = rand();'
code gateway/y.c 'ban: \b(system|' 'int x = system(text);'
code gateway/y.c 'ban: \bnng_msg_(insert|trim)' 'int x = nng_msg_trim(m, 4);'
code solver/ledger/store_redis.c 'ban: \bredis(' 'int x = redisCommand(c, text);'
code gateway/y.c 'ban: //' 'int x; // a line comment'

caught 'words: unfinished' docs/y.md "TO""DO write this"
caught 'words: a path' docs/y.md "see /ho""me/someone/notes"
caught 'words: scripts' solver/ledger/y.lua '-- SPDX-License-Identifier: GPL-3.0-or-later' "-- EV""AL"

code gateway/y.c 'includes are spelled' '#include "x.h"'
code gateway/y.c 'includes are spelled' '#include "gateway/absent.h"'
caught 'the SPDX line' gateway/y.c 'int x;'
caught 'the SPDX line' proto/y.proto 'syntax = "proto3";'
code venues/new/y.c 'every folder has a README' 'int x;'
caught 'every folder has a README' gateway/README.md $(seq 61)
caught 'files have at most' gateway/y.c "$spdx" $(seq -f 'int x%g;' 500)
mapfile -t long < <(function_of 71)
code gateway/y.c 'functions have at most' "${long[@]}"
mapfile -t long < <(function_of 60)
code gateway/y.c 'nine of ten' "${long[@]}"
caught 'the top level is fixed' misc/README.md '# misc'
proto=('// SPDX-License-Identifier: GPL-3.0-or-later' 'syntax = "proto3";')
caught 'proto: no message contains itself' proto/y.proto "${proto[@]}" \
    'message A {' '  repeated B b = 1;' '}' 'message B { A a = 1; }'
caught 'proto: no optional' proto/y.proto "${proto[@]}" 'message A {' '  optional bytes b = 1;' '}'
code gateway/y.c 'clang-format agrees' 'int  x;'
caught 'shellcheck agrees' tests/y.sh '#!/bin/sh' '# SPDX-License-Identifier: GPL-3.0-or-later' "cat \$1"
clean proto/y.proto "${proto[@]}" 'message A { bytes b = 1; }' \
    'message B {' '  repeated A a = 1;' '  map<string, A> m = 2;' '}'

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
