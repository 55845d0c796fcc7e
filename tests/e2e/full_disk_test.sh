#!/usr/bin/env bash
# A disk that is really full: the run stops with its exit code, says where and how much is free, and the same
# command goes on when there is room. Needs to mount a small file system: as root, or in a namespace of its own.
if [ "$(id -u)" != 0 ]; then
  [ -z "${PENSTOCK_UNSHARED:-}" ] && unshare -rm true 2>/dev/null && PENSTOCK_UNSHARED=1 exec unshare -rm bash "$0" "$@"
  echo "skipped: no small file system can be mounted here"
  exit 77
fi
. "$(dirname "$0")/harness.sh"

disk=$work/disk
mkdir "$disk" outside
mount -t tmpfs -o size=2m tmpfs "$disk" 2>/dev/null || { echo "skipped: mounting is not allowed here"; exit 77; }
trap 'status=$?; set +e; cd /; umount "$disk"; (exit "$status"); finish' EXIT

start_lab --listen 127.0.0.1:0
job() { # job FOLDER BYTES: run and outputs are there
  cat >"$1/job.toml" <<TOML
[input]
range = "1..600"
[workers]
processes = 2
concurrency = 8
[[step]]
name = "page"
http = "$url/ok?i={n}&bytes=$2"
as = "text"
[output]
jsonl = "out.jsonl"
sqlite = "out.db"
files = "texts/{n}.txt"
content = "page"
columns = ["key", "status", "page"]
TOML
}

# Small answers stand in the database, large ones in segments.
for bytes in 1K 24K; do
  rm -rf "${disk:?}"/* outside/*
  job outside "$bytes"
  expect_status 0 "$penstock" run outside/job.toml
  mount -o remount,size=2m "$disk"
  job "$disk" "$bytes"
  expect_status 6 "$penstock" run "$disk/job.toml"
  grep -q "$disk/.*o space left on device ([0-9]* bytes free)" err || { cat err; fail "it says where, and how much is free"; }
  expect_status 6 "$penstock" run "$disk/job.toml" # Still full: the same again.
  mount -o remount,size=256m "$disk"
  expect_status 0 "$penstock" run "$disk/job.toml"
  sort outside/out.jsonl >a.sorted
  sort "$disk/out.jsonl" >b.sorted
  cmp a.sorted b.sorted || fail "the output of the resumed run differs"
  diff -r -q -x .penstock outside/texts "$disk/texts" || fail "the files of the resumed run differ"
  expect_status 0 "$penstock" verify "$disk/job.toml"
  echo "answers of $bytes: stopped with code 6 twice, then went on: $(rows "$disk/out.jsonl") rows"
done
