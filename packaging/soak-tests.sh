#!/usr/bin/env bash
# Plays in full what "make test" plays a tenth of: random histories, every quirk at
# every kind of board, flipped bits, visits with random faults.
#
#   packaging/soak-tests.sh [CHECKS [TESTS]]     200 histories of each kind; all such tests
#
# These are the tests that ask testing.Short or are random by package rapid. TESTS is a
# regular expression of their names. Where histories are cheap, that is in packages whose
# TestMain sets rapid.checks, ten times CHECKS are played.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

go=${GO:-go}
checks=${1:-200}
wanted=${2:-.}
[[ $checks =~ ^[1-9][0-9]{0,5}$ ]] || { echo "soak: CHECKS is a number from 1 to 999999" >&2; exit 2; }

# The tests, one a line: folder, name, and whether it is random.
tests=$(grep -rlE --include='*_test.go' 'rapid\.Check\(|testing\.Short\(' . | grep -v '/testdata/' | sort | xargs awk '
  /^func Test/ { name = $2; sub(/\(.*/, "", name) }
  /^}/ { name = "" }
  name != "" && /rapid\.Check\(|testing\.Short\(/ { folder = FILENAME; sub(/\/[^\/]*$/, "", folder); print folder, name }
' | sort -u | awk -v wanted="$wanted" '$2 ~ wanted')
[[ -n $tests ]] || { echo "soak: no such test is random or asks testing.Short: $wanted" >&2; exit 2; }

status=0
while read -r folder; do
  names=$(awk -v folder="$folder" '$1 == folder { print $2 }' <<<"$tests" | paste -sd '|')
  flags=()
  if grep -qs 'pgregory.net/rapid"' "$folder"/*_test.go; then
    n=$checks
    ! grep -qs 'Lookup("rapid.checks")' "$folder"/*_test.go || n=$((10 * checks))
    flags+=(-args "-rapid.checks=$n")
  fi
  echo "== $folder: ${names//|/, }"
  "$go" test -race -count=1 -timeout 60m -run "^($names)\$" "$folder" "${flags[@]}" || status=1
done < <(cut -d ' ' -f 1 <<<"$tests" | sort -u)
exit $status
