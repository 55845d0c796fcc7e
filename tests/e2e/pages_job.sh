# Sourced by the tests that end the pages job in some rude way: terms, searches, pages; one fetch for
# a page that many terms find; a limit for each host; one output of every kind. After harness.sh.

# pages_web TERMS: three pages a term, and words that all of them share.
pages_web() {
  mkdir -p web
  awk -v terms="$1" 'BEGIN {
    for (i = 0; i < terms * 3; ++i) {
      file = sprintf("web/page%05d.html", i)
      printf "<html><head><title>Page %d</title></head><body><h1>Page %d</h1><p>own%d gate%d river</p></body></html>\n",
        i, i, int(i / 3), i % 7 > file
      close(file)
    }
    for (i = 0; i < terms; ++i) print "own" i " gate" i % 7
  }' >terms.txt
}

pages_lab() {
  start_lab --listen 127.0.0.1-127.0.0.4:0 --folder web --spread 4 --index-files 100000 \
    --on '/search?delay=20ms' --on '/files?delay=60ms&delay_jitter=80ms'
}

# pages_job NAME: one job file in a folder of its own, its outputs beside it.
pages_job() {
  mkdir -p "$1"
  cat >"$1/pages.toml" <<TOML
[input]
lines = { file = "../terms.txt", as = "term" }
[workers]
processes = 2
concurrency = 16
[limit.search]
rate = "400/s"
[limit.pages]
concurrency = "6 per host"
[[step]]
name = "search"
http = "$url/search?q={term}&count=5"
limit = "search"
each = "/results"
[[step]]
name = "page"
http = "{url}"
as = "text"
limit = "pages"
unique = "{url}"
[output]
jsonl = "pages.jsonl"
csv = "pages.csv"
sqlite = "pages.db"
files = "texts/{term|slug}/{rank|pad:3}.txt"
content = "page"
columns = ["key", "status", "kind", "term", "rank", "url", "page"]
TOML
}
# In flight: what executes (2 x 16), and what was answered while a commit went on: 10 ms and its sync, at
# up to 640 answers a second, on a machine that may do something else for a while (0.1 s).
repeats_max=$((2 * 16 + 64))
host_max=6

table_of() { # table_of FILE.db: its rows, one a line, sorted
  python3 - "$1" <<'PY'
import sqlite3, sys
database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
(table,) = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")
            if name != "penstock_cursor"]
for row in sorted(database.execute(f"select * from {table}"), key=str): print(row)
PY
}

# same_outputs A B: the outputs of B are those of A, byte by byte after sorting; no row stands twice.
same_outputs() {
  local kind
  for kind in jsonl csv; do
    sort "$1/pages.$kind" >a.sorted
    sort "$2/pages.$kind" >b.sorted
    cmp a.sorted b.sorted || fail "$2/pages.$kind differs: $(diff a.sorted b.sorted | grep -c '^[<>]') lines"
    [ -z "$(uniq -d b.sorted)" ] || fail "$2/pages.$kind has rows twice"
  done
  table_of "$1/pages.db" >a.sorted
  table_of "$2/pages.db" >b.sorted
  cmp a.sorted b.sorted || fail "$2/pages.db differs: $(diff a.sorted b.sorted | grep -c '^[<>]') rows"
  diff -r -q -x .penstock "$1/texts" "$2/texts" >texts.diff || { cat texts.diff; fail "$2/texts differs"; }
}

# Nobody of a run is left, and no host ever had more in flight than the limit says.
nothing_left_behind() {
  [ -z "$(pgrep -f "penstock.*$1/pages" || true)" ] || fail "a worker outlived its engine"
  local peak
  peak=$(curl -s "$url/stats" | python3 -c '
import json, sys
hosts = json.load(sys.stdin)["hosts"]
print(max(v["peak_in_flight"] for k, v in hosts.items() if not k.startswith("127.0.0.1:") and k != "127.0.0.1"))')
  check "in flight at one host" "$peak" -le "$host_max" # 127.0.0.1 is searched too.
}

# How many requests the server has seen that it had seen before.
repeats() { echo $(($(stat total.requests) - $(stat urls.distinct))); }

whole_run() {
  pages_job whole
  expect_status 0 "$penstock" run whole/pages.toml
  check "URLs that an uninterrupted run asks for twice" "$(repeats)" -eq 0
  curl -s -X POST "$url/stats/reset" >/dev/null
}
