#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The rules of the house that a compiler does not know. `./dev tidy` runs it; the last line counts.
# The tables come first: a new layer, library or word is one line there.
set -euo pipefail
cd "$(dirname "$0")/.."

# layer FILES ALLOWED: files whose path matches FILES include only house headers that match ALLOWED.
layers() {
    layer 'solver/core/.*'      'solver/core'
    layer 'solver/shell/.*'     'solver/(core|shell)'
    layer 'solver/market/.*'    'solver/(core|market)'
    layer 'proto/.*'            'solver/(core|market)|proto'
    layer 'solver/input/.*'     'solver/(core|market|input)'
    layer 'solver/risk/.*'      'solver/(core|risk)'
    layer 'solver/ledger/.*'    'solver/(core|ledger)'
    layer 'solver/route/.*'     'solver/(core|market|route)'
    layer 'solver/sluice/.*'    'solver/(core|market|route|sluice)'
    layer 'solver/clear/.*'     'solver/(core|market|route|clear)'
    layer 'solver/clear/certify.*' 'solver/(core|market)|solver/clear/(certify[a-z_]*|allocate)\.h'
    layer 'solver/engine/.*'    'solver/(core|shell|market|ledger|route|clear|engine)|solver/link\.h|proto'
    layer 'solver/[^/]*'        'solver|proto'
    layer 'gateway/.*'          'solver|proto|gateway'
    layer 'venues/.*'           'solver/(core|shell|market|input)|proto|venues'
}

# only PATTERN FILES: code matching PATTERN may stand in FILES and nowhere else.
homes() {
    only '<glpk\.h>'           'solver/route/lp\.c'
    only '<suitesparse/'       'solver/route/laplacian\.c'
    only '<hiredis/'           'solver/ledger/store_redis\.c|tests/.*'
    only '<jansson\.h>'        'solver/input/.*|gateway/.*|venues/.*|tests/.*'
    only '<sodium\.h>'         'solver/core/.*'
    only '<mpf[ir]\.h>'        'solver/route/interval\.h'
    only '<gmp\.h>'            'solver/core/wide\.c|tests/.*'
    only '<nng/'               'gateway/.*|venues/sdk/.*|solver/(link|main_|inbox|loop)[^/]*|tests/.*'
    only '<sqlite3\.h>'        'venues/sdk/.*|tests/.*'
    only '<ini\.h>'            'solver/shell/config\.c'
    only '<coin/'              'tests/property/oracle_clp\.c'
    only '<cmocka\.h>'         'tests/.*'
    only '<protobuf-c/|\.pb-c\.h"' 'proto/.*|tests/.*'
    only '\b(double|float)\b'  'solver/(route|risk)/.*|solver/clear/price\.[ch]|solver/core/stats\.[ch]|tests/.*|docs/pictures/.*'
    only '\btypedef\b'         'solver/core/u128\.h'
    only '__int128'            'solver/core/u128\.h'
}

# never PATTERN REASON: code that may stand nowhere.
bans() {
    never '<assert\.h>'                        'CHECK, or an error when the data is from outside'
    never '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|strncpy)\('  'a bounded call'
    never '\b(atoi|atol|atoll|atof)\('         'a conversion that reports errors'
    never '\b(rand|srand|random)\('            'a seeded or cryptographic source'
    never '\b(system|popen|alloca)\('          'an explicit call'
    never '\bnng_msg_(insert|trim)\b'          'append and chop: nng 1.5 corrupts its heap here'
    never '\bredis(v|Append|vAppend)?(Format)?Command\(' 'the Argv forms, which never parse a format'
    never '//'                                 'the comment style of the house'
}

# Words that may not stand in any text file. Brackets keep the words from naming this file.
words() {
    unsaid 'TO[D]O|FIX[M]E|\bXX[X]\b|\bHA[C]K\b'    'unfinished work'
    unsaid '/(home|work|Users)/[a-z]'        'a path of one machine'
    unsaid '\b[E]VAL(SHA)?\b'                       'scripts outside the Function library'
}

lines_max=500
function_max=70
function_usual=50 # nine of ten functions stay below
readme_max=60
top_level='^(CMakeLists\.txt|CMakePresets\.json|README\.md|CHANGELOG\.md|LICENSE|dev|\.ci|proto|solver|gateway|venues|tests|docker|docs|\.clang-format|\.gitignore|\.clang-tidy)$'

passed=0
failed=0

# report NAME HITS: a rule passes when nothing broke it.
report() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s\n' "$1"
        printf '%s\n' "$2" | sed 's/^/    /'
    fi
}

# files PATTERN: the paths of the tree that match, new files included, deleted ones not.
files() {
    git ls-files -co --exclude-standard | sort -u | grep -E "$1" | while read -r path; do
        [ ! -f "$path" ] || printf '%s\n' "$path"
    done || :
}

# Copy all C files to $code with comments and the text of literals blanked; lines keep their number.
strip() {
    files '\.[ch]$' | sed 's|/[^/]*$||' | sort -u | (cd "$code" && xargs -r mkdir -p)
    # shellcheck disable=SC2016 # awk, not the shell, reads it
    files '\.[ch]$' | xargs -r awk -v out="$code" '
        FNR == 1 { if (target) close(target); target = out "/" FILENAME; comment = 0 }
        /^#include/ { print > target; next }
        {
            text = ""; quote = ""
            for (i = 1; i <= length($0); i++) {
                c = substr($0, i, 1); pair = substr($0, i, 2)
                if (comment) { if (pair == "*/") { comment = 0; i++ } }
                else if (quote != "") {
                    if (c == "\\") i++
                    else if (c == quote) { quote = ""; text = text c }
                }
                else if (pair == "/*") { comment = 1; i++ }
                else {
                    if (c == "\"" || c == "\047") quote = c
                    text = text c
                }
            }
            print text > target
        }'
}

