#!/bin/sh
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
# usage: bench/items/run.sh BUILD_FOLDER [ITEMS] [ROUNDS]
#
# No-op items, each with a durable row: a whole `penstock run` from a range and from lines, beside SQLite's
# own inserts of the same rows and Python's Pool.imap, which records nothing; in turns. Then resumes of
# lines that are 99 % done: in order, and shuffled. Rows are counted and added up before any time is said.
set -eu
build=$(cd "${1:?usage: run.sh BUILD_FOLDER [ITEMS] [ROUNDS]}" && pwd)
items=${2:-10000000}
rounds=${3:-3}
here=$(cd "$(dirname "$0")" && pwd)
cmake --build "$build" --target penstock bench_items_insert >/dev/null
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

job() { # job NAME INPUT-LINE
  cat >"$1.toml" <<JOB
[input]
$2
[workers]
processes = 1
[[step]]
name = "nothing"
noop = true
JOB
}
measure() { # measure NAME [ALREADY DONE]
  python3 "$here/measure.py" "$build/src/penstock" "$1.toml" "$items" "${2:-0}"
}

job range "range = \"1..$items\""
job lines 'lines = "numbers.txt"'
seq "$items" >numbers.txt
for round in $(seq "$rounds"); do
  rm -rf ./*.run limit.db*
  echo "insert_n $("$build/bench/items/bench_items_insert" limit.db "$items" n)"
  echo "range $(measure range)"
  echo "insert_line $("$build/bench/items/bench_items_insert" limit.db.2 "$items" line)"
  echo "lines $(measure lines)"
  echo "pool $(python3 "$here/pool.py" "$items")"
done

done_items=$((items / 100 * 99))
for order in in_order shuffled; do
  rm -rf lines.run
  "$build/src/penstock" run lines.toml --quiet --limit "$done_items"
  [ "$order" = in_order ] || shuf --random-source=numbers.txt numbers.txt -o numbers.txt
  echo "resume_$order $(measure lines "$done_items")"
done
