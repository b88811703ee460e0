#!/usr/bin/env bash
# Plays visits at a station with a wall of six lines on which something is always
# wrong, and says what the station did wrong: couriers, customers, strangers,
# staff and vandals from the simulator, the real core, a folder of its own.
#
#   packaging/soak.sh [VISITS [SEED]]   300 visits, a seed of the day's second
#
# CUBBY_BIN (bin) is the folder of the programs. Status 1: something was wrong;
# the folder with the log and the data is kept then.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
umask 077

visits=${1:-300}
seed=${2:-$(date +%s)}
[[ $visits =~ ^[1-9][0-9]{0,5}$ && $seed =~ ^[0-9]{1,18}$ ]] || { echo "soak: VISITS is a number from 1 to 999999, SEED one from 0" >&2; exit 2; }
bin=$(realpath "${CUBBY_BIN:-bin}")
[[ -x $bin/cubbyd && -x $bin/cubbysim ]] || { echo "soak: the programs are not in $bin yet: \"make build\"" >&2; exit 1; }

dir=$(mktemp -d -t cubby-soak.XXXXXX) # short: a socket's path has at most 107 bytes
core=
finish() {
  status=$?
  if [[ -n $core ]]; then
    kill "$core" 2>/dev/null || true
    wait "$core" || true
  fi
  if ((status == 0)); then
    rm -rf "$dir"
  else
    echo "soak: what was said and stored is in $dir" >&2
  fi
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

port=$((20000 + RANDOM % 10000)) # below those that Linux gives to connections
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
  port=$((port + 1))
done
mkdir "$dir/run"
sed "s/:8474\"/:$port\"/" packaging/soak/cubby.toml >"$dir/cubby.toml"
"$bin/cubbyd" --config "$dir/cubby.toml" >"$dir/core.log" 2>&1 &
core=$!
"$bin/cubbysim" soak --config "$dir/cubby.toml" --http 127.0.0.1:0 --visits "$visits" --seed "$seed"
