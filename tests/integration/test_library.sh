#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# libsluice-route as others meet it: installed, found by pkg-config, linked from C and from C++,
# shared and static, and nothing to be seen but sluice_*. Usage: test_library.sh BUILD
set -euo pipefail

build=$1
cc=${CC:-cc}
read -ra flags <<<"${SLUICE_FLAGS-}" # the sanitizers of this build
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    printf 'FAILED %s\n' "$*"
    exit 1
}

cmake --install "$build" --prefix "$work/tree" >"$work/install.log"
header=$(find "$work/tree" -path '*/include/sluice/route.h')
shared=$(find "$work/tree" -name 'libsluice-route.so')
static=$(find "$work/tree" -name 'libsluice-route.a')
pc=$(find "$work/tree" -name 'sluice-route.pc')
for path in "$header" "$shared" "$static" "$pc"; do
    [ -s "$path" ] || fail "not installed: header '$header' shared '$shared' static '$static' pc '$pc'"
done
PKG_CONFIG_PATH=$(dirname "$pc")
LD_LIBRARY_PATH=$(dirname "$shared")
export PKG_CONFIG_PATH LD_LIBRARY_PATH

# Only the public prefix is visible, in either library. Sanitizers add names with two underscores.
foreign=$({ nm -D --defined-only "$shared"; nm -g --defined-only "$static"; } |
    awk 'NF == 3 && $3 !~ /^(sluice_|__)/ { print $3 }')
[ -z "$foreign" ] || fail "visible: $foreign"
[ "$(nm -D --defined-only "$shared" | grep -c ' T sluice_')" -ge 18 ] || fail 'functions are missing'

# Every function that the header declares is there, and no other.
declared=$(grep -oE '\bsluice_[a-z_]+\(' "$header" | tr -d '(' | sort -u)
defined=$(nm -D --defined-only "$shared" | awk '$3 ~ /^sluice_/ { print $3 }' | sort -u)
[ "$declared" = "$defined" ] || fail "declared and defined differ: $(diff <(echo "$declared") <(echo "$defined") || :)"

read -ra cflags <<<"$(pkg-config --cflags sluice-route)"
read -ra libs <<<"$(pkg-config --libs sluice-route)"
read -ra static_libs <<<"$(pkg-config --static --libs sluice-route | sed "s|-lsluice-route|$static|")"
pedantic=(-Wall -Wextra -Wpedantic -Wconversion -Werror)

# The example, from C, against both libraries: the same words.
"$cc" -std=c11 "${pedantic[@]}" "${flags[@]}" solver/sluice/example.c "${cflags[@]}" "${libs[@]}" \
    -o "$work/example"
"$work/example" >"$work/shared.out"
grep -q '^bought [0-9]*, no route buys more than [0-9]*$' "$work/shared.out" || fail 'no bound'
grep -q ': every amount is what the curves do$' "$work/shared.out" || fail 'no proof'
"$cc" -std=c11 "${flags[@]}" solver/sluice/example.c "${cflags[@]}" "${static_libs[@]}" \
    -o "$work/example_static"
LD_LIBRARY_PATH='' "$work/example_static" >"$work/static.out"
cmp "$work/shared.out" "$work/static.out"
! ldd "$work/example_static" | grep -q sluice || fail 'the static example is not static'

# A header for C++, too: a translation unit of its own, linked from the same tree.
cat >"$work/unit.cc" <<'END'
#include <sluice/route.h>

int main()
{
    sluice_market *m = nullptr;
    sluice_curve c = {};
    sluice_status s = sluice_market_new(&m, 2, 0);

    if (s != SLUICE_OK || sluice_version() != SLUICE_VERSION)
        return 1;
    c.kind = SLUICE_FIXED_RATE;
    s = sluice_market_add(nullptr, m, &c);
    sluice_market_free(m);
    return s == SLUICE_CURVE && sluice_status_text(s)[0] == 'n' ? 0 : 2;
}
END
"$cc" -x c++ -std=c++11 "${pedantic[@]}" "${flags[@]}" "${cflags[@]}" -c "$work/unit.cc" \
    -o "$work/unit.o"
"$cc" "${flags[@]}" "$work/unit.o" "${libs[@]}" -lstdc++ -o "$work/unit"
"$work/unit"

# The version is said once in the project, once in the header.
version=$(pkg-config --modversion sluice-route)
for part in MAJOR MINOR PATCH; do
    sed -n "s/^#define SLUICE_VERSION_$part //p" "$header"
done | paste -sd. | grep -qxF "$version" || fail "the header is not of version $version"
printf 'library: installed, linked from C and C++, %s functions\n' "$(wc -l <<<"$defined")"
