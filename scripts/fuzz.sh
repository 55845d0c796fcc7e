#!/usr/bin/env bash
# Runs every fuzzer for the given seconds, each from its corpus: scripts/fuzz.sh [SECONDS]. Needs the clang build.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-10}
found=0
for fuzzer in build/clang/fuzz/fuzz_*; do
  [ -x "$fuzzer" ] && [ -f "$fuzzer" ] || continue
  name=${fuzzer##*/fuzz_}
  found=$((found + 1))
  work=$(mktemp -d)
  log=$work/log
  mkdir "$work/corpus"
  if ! "$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$work/" \
      "$work/corpus" "fuzz/corpus/$name" >"$log" 2>&1; then
    tail -40 "$log"; echo "fuzz: $name found something: see $work"; exit 1
  fi
  echo "  $name: $(grep -oE '^#[0-9]+' "$log" | tail -1 | tr -d '#') runs"
  rm -rf "$work"
done
[ "$found" -gt 0 ] || { echo "fuzz: no fuzzer is built"; exit 1; }
