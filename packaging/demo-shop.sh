#!/usr/bin/env bash
# The demo's shop: follows the station's change feed and draws the pickup code of each
# stored parcel as a picture, where a real shop would send a message. Everything else that
# a centre does for the station, the hub does.
#
#   packaging/demo-shop.sh FOLDER REST-PORT BIN-FOLDER
#
# Reads FOLDER/api-key, writes FOLDER/codes/LABEL.png and LABEL.pin, and keeps
# its place in FOLDER/shop-cursor. It begins behind the newest event and so never
# acknowledges a code: a reader from the very beginning can still try that out.
set -euo pipefail
umask 077

demo=$1 rest_port=$2 bin=$3
place=$demo/shop-cursor
head=$demo/run/shop-head
mkdir -p "$demo/codes"
[[ -s $place ]] || echo now >"$place"

member() { # member NAME <<<EVENT: the text of one member
  grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4
}

draw() { # draw EVENT
  local label code pin
  label=$(member label <<<"$1" | tr -c 'A-Za-z0-9\n' '-')
  code=$(member code <<<"$1") || return 0 # erased meanwhile: the parcel is gone
  pin=$(member pin <<<"$1")
  printf '%s' "$code" | "$bin/cubbyctl" qr - "$demo/codes/$label.png"
  printf '%s %s\n' "${pin:0:4}" "${pin:4}" >"$demo/codes/$label.pin"
  echo "parcel $label is stored; its code: $demo/codes/$label.png"
}

while :; do
  page=$(curl -fsS -D "$head" -H @<(echo "Authorization: Bearer $(<"$demo/api-key")") \
    "http://127.0.0.1:$rest_port/v1/events?wait=30&cursor=$(<"$place")")
  while IFS= read -r event; do
    [[ $event != *'"type":"parcel.stored"'* ]] || draw "$event"
  done < <(sed 's/},{"specversion"/}\n{"specversion"/g' <<<"$page")
  awk 'tolower($1) == "cubby-next-cursor:" { sub("\r", ""); print $2 }' "$head" >"$place.new"
  mv "$place.new" "$place"
done
