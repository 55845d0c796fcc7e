#!/usr/bin/env bash
# Odd surroundings and odd values: terminals, environments, descriptors, umasks; times, rates and numbers that are none.
# What items and services say never reaches a terminal as more than text.
. "$(dirname "$0")/harness.sh"

mkdir web
printf '{"list":[{"t":"\\u001b]0;EVIL\\u0007\\u001b[31mred\\u202egpj"}]}' >web/esc.json
start_lab --listen 127.0.0.1:0 --folder web
esc=$'\x1b'

# Items, answers and reason phrases full of escapes, on a terminal and elsewhere.
python3 - "$url" <<'PY'
import json, sys
url = sys.argv[1]
with open("esc.in", "w") as out:
    for i in range(30):
        evil = "\x1b]0;EVIL%d\x07\x1b[2J\x1b]52;c;RVZJTA==\x07\x9b31m\u202e" % i
        path = ["/ok?i=", "/ok?status=404&reason=%1b%5d0%3bEVIL%07&i=", "/files/esc.json?i="][i % 3]
        out.write(json.dumps({"id": "k%d%s" % (i, evil), "url": url + path + str(i), "t": evil}) + "\n")
    out.write(json.dumps({"id": "bad" + "\x1b]0;EVIL\x07", "url": "ftp://\x1b]0;EVIL\x07/", "t": "x"}) + "\n")
PY
cat >esc.toml <<TOML
[input]
jsonl = { file = "esc.in", key = "id" }
[workers]
processes = 1
[limit.l]
rate = "20/s per {t}"
[[step]]
name = "get"
http = "{url}&t={t}"
limit = "l"
retry = { attempts = 1 }
[output]
jsonl = "esc.jsonl"
csv = "esc.csv"
files = "esc/{id}.txt"
TOML
# on_terminal COMMAND...: what it shows there, in the file `shown`.
on_terminal() {
  python3 - "$@" <<'PY' >shown
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try: data = os.read(fd, 65536)
    except OSError: break
    if not data: break
    sys.stdout.buffer.write(data)
os.waitpid(pid, 0)
PY
}
harmless() { # harmless WHAT: nothing in `shown` is a title, a clipboard, a screen, a C1 control or a change of direction
  if grep -aqP '\x1b\]|\x1b\[2J|\xc2\x9b|\xe2\x80\xae|\x07' shown; then fail "$1 lets a terminal be told what to do"; fi
  [ -s shown ] || fail "$1 has shown nothing"
}
on_terminal "$penstock" run esc.toml
harmless "run"
for command in "errors esc" "errors esc --items" "results esc" "results esc --failed" "status esc" "logs esc" "list" "explain esc.toml" \
  "run esc.toml --dry-run" "verify esc"; do
  # shellcheck disable=SC2086
  on_terminal "$penstock" $command
  harmless "$command"
  # shellcheck disable=SC2086
  "$penstock" $command >shown 2>&1 || true
  if grep -aq "$esc" shown; then fail "$command writes escapes into a pipe"; fi
done
"$penstock" run esc.toml --fresh --yes --json >shown 2>&1 || true
if grep -aq "$esc" shown; then fail "events hold escapes"; fi
python3 -c 'import json
for line in open("shown"): json.loads(line)
for line in open("esc.jsonl"): json.loads(line)' || fail "events are one JSON object a line"
if grep -aq "$esc" esc.jsonl; then fail "JSON lines hold escapes"; fi
[ -z "$(find esc -name "*$esc*")" ] || fail "a file's name holds escapes"

job() { # job NAME [LINES]
  cat >"$1.toml" <<TOML
[input]
range = "1..20"
[workers]
processes = 1
concurrency = 4
${2:-}
[[step]]
name = "get"
http = "$url/ok?i={n}"
${3:-}
[output]
jsonl = "$1.jsonl"
columns = ["key", "status"]
${4:-}
TOML
}
done_20() { check "rows of $1" "$(grep -c '"ok"' "$1.jsonl")" -eq 20; }

# Environments that lack what is usual, or have it odd.
odd() { # odd NAME COMMAND...: a job of twenty items runs under this command
  local name=$1
  shift
  job "$name"
  expect_status 0 timeout 60 "$@" "$penstock" run "$name.toml"
  done_20 "$name"
}
odd nohome env -u HOME -u XDG_STATE_HOME -u USER
odd notmp env TMPDIR=/nowhere/at/all
mkdir readonly && chmod 500 readonly
odd rotmp env TMPDIR="$work/readonly"
odd nopath env PATH=
odd nothing env -i
odd dumb env TERM=dumb COLUMNS=1 LINES=1
odd wide env COLUMNS=99999999999999999999 LINES=-3
odd turkish env LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8
odd nonsense env LC_ALL=xx_YY.klingon
odd session setsid
job narrow
on_terminal env COLUMNS=1 TERM=dumb "$penstock" run narrow.toml
done_20 narrow

