#!/usr/bin/env bash
# SIGINT drains, a second one stops; both leave a run that goes on. Exit codes are told apart. Workers
# never outlive an engine.
. "$(dirname "$0")/harness.sh"

start_lab --listen 127.0.0.1:0
cat >job.toml <<TOML
[input]
range = "1..200"
[workers]
processes = 2
concurrency = 4
[[step]]
name = "ok"
http = "$url/ok?i={n}&delay=100ms"
[output]
jsonl = "out.jsonl"
columns = ["key", "status"]
TOML

# Until the server has seen a call of the run that was just started.
until_it_works() {
  local before=$1
  for _ in $(seq 200); do [ "$(stat total.requests)" -gt "$before" ] && return; sleep 0.05; done
  fail "the run did not begin: $(cat err)"
}

interrupt() { # interrupt SIGNAL...: sends them half a second apart; the status is in `status`
  status=0
  local before
  before=$(stat total.requests)
  "$penstock" run job.toml >out 2>err &
  local engine=$!
  until_it_works "$before"
  for signal in "$@"; do kill -"$signal" "$engine"; sleep 0.05; done
  wait "$engine" || status=$?
}

interrupt INT
check "exit status of a drained run" "$status" -eq 130
first=$(rows out.jsonl)
check "rows after a drain" "$first" -gt 0
check "rows after a drain" "$first" -lt 200
check "answers that were thrown away by a drain" "$(stat total.abandoned)" -eq 0
interrupt TERM TERM
check "exit status of a stopped run" "$status" -eq 130
[ "$(rows out.jsonl)" -ge "$first" ] || fail "a stopped run kept what was done"
expect_status 0 "$penstock" run job.toml
check "rows in the end" "$(rows out.jsonl)" -eq 200
check "different rows" "$(sort -u out.jsonl | wc -l)" -eq 200

# A worker that is killed costs nothing but a repeat.
rm -rf job.run out.jsonl
before=$(stat total.requests)
"$penstock" run job.toml >out 2>err &
engine=$!
until_it_works "$before"
worker=$(pgrep -P "$engine" | tail -1)
kill -9 "$worker"
wait "$engine" || fail "a killed worker ended the run: $(cat err)"
check "rows after a killed worker" "$(sort -u out.jsonl | wc -l)" -eq 200

# Workers end with an engine that is killed.
rm -rf job.run out.jsonl
before=$(stat total.requests)
"$penstock" run job.toml >out 2>err &
engine=$!
until_it_works "$before"
workers=$(pgrep -P "$engine")
kill -9 "$engine"
wait "$engine" 2>/dev/null || true # Killed: not 0.
for _ in $(seq 20); do
  alive=0
  # Who has ended and was not yet collected, by whoever adopted it, works no more.
  for worker in $workers; do
    case "$(ps -o stat= -p "$worker")" in "" | Z*) ;; *) alive=1 ;; esac
  done
  [ "$alive" = 0 ] && break
  sleep 0.1
done
check "workers 2 s after kill -9 of their engine" "$alive" -eq 0
