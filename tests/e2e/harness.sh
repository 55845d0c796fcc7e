# Sourced by every end-to-end test: a folder of its own, a lab server that dies with the test, checks
# that say what they saw. Usage of a test: NAME_test.sh BUILD_FOLDER
set -euo pipefail
build=$(cd "$1" && pwd)
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
penstock=$build/src/penstock
lab_program=$build/lab/penstock-lab
# Sanitizers slow everything down: tests with many rounds do fewer then.
scale=${PENSTOCK_TEST_SCALE:-1}

work=$(mktemp -d)
lab=
finish() {
  local status=$?
  [ -z "$lab" ] || { kill "$lab" 2>/dev/null && wait "$lab" 2>/dev/null; } || true # It may be gone already.
  if [ "$status" = 0 ]; then rm -rf "$work"; else echo "kept for a look: $work"; fi
}
trap finish EXIT
cd "$work"

fail() { echo "FAILED: $*"; exit 1; }

# check WHAT ACTUAL OPERATOR EXPECTED, e.g. check "rows" "$rows" -eq 5
check() { [ "$2" "$3" "$4" ] || fail "$1: $2, expected $3 $4"; }

# expect_status STATUS COMMAND...: its output goes to out and err.
expect_status() {
  local wanted=$1 status=0
  shift
  "$@" >out 2>err || status=$?
  [ "$status" = "$wanted" ] || { cat out err; fail "exit status $status instead of $wanted: $*"; }
}

# start_lab OPTION...: a lab server; sets lab, port and url.
start_lab() {
  rm -f port
  "$lab_program" --port-file port --parent-death "$@" >lab.log 2>&1 &
  lab=$!
  for _ in $(seq 200); do [ -s port ] && break; sleep 0.05; done
  [ -s port ] || { cat lab.log; fail "the lab server did not start"; }
  port=$(cat port)
  url=http://127.0.0.1:$port
}

stop_lab() { kill "$lab"; wait "$lab" 2>/dev/null || true; lab=; } # Ended by a signal: not 0.

# stat NAME: a count of the lab's, from "total" or the top.
stat() { curl -s "$url/stats" | python3 -c '
import json, sys
stats = json.load(sys.stdin)
for part in sys.argv[1].split("."): stats = stats[part]
print(stats)' "$1"; }

# A small web: pages_folder N makes N pages that share words.
pages_folder() {
  mkdir -p web
  local i
  for i in $(seq "$1"); do
    printf '<html><head><title>Page %d</title></head><body><h1>Page %d</h1><p>water gate%d mill%d river%d</p></body></html>\n' \
      "$i" "$i" $((i % 7)) $((i % 5)) $((i % 11)) >"web/page$i.html"
  done
}

# rows FILE: how many lines it has; 0 if it is not there.
rows() { if [ -f "$1" ]; then wc -l <"$1"; else echo 0; fi; }