# code_grep PATTERN FILES: file:line:text of the stripped code in the files that match.
code_grep() {
    (cd "$code" && grep -rnE -- "$1" . | sed 's|^\./||' | grep -E "^($2):") || :
}

layer() {
    report "layer: $1 includes only $2" \
        "$(code_grep '^#include "' "$1" | grep -vE "#include \"($2)" || :)"
}

only() {
    report "home: $1 belongs in $2 only" "$(code_grep "$1" '[^:]*' | grep -vE "^($2):" || :)"
}

never() {
    report "ban: $1 ($2)" "$(code_grep "$1" '[^:]*')"
}

unsaid() {
    report "words: $2" "$(files '.' | grep -vE '^(LICENSE|tests/fuzz/corpus/)' | xargs -r grep -InE -- "$1" || :)"
}

includes_from_root() {
    local hit path
    code_grep '^#include "' '[^:]*' | while read -r hit; do
        path=$(sed -E 's/.*"([^"]*)".*/\1/' <<<"$hit")
        [[ $path == */*.pb-c.h || ($path == */* && -f $path) ]] || printf '%s\n' "$hit"
    done
}

spdx_first() {
    files '(\.([ch]|proto|lua|sh|cmake|ya?ml)|CMakeLists\.txt|Dockerfile|^dev|^\.ci/run|^\.clang-.*)$' |
        while read -r path; do
            head -n 2 "$path" | grep -q 'SPDX-License-Identifier: GPL-3\.0-or-later' || printf '%s\n' "$path"
        done
}

readmes() {
    files '/' | sed 's|/[^/]*$||' | sort -u | grep -vE '^(\.ci|docs|tests/fuzz/corpus)(/|$)' |
        while read -r folder; do
            [ -f "$folder/README.md" ] || printf '%s/README.md is missing\n' "$folder"
        done
    files '.+/README\.md$' | xargs -r wc -l |
        awk -v most="$readme_max" '$2 != "total" && $1 > most { print $2 ": " $1 " lines" }'
}

long_files() {
    files '(\.([ch]|lua|sh|proto|cmake)|^dev|^\.ci/run)$' | xargs -r wc -l |
        awk -v most="$lines_max" '$2 != "total" && $1 > most { print $2 ": " $1 " lines" }'
}

# lines<TAB>name<TAB>file:line of every function
functions() {
    files '\.[ch]$' | ctags -L - -f - -I MUST_USE --fields=+ne --kinds-C=f 2>/dev/null |
        awk -F'\t' '{
            line = 0; end = 0
            for (i = 4; i <= NF; i++) {
                if ($i ~ /^line:/) line = substr($i, 6)
                if ($i ~ /^end:/) end = substr($i, 5)
            }
            if (end) print end - line + 1 "\t" $1 "\t" $2 ":" line
        }'
}

long_functions() {
    functions | awk -F'\t' -v most="$function_max" '$1 > most { print $3 " " $2 ": " $1 " lines" }'
}

too_many_long_functions() {
    functions | awk -F'\t' -v usual="$function_usual" '
        { all++; if ($1 > usual) long++ }
        END { if (long * 10 > all) print long " of " all " functions are over " usual " lines" }'
}

# Message types that can contain themselves; protobuf-c would recurse on them.
recursive_messages() {
    files '\.proto$' | xargs -r sed -E 's|//.*||; s/[{};]/\n&\n/g' | awk '
        $1 == "message" { next_name = $2; next }
        $1 == "{" { name[++depth] = next_name == "" ? name[depth - 1] : next_name; next_name = ""; next }
        $1 == "}" { depth--; next }
        depth && /=/ {
            type = $1 == "repeated" || $1 ~ /^map</ ? $2 : $1
            sub(/.*\./, "", type); sub(/>.*/, "", type)
            uses[name[depth]] = uses[name[depth]] " " type
        }
        function reaches(from, goal,   list, n, i) {
            n = split(uses[from], list, " ")
            for (i = 1; i <= n; i++) {
                if (list[i] == goal) return 1
                if (!(list[i] in seen) && list[i] in uses) {
                    seen[list[i]] = 1
                    if (reaches(list[i], goal)) return 1
                }
            }
            return 0
        }
        END { for (m in uses) { split("", seen); if (reaches(m, m)) print "message " m " contains itself" } }'
}

code=$(mktemp -d)
trap 'rm -rf "$code"' EXIT
strip

layers
homes
bans
words
report 'includes are spelled from the root and exist' "$(includes_from_root)"
report 'the SPDX line comes first' "$(spdx_first)"
report "every folder has a README of at most $readme_max lines" "$(readmes)"
report "files have at most $lines_max lines" "$(long_files)"
report "functions have at most $function_max lines" "$(long_functions)"
report "nine of ten functions have at most $function_usual lines" "$(too_many_long_functions)"
report 'the top level is fixed' "$(git ls-files -co --exclude-standard | cut -d/ -f1 | sort -u | grep -vE "$top_level" || :)"
report 'proto: no message contains itself' "$(recursive_messages)"
report 'proto: no optional fields' "$(files '\.proto$' | xargs -r grep -nE '^\s*optional\b' || :)"
report 'clang-format agrees' "$(files '\.[ch]$' | xargs -r clang-format --dry-run -Werror 2>&1 | grep -E 'error:' | cut -d: -f1 | uniq -c || :)"
report 'shellcheck agrees' "$(files '(\.sh|^dev|^\.ci/run)$' | xargs -r shellcheck -f gcc 2>&1 || :)"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
