#!/usr/bin/env bash
# Runs the demo station: the simulated site, the core, the touchscreen, the staff's desk, a hub that
# the station has joined, and a shop that draws codes, processes that know of each other only by
# serial lines, a socket and HTTP. Without a display it makes one and shows it in the
# browser. "make run" builds the programs first; Ctrl-C ends all that was started.
#
#   packaging/run-demo.sh           run
#   packaging/run-demo.sh --reset   forget the demo's data
#
# CUBBY_DEMO (.demo) is the working folder. REST_PORT (8470), PANEL_PORT (8471),
# VNC_PORT (6080), DESK_PORT (6081, the desk in the browser), HUB_PORT (8481, the hub's console),
# HUB_TLS_PORT (8480, the hub's line to the station) and PAY_PORT (8473, a payment provider that takes no
# money) are ports on 127.0.0.1; nothing listens anywhere else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
umask 077

demo=${CUBBY_DEMO:-.demo}
rest_port=${REST_PORT:-8470}
panel_port=${PANEL_PORT:-8471}
vnc_port=${VNC_PORT:-6080}
desk_port=${DESK_PORT:-$((vnc_port + 1))}
hub_port=${HUB_PORT:-8481}
hub_tls_port=${HUB_TLS_PORT:-8480}
pay_port=${PAY_PORT:-8473}
hub=http://127.0.0.1:$hub_port
bin=${CUBBY_BIN:-bin}
config=$demo/cubby.toml
logs=$demo/log

fail() {
  echo "run: $*" >&2
  exit 1
}

# ------------------------------------------------------- what can be asked for --

main() {
  case ${1:-} in
    '') run ;;
    --reset) take_lock; remove_data ;;
    *) fail "there is no option $1; see the head of packaging/run-demo.sh" ;;
  esac
}

run() {
  [[ -x $bin/cubby && -x $bin/cubbyd && -x $bin/cubbysim && -x $bin/cubbyctl && -x $bin/cubbyhub ]] ||
    fail "the programs are not in $bin yet: \"make run\" builds and starts them"
  [[ $(realpath -m "$demo/run/core.sock") =~ ^.{1,104}$ ]] ||
    fail "the path of $demo is too long for a socket; choose a folder nearer to the root: make run CUBBY_DEMO=/tmp/cubby-demo"
  take_lock
  port_is_free "$rest_port" REST_PORT "the REST endpoint"
  port_is_free "$panel_port" PANEL_PORT "the panel of the simulated site"
  port_is_free "$hub_port" HUB_PORT "the hub's console"
  port_is_free "$hub_tls_port" HUB_TLS_PORT "the hub's line to the station"
  port_is_free "$pay_port" PAY_PORT "the simulated payment provider"
  if [[ -z ${DISPLAY:-} ]]; then
    port_is_free "$vnc_port" VNC_PORT "the screen in the browser"
    port_is_free "$desk_port" DESK_PORT "the desk in the browser"
  fi
  trap finish EXIT
  trap 'exit 0' INT TERM HUP # asked to end: nothing went wrong

  mkdir -p "$demo/run" "$logs"
  rm -f "$logs"/*.log "$demo/run/"{scanner,scanner-desk,lockbus,display,display-desk,screen.pid}
  mkdir -p "$demo/rules"
  cp packaging/rules/acme.toml "$demo/rules/"
  sed -e "s/^listen = .*/listen = \"127.0.0.1:$rest_port\"/" -e 's/^\[returns\]$/&\nrules_dir = "rules"/' \
    -e 's/^\[policy\]$/[parcels]\nunannounced = "accept"\n\n&/' \
    packaging/demo/cubby.toml >"$config"
  # Both terminals have the camera of the simulated site.
  sed 's/^name = "\(kiosk\|desk\)"$/&\ncamera = "counter"/' packaging/demo/desk.toml >>"$config"
  [[ -s $demo/pay-key ]] || printf 'sk_demo_%s\n' "$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')" >"$demo/pay-key"
  printf '\n[shop.payment]\nurl = "http://127.0.0.1:%s"\nkey_file = "pay-key"\n' "$pay_port" >>"$config"
  printf '\n[[camera]]\nname = "counter"\nurl = "http://127.0.0.1:%s/camera/counter.jpg"\n' "$panel_port" >>"$config"

  if [[ -n ${DISPLAY:-} ]]; then
    screen_at="a window on display $DISPLAY"
    desk_at="another window there"
  else
    local page="vnc.html?autoconnect=1&resize=scale&reconnect=1&reconnect_delay=1000"
    screen_at="http://127.0.0.1:$vnc_port/$page"
    desk_at="http://127.0.0.1:$desk_port/$page"
  fi
  start site "$bin/cubbysim" run --config "$config" --http "127.0.0.1:$panel_port" --keep "$demo/run/wall.json" \
    --demo "$demo" --screen "$screen_at"
  until_true site "the simulated site" test -e "$demo/run/scanner"
  start_hub
  start pay "$bin/cubbysim" pay --listen "127.0.0.1:$pay_port" --key-file "$demo/pay-key"
  start core "$bin/cubbyd" --config "$config"
  until_true core "the core" "$bin/cubbyctl" --config "$config" status
  join_hub
  prepare_data
  start shop packaging/demo-shop.sh "$demo" "$rest_port" "$bin"
  open_display
  start screen env "DISPLAY=$DISPLAY" "$bin/cubby" --core "unix:$demo/run/core.sock" "${window[@]}"
  start desk env "DISPLAY=$desk_display" "$bin/cubby" --core "unix:$demo/run/core.sock" --terminal desk --size 1280x800
  say_what_to_do
  watch_over
}

