#!/usr/bin/env bash
# Installs what is missing, builds once and runs all tests. The last line is "N passed, N failed".
#
#   scripts/test.sh          one build, all tests, faults, simulation, 10 s of every fuzzer
#   scripts/test.sh --asan   and all tests again under AddressSanitizer and UndefinedBehaviorSanitizer
#   scripts/test.sh --all    and planted bugs, ThreadSanitizer, clang and clang-tidy, the release build's
#                            hardening, coverage, a minute of every fuzzer
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/stages.sh

asan=no all=no fuzz_seconds=10
case "${1:-}" in
  "") ;;
  --asan) asan=yes ;;
  --all) asan=yes all=yes fuzz_seconds=60 ;;
  *) sed -n '2,8p' "$0" >&2; exit 2 ;;
esac

stage "what is missing on this machine" scripts/setup.sh tests
[ "$failed" = 0 ] || { report; exit 6; }

stage "build: g++, warnings are errors" scripts/build.sh dev
tests "tests" build/dev
stage "build: fuzzers" scripts/build.sh fuzz fuzzers
stage "fuzzers, $fuzz_seconds s each" scripts/fuzz.sh "$fuzz_seconds"
if [ "$asan" = yes ]; then
  stage "build: ASan and UBSan" scripts/build.sh asan
  tests "tests under ASan and UBSan" build/asan -LE tidy
fi
if [ "$all" = yes ]; then
  stage "planted bugs are caught by their tests" tests/fault/planted_bugs.sh
  stage "build: TSan" scripts/build.sh tsan
  tests "tests under TSan" build/tsan -LE tidy
  stage "build: clang, warnings and its thread safety analysis are errors" scripts/build.sh clang
  tests "tests of the clang build" build/clang -LE tidy
  stage "clang-tidy" scripts/clang_tidy.sh
  stage "build: release" scripts/build.sh release penstock
  stage "hardening of the release build" tests/e2e/hardening_test.sh build/release
  stage "line coverage of engine, ledger, limits, retry: at least 95 %" scripts/coverage.sh 95
fi
report
