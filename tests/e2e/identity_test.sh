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

# With a key column the key is the item: a second row of it is listed with both lines, a changed row runs again after
# that was said, and the others are left alone, wherever they stand now.
cat >keyed.toml <<TOML
[input]
csv = { file = "rows.csv", key = "id" }
[workers]
processes = 2
concurrency = 8
[[step]]
name = "ok"
http = "$url/ok?id={id}&v={v}"
[output]
jsonl = "keyed.jsonl"
sqlite = "keyed.db"
files = "keyed/{id}.txt"
content = "{v}"
columns = ["key", "status", "kind", "error", "v"]
TOML
keyed() { python3 -c 'import json
rows = [json.loads(line) for line in open("keyed.jsonl")]
print(" ".join(sorted("%s=%s%s" % (r["key"], r["v"], "" if r["status"] == "ok" else ":" + r["status"]) for r in rows)))'; }
asks() { # asks WHAT COUNT [WORDS]: a run of keyed.toml sends so many requests, and says the words
  local before
  before=$(asked)
  expect_status "${4:-0}" "$penstock" run keyed.toml
  check "asked: $1" "$(($(asked) - before))" -eq "$2"
  [ -z "${3:-}" ] || grep -q "$3" err || { cat err; fail "$1: no word of '$3'"; }
}
printf 'id,v\na,1\nb,1\nc,1\nb,2\nd,1\na,1\n' >rows.csv
asks "four keys, two of them twice" 4
[ "$(keyed)" = "a=1 a=1:skipped b=1 b=2:skipped c=1 d=1" ] || fail "rows with doubled keys: $(keyed)"
in_table="$(sqlite3 keyed.db "SELECT group_concat(key || '=' || v || ':' || status, ' ') FROM (SELECT * FROM results ORDER BY key)")"
[ "$in_table" = "a=1:ok b=1:ok c=1:ok d=1:ok" ] || fail "a table with a row a key: $in_table"
expect_status 0 "$penstock" verify keyed.toml
check "doubled keys that name both lines" "$(grep -c 'input.duplicate_key' keyed.jsonl)" -eq 2
python3 - <<'PY' || fail "both lines of a doubled key"
import json
errors = [r["error"] for r in map(json.loads, open("keyed.jsonl")) if r["status"] == "skipped"]
assert sorted(errors) == ["line 5 has the key of line 3", "line 7 has the key of line 2"], errors
PY
printf 'id,v\nd,1\nc,9\nb,1\na,1\ne,1\n' >rows.csv
asks "shuffled, one row changed, one new" 2 '3 items are done already, 2 are new (1 of them under a known key)'
[ "$(keyed)" = "a=1 b=1 c=9 d=1 e=1" ] || fail "rows after a change: $(keyed)"
printf 'id,v\ne,1\nc,9\n' >rows.csv
asks "shortened" 0 '3 are gone'
[ "$(keyed)" = "c=9 e=1" ] || fail "rows after a cut: $(keyed)"
check "rows of the table after a cut" "$(sqlite3 keyed.db 'SELECT group_concat(key) FROM (SELECT key FROM results ORDER BY key)')" = "c,e"
check "files after a cut" "$(cd keyed && grep -H . ./*.txt | tr '\n' ' ')" = "./c.txt:9 ./e.txt:1 "
asks "nothing has changed" 0
printf 'id,v\ne,1\nc,9\nb,1\n' >rows.csv
asks "a row that was gone has come back" 1
expect_status 0 "$penstock" verify keyed.toml

# Many items: some first, then all, over a shuffle in between.
seq 500 | sed 's/^/n/' >many.txt
sed 's|items.txt|many.txt|; s|out.jsonl|many.jsonl|; s|/ok?i|/ok?many|' job.toml >many.toml
before=$(asked)
expect_status 0 "$penstock" run many.toml --limit 100
check "asked with --limit 100" "$(($(asked) - before))" -eq 100
shuf --random-source=<(yes) many.txt >shuffled && mv shuffled many.txt
expect_status 0 "$penstock" run many.toml
check "asked in all, shuffled in between" "$(($(asked) - before))" -eq 500
check "rows" "$(python3 -c 'import json; print(len({json.loads(l)["item"] for l in open("many.jsonl")}))')" -eq 500

# A changed step does again exactly what depends on it, after saying what and how many.
mkdir web
printf '{"results":[{"n":1},{"n":2},{"n":3}]}' >web/three.json
stop_lab
start_lab --listen "127.0.0.1:$port" --folder web --log requests.log
printf 'a\nb\nc\nd\n' >chain.txt
cat >chain.toml <<TOML
[input]
lines = { file = "chain.txt", as = "item" }
[workers]
processes = 2
concurrency = 8
[[step]]
name = "first"
http = "$url/files/three.json?first={item}"
each = "/results"
[[step]]
name = "middle"
http = "$url/ok?middle={item}{n}"
[[step]]
name = "last"
http = "$url/ok?last={item}{n}"
[output]
jsonl = "chain.jsonl"
columns = ["key", "status"]
TOML
made() { # made STEP: requests of it since the log was looked at last
  tail -n +$((seen + 1)) requests.log | grep -c "?$1=" || true
}
look() { sleep 0.2; seen=$(wc -l <requests.log); }
seen=0
expect_status 0 "$penstock" run chain.toml
check "first, middle, last" "$(made first) $(made middle) $(made last)" = "4 12 12"
look
sed -i 's|?middle={|?v=2\&middle={|' chain.toml
expect_status 2 "$penstock" run chain.toml
grep -q 'step middle has changed: 24 results .* 12 calls of it, then those of what follows, would' err || { cat err; fail "what a changed middle step costs"; }
expect_status 0 "$penstock" run chain.toml --redo
grep -q 'step middle has changed: 24 results' err || { cat err; fail "--redo says what it does"; }
check "first, middle, last after the middle one has changed" \
  "$(made first) $(tail -n +$((seen + 1)) requests.log | grep -c '&middle=') $(made last)" = "0 12 12"
look
sed -i 's|?last={|?v=2\&last={|' chain.toml
expect_status 2 "$penstock" run chain.toml
grep -q 'step last has changed: 12 results .* 12 calls' err || { cat err; fail "what a changed last step costs"; }
expect_status 0 "$penstock" run chain.toml --redo
check "requests after the last one has changed" "$(($(wc -l <requests.log) - seen))" -eq 12
check "rows" "$(rows chain.jsonl)" -eq 12
look
expect_status 0 "$penstock" run chain.toml
check "requests when nothing has changed" "$(($(wc -l <requests.log) - seen))" -eq 0
expect_status 0 "$penstock" verify chain.toml

# A job that is moved with its run knows its own files; nothing is done again.
mkdir here
cp chain.txt here/
sed 's|^columns.*|csv = "out/rows.csv"\nsqlite = { file = "rows.db", table = "pages" }\nfiles = "texts/{item}-{n}.txt"|; s|?v=2&|?moved\&|' chain.toml >here/moved.toml
mkdir here/out
expect_status 0 "$penstock" run here/moved.toml
look
(cd here && sha256sum chain.jsonl out/rows.csv texts/*.txt) >before.sums
mv here there
expect_status 0 "$penstock" verify there/moved
expect_status 0 "$penstock" run there/moved.toml
check "requests after a move" "$(($(wc -l <requests.log) - seen))" -eq 0
(cd there && sha256sum --quiet -c ../before.sums) || fail "a move has changed the outputs"
printf 'e\n' >>there/chain.txt
expect_status 0 "$penstock" run there/moved.toml
check "rows after a move and one item more" "$(rows there/chain.jsonl) $(find there/texts -name '*.txt' | wc -l)" = "15 15"
expect_status 0 "$penstock" verify there/moved
expect_status 0 "$penstock" retry there/moved

# A copy's tables are files of nobody the run knows: refused, and written anew once they are out of the way.
cp -a there copy
look
status=0
"$penstock" run copy/moved.toml >out 2>err || status=$?
[ "$status" != 0 ] && grep -q 'copy/' err || { cat err; fail "a copy's output is refused by name"; }
cmp -s copy/chain.jsonl there/chain.jsonl || fail "a refused output was touched"
rm copy/chain.jsonl copy/out/rows.csv
expect_status 0 "$penstock" run copy/moved.toml
check "requests of a copy" "$(($(wc -l <requests.log) - seen))" -eq 0
check "rows of a copy" "$(rows copy/chain.jsonl) $(rows there/chain.jsonl)" = "15 15"
expect_status 0 "$penstock" verify copy/moved
