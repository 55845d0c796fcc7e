#!/usr/bin/env bash
# The few, fatal checks of .clang-tidy over sources: scripts/clang_tidy.sh [FILE...]; without files, all of src.
# Needs scripts/build.sh clang.
set -euo pipefail
cd "$(dirname "$0")/.."
files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(find src -name '*.cc' ! -name '*_test.cc' | sort)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Each file by itself, so that one that is slow does not hold up a whole share.
if ! printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 clang-tidy -p build/clang --quiet >"$log" 2>/dev/null; then
  cat "$log"
  exit 1
fi
echo "   ${#files[@]} files without a finding"
