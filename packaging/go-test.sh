#!/usr/bin/env bash
# Runs "go test -v" and keeps its whole output in build/test/NAME.log; prints it
# without the lines that only say that a test has begun.
#
#   packaging/go-test.sh NAME ARGUMENTS-OF-GO-TEST...
#   packaging/go-test.sh --summary      counts over all logs
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ $1 == --summary ]]; then
  awk '
    /^ *--- PASS:/ { pass++ }
    /^ *--- SKIP:/ { skip++; skipped = skipped "\n  " $3 }
    /^ *--- FAIL:/ { fail++; failed = failed "\n  " $3 " (" FILENAME ")" }
    /^FAIL\t/      { broken = broken "\n  " $2 " (" FILENAME ")" }
    /^ok /         { packages++ }
    END {
      printf "\n%d packages passed; tests: %d passed, %d failed, %d skipped\n", packages, pass, fail, skip
      if (skip) print "skipped:" skipped
      if (fail) print "failed:" failed
      if (broken != "") print "packages that failed:" broken
    }' build/test/*.log
  exit
fi

name=$1
shift
mkdir -p build/test
echo "== $name"
"${GO:-go}" test -v "$@" 2>&1 | tee "build/test/$name.log" |
  { grep -v -E '^=== (RUN|PAUSE|CONT|NAME) |no test files\]$' || true; }
