#!/usr/bin/env bash
# Resume is by item and not by position: extended, shuffled and shortened input; equal lines; --limit.
. "$(dirname "$0")/harness.sh"

start_lab --listen 127.0.0.1:0
cat >job.toml <<TOML
[input]
lines = { file = "items.txt", as = "item" }
[workers]
processes = 1
concurrency = 8
[[step]]
name = "ok"
http = "$url/ok?i={item}"
[output]
jsonl = "out.jsonl"
columns = ["status", "item"]
TOML
asked() { stat total.requests; }
items_out() { python3 -c 'import json,sys
print(" ".join(sorted(json.loads(line)["item"] for line in open("out.jsonl"))))'; }

printf 'a\nb\nc\nd\n' >items.txt
expect_status 0 "$penstock" run job.toml --limit 2
check "asked with --limit 2" "$(asked)" -eq 2
expect_status 0 "$penstock" run job.toml
check "asked in all" "$(asked)" -eq 4
printf 'a\nb\nc\nd\ne\n' >items.txt
expect_status 0 "$penstock" run job.toml
check "asked after one line more" "$(asked)" -eq 5
printf 'e\nd\nx\nc\nb\na\n' >items.txt
expect_status 0 "$penstock" run job.toml
check "asked after a shuffle and one line more" "$(asked)" -eq 6
[ "$(items_out)" = "a b c d e x" ] || fail "rows after a shuffle: $(items_out)"
printf 'x\na\na\n' >items.txt
expect_status 0 "$penstock" run job.toml
check "asked after a second equal line" "$(asked)" -eq 7
[ "$(items_out)" = "a a x" ] || fail "rows after lines were taken away: $(items_out)"
expect_status 0 "$penstock" verify job.toml
