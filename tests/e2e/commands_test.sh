#!/usr/bin/env bash
# What users type beside `run`: errors, retry, changed steps, a fresh start, results as they come, a run that
# is watched and tuned, and removed. Exit codes are told apart.
. "$(dirname "$0")/harness.sh"

start_lab --listen 127.0.0.1:0
job() { # job NAME URL [MORE]
  cat >"$1.toml" <<TOML
[input]
range = "1..40"
[workers]
processes = 2
concurrency = 10
[limit.rate]
rate = "1000/s"
[[step]]
name = "get"
http = "$2"
limit = "rate"
retry = { attempts = 1 }
[output]
jsonl = "$1.jsonl"
columns = ["key", "status", "kind"]
${3:-}
TOML
}

# Failures are rows, are listed by kind, and can be tried again.
job some "$url/ok?i={n}&fail=50%&fail_kinds=404&seed=3"
expect_status 1 "$penstock" run some.toml
failed=$(grep -c '"failed"' some.jsonl)
check "failures" "$failed" -gt 0
expect_status 1 "$penstock" errors some
grep -q "$failed  http.404" out || { cat out; fail "errors counts the kind"; }
expect_status 1 "$penstock" errors some --items --json
check "failed items" "$(rows out)" -eq "$failed"
expect_status 0 "$penstock" retry some --kind http.404 --dry-run
grep -q "^$failed items" out || { cat out; fail "retry counts what it would take"; }
expect_status 0 "$penstock" errors some --kind http.500
expect_status 0 "$penstock" retry some --kind dns
# Whatever is wrong is found before a failure is taken back: the record stays as it is.
refused() { # refused STATUS WORDS
  expect_status "$1" "$penstock" retry some
  grep -q "$2" err || { cat err; fail "retry says '$2'"; }
  check "failures taken back by a retry that was refused: $2" \
    "$(sqlite3 some.run/ledger.db 'SELECT count(*), sum(redone), (SELECT count(*) FROM pending) FROM verdict')" = "40|0|0"
}
cp some.toml good.toml
sed -i 's|&seed=3|\&seed=4|' some.toml
refused 2 'step get has changed'
sed -i 's|^range = .*|lines = "gone.txt"|; s|{n}|1|' some.toml
refused 2 'gone.txt'
echo 'wrong' >>some.toml
refused 2 'some.toml:'
cp good.toml some.toml
mv some.jsonl aside.jsonl
echo mine >some.jsonl
refused 2 'it was replaced'
mv aside.jsonl some.jsonl
"$penstock" retry some >out 2>err || true # Some may fail again: they are seeded by attempt.
grep -q "$failed items will be tried again" err || { cat err; fail "retry says what it tries again"; }
check "rows after retry" "$(rows some.jsonl)" -eq 40
[ "$(grep -c '"failed"' some.jsonl)" -lt "$failed" ] || fail "retry has mended nothing"
expect_status 0 "$penstock" verify some

# A record from somebody else may name any job and any output: only what stands beside it is touched unasked.
mkdir theirs
cp -a some.run theirs/
cp good.toml theirs/some.toml
forge() { # forge SQL: their record says something else, on pages without a check
  sqlite3 theirs/some.run/ledger.db "$1" && python3 - <<'PY'
pages = bytearray(open("theirs/some.run/ledger.db", "rb").read())
for end in range(4096, len(pages) + 1, 4096): pages[end - 8:end] = bytes(8)
open("theirs/some.run/ledger.db", "wb").write(pages)
PY
}
before=$(stat total.requests)
forge "UPDATE note SET text = '../../good.toml' WHERE name = 'job.file'"
expect_status 2 "$penstock" retry theirs/some
grep -q "names .*/good.toml as its job file, outside of .*/theirs: say --job" err || { cat err; fail "a job from elsewhere is named"; }
check "requests of a retry that was refused" "$(stat total.requests)" -eq "$before"
expect_status 0 "$penstock" retry theirs/some --job good.toml --dry-run
expect_status 2 "$penstock" verify theirs/some
grep -q 'some.jsonl: not opened, .* is outside of .*/theirs; --outside' out || { cat out; fail "an output elsewhere is left alone"; }
expect_status 0 "$penstock" verify theirs/some --outside
forge "UPDATE note SET text = '../some.toml' WHERE name = 'job.file'"
forge "UPDATE sink SET name = 'jsonl:/etc/passwd'"
expect_status 2 "$penstock" verify theirs/some
grep -q 'jsonl /etc/passwd: not opened' out || { cat out; fail "a file of the system is left alone"; }
ln -s /etc/passwd theirs/link
forge "UPDATE sink SET name = 'jsonl:link'"
expect_status 2 "$penstock" verify theirs/some
mkfifo theirs/pipe
forge "UPDATE sink SET name = 'jsonl:pipe'"
expect_status 6 "$penstock" verify theirs/some
grep -q 'jsonl pipe: it is no regular file' out || { cat out; fail "a pipe is not opened"; }

