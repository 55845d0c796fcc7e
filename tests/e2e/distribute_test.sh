#!/usr/bin/env bash
# One range of the input for each worker, and what comes of it; the last range takes the rest.
. "$(dirname "$0")/harness.sh"

start_lab --listen 127.0.0.1:0
seq 1 530 >numbers
cat >job.toml <<TOML
[input]
lines = { file = "numbers", as = "n" }
[workers]
processes = 4
concurrency = 3
[[step]]
name = "pages"
http = "$url/items?page={n}&pages=1000&per_page=2&w={worker}&delay=30ms"
each = "/items"
[[step]]
name = "echo"
http = "$url/echo?w={worker}"
as = "json"
[output]
jsonl = "out.jsonl"
columns = { n = "{n}", worker = "{echo.query.w}" }
TOML
expect_status 0 "$penstock" run job.toml --distribute static
check "rows" "$(rows out.jsonl)" -eq 1060
python3 - out.jsonl <<'PY' || fail "items are not where they belong"
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
wrong = [row for row in rows if int(row['worker']) != min((int(row['n']) - 1) // 132, 3)]
sys.exit(f'{len(wrong)} rows, such as {wrong[0]}' if wrong else 0)
PY

# It goes on like this after a kill -9, also with other numbers of workers.
rm -rf job.run out.jsonl
"$penstock" run job.toml --distribute static --quiet &
engine=$!
sleep 0.4
kill -9 "$engine" || fail "it was done before it could be killed"
wait "$engine" 2>/dev/null || true # Killed: not 0.
expect_status 0 "$penstock" run job.toml --distribute static --workers 3
check "rows after a kill" "$(sort -u out.jsonl | wc -l)" -ge 530
check "rows after a kill" "$(rows out.jsonl)" -eq 1060

expect_status 2 "$penstock" run job.toml --distribute fair
sed -i 's/^lines.*/stdin = "lines"/; s/{n}/{line}/g' job.toml
expect_status 2 "$penstock" run job.toml --fresh --yes --distribute static < <(seq 5)
grep -q 'length is not known' err || { cat err; fail "it says why a pipe cannot be distributed"; }