# Descriptors that are closed at the start are never written into by accident.
for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-' '>&- 2>&-'; do
  name=closed$((${count:-0} + 1)) count=$((${count:-0} + 1))
  job "$name"
  status=0
  bash -c "exec timeout 60 '$penstock' run $name.toml --quiet $closed" || status=$?
  check "status with $closed" "$status" -eq 0
  done_20 "$name"
  "$penstock" verify "$name" >out 2>&1 || { cat out; fail "descriptors closed by $closed have hurt the ledger"; }
done
job lostout '' '' 'stdout = "jsonl"'
expect_status 6 bash -c "exec timeout 60 '$penstock' run lostout.toml >&-"

expect_status 6 bash -c "exec '$penstock' list >&-"
printf '[input]\nstdin = "lines"\n[[step]]\nname = "s"\nnoop = true\n[output]\njsonl = "lostin.jsonl"\n' >lostin.toml
status=0
bash -c "exec timeout 60 '$penstock' run lostin.toml <&-" >out 2>err || status=$?
[ "$status" != 0 ] || fail "a closed standard input is no empty one"
grep -qi 'standard input' err || { cat err; fail "no word of standard input"; }

# A umask of nobody's choice: what runs make is the owner's alone.
(umask 000 && "$penstock" run nohome.toml --fresh --yes >out 2>&1) || { cat out; fail "umask 000"; }
printf '\n[output]\n' >/dev/null
sed 's|nohome.jsonl|m.jsonl|; $a files = "m/{n}.txt"\ncsv = "m.csv"\nsqlite = "m.db"' nohome.toml >m.toml
(umask 000 && "$penstock" run m.toml >out 2>&1) || { cat out; fail "umask 000 with all outputs"; }
loose=$(find m.run m m.jsonl m.csv m.db* ! -type l ! -type s \( -perm /077 \) -printf '%m %p\n')
[ -z "$loose" ] || fail "others may look into: $loose"

# Values that are none: refused with the key's name, and nothing has started.
refuses() { # refuses WHERE VALUE...: each is refused by name
  local where=$1 value
  shift
  for value; do
    case $where in
    timeout) job no '' "timeout = $value" ;;
    first_wait) job no '' "retry = { first_wait = $value }" ;;
    rate | spacing | limit-concurrency) job no "[limit.x]
${where#limit-} = $value" 'limit = "x"' ;;
    processes) job no && sed -i "s|^processes = .*|processes = $value|" no.toml ;;
    concurrency) job no && sed -i "s|^concurrency = .*|concurrency = $value|" no.toml ;;
    attempts) job no '' "retry = { attempts = $value }" ;;
    body_max) job no '' "body_max = $value" ;;
    esac
    local status=0
    timeout 60 "$penstock" run no.toml >out 2>err || status=$?
    [ "$status" = 2 ] || { cat err; fail "$where = $value: exit status $status instead of 2"; }
    [ -s err ] || fail "$where = $value: refused without a word"
    [ ! -e no.jsonl ] || fail "$where = $value: has run"
  done
}
before=$(stat total.requests)
refuses timeout '"1e400s"' '"-1s"' '"0s"' '"NaN"' '"nan s"' '"inf"' '""' '"5"' '"1 parsec"' '-1' '"99999999999999999999d"'
refuses first_wait '"-1s"' '"1e400s"' '"x"'
refuses rate '"0/s"' '"-1/s"' '"10/0s"' '"NaN/s"' '"1e400/s"' '"/s"' '"10"' '"10/parsec"' '"inf/s"' '0'
refuses spacing '"-1s"' '"1e400s"' '"x"'
refuses limit-concurrency '0' '-1' '"0 per host"' '"x"' '1e400'
refuses processes '0' '-1' '1.5' '"x"' '99999999999999999999'
refuses concurrency '0' '-1' '"x"' '1000000000'
refuses attempts '0' '-1' '"x"'
refuses body_max '"-1"' '"1 parsec"' '"1e400MiB"'
job opt
for option in "-c 0" "-c -1" "-c x" "-c 1e9" "-c 1000000000" "-w 0" "-w -5" "-w 100000" "--rate 0/s" "--rate 10/0s" "--rate nan/s" \
  "--limit -1" "--limit x" "--limit 99999999999999999999999" "--stop-after-failures -1" "--stop-after-failures 101%"; do
  # shellcheck disable=SC2086
  expect_status 2 timeout 60 "$penstock" run opt.toml $option
  [ -s err ] || fail "$option: refused without a word"
done
check "requests of refused runs" "$(stat total.requests)" -eq "$before"

# Values that are odd and right.
for rate in 1e9/s 0.5/100ms 1000000/min 500/s; do
  job "rate${rate//[^0-9a-z]/_}" "[limit.x]
rate = \"$rate\"" 'limit = "x"'
  expect_status 0 timeout 60 "$penstock" run "rate${rate//[^0-9a-z]/_}.toml"
done
job day '' 'timeout = "99999d"'
status=0
timeout 60 "$penstock" run day.toml >out 2>err || status=$?
[ "$status" = 0 ] || { [ "$status" = 2 ] && [ -s err ]; } || fail "timeout = 99999d: $status"
