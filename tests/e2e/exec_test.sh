#!/usr/bin/env bash
# The exec step: the manual's examples, what previews show, every way in which a program ends, and what
# is left of programs when the engine, a worker or the user ends the run (the seed is PENSTOCK_SEED).
[ ! -d /dev/shm ] || export TMPDIR=/dev/shm # Syncs that cost nothing: a killed process leaves the same anywhere.
. "$(dirname "$0")/harness.sh"
RANDOM=${PENSTOCK_SEED:-4711}

# Every job of the page, and what it says is then in out.csv, in any order.
mkdir manual
cat >manual/run.py <<'PY'
import pathlib, re, subprocess, sys
page, penstock = pathlib.Path(sys.argv[1]).read_text(), sys.argv[2]
examples = re.findall(r'```toml\n(.*?)```\n\n```text\n(.*?)```', page, re.S)
assert len(examples) >= 5 and len(examples) == page.count('```toml')
for number, (job, expected) in enumerate(examples):
    folder = pathlib.Path(f'manual/{number}')
    (folder / 'texts').mkdir(parents=True)
    (folder / "texts/it's.txt").write_text("it's one is\n")
    (folder / 'texts/two words.txt').write_text('two words\n')
    (folder / 'words.txt').write_text("$(reboot)\nit's\n")
    (folder / 'job.toml').write_text(job)
    subprocess.run([penstock, 'run', folder / 'job.toml', '--quiet'], check=True)
    found = (folder / 'out.csv').read_text().splitlines()
    assert sorted(found) == sorted(expected.splitlines()), f'{job}\nexpected:\n{expected}\nfound:\n' + '\n'.join(found)
print(len(examples), 'examples of the manual are true')
PY
python3 manual/run.py "$tests/../docs/manual/exec.md" "$penstock" || fail "an example of the manual"

# Previews run nothing.
printf 'it'\''s "so"\n-x\n' >items.txt
cat >show.toml <<'TOML'
[input]
lines = { file = "items.txt", as = "a" }
[[step]]
name = "touch"
exec = ["touch", "--", "made-{a}"]
stdin = "{a}"
TOML
expect_status 0 "$penstock" run show.toml --dry-run
grep -qF '["touch","--","made-it'\''s \"so\""]' out || { cat out; fail "the dry run shows no arguments"; }
grep -qF 'reads 9 bytes: "it'\''s \"so\""' out || { cat out; fail "the dry run shows no input"; }
expect_status 0 "$penstock" explain show.toml
grep -qF 'does          ["touch","--","made-{a}"]' out || { cat out; fail "explain shows no arguments"; }
[ -z "$(find . -name 'made-*')" ] || fail "a preview has run the program"

# Each item in its own way; the others are untouched.
mkdir ends
cat >ends/act.sh <<'SH'
case $1 in
  exit) echo told >&2; exit 3 ;;
  later) exit 75 ;;
  segv) kill -SEGV $$ ;;
  kill) kill -KILL $$ ;;
  hang) trap '' TERM; while :; do sleep 60; done ;;
  flood) exec yes ;;
  leave) sleep 60 & echo left ;;
  *) echo "$1" ;;
esac
SH
printf '%s\n' exit later segv kill hang flood leave good >ends/ways.txt
cat >ends/job.toml <<'TOML'
[input]
lines = { file = "ways.txt", as = "way" }
[[step]]
name = "act"
exec = ["sh", "act.sh", "{way}"]
as = "text"
timeout = { total = "1s", grace = "100ms" }
output_max = "1MB"
retry = { attempts = 2, first_wait = "10ms" }
[output]
csv = "out.csv"
columns = { way = "{way}", kind = "{kind|default:none}", text = "{act.text|trim|default:none}" }
failures = "rows"
TOML
expect_status 1 "$penstock" run ends/job.toml --quiet
expect_status 1 "$penstock" errors ends/job.toml --items
for kind in exec.exit exec.tempfail exec.signal exec.killed exec.timeout exec.output_too_large; do
  check "failures of kind $kind" "$(grep -c " $kind: " out)" -eq 1
done
grep -q 'told' out || { cat out; fail "no message has what the program said"; }
grep -q '^leave,.*,left$' ends/out.csv && grep -q '^good,.*,good$' ends/out.csv || { cat ends/out.csv; fail "the others"; }

