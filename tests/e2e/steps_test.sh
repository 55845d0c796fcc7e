#!/usr/bin/env bash
# A step more behind the last one gets what is stored of it, and a step less leaves it as it was: what did not change
# is not asked for again, also if the engine is killed before any change that this makes on the disk.
[ ! -d /dev/shm ] || export TMPDIR=/dev/shm # Syncs that cost nothing: a killed process leaves the same anywhere.
. "$(dirname "$0")/harness.sh"

shim=$build/tests/libdisk_shim.so
start_lab --listen 127.0.0.1:0 --log requests.log

look() { sleep 0.2; seen=$(wc -l <requests.log); }
made() { tail -n +$((seen + 1)) requests.log | grep -c "?$1=" || true; } # made STEP: its requests since the last look
keys() { python3 -c 'import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
print(" ".join("%s:%s" % (row["key"], row["status"]) for row in sorted(rows, key=lambda row: int(row["key"]))))' "$1"; }

# job NAME STEP...: a job of these steps over items.txt, which writes what comes out of the last one.
job() {
  local name=$1 step
  shift
  {
    printf '[input]\nlines = { file = "items.txt", as = "item" }\n[workers]\nprocesses = 2\nconcurrency = 8\n'
    for step in "$@"; do
      printf '[[step]]\nname = "%s"\nhttp = { url = "%s/ok?%s={item}", as = "text" }\n' "$step" "$url" "$step"
      if [ "$step" = third ]; then printf 'unique = "same"\n'; fi
    done
    printf '[output]\njsonl = "%s.jsonl"\ncolumns = ["key", "status", "item", "%s"]\n' "$name" "${*: -1}"
  } >"$name.toml"
}

# A step more: all that is stored goes on to it. A step less: it is as it was before.
seq 40 | sed 's/^/i/' >items.txt
job chain first
look
expect_status 0 "$penstock" run chain.toml
check "requests of one step" "$(made first)" -eq 40
sort chain.jsonl >first.rows
job chain first second
look
expect_status 0 "$penstock" run chain.toml
grep -q 'step second follows step first now, with 40 stored results of first as input; no call is made again' err ||
  { cat err; fail "it says what becomes of the results"; }
check "requests of a step more" "$(made first) $(made second)" = "0 40"
check "rows" "$(keys chain.jsonl)" = "$(keys first.rows)"
check "outputs of the new step" "$(grep -c '"second":{"text":' chain.jsonl)" -eq 40
expect_status 0 "$penstock" verify chain
look
expect_status 0 "$penstock" run chain.toml
job chain first second third fourth
expect_status 0 "$penstock" run chain.toml
grep -q '2 steps follow step second now, with 40 stored results' err || { cat err; fail "two steps more"; }
check "requests of two steps more, one of them unique" "$(made first) $(made second) $(made third) $(made fourth)" = "0 0 1 40"
look
job chain first
expect_status 2 "$penstock" run chain.toml
grep -q 'step first is the last one now: its results stand, 120 results of what followed would go, and no call would be made' err ||
  { cat err; fail "it says what a step less costs"; }
expect_status 0 "$penstock" run chain.toml --redo
check "requests of steps less" "$(($(wc -l <requests.log) - seen))" -eq 0
sort chain.jsonl | cmp - first.rows || fail "results are what they were"
expect_status 0 "$penstock" verify chain

# Only what was not kept is asked for again, and not before --redo says so.
job kept first
sed -i '/^name = "first"/a keep = "none"' kept.toml
expect_status 0 "$penstock" run kept.toml --limit 3
sed -i '/^keep = /d' kept.toml
expect_status 0 "$penstock" run kept.toml
look
job kept first second
expect_status 2 "$penstock" run kept.toml
grep -q 'with 37 stored results of first as input; others were not kept (keep = "none"), and 3 calls of first would be made' err ||
  { cat err; fail "it says what was not kept"; }
expect_status 0 "$penstock" run kept.toml --redo
check "requests where some was not kept" "$(made first) $(made second)" = "3 40"
check "rows where some was not kept" "$(keys kept.jsonl)" = "$(keys first.rows)"
expect_status 0 "$penstock" verify kept

# What failed stays a result; more than are read at once share one answer; the order is that of the source.
{ printf '200\n%.0s' {1..700}; echo 404; printf '200\n%.0s' {1..799}; } >items.txt
job many first
sed -i 's|first={item}|first={item}\&status={item}|; s|^columns|keep_order = true\ncolumns|' many.toml
expect_status 1 "$penstock" run many.toml
sed '/^\[output\]/,$d' many.toml >more.toml
job many third
sed -n '/^\[\[step\]\]/,$p' many.toml | sed 's|^columns|keep_order = true\ncolumns|' >>more.toml
mv more.toml many.toml
look
expect_status 1 "$penstock" run many.toml
check "requests of a unique step more" "$(made first) $(made third)" = "0 1"
check "results" "$(keys many.jsonl | tr ' ' '\n' | cut -d: -f2 | sort | uniq -c | tr -s ' \n' ' ')" = " 1 failed 1499 ok "
check "their order" "$(python3 -c 'import json
keys = [int(json.loads(line)["key"]) for line in open("many.jsonl")]
print(keys == sorted(keys))')" = True
expect_status 0 "$penstock" verify many

# Killed before every other change that the next start makes in the run: those of taking over come first.
seq 40 | sed 's/^/i/' >items.txt
taken_over() { sqlite3 chain.run/ledger.db 'SELECT count(*) FROM verdict WHERE item >> 48 = 0 AND leaf = 0'; }
pending() { sqlite3 chain.run/ledger.db 'SELECT count(*) FROM pending WHERE item >> 48 = 1'; }
before=0 after=0
for at in $(seq $scale $((2 * scale)) 60); do
  rm -rf chain.run chain.jsonl
  job chain first
  expect_status 0 "$penstock" run chain.toml --quiet
  look
  job chain first second
  status=0
  LD_PRELOAD=$shim PENSTOCK_SHIM_FOLDER=$work/chain.run PENSTOCK_SHIM_KILL_AT=$at \
    ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 "$penstock" run chain.toml --quiet >out 2>err || status=$?
  [ "$status" = 137 ] || { cat err; fail "not killed before change $at: $status"; }
  if [ "$(taken_over)" = 0 ]; then
    before=$((before + 1))
    check "pending, killed before change $at" "$(pending)" -eq 0
  else
    after=$((after + 1))
    check "taken over, killed before change $at" "$(taken_over)" -eq 40
  fi
  expect_status 0 "$penstock" run chain.toml --quiet
  check "requests of the first step, killed before change $at" "$(made first)" -eq 0
  check "rows, killed before change $at" "$(keys chain.jsonl)" = "$(keys first.rows)"
  expect_status 0 "$penstock" verify chain
done 2>/dev/null # bash reports whom it has seen killed.
echo "killed $before times before the results were taken over, $after times after"
[ "$before" -gt 0 ] && [ "$after" -gt 0 ] || fail "kills on both sides of taking over"
