#!/usr/bin/env bash
# Few descriptors and many hosts: idle connections make room, and every item is done.
. "$(dirname "$0")/harness.sh"

start_lab --listen 127.0.0.1-127.0.0.200:0 --on '/ok?delay=5ms'
for i in $(seq 200); do echo "127.0.0.$i"; done >hosts.txt
cat >job.toml <<TOML
[input]
lines = { file = "hosts.txt", as = "host" }
[workers]
processes = 1
concurrency = 40
[[step]]
name = "page"
http = "http://{host}:$port/ok"
as = "text"
retry = { first_wait = "10ms" }
[output]
jsonl = "out.jsonl"
TOML
(ulimit -n 128 && timeout 60 "$penstock" run job.toml --quiet) || fail "the run ended with $?"
[ "$(wc -l <out.jsonl)" -eq 200 ] || fail "$(wc -l <out.jsonl) of 200 rows"
