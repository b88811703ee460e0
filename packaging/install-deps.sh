#!/usr/bin/env bash
# Installs the Debian packages that Cubby needs and that are missing. Nothing is
# downloaded or changed when all are there.
#
#   packaging/install-deps.sh [--list] GROUP...
#
# --list prints the packages of the groups and stops. CUBBY_SKIP_DEPS=1 leaves
# the system's packages to you.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

declare -A packages=(
  [build]="ca-certificates make gcc libc6-dev pkg-config libgl1-mesa-dev xorg-dev" # programs, with the touchscreen
  [run]="libgl1 libgl1-mesa-dri curl jq x11-utils util-linux" # the demo station
  [display]="xvfb x11vnc novnc websockify" # a display for machines without one
  [test]="chromium postgresql xvfb libgl1-mesa-dri xdotool imagemagick zbar-tools x11-utils curl python3 nodejs" # pages and whole visits
)

fail() {
  echo "install-deps: $*" >&2
  exit 1
}

list=false
groups=()
for word in "$@"; do
  case $word in
    --list) list=true ;;
    *) [[ -n ${packages[$word]:-} ]] || fail "there is no group \"$word\"; there are: ${!packages[*]}"
       groups+=("$word") ;;
  esac
done
((${#groups[@]})) || fail "name at least one group of: ${!packages[*]}"

wanted=()
for group in "${groups[@]}"; do
  read -ra names <<<"${packages[$group]}"
  wanted+=("${names[@]}")
done
mapfile -t wanted < <(printf '%s\n' "${wanted[@]}" | sort -u)
if $list; then
  printf '%s\n' "${wanted[@]}"
  exit
fi

# go.mod names the Go that is needed. A Go from 1.21 on fetches a newer one by
# itself unless it was told not to.
check_go() {
  local needed have
  needed=$(awk '$1 == "go" { print $2 }' go.mod)
  local where="get it from https://go.dev/dl/ and put its bin folder in front of PATH"
  local go=${GO:-go}
  if ! command -v "$go" >/dev/null; then
    [[ -x /usr/local/go/bin/go ]] || fail "Go is not installed: Cubby needs Go $needed or newer; $where"
    go=/usr/local/go/bin/go
  fi
  have=$("$go" env GOVERSION 2>&1) || fail "Cubby needs Go $needed or newer; $where ($have)"
  have=${have#go}
  [[ $(printf '%s\n%s\n' "$needed" "${have%% *}" | sort -V | head -n 1) == "$needed" ]] ||
    fail "this is Go $have, Cubby needs Go $needed or newer; $where"
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

for group in "${groups[@]}"; do
  [[ $group == build ]] && check_go
done
[[ ${CUBBY_SKIP_DEPS:-} == 1 ]] && exit
command -v dpkg-query >/dev/null ||
  fail "this is not a Debian system. Install what stands for these packages, then set CUBBY_SKIP_DEPS=1: ${wanted[*]}"

missing=()
for name in "${wanted[@]}"; do
  is_installed "$name" || missing+=("$name")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null ||
    fail "these packages are missing, and this is neither root nor is there sudo. As root, run: apt-get install ${missing[*]}"
  as_root=(sudo)
fi
echo "install-deps: installing ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" ||
  fail "apt-get could not install ${missing[*]}; its last lines above say why"
