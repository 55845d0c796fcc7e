#!/usr/bin/env bash
# Line coverage of the rooms whose promises rest on every line: scripts/coverage.sh [PERCENT].
set -euo pipefail
cd "$(dirname "$0")/.."
least=${1:-95}
scripts/build.sh coverage
ctest --test-dir build/coverage -j "$(nproc)" -LE 'tidy|slow' >/dev/null || true  # The other builds judge the tests.
gcovr --root . build/coverage --filter 'src/(engine|ledger|limits|retry)/' --exclude '.*_test\.cc' \
  --exclude-unreachable-branches --exclude-throw-branches --fail-under-line "$least" --print-summary | tail -60
