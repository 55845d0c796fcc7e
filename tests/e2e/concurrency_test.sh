#!/usr/bin/env bash
# Workers x connections in flight, exactly, as the server counts them: never one less, never one more.
. "$(dirname "$0")/harness.sh"

# in_flight WORKERS CONNECTIONS DELAY: two rounds of slow answers, so that every place is taken twice.
in_flight() {
  local name=$1x$2 all=$(($1 * $2))
  mkdir "$name"
  cat >"$name/job.toml" <<TOML
[input]
range = "1..$((2 * all))"
[workers]
processes = $1
concurrency = $2
[[step]]
name = "ok"
http = "$url/ok?i={n}&delay=$3"
keep = "none"
TOML
  curl -s -X POST "$url/stats/reset" >/dev/null
  expect_status 0 "$penstock" run "$name/job.toml"
  check "$name: peak in flight" "$(stat total.peak_in_flight)" -eq "$all"
  check "$name: requests" "$(stat total.requests)" -eq $((2 * all))
  check "$name: URLs asked for again" "$(stat urls.requested_again)" -eq 0
}

# More connections than descriptors would be eased by the worker: another promise, another test.
[ "$(ulimit -n)" -ge 12000 ] || ulimit -n 12000 || fail "this test needs 12,000 open files"
start_lab --listen 127.0.0.1:0
in_flight 1 500 1s
in_flight 10 50 1s

in_flight 1 5000 5s
echo "500 and 5,000 connections: in flight exactly as many as configured"
