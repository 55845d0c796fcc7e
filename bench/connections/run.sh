#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
# usage: bench/connections/run.sh BUILD_FOLDER [ROUNDS]
#
# Slow answers on many connections: a bare epoll client (the limit) and the whole `penstock run`, in
# turns, against the lab server. It prints the peak in flight as the server counts it, the rates,
# their ratio, and the memory that a connection costs the worker.
set -euo pipefail
build=${1:?usage: run.sh BUILD_FOLDER [ROUNDS]}
rounds=${2:-3}
here=$(cd "$(dirname "$0")" && pwd)
cmake --build "$build" --target bench_connections >/dev/null
folder=$(mktemp -d)
lab=
# It may have ended by itself.
trap '[ -z "$lab" ] || kill "$lab" 2>/dev/null || true; rm -rf "$folder"' EXIT
[ "$(ulimit -n)" -ge 12000 ] || ulimit -n 12000

"$build/lab/penstock-lab" --listen 127.0.0.1:0 --port-file "$folder/port" --parent-death >"$folder/lab.log" &
lab=$!
for _ in $(seq 100); do [ -s "$folder/port" ] && break; sleep 0.05; done
url=http://127.0.0.1:$(cat "$folder/port")

# measure CASE COMMAND...: its line of JSON, with the case and the server's peak in flight.
measure() {
  local name=$1 line
  shift
  curl -s -X POST "$url/stats/reset" >/dev/null
  line=$("$@")
  curl -s "$url/stats" | python3 -c '
import json, sys
run = json.loads(sys.argv[2]) | {"case": sys.argv[1], "peak": json.load(sys.stdin)["total"]["peak_in_flight"]}
print(json.dumps(run))' "$name" "$line"
}

{
  measure base "$here/penstock.py" "$build/src/penstock" "$url/ok?i={n}" 1 1 200
  for round in $(seq "$rounds"); do
    # WORKERS CONNECTIONS REQUESTS DELAY
    while read -r workers connections requests delay; do
      all=$((workers * connections))
      measure "$workers x $connections, $delay" \
        "$build/bench/connections/bench_connections_epoll" "$url/ok?delay=$delay" "$all" "$requests"
      measure "$workers x $connections, $delay" \
        "$here/penstock.py" "$build/src/penstock" "$url/ok?i={n}&delay=$delay" "$workers" "$connections" "$requests"
    done <<'CASES'
1 500 20000 100ms
1 500 20000 200ms
10 50 20000 200ms
1 5000 50000 400ms
CASES
  done
} | python3 "$here/compare.py"
