#!/usr/bin/env bash
# Runs every fuzzer for the given seconds, from its corpus, one on each processor: scripts/fuzz.sh [SECONDS [NAME...]].
# Needs scripts/build.sh fuzz fuzzers. What is found is kept in build/fuzz/found: fix it, then put it into fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-10}
shift || true
found=build/fuzz/found
mkdir -p "$found"

# fuzz SECONDS NAME: one line when it found nothing, else its report.
fuzz() {
  local seconds=$1 name=$2 work status=0
  work=$(mktemp -d)
  mkdir "$work/corpus"
  "build/fuzz/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$found/$name-" "$work/corpus" "fuzz/corpus/$name" >"$work/log" 2>&1 || status=$?
  if [ "$status" = 0 ]; then
    printf '   %-12s %9d inputs\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")"
  else
    tail -60 "$work/log"
    echo "   $name found something: see $found/$name-*"
  fi
  rm -rf "$work"
  return "$status"
}
export -f fuzz
export found

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for source in fuzz/*_fuzz.cc; do name=${source##*/}; names+=("${name%_fuzz.cc}"); done
fi
printf '%s\n' "${names[@]}" | xargs -P "$(nproc)" -I{} bash -c 'fuzz "$@"' fuzz "$seconds" {}
