#!/usr/bin/env bash
# Runs tests and keeps their output in build/test (or $TEST_LOGS): NAME.log as
# "go test -v" prints it, NAME.json as events.
#
#   packaging/go-test.sh NAME PACKAGES FLAGS-OF-GO-TEST...
#   packaging/go-test.sh --summary      counts over all that ran, and what was unsteady
#
# A test that fails runs again alone, up to twice. One that passes then is
# unsteady: it is listed with its log, and more than three make the run red. A
# panic and a data race are never excused.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

logs=${TEST_LOGS:-build/test}
unsteady_allowed=3

# The outcome of every test, from the events of all runs. A test with a failing
# subtest is not counted as a failure of its own.
outcomes='
  [inputs | select(.Test != null)]
  | group_by([.Package, .Test])
  | map({
      test: (.[0].Package + " " + .[0].Test),
      ends: [.[].Action | select(. == "pass" or . == "fail" or . == "skip")],
      log: (. as $events | (map(.Action) | index("fail") // 0) as $n | $events[:$n] | map(.Output // "") | join(""))
    })
  | map(select(.ends | length > 0))
  | (map(select(.ends | index("fail")) | .test) | map(split("/")) | map(.[:-1] | join("/")) | unique) as $parents
  | map(. + {end: .ends[-1], failed: ((.ends | index("fail") != null) and (.test as $t | $parents | index($t) == null))})
'

summary() {
  local events=("$logs"/*.json) counts
  [[ -e ${events[0]} ]] || { echo "no test has run: there is no $logs/*.json" >&2; return 1; }
  jq -n "$outcomes" "${events[@]}" >"$logs/outcomes"
  jq -r --slurpfile fuzz <(grep -h -- '^--- ' "$logs/fuzz.log" 2>/dev/null | jq -R .) '
    def names($title): if length > 0 then $title, (.[] | "  " + .test) else empty end;
    ([$fuzz[] | select(startswith("--- PASS"))] | length) as $fuzzed
    | "\ntests: \(map(select(.end == "pass")) | length) passed, \(map(select(.failed and .end != "pass")) | length) failed, "
      + "\(map(select(.end == "skip")) | length) skipped, \(map(select(.failed and .end == "pass")) | length) unsteady; "
      + "fuzz targets: \($fuzzed) passed, \(($fuzz | length) - $fuzzed) failed",
      (map(select(.end == "skip")) | names("skipped:")),
      (map(select(.failed and .end != "pass")) | names("failed:")),
      (map(select(.failed and .end == "pass")) | if length > 0
        then "unsteady: failed, then passed alone", (.[] | "  \(.test), runs: \(.ends | join(", "))", .log) else empty end)
  ' "$logs/outcomes"
  jq -n -r '[inputs | select(.Test == null and (.Action == "pass" or .Action == "fail"))] | group_by(.Package)
    | map(select(.[-1].Action == "fail") | "  " + .[0].Package) | if length > 0 then "packages that failed:", .[] else empty end' \
    "${events[@]}"
  counts=$(jq 'map(select(.failed and .end == "pass")) | length' "$logs/outcomes")
  if ((counts > unsteady_allowed)); then
    echo "$counts unsteady tests: more than $unsteady_allowed are a failure"
    return 1
  fi
}

if [[ $1 == --summary ]]; then
  summary
  exit
fi

name=$1 packages=$2
shift 2
mkdir -p "$logs"
echo "== $name"
"${GO:-go}" tool gotestsum --format standard-verbose --hide-summary all --jsonfile "$logs/$name.json" \
  --rerun-fails=2 --rerun-fails-max-failures 20 --rerun-fails-abort-on-data-race \
  --packages "$packages" -- "$@" 2>&1 | tee "$logs/$name.log" |
  { grep -v -E '^=== (RUN|PAUSE|CONT|NAME) |no test files\]$' || true; }
