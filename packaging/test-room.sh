#!/usr/bin/env bash
# Runs the tests of one room alone: packaging/test-room.sh ROOM
#
# A room is every package with that element in its path: "parcel", "store",
# "rest", "app" and so on. Only these packages are compiled, vetted and tested;
# "make test" without a room tests everything.
#
#   packaging/test-room.sh --packages ROOM     prints the packages and runs nothing
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

go=${GO:-go}
tags=x11,migrated_fynedo

list=
if [[ ${1-} == --packages ]]; then
  list=1
  shift
fi
room=${1-}
all=$("$go" list -tags "$tags" ./...)
packages=$(awk -v room="$room" -F/ 'room != "internal" { for (i = 2; i <= NF; i++) if ($i == room) { print; next } }' <<<"$all")
if [[ -z $packages ]]; then
  rooms=$(cut -d / -f 2- <<<"$all" | tr / '\n' | grep -vx internal | sort -u)
  { printf 'there is no room "%s"; the rooms are:\n' "$room"; fmt -w 100 <<<"$rooms" | sed 's/^/  /'; } >&2
  exit 2
fi
if [[ -n $list ]]; then
  echo "$packages"
  exit
fi

# Programs and windows are played without the race detector, as in "make test".
plain=$(grep -v -e '^cubby/app' -e '^cubby/cmd/cubby$' -e '^cubby/cmd/internal/e2e' <<<"$packages" || true)
windows=$(grep -e '^cubby/app' -e '^cubby/cmd/cubby$' <<<"$packages" || true)
visits=$(grep -e '^cubby/cmd/internal/e2e' <<<"$packages" || true)

mapfile -t each <<<"$packages"
"$go" vet -tags "$tags" "${each[@]}"
"$go" tool staticcheck -tags "$tags" "${each[@]}"
mapfile -t each <<<"$plain"
[[ -z $plain ]] || "$go" test -race -short -timeout 15m "${each[@]}"
mapfile -t each <<<"$windows"
[[ -z $windows ]] || "$go" test -tags "$tags" -timeout 10m "${each[@]}"
mapfile -t each <<<"$visits"
[[ -z $visits ]] || "$go" test -tags "$tags" -timeout 20m "${each[@]}"
