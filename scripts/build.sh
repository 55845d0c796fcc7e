#!/usr/bin/env bash
# Configures and builds one preset: scripts/build.sh [PRESET] [TARGET ...]. Prints only what went wrong.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
shift || true
cmake --preset "$preset" --log-level=WARNING >/dev/null
cmake --build "build/$preset" -- -k 0 "$@" | { grep -vE '^\[[0-9]+/[0-9]+\]|^ninja: no work' || true; }