# A changed step stops the run and says what it would cost; limits and outputs may change freely.
job whole "$url/ok?i={n}"
expect_status 0 "$penstock" run whole.toml
sed -i 's|1000/s|500/s|' whole.toml
expect_status 0 "$penstock" run whole.toml
sed -i 's|/ok?i={n}|/ok?i={n}\&v=2|' whole.toml
before=$(stat total.requests)
expect_status 2 "$penstock" run whole.toml
grep -q 'step get has changed: 40 results .* 40 calls' err || { cat err; fail "what a changed step costs"; }
check "requests of a refused run" "$(stat total.requests)" -eq "$before"
expect_status 0 "$penstock" run whole.toml --redo
check "requests of --redo" "$(stat total.requests)" -eq $((before + 40))
check "rows after --redo" "$(rows whole.jsonl)" -eq 40
expect_status 0 "$penstock" run whole.toml
check "requests after --redo" "$(stat total.requests)" -eq $((before + 40))

# A fresh start asks; nobody can be asked here.
expect_status 2 "$penstock" run whole.toml --fresh
check "rows after a refused fresh start" "$(rows whole.jsonl)" -eq 40
expect_status 0 "$penstock" run whole.toml --fresh --yes
check "requests of a fresh start" "$(stat total.requests)" -eq $((before + 80))

# A living run can be followed, watched and tuned; there is one engine a run.
job slow "$url/ok?i={n}&delay=1s"
"$penstock" run slow.toml --quiet -c 1 &
engine=$!
sleep 0.5
expect_status 6 "$penstock" run slow.toml
expect_status 6 "$penstock" rm slow --yes
expect_status 0 "$penstock" top slow
grep -q '^worker' out || { cat out; fail "top shows workers"; }
expect_status 0 "$penstock" tune slow -c 20 --rate 2000/s
expect_status 2 "$penstock" tune slow --rate nothing=1/s
began=$(date +%s)
expect_status 0 "$penstock" results slow --follow --format jsonl
check "rows that were followed" "$(rows out)" -eq 40
check "seconds after tuning, 38 by two at a time else" "$(($(date +%s) - began))" -le 12
wait "$engine" || fail "the tuned run failed"
expect_status 2 "$penstock" top slow

# Looking around.
expect_status 0 "$penstock" list
check "runs in the list" "$(grep -c stopped out)" -eq 3
expect_status 0 "$penstock" status slow.run --json
grep -q '"results":40' out || { cat out; fail "status counts"; }
expect_status 0 "$penstock" results slow --key 7
grep -q '^7  step get  ok' out || { cat out; fail "everything about one item"; }
expect_status 0 "$penstock" logs slow
check "lines in the diary" "$(grep -c -e began -e ended out)" -eq 2
expect_status 0 "$penstock" explain slow.toml
expect_status 2 "$penstock" status nothing
expect_status 0 "$penstock" rm slow --yes
[ ! -e slow.run ] || fail "rm removes the run"
[ -s slow.jsonl ] || fail "rm leaves outputs alone"
expect_status 2 "$penstock" run slow.toml # What stands there now is nobody's.
grep -q 'slow.jsonl' err || { cat err; fail "the message names the file"; }

# Failures can end a run; the same command goes on.
job bad "$url/ok?i={n}&status=404"
expect_status 3 "$penstock" run bad.toml --stop-after-failures 5 -w 1 -c 1
check "rows when it gave up" "$(rows bad.jsonl)" -lt 20
expect_status 1 "$penstock" run bad.toml
check "rows of all that failed" "$(rows bad.jsonl)" -eq 40

# init, help, completion and the self-test need nothing but the program.
for kind in pages books trials files; do
  expect_status 0 "$penstock" init "$kind" "new-$kind.toml"
  expect_status 2 "$penstock" init "$kind" "new-$kind.toml"
done
expect_status 0 "$penstock" help run
expect_status 0 "$penstock" completion bash
bash -n out || fail "the completion script is no bash"
expect_status 0 "$penstock" selftest
expect_status 2 "$penstock" frobnicate

# A fresh start removes what a run has made and nothing else; a living run is left alone.
mkdir mine
echo precious >mine/keep
job tidy "$url/ok?i={n}&delay=100ms"
expect_status 2 "$penstock" run tidy.toml --run mine
expect_status 2 "$penstock" run tidy.toml --run mine --fresh --yes
expect_status 2 "$penstock" run tidy.toml --run . --fresh --yes
[ -s mine/keep ] && [ -s tidy.toml ] || fail "a folder of somebody else was touched"
"$penstock" run tidy.toml --quiet -w 1 -c 2 &
engine=$!
for _ in $(seq 100); do [ "$(rows tidy.jsonl)" -gt 0 ] && break; sleep 0.1; done
expect_status 6 "$penstock" run tidy.toml --fresh --yes
wait "$engine" || fail "a living run was disturbed by a fresh start"
check "rows of the living run" "$(rows tidy.jsonl)" -eq 40
echo mine >tidy.run/notes
expect_status 0 "$penstock" rm tidy --yes
[ "$(ls tidy.run)" = notes ] || fail "rm leaves what is not its own: $(ls tidy.run)"

# What contradicts itself is refused before anything happens.
expect_status 2 "$penstock" run tidy.toml --no-ledger --keep-order