# ------------------------------------------------------------------ beginning --

# take_lock lets one demo use the folder. The lock ends with this process,
# however it ends; children do not get it.
take_lock() {
  mkdir -p "$demo"
  exec 9>>"$demo/lock"
  flock -n 9 || fail "a demo station runs already in $demo (process $(cat "$demo/lock")); end it with Ctrl-C there"
  echo $$ >"$demo/lock"
}

remove_data() {
  find "$demo" -mindepth 1 -maxdepth 1 ! -name lock -exec rm -rf {} +
  echo "the demo station in $demo has been forgotten"
}

port_is_free() { # port_is_free PORT VARIABLE WHAT
  if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
    fail "port $1 for $3 is taken by another program; stop that, or choose another: make run $2=$(($1 + 100))"
  fi
}

# start_hub runs the central order system, makes whoever signs in there, and gives it the catalogue that
# the station fetches.
start_hub() {
  cat >"$demo/hub.toml" <<END
[hub]
name = "Cubby Demo Centre"
data_dir = "hub"
listen = "127.0.0.1:$hub_tls_port"
plain = "127.0.0.1:$hub_port"
refunds = "automatic"
private_webhooks = true
END
  [[ ! -f $demo/messages.toml ]] || cat "$demo/messages.toml" >>"$demo/hub.toml" # for docs/messages.md
  start hub "$bin/cubbyhub" --config "$demo/hub.toml"
  until_true hub "the hub" curl -fs "$hub/readyz"
  made_once "$demo/hub-password" "$bin/cubbyhub" --config "$demo/hub.toml" user add admin admin
  made_once "$demo/hub-key" "$bin/cubbyhub" --config "$demo/hub.toml" key add demo \
    stations:read,parcels:read,parcels:write,events:read,orders:read,orders:write,returns:read,returns:decide,refunds:write,stock:read,tokens:read,tokens:write,webhooks:read,webhooks:write
  made_once "$demo/shop-key" "$bin/cubbyhub" --config "$demo/hub.toml" key add demo-shop catalogue:read,catalogue:write
  made_once "$demo/catalogue.txt" "$bin/cubbyctl" --core "$hub" --key-file "$demo/shop-key" \
    catalogue import assets/demo/shop/catalogue.json --pictures assets/demo/shop/pictures
}

# made_once keeps what a command prints in a file, the first time.
made_once() { # made_once FILE COMMAND...
  local file=$1
  shift
  [[ ! -s $file ]] || return 0
  "$@" >"$file.new"
  mv "$file.new" "$file"
}