# The engine raises its limits; a program has those of the shell that started the engine.
mkdir limits
cat >limits/job.toml <<'TOML'
[input]
range = "1..1"
[[step]]
name = "show"
exec = ["sh", "-c", "ulimit -Sn; ulimit -Sc; grep -h ^Sig...: /proc/self/status"]
as = "text"
[output]
files = "{line|default:shown}.txt"
content = "{show.text}"
TOML
core=$((scale == 1 ? 8 : 0)) # A sanitizer's runtime has forbidden core files before anybody else.
(ulimit -Sn 300; ulimit -Sc $core 2>/dev/null || true; sh -c 'ulimit -Sn; ulimit -Sc; grep -h ^Sig...: /proc/self/status' >limits/wanted.txt
 "$penstock" run limits/job.toml --quiet) || fail "the run for limits"
diff limits/wanted.txt limits/shown.txt || fail "what a program inherits"

# A program takes three descriptors: with fewer than that for all of them, fewer run, and all are done.
mkdir few
cat >few/job.toml <<'TOML'
[input]
range = "1..200"
as = "i"
[workers]
processes = 1
concurrency = 60
[[step]]
name = "say"
exec = ["sh", "-c", "sleep 0.4; echo $1", "sh", "{i}"]
as = "text"
retry = { first_wait = "10ms" }
[output]
csv = "out.csv"
columns = { i = "{i}", text = "{say.text|trim}" }
TOML
(ulimit -n 128 && timeout 60 "$penstock" run few/job.toml >few/log 2>&1) || { cat few/log; fail "few descriptors"; }
grep -q 'too many open files' few/log || { cat few/log; fail "it did not say that descriptors were few"; }
check "rows with few descriptors" "$(grep -c '^\([0-9]*\),\1$' few/out.csv)" -eq 200

# Programs with children of their own, who have a name that no other process has. The children outlive
# them, hold their output open and heed no SIGTERM.
name=penstock-exec-$$-$RANDOM
programs() { pgrep -fc "$name" || true; }
nobody_left() { # nobody_left WHAT: within 2 s; workers and guards have the engine's command line.
  for _ in $(seq 40); do pgrep -f "$name|run $work/kill/job.toml" >/dev/null || return 0; sleep 0.05; done
  pgrep -fa "$name|run $work/kill/job.toml" || true
  fail "$1: processes live on"
}
items=80
mkdir kill
cat >kill/work.sh <<'SH'
echo "$1" >>started.txt
(trap '' TERM; exec -a "$0-child" sleep 60) &
sleep 0.2
echo "$1"
SH
cat >kill/job.toml <<TOML
[input]
range = "1..$items"
as = "i"
[workers]
processes = 2
concurrency = 4
[[step]]
name = "work"
exec = ["bash", "-c", ". ./work.sh", "$name", "{i}"]
as = "text"
repeatable = true # Or what a killed worker was just starting would fail: it may have begun.
[output]
csv = "out.csv"
columns = { i = "{i}", text = "{work.text|trim}" }
TOML
under_way() { # until programs run, and a random while longer
  for _ in $(seq 200); do [ "$(programs)" = 0 ] || break; sleep 0.05; done
  check "programs under way" "$(programs)" -ge 1
  sleep "$(printf '0.%03d' $((RANDOM % 300)))"
}
start_engine() { "$penstock" run "$work/kill/job.toml" --quiet >>run.log 2>&1 & engine=$!; }
workers() { pgrep -P "$engine" | tail -n +2; } # The first child is the zygote.

kills=0
for _ in 1 2 3 4; do
  start_engine
  under_way
  kill -9 "$engine"
  wait "$engine" 2>/dev/null || true
  nobody_left "kill -9 of the engine"
  kills=$((kills + 1))
done
start_engine
under_way
kill -9 "$(workers | head -n 1)" # Its programs end, those of the other worker go on.
kills=$((kills + 1))
under_way
kill -INT "$engine"
sleep 0.05
kill -INT "$engine"
status=0
wait "$engine" || status=$?
check "exit status of what was stopped" "$status" -eq 130
nobody_left "a stop"
kills=$((kills + 1))
start_engine
wait "$engine" || { cat run.log; fail "the last run"; }
nobody_left "the end of the run"
{ echo i,text; for i in $(seq "$items"); do echo "$i,$i"; done; } | sort >expected
sort kill/out.csv | diff expected - || fail "rows after $kills kills"
expect_status 0 "$penstock" verify kill/job.toml
check "started after $kills kills of 8 in flight" "$(rows kill/started.txt)" -le $((items + kills * 8))
echo "$kills kills: $(rows kill/started.txt) starts for $items items, nothing left"
