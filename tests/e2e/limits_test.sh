#!/usr/bin/env bash
# One limit over 8 worker processes, counted by the server in sliding windows; pauses that are asked for.
. "$(dirname "$0")/harness.sh"

run_job() { # run_job NAME ITEMS LIMIT-LINES: items over /ok
  mkdir -p "$1"
  cat >"$1/job.toml" <<TOML
[input]
range = "1..$2"
[workers]
processes = 8
concurrency = 16
[limit.service]
$3
[[step]]
name = "ok"
http = "$url/ok?i={n}"
limit = "service"
keep = "none"
TOML
  expect_status 0 "$penstock" run "$1/job.toml"
}

start_lab --listen 127.0.0.1:0
began=$(date +%s%N)
run_job slow 300 'rate = "50/s"'
took_ms=$((($(date +%s%N) - began) / 1000000))
check "most in any second at 50/s" "$(stat total.max_per_second)" -le 50
check "requests" "$(stat total.requests)" -eq 300
check "milliseconds for 300 at 50/s (95 % used)" "$took_ms" -le $((300 * 1000 / 50 * 100 / 95 + 1500))

curl -s -X POST "$url/stats/reset" >/dev/null
run_job spaced 12 'spacing = "150ms per host"'
spacing=$(stat total.min_spacing_ns)
check "nanoseconds between two starts" "$spacing" -ge 150000000
stop_lab

# The server refuses, says for how long, and counts who comes too early.
start_lab --listen 127.0.0.1:0 --limit '/ok?rate=20/s&retry=seconds'
run_job refused 60 'rate = "40/s"'
check "calls before a Retry-After had passed" "$(stat total.early)" -eq 0