# join_hub has the station join the hub: once, and again when the hub's port is another one.
join_hub() {
  local at=https://127.0.0.1:$hub_tls_port invitation
  [[ $(cat "$demo/hub-joined" 2>/dev/null) != "$at" ]] || return 0
  if [[ -s $demo/hub-joined ]]; then
    "$bin/cubbyctl" --config "$config" centre leave >/dev/null
    invitation=$("$bin/cubbyhub" --config "$demo/hub.toml" station rekey "$(station_id)")
  else
    invitation=$("$bin/cubbyhub" --config "$demo/hub.toml" station invite "Cubby Demo" --address "1 Example Street" \
      --lat 52.52 --lon 13.405)
  fi
  "$bin/cubbyctl" --config "$config" enrol "$invitation" >/dev/null
  echo "$at" >"$demo/hub-joined"
}

# station_id is the station's id at the hub.
station_id() { "$bin/cubbyhub" --config "$demo/hub.toml" station list | awk 'NR == 1 { print $1 }'; }

# at_hub asks the hub's endpoint.
at_hub() { # at_hub PATH CURL-ARGUMENTS...
  local path=$1
  shift
  curl -fsS -o /dev/null -H @<(echo "Authorization: Bearer $(<"$demo/hub-key")") -H 'Content-Type: application/json' "$@" \
    "$hub/v1/$path"
}

# prepare_data announces the demo parcels at the hub, which tells the station, and makes what
# is shown only once.
prepare_data() {
  local station id
  station=$(station_id)
  while read -r id; do
    at_hub "stations/$station/parcels/$id" 2>/dev/null ||
      jq -c --arg id "$id" '.[$id]' assets/demo/parcels.json | at_hub "stations/$station/parcels/$id" -X PUT -d @-
  done < <(jq -r 'keys[]' assets/demo/parcels.json)
  put_orders "$station"
  local n role
  for n in 1 2; do
    [[ -s $demo/courier-$n.txt ]] && continue
    "$bin/cubbyctl" --config "$config" courier add "Courier $n" "$demo/courier-$n.png" >"$demo/courier-$n.new"
    mv "$demo/courier-$n.new" "$demo/courier-$n.txt"
  done
  n=0
  for role in supervisor associate manager technician; do
    n=$((n + 1))
    [[ -s $demo/staff-$n.txt ]] && continue
    "$bin/cubbyctl" --config "$config" staff add "Demo $role" "$role" "$demo/staff-$n.png" >"$demo/staff-$n.new"
    mv "$demo/staff-$n.new" "$demo/staff-$n.txt"
  done
  put_goods
  [[ -s $demo/api-key ]] && return
  "$bin/cubbyctl" --config "$config" key add "demo-$(date +%Y%m%d%H%M%S)" \
    parcels:read,parcels:write,events:read,codes:read,compartments:read,stories:read,orders:read,orders:write,returns:read,returns:write,returns:decide,refunds:write,stock:read,customers:read,customers:write >"$demo/api-key.new"
  mv "$demo/api-key.new" "$demo/api-key"
}

# put_goods gives the station its prices, and things to sell: some behind doors, the others in the store.
put_goods() {
  local sku
  made_once "$demo/prices.txt" "$bin/cubbyctl" --config "$config" prices import assets/demo/shop/prices.json
  [[ ! -s $demo/goods.txt ]] || return 0
  while read -r sku; do
    "$bin/cubbyctl" --config "$config" stock move "$sku" 6 outside store delivered
  done < <(jq -r '.products[].variants[].sku' assets/demo/shop/catalogue.json) >"$demo/goods.new"
  "$bin/cubbyctl" --config "$config" stock put CUB-003 31 1 >>"$demo/goods.new"
  "$bin/cubbyctl" --config "$config" stock put CUB-020 32 1 >>"$demo/goods.new"
  "$bin/cubbyctl" --config "$config" stock put CUB-045 33 1 >>"$demo/goods.new"
  mv "$demo/goods.new" "$demo/goods.txt"
}

