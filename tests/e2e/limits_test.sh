#!/usr/bin/env bash
# One limit over 8 worker processes, counted by the server in sliding windows; pauses that it asks for;
# few and spaced calls a host, over slow connections and over kill -9. PENSTOCK_LIMITS=full runs the long
# forms and prints what share of each limit was used; they take three minutes.
. "$(dirname "$0")/harness.sh"
length=${PENSTOCK_LIMITS:-short}

job() { # job NAME INPUT LIMIT-LINES URL [STEP-LINES]
  mkdir -p "$1"
  cat >"$1/job.toml" <<TOML
[input]
$2
[workers]
processes = 8
concurrency = 16
[limit.service]
$3
[[step]]
name = "ok"
http = "$4"
limit = "service"
keep = "none"
${5:-}
TOML
}
run_job() { job "$@"; expect_status 0 "$penstock" run "$1/job.toml"; }
reset() { curl -s -X POST "$url/stats/reset" >/dev/null; }

# of_hosts EXPRESSION: over the list `hosts` of what the lab counted for each host.
of_hosts() { curl -s "$url/stats" | python3 -c '
import json, sys
hosts = [h for h in json.load(sys.stdin)["hosts"].values() if h["requests"]]
print(eval(sys.argv[1]))' "$1"; }

# used RATE: what share of it, in percent, the server saw.
used() { python3 -c 'import sys; n, span, rate = map(float, sys.argv[1:]); print(round(100 * (n - 1) * 1e9 / span / rate))' \
  "$(stat total.requests)" "$(stat total.span_ns)" "$1"; }

say() { if [ "$length" = full ]; then echo "$*"; fi; }

# rate COUNT RATE SHARE: so many requests at so many a second use at least this share of it.
rate() {
  reset
  run_job "rate$2" "range = \"1..$1\"" "rate = \"$2/s\"" "$url/ok?i={n}"
  check "requests" "$(stat total.requests)" -eq "$1"
  check "most in any second at $2/s" "$(stat total.max_per_second)" -le "$2"
  check "percent used of $2/s" "$(used "$2")" -ge "$3"
  say "$1 requests at $2/s: at most $(stat total.max_per_second) in any second, $(used "$2") % used"
}

# Shares are of a quiet machine; a busy one may take half of them.
start_lab --listen 127.0.0.1-127.0.0.20:0
if [ "$length" = full ]; then
  rate 2000 50 95
  rate 20000 5000 95
else
  rate 200 50 60
  rate 5000 5000 20
fi

# Several rates at once, the longer a quota; one of them for each key; another one for one key.
reset
run_job several 'range = "1..40"' 'rate = ["30/3s", "20/s"]' "$url/ok?i={n}"
check "most in any second of 20/s beside 30/3s" "$(stat total.max_per_second)" -le 20
check "nanoseconds of 40 at 30/3s" "$(stat total.span_ns)" -ge 3000000000
reset
run_job keys 'range = "1..30"' 'rate = "5/s per {n}"' "$url/ok?i={n}"
check "nanoseconds of 30 keys at 5/s each" "$(stat total.span_ns)" -le 2000000000
for i in $(seq 60); do echo "127.0.0.$((i % 2 + 1))"; done >hosts2
reset
run_job others 'lines = { file = "../hosts2", as = "host" }' 'rate = "10/s per host"
[limit.service.for."127.0.0.2:'"$port"'"]
rate = "20/s"' "http://{host}:$port/ok"
check "most in a second at a host with 10/s" "$(of_hosts 'min(h["max_per_second"] for h in hosts)')" -le 10
check "most in a second at a host with 20/s" "$(of_hosts 'max(h["max_per_second"] for h in hosts)')" -le 20
check "most in a second at a host with 20/s" "$(of_hosts 'max(h["max_per_second"] for h in hosts)')" -gt 10

# Hours and days: used up as fast as the others allow, then the run waits; what waits is named.
reset
job hours 'range = "1..30"' 'rate = ["20/h", "1000/d"]' "$url/ok?i={n}"
"$penstock" run hours/job.toml >out 2>err &
engine=$!
for _ in $(seq 100); do [ "$(stat total.requests)" -ge 20 ] && break; sleep 0.1; done
sleep 0.5
check "requests of 30 at 20/h" "$(stat total.requests)" -eq 20
kill -9 "$engine"
wait "$engine" 2>/dev/null || true # Killed: not 0.
"$penstock" run hours/job.toml >out 2>err &
engine=$!
sleep 1.5
check "requests of 30 at 20/h, after kill -9" "$(stat total.requests)" -eq 20
kill -INT "$engine"
wait "$engine" || true # Interrupted: 130.

# Adaptive: twelve at once are well, more wait in the server's queue or are refused.
reset
run_job auto 'range = "1..400"' 'concurrency = "auto"' "$url/ok?i={n}&delay=20ms"
check "requests of an adaptive limit" "$(stat total.requests)" -eq 400
check "most in flight of an adaptive limit" "$(stat total.peak_in_flight)" -gt 8

# Few and spaced at each host, over kept and over new connections, which take 200 ms to open.
hosts=$([ "$length" = full ] && echo 20 || echo 4) each=$([ "$length" = full ] && echo 10 || echo 3)
for _ in $(seq "$each"); do for i in $(seq "$hosts"); do echo "127.0.0.$i"; done; done >hosts
python3 "$tests/e2e/slow_proxy.py" proxy_port &
proxy=$!
trap 'kill "$proxy" 2>/dev/null || true; finish' EXIT
for _ in $(seq 100); do [ -s proxy_port ] && break; sleep 0.05; done
spaced() { # spaced NAME WHERE: what the hosts saw
  check "most in flight at a host, $1" "$(of_hosts 'max(h["peak_in_flight"] for h in hosts)')" -le 2
  check "nanoseconds between two starts at a host, $1" "$(of_hosts 'min(h["min_spacing_ns"] for h in hosts)')" -ge 1500000000
  say "$1: $(of_hosts 'len(hosts)') hosts, at most $(of_hosts 'max(h["peak_in_flight"] for h in hosts)') in flight," \
    "$(of_hosts 'min(h["min_spacing_ns"] for h in hosts) / 1e9') s between starts at least," \
    "$(of_hosts 'max(h["span_ns"] / (h["requests"] - 1) for h in hosts) / 1e9') s on average at the slowest"
}
for proxy_line in "" "proxy = \"socks5://127.0.0.1:$(cat proxy_port)\""; do
  reset
  name=$([ -z "$proxy_line" ] && echo "slow first answers" || echo "slow connections")
  run_job "spaced${#proxy_line}" 'lines = { file = "../hosts", as = "host" }' 'concurrency = "2 per host"
spacing = "1.5s per host"' "http://{host}:$port/ok?delay=1600ms&connect_delay=200ms" "$proxy_line"
  check "requests, $name" "$(stat total.requests)" -eq "$((hosts * each))"
  spaced "$name"
done

# kill -9 in the middle, again and again, and at once the same command: the counts go on.
reset
job killed 'lines = { file = "../hosts", as = "host" }' 'rate = "50/s"
concurrency = "2 per host"
spacing = "1.5s per host"' "http://{host}:$port/ok?delay=1600ms"
kills=$([ "$length" = full ] && echo 10 || echo 3)
for n in $(seq "$kills"); do
  "$penstock" run killed/job.toml --quiet >>out 2>>err &
  engine=$!
  sleep "$(python3 -c "print(0.3 + $n * 0.37 % 1.5)")"
  kill -9 "$engine" 2>/dev/null || break # It was done before.
  wait "$engine" 2>/dev/null || true # Killed: not 0.
done
expect_status 0 "$penstock" run killed/job.toml
check "most in any second over kills" "$(stat total.max_per_second)" -le 50
spaced "over $kills kills"

burst=$([ "$length" = full ] && echo 1500 || echo 200)
reset
job burst "range = \"1..$burst\"" 'rate = "50/s"' "$url/ok?i={n}&delay=100ms"
for n in $(seq "$kills"); do
  "$penstock" run burst/job.toml --quiet >>out 2>>err &
  engine=$!
  sleep "$(python3 -c "print(0.2 + $n * 0.41 % 1.3)")"
  kill -9 "$engine" 2>/dev/null || break # It was done before.
  wait "$engine" 2>/dev/null || true # Killed: not 0.
done
expect_status 0 "$penstock" run burst/job.toml
check "most in any second at 50/s over $kills kills" "$(stat total.max_per_second)" -le 50
say "50/s over $kills kills: at most $(stat total.max_per_second) in any second"
stop_lab

# The server refuses, says for how long, and counts who comes too early.
for form in seconds date ms; do
  start_lab --listen 127.0.0.1:0 --limit "/ok?rate=20/s&retry=$form"
  run_job "refused-$form" 'range = "1..60"' 'rate = "40/s"' "$url/ok?i={n}"
  refused=$(stat total.by_status.429)
  check "refusals with Retry-After as $form" "$refused" -gt 0
  check "calls before a Retry-After as $form had passed" "$(stat total.early)" -eq 0
  say "Retry-After as $form: $refused refused, $(stat total.early) early, $(stat total.early_in_grace) on their way"
  stop_lab
done
