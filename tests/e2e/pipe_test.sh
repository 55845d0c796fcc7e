#!/usr/bin/env bash
# A pipe as input: longer than what may be read ahead, slow, and cut off by a kill -9.
. "$(dirname "$0")/harness.sh"

start_lab --listen 127.0.0.1:0
job() { # job NAME STEP-LINES
  cat >"$1.toml" <<TOML
[input]
stdin = "lines"
[workers]
processes = 1
concurrency = 8
[[step]]
name = "do"
$2
[output]
jsonl = "$1.jsonl"
columns = ["key", "status", "line"]
TOML
}
different() { sort -u "$1" | wc -l; }

# Three times what may be read ahead of the oldest unfinished item.
job long 'noop = true'
seq 30000 >numbers
expect_status 0 "$penstock" run long.toml <numbers
check "rows of a file as standard input" "$(different long.jsonl)" -eq 30000
expect_status 0 "$penstock" run long.toml --fresh --yes < <(cat numbers)
check "rows of a long pipe" "$(different long.jsonl)" -eq 30000
expect_status 0 "$penstock" verify long.toml

# Items of a slow producer start when they come, not when it ends.
job slow "http = \"$url/ok?i={line}\""
mkfifo slow.pipe
"$penstock" run slow.toml --quiet <slow.pipe &
engine=$!
exec 3>slow.pipe
echo first >&3
for _ in $(seq 100); do [ "$(stat total.requests)" -ge 1 ] && break; sleep 0.1; done
check "items that ran while the pipe is open" "$(stat total.requests)" -eq 1
echo second >&3
exec 3>&-
wait "$engine" || fail "a run over a pipe that is closed ends well"
check "rows of a slow pipe" "$(rows slow.jsonl)" -eq 2

# kill -9: what was read is finished by the same command; that the rest is lost is said, once and for all.
job cut "http = \"$url/ok?i={line}&delay=20ms\""
mkfifo cut.pipe
"$penstock" run cut.toml --quiet <cut.pipe &
engine=$!
{ seq 500; sleep 30; } >cut.pipe &
producer=$!
for _ in $(seq 100); do [ "$(rows cut.jsonl)" -ge 20 ] && break; sleep 0.1; done
kill -9 "$engine"
wait "$engine" 2>/dev/null || true # Killed: not 0.
pkill -P "$producer" 2>/dev/null || true # It may have ended by itself.
wait "$producer" 2>/dev/null || true # It was killed, or its reader has gone.
status=0
"$penstock" run cut.toml </dev/null >out 2>err || status=$?
check "exit status when the rest of a pipe is lost" "$status" -eq 5
grep -qi 'input incomplete' err || { cat err; fail "it says what is missing"; }
check "rows of what was read" "$(different cut.jsonl)" -eq 500
