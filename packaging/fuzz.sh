#!/usr/bin/env bash
# Fuzzes every parser in turn: packaging/fuzz.sh SECONDS [PACKAGES...]
#
# SECONDS are shared by all targets, at least two for each. The corpus that is
# committed under testdata/fuzz is run by "go test" as it is; inputs found here
# are kept in Go's cache, and one that fails is written beside the test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-60}
shift || true
go=${GO:-go}
where=("$@")
((${#where[@]})) || where=(.)
mapfile -t targets < <(grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' "${where[@]}" | sed -E 's|^([^:]*)/[^/:]*:func |\1 |' | sort)
each=$((seconds / ${#targets[@]}))
((each >= 2)) || each=2

# fuzz runs one target. Go's fuzzer now and then takes the end of its own time for
# a failure, without an input that fails: "context deadline exceeded" and nothing
# else. That is no finding.
fuzz() {
  "$go" test "$1" -run '^$' -fuzz "^$2\$" -fuzztime "${each}s" -fuzzminimizetime 1x -parallel 2 >build/test/fuzz.out 2>&1 ||
    only_late build/test/fuzz.out
}

# only_late reports whether the one thing a failed run says is that its time was over.
only_late() {
  [[ $(sed -n '/^--- FAIL: /,/^FAIL$/p' "$1" | sed '1d;$d') == '    context deadline exceeded' ]]
}

mkdir -p build/test
: >build/test/fuzz.log
failed=0
for target in "${targets[@]}"; do
  read -r folder name <<<"$target"
  [[ $folder == /* || $folder == ./* ]] || folder=./$folder
  # Minimising is for people: in a short run it would take all the time.
  if fuzz "$folder" "$name"; then
    printf '%-32s %-28s %s\n' "$folder" "$name" "$(grep -o 'execs: [0-9]*' build/test/fuzz.out | tail -1)"
    printf -- '--- PASS: %s\n' "$name" >>build/test/fuzz.log
  else
    cat build/test/fuzz.out
    printf -- '--- FAIL: %s\n' "$name" >>build/test/fuzz.log
    failed=1
  fi
done
rm -f build/test/fuzz.out
exit $failed
