#!/usr/bin/env bash
# Very many tiny items: every one has its row, a row costs no more than 40 bytes beside its texts, and the
# engine's memory does not grow with their number. Counts only: nothing here depends on the clock.
. "$(dirname "$0")/harness.sh"

items=$((200000 / scale))
bytes_max=40
rss_max_kib=$((24 * 1024))

job() { # job NAME INPUT-LINE
  cat >"$1.toml" <<TOML
[input]
$2
[workers]
processes = 1
[[step]]
name = "nothing"
noop = true
TOML
}

# run NAME COUNT: runs the job and leaves the engine's highest RSS in rss_kib.
run() {
  python3 - "$penstock" "$1.toml" >rss <<'PY' || fail "run $1"
import re, subprocess, sys
run = subprocess.Popen([sys.argv[1], "run", sys.argv[2], "--quiet"])
peak = 0
while run.poll() is None:
    try:
        status = open(f"/proc/{run.pid}/status").read()
        peak = max(peak, int(re.search(r"VmHWM:\s+(\d+)", status).group(1)))
        run.wait(0.02)
    except (subprocess.TimeoutExpired, AttributeError, ProcessLookupError, FileNotFoundError):
        pass
print(peak)
sys.exit(run.returncode)
PY
  rss_kib=$(cat rss)
}

# rows_of NAME COUNT: as many rows, all different, the sum of their numbers, and what each takes.
rows_of() {
  python3 - "$1" "$2" "$bytes_max" <<'PY' || fail "rows of $1"
import os, sqlite3, sys
name, count, bytes_max = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ledger = f"{name}.run/ledger.db"
number = "CAST(trim(substr(value, instr(value, ':') + 1), '\"}') AS INTEGER)"
rows, items, total, texts = sqlite3.connect(ledger).execute(
    f"SELECT count(*), count(DISTINCT item), sum({number}), "
    "sum(length(value) + coalesce(length(key), 0)) FROM verdict WHERE status = 1").fetchone()
wanted = (count, count, count * (count + 1) // 2)
assert (rows, items, total) == wanted, f"{(rows, items, total)} instead of {wanted}"
each = (os.path.getsize(ledger) - texts) / count
assert each <= bytes_max, f"{each:.1f} bytes an item beside its texts"
PY
}

job range "range = \"1..$items\""
run range
rows_of range "$items"
[ "$scale" -gt 1 ] || # A sanitizer has memory of its own.
  check "RSS in KiB with $items items of a range" "$rss_kib" -le "$rss_max_kib"

seq "$items" >numbers.txt
job lines 'lines = "numbers.txt"'
run lines
rows_of lines "$items"
[ "$scale" -gt 1 ] || check "RSS in KiB with $items lines" "$rss_kib" -le "$rss_max_kib"
expect_status 0 "$penstock" verify lines
