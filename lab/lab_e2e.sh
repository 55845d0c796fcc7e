#!/bin/bash
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0

# Starts the real penstock-lab on a free port and looks at it with curl.
# Usage: lab_e2e.sh PATH_OF_PENSTOCK_LAB
set -u
lab=$1
work=$(mktemp -d)
failures=0
pid=

trap 'if [ -n "$pid" ]; then kill "$pid" 2>/dev/null; fi; rm -rf "$work"' EXIT

# check NAME EXPECTED ACTUAL
check() {
  [ "$2" = "$3" ] && return
  echo "FAILED $1: expected '$2', got '$3'"
  failures=$((failures + 1))
}

# contains NAME PART TEXT
contains() {
  case $3 in *"$2"*) return ;; esac
  echo "FAILED $1: no '$2' in '$3'"
  failures=$((failures + 1))
}

# between NAME LOW HIGH NUMBER
between() {
  awk -v n="$4" -v low="$2" -v high="$3" 'BEGIN { exit !(n >= low && n <= high) }' && return
  echo "FAILED $1: $4 is not between $2 and $3"
  failures=$((failures + 1))
}

start() {
  rm -f "$work/port"
  "$lab" --port-file "$work/port" --parent-death "$@" >"$work/out" &
  pid=$!
  for _ in $(seq 500); do
    [ -s "$work/port" ] && break
    sleep 0.02
  done
  if [ ! -s "$work/port" ]; then
    echo "FAILED: $lab $* does not start"
    exit 1
  fi
  port=$(cat "$work/port")
  url=http://127.0.0.1:$port
}

stop() {
  kill -TERM "$pid"
  wait "$pid"
  check "exit status after SIGTERM" 0 $?
  pid=
}

get() { curl -s --max-time 20 "$@"; }
code() { get -o /dev/null -w '%{http_code}' "$@"; }
seconds() { get -o /dev/null -w '%{time_total}' "$@"; }
size() { get "$@" | wc -c; }
failure() { curl -s -o /dev/null --max-time 1 "$@"; echo $?; }
# stat NAME: a number from the totals
stat() { get "$url/stats" | grep -o "\"$1\":[0-9]*" | head -1 | cut -d: -f2; }

mkdir -p "$work/site/sub"
echo '<title>Foxes &amp; hounds</title><p>the quick fox' >"$work/site/fox.html"
echo '<title>Dogs</title><p>a dog and a fox and a fox' >"$work/site/sub/dog.html"
echo 'größe' >"$work/site/plain.txt"
echo 'User-agent: *' >"$work/robots"
echo secret >"$work/secret.txt"

# Content.
start --listen 127.0.0.1-127.0.0.3:0 --folder "$work/site" --robots "$work/robots" --spread 3 \
  --log "$work/log" --stats-file "$work/stats"
contains "ready line" "ready on http://127.0.0.1:$port, 3 pages" "$(cat "$work/out")"
check "ok" 1024 "$(size "$url/ok")"
check "other host" 1024 "$(size "http://127.0.0.3:$port/ok")"
check "file" "$(cat "$work/site/fox.html")" "$(get "$url/files/fox.html")"
check "type" "text/html; charset=utf-8" \
  "$(get -o /dev/null -w '%{content_type}' "$url/files/fox.html")"
check "head" 0 "$(get -I "$url/ok" | sed '1,/^\r$/d' | wc -c)"
check "traversal" 404 "$(code --path-as-is "$url/files/../secret.txt")"
check "encoded traversal" 404 "$(code --path-as-is "$url/files/%2e%2e/secret.txt")"
check "robots" "User-agent: *" "$(get "$url/robots.txt")"
found=$(get "$url/search?q=fox&count=1")
contains "search" '"total":2' "$found"
contains "search rank" 'sub/dog.html' "$found"
contains "search next" '"next":"/search?q=fox&count=1&offset=1"' "$found"
contains "search title" 'Foxes & hounds' "$(get "$url/search?q=quick")"
hit=$(echo "$found" | grep -o 'http://127[^"]*')
check "a hit can be fetched" 200 "$(code "$hit")"
contains "echo" '"body":"hello"' "$(get -d hello "$url/echo")"
contains "continue" '"body_bytes":5' "$(get -H 'Expect: 100-continue' -d hello "$url/echo")"
check "deep" '[[[]]]' "$(get "$url/deep?depth=3")"
contains "items" '"next":"/items?pages=2&page=2"' "$(get "$url/items?pages=2")"
check "unknown" 404 "$(code "$url/none")"

# Time.
between "delay" 0.2 1.5 "$(seconds "$url/ok?delay=200ms")"
between "drip" 0.3 2 "$(seconds "$url/ok?bytes=40&drip=100")"
between "slow first byte" 0.2 1.5 "$(seconds "$url/ok?slow_first_byte=200ms")"
both=$(get -o /dev/null -o /dev/null -w '%{time_total}\n' "$url/ok?connect_delay=300ms&a" \
  "$url/ok?connect_delay=300ms&b")
between "first of a connection" 0.3 2 "$(echo "$both" | head -1)"
between "second of a connection" 0 0.25 "$(echo "$both" | tail -1)"

