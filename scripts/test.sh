#!/usr/bin/env bash
# Installs what is missing, builds once and runs all tests. The last line is "N passed, N failed".
#
#   scripts/test.sh          one build, all tests, faults, simulation, a short run of every fuzzer
#   scripts/test.sh --all    and planted bugs, ThreadSanitizer, clang, coverage, a minute for every fuzzer
set -uo pipefail
cd "$(dirname "$0")/.."

all=no
case "${1:-}" in
  "") ;;
  --all) all=yes ;;
  *) sed -n '2,6p' "$0" >&2; exit 2 ;;
esac

scripts/setup.sh tests || exit 6
passed=0 failed=0

# run_ctest FOLDER [ctest options]: adds what ctest counted.
run_ctest() {
  local folder=$1 log
  shift
  log=$(mktemp)
  ctest --test-dir "$folder" --output-on-failure --no-tests=error -j "$(nproc)" "$@" >"$log" 2>&1
  local status=$? line bad total
  line=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests failed out of [0-9]+' "$log")
  if [ -z "$line" ]; then
    cat "$log"; failed=$((failed + 1)); rm -f "$log"
    return
  fi
  bad=$(sed -E 's/.*, ([0-9]+) tests failed.*/\1/' <<<"$line")
  total=$(sed -E 's/.*out of ([0-9]+).*/\1/' <<<"$line")
  passed=$((passed + total - bad)) failed=$((failed + bad))
  if [ "$status" != 0 ]; then grep -vE '^ *[0-9]+/[0-9]+ Test +#.* Passed|^ *Start +[0-9]+:' "$log"; fi
  echo "  $((total - bad)) of $total passed in $folder"
  rm -f "$log"
}

# stage NAME COMMAND...: counts as one test.
stage() {
  local name=$1
  shift
  echo "== $name"
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $name"; fi
}

began=$SECONDS
stage "build (dev: g++, warnings are errors)" scripts/build.sh dev
echo "== tests"
run_ctest build/dev
if [ "$all" = yes ]; then
  stage "planted bugs are caught by their tests" tests/fault/planted_bugs.sh
  stage "build (clang, fuzzers)" scripts/build.sh clang
  echo "== tests, clang"
  run_ctest build/clang
  stage "fuzzers, 60 s each" scripts/fuzz.sh 60
  stage "build (asan)" scripts/build.sh asan
  run_ctest build/asan -LE tidy
  stage "build (tsan)" scripts/build.sh tsan
  run_ctest build/tsan -LE tidy
  stage "coverage of engine, ledger, limits, retry >= 95 %" scripts/coverage.sh 95
fi
echo "took $((SECONDS - began)) s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