# put_orders puts the demo's orders at the hub, with dates that are counted from the day on which they were
# put first ("@-3" in a file is three days before), and draws what their receipts show.
put_orders() { # put_orders STATION
  local from id days
  mkdir -p "$demo/orders"
  for from in packaging/demo/orders/*.json; do
    id=$(basename "$from" .json)
    if [[ ! -s $demo/orders/$id.json ]]; then
      cp "$from" "$demo/orders/$id.new"
      for days in $(grep -o '"@[-+][0-9]*"' "$from" | tr -d '"@' | sort -u); do
        sed -i "s/\"@$days\"/\"$(date -u -d "$days days" +%Y-%m-%dT%H:%M:00Z)\"/" "$demo/orders/$id.new"
      done
      mv "$demo/orders/$id.new" "$demo/orders/$id.json"
    fi
    at_hub "orders/$id?stations=$1" -X PUT -d @"$demo/orders/$id.json"
    [[ -s $demo/orders/$id.png ]] || "$bin/cubbyctl" qr "order:$id" "$demo/orders/$id.png"
  done
}

# ------------------------------------------------------------------ the display --

window=()
screen_at= desk_at= desk_display=

open_display() {
  if [[ -n ${DISPLAY:-} ]]; then
    fit_window
    desk_display=$DISPLAY
    return
  fi
  export LIBGL_ALWAYS_SOFTWARE=1
  show_in_browser "" 1080x1920 "$vnc_port" "the screen"
  DISPLAY=:$(<"$demo/run/display")
  show_in_browser -desk 1280x800 "$desk_port" "the desk"
  desk_display=:$(<"$demo/run/display-desk")
  window=(--size 1080x1920)
}

# show_in_browser makes a virtual display, and shows it at a port.
show_in_browser() { # show_in_browser SUFFIX SIZE PORT WHAT
  local rfb_port
  start "display$1" Xvfb -displayfd 5 -screen 0 "$2x24" +extension GLX -nolisten tcp -noreset 5>"$demo/run/display$1"
  until_true "display$1" "the virtual display of $4" test -s "$demo/run/display$1"
  rfb_port=$(free_port)
  start "vnc$1" x11vnc -display ":$(<"$demo/run/display$1")" -localhost -noipv6 -no6 -rfbport "$rfb_port" -forever \
    -shared -nopw -noxdamage
  until_true "vnc$1" "$4" answers "$rfb_port"
  start "web$1" websockify --web /usr/share/novnc "127.0.0.1:$3" "127.0.0.1:$rfb_port"
  until_true "web$1" "$4 in the browser" answers "$3"
}

# fit_window chooses a window that the monitor has room for: upright like the
# panel of a locker, or lying on monitors that are too low for that.
fit_window() {
  local width height
  command -v xdpyinfo >/dev/null || { window=(--size 1280x800); return; }
  read -r width height < <(xdpyinfo 2>/dev/null | awk '/dimensions:/ { split($2, d, "x"); print d[1], d[2]; exit }') ||
    fail "the display $DISPLAY cannot be reached; unset DISPLAY to see the screen in the browser"
  read -ra window < <(awk -v w="$width" -v h="$height" 'BEGIN {
    if (w >= 1080 && h >= 1920) { print "--size 1080x1920"; exit }
    upright = (h - 90) / 1920 # room for the bars of a desktop
    if (upright >= 0.5) { printf "--size 1080x1920 --scale %.2f\n", upright; exit }
    lying = (h - 90) / 800
    if (lying > w / 1280) lying = w / 1280
    if (lying > 1) lying = 1
    if (lying < 0.5) lying = 0.5
    printf "--size 1280x800 --scale %.2f\n", lying
  }')
}

free_port() {
  local port
  for port in {5900..5999}; do
    answers "$port" || { echo "$port"; return; }
  done
  fail "no port between 5900 and 5999 is free for the virtual display"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# -------------------------------------------------------------------- processes --

declare -A pid_of=() command_of=() begun=()
started=() # in the order in which they need each other

# start runs a program in the background. It gets a session of its own, so that
# Ctrl-C reaches it through this script alone, in the right order; should this
# script be killed, the kernel ends it.
start() { # start NAME COMMAND...
  local name=$1
  shift
  setsid setpriv --pdeathsig TERM "$@" >>"$logs/$name.log" 2>&1 9>&- </dev/null &
  if [[ -z ${command_of[$name]:-} ]]; then
    started+=("$name")
    command_of[$name]=$(printf '%q ' "$@")
  fi
  pid_of[$name]=$!
  begun[$name]=$SECONDS
  [[ $name != screen ]] || echo $! >"$demo/run/screen.pid" # for those who want to see it killed
}

runs() { [[ -n ${pid_of[$1]:-} ]] && kill -0 "${pid_of[$1]}" 2>/dev/null; }

until_true() { # until_true NAME WHAT CONDITION...: at most 30 s, while NAME runs
  local name=$1 what=$2 tries
  shift 2
  for ((tries = 0; tries < 300; tries++)); do
    "$@" >/dev/null 2>&1 && return
    runs "$name" || break
    sleep 0.1
  done
  tail -n 15 "$logs/$name.log" >&2
  fail "$what has not come up; the lines above are the end of $logs/$name.log"
}

# watch_over starts again what ends by itself: at once, or a second later when it
# has not lived for five.
watch_over() {
  local name
  while :; do
    wait -n "${pid_of[@]}" 2>/dev/null || true # only wakes; more than one may have ended
    for name in "${started[@]}"; do
      runs "$name" && continue
      [[ $name == display* ]] && fail "the virtual display has ended; $logs/display.log may say why"
      echo "the $name has ended and starts again (its log: $logs/$name.log)"
      ((SECONDS - begun[$name] >= 5)) || sleep 1
      eval "start $name ${command_of[$name]}"
    done
  done
}

# finish ends what was started, the last first, by its process id only.
finish() {
  local status=$? i name tries
  trap '' INT TERM HUP EXIT
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    name=${started[i]}
    runs "$name" || continue
    kill "${pid_of[$name]}" 2>/dev/null || true
    for ((tries = 0; tries < 50; tries++)); do
      runs "$name" || break
      sleep 0.1
    done
    runs "$name" && kill -KILL "${pid_of[$name]}" 2>/dev/null
    wait "${pid_of[$name]}" 2>/dev/null || true
  done
  rm -f "$demo/run/screen.pid"
  ((${#started[@]} == 0)) || echo "the demo station has ended; its data stays in $demo"
  exit "$status"
}

say_what_to_do() {
  local scan="$bin/cubbysim scan"
  cat <<END

The demo station runs. Its touchscreen: $screen_at
 1. The wall, with its doors and its code reader, to click on:  http://127.0.0.1:$panel_port/
    Badges, labels and codes are there as well: every step can be played with clicks alone.
END
  [[ $panel_port == 8471 ]] || cat <<END
    To type the commands below, type this first:
export CUBBYSIM_HTTP=127.0.0.1:$panel_port
END
  cat <<END
 2. A courier comes:  $scan --image $demo/courier-1.png; sleep 1; $scan C1001
    Click on the open door: put the parcel in, close it; then touch "Finish". (More labels: C1002 to C1012; the PIN: $demo/courier-1.txt)
 3. The customer shows the code:  $scan --image $demo/codes/C1001.png  (take the parcel, close the door; the PIN: $demo/codes/C1001.pin)
 4. What the shop's computer reads, its newest 30 events:
    curl -sN -m 2 -H "Authorization: Bearer \$(cat $demo/api-key)" -H 'Accept: text/event-stream' http://127.0.0.1:$rest_port/v1/events | sed -n 's/^data: //p' | jq -r '[.time[11:19], .type, (.data.compartment // "")] | @tsv' | tail -n 30
 5. Staff at the desk, $desk_at
    A supervisor signs in:  $scan --terminal desk --image $demo/staff-1.png  (a second person: staff-2.png; the PINs: $demo/staff-*.txt)
    "What needs somebody", "The wall now", "Practise" on a wall that is not real.
 6. Something comes back:  $scan REC-SO-1001  (touch an item, why, and how the money comes back; put it in, close the door)
    More receipts and their orders: $demo/orders. At the desk: "Returns".
 7. The hub, which the station tells everything:  $hub/  (name: admin, password: $(<"$demo/hub-password"))
    Watch the wall there while a door opens here; announce a parcel there and scan its label here.
 8. Ctrl-C ends it; the next "make run" goes on from here.
END
}

main "$@"