# Statuses and failures.
answer=$(get -i "$url/ok?status=503&retry_after=2")
contains "status" "HTTP/1.1 503 Service Unavailable" "$answer"
contains "retry after" "Retry-After: 2" "$answer"
check "fail first 1" 503 "$(code "$url/ok?fail_first=1&fail_kinds=503")"
check "fail first 2" 200 "$(code "$url/ok?fail_first=1&fail_kinds=503")"
check "fail always" 500 "$(code "$url/ok?fail=1&fail_kinds=500")"
check "redirects" 200 "$(code -L "$url/ok?redirect=3")"
check "redirect" 302 "$(code "$url/ok?redirect=3")"
check "redirect loop" 47 "$(failure -L --max-redirs 5 "$url/ok?redirect_loop")"
check "truncate" 18 "$(failure "$url/ok?truncate")"
check "truncated chunks" 18 "$(failure "$url/ok?truncate&chunked")"
check "reset" 56 "$(failure "$url/ok?reset")"
check "hang" 28 "$(failure "$url/ok?hang")"
check "garbage" 1 "$(failure "$url/ok?garbage")"
check "bad behaviour" 400 "$(code "$url/ok?delay=x")"

# Bodies and headers.
check "bytes" 100000 "$(size "$url/ok?bytes=100000")"
check "chunked" 100000 "$(size "$url/ok?bytes=100000&chunked")"
check "gzip" 1024 "$(size --compressed "$url/ok?gzip")"
contains "gzip header" "Content-Encoding: gzip" "$(get -i --compressed "$url/ok?gzip" | head -12)"
check "zip bomb" 10485760 "$(size --compressed "$url/ok?zip_bomb=10M")"
check "flood" 1000000 "$(get "$url/ok?flood" | head -c 1000000 | wc -c)"
check "headers" 20 "$(get -I "$url/ok?headers=20" | grep -c '^X-Lab-0')"
check "big header" 5000 "$(get -I "$url/ok?big_header=5000" | grep -o 'x*.$' | tr -dc x | wc -c)"
contains "close" "Connection: close" "$(get -I "$url/ok?close")"
check "extra" 1024 "$(size "$url/ok?extra=50")"
check "latin1" 'gr\366\337e' "$(get "$url/files/plain.txt?latin1" | sed -n l | tr -d '$')"

# Counting.
curl -s -X POST "$url/stats/reset" >"$work/reset"
curl -s -Z --no-progress-meter --parallel-immediate --parallel-max 20 -o /dev/null \
  "$url/ok?delay=300ms&[1-20]"
check "requests" 20 "$(stat requests)"
check "peak in flight" 20 "$(stat peak_in_flight)"
check "most in a second" 20 "$(stat max_per_second)"
check "in flight" 0 "$(stat in_flight)"
failure "$url/ok?hang" >"$work/hang"
check "abandoned" 1 "$(stat abandoned)"
check "in flight after a client left" 0 "$(stat in_flight)"
stop
contains "stats file" '"peak_in_flight":20' "$(cat "$work/stats")"
check "log" 20 "$(grep -c '"target":"/ok?delay=300ms&[0-9]*".*"status":200' "$work/log")"

# Limits.
start --limit-rate 5/s --limit-path /ok --limit-announce x --quota 12
codes=$(get -o /dev/null -w '%{http_code}\n' "$url/ok?[1-8]")
check "admitted" 5 "$(echo "$codes" | grep -c 200)"
check "refused" 3 "$(echo "$codes" | grep -c 429)"
contains "retry after of a limit" "Retry-After: 1" "$(get -i "$url/ok")"
contains "other paths" 200 "$(code "$url/echo")"
for _ in 1 2 3 4 5 6; do get "$url/echo" >"$work/echo"; done
contains "quota" insufficient_quota "$(get "$url/echo")"
curl -s -X POST "$url/quota?left=1" >"$work/quota"
check "quota filled" 200 "$(code "$url/echo")"
stop

# Threads, IPv6, endings.
start --threads 2
check "threads" $((100 * 1024)) "$(size -Z --no-progress-meter "$url/ok?[1-100]")"
check "threads count" 100 "$(stat requests)"
stop
if grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null; then
  start --listen '[::1]:0'
  check "ipv6" 1024 "$(size "http://[::1]:$port/ok")"
  stop
fi
start
"$lab" --listen "127.0.0.1:$port" 2>"$work/err"
check "taken port" 1 $?
contains "taken port" "listen on 127.0.0.1:$port" "$(cat "$work/err")"
stop
"$lab" --delay 5 2>"$work/err"
check "wrong option" 2 $?
contains "wrong option" "--delay: not a duration" "$(cat "$work/err")"
bash -c '"$1" --parent-death --port-file "$2/orphan" & echo $! >"$2/orphan.pid"
  for _ in $(seq 500); do [ -s "$2/orphan" ] && break; sleep 0.02; done' \
  bash "$lab" "$work" >"$work/out"
for _ in $(seq 250); do
  kill -0 "$(cat "$work/orphan.pid")" 2>/dev/null || break
  sleep 0.02
done
check "no orphan" 1 "$(kill -0 "$(cat "$work/orphan.pid")" 2>/dev/null; echo $?)"

[ "$failures" = 0 ] && echo "all checks passed"
exit $((failures > 0))
