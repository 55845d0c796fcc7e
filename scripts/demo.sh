#!/usr/bin/env bash
# The main job from beginning to end, on this machine alone: 300 search terms, one search each, every page
# that is found fetched and turned into text; killed in the middle with kill -9, resumed, verified.
# Installs and builds what is missing first. Needs no key and no network but Debian's packages; about a
# minute after the build. What it makes stands in demo/ and may be deleted.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold= plain=; fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
show() { printf '  $ %s\n' "$*"; "$@"; }

say "1. Installing what is missing, and building (the first time takes some minutes)"
scripts/setup.sh
scripts/build.sh release penstock penstock-lab
penstock=$root/build/release/src/penstock
lab=$root/build/release/lab/penstock-lab
PATH=$root/build/release/src:$PATH

pages=
for folder in /usr/share/doc/cmake-data/html /usr/share/doc/cmake/html; do
  [ -f "$folder/index.html" ] && pages=$folder && break
done
[ -n "$pages" ] || { echo "demo: the pages of Debian's cmake-doc are not there (were documents excluded from this machine?)" >&2; exit 6; }

rm -rf demo
mkdir demo
cp examples/search_terms.txt demo/
server=
stop_server() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; }
trap stop_server EXIT

say "2. Starting a web that does not always behave"
"$lab" --listen 127.0.0.1-127.0.0.8:0 --port-file demo/port --folder "$pages" --spread 8 --parent-death \
  --on '/search?delay=60ms' --on '/files?delay=40ms&delay_jitter=40ms&fail=2%&fail_kinds=500,503,reset,truncate' \
  --limit '/search?rate=20/s' --limit '/files?concurrency=4&key=host' >demo/lab.log &
server=$!
for _ in $(seq 100); do [ -s demo/port ] && break; sleep 0.1; done
port=$(cat demo/port)
echo "  $(find "$pages" -name '*.html' | wc -l) pages of the CMake manual on eight hosts, 127.0.0.1 to 127.0.0.8 port $port:"
echo "  a search that refuses more than 20 requests a second, hosts that take 4 at once, 2 % failures."

cat >demo/pages.toml <<TOML
# Every term is one search, every hit is one page.
[input]
lines = { file = "search_terms.txt", as = "term" }

[workers]
processes   = 2
concurrency = 50

[limit.search]
rate = "20/s"

[limit.pages]
concurrency = "4 per host"

[[step]]
name  = "search"
http  = "http://127.0.0.1:$port/search?q={term}&count=20"
limit = "search"
each  = "/results"

[[step]]
name   = "page"
http   = "{url}"
accept = ["text/html"]
as     = "text"
limit  = "pages"
unique = "{url}"
retry  = { attempts = 5, first_wait = "200ms" }

[output]
jsonl   = "pages.jsonl"
files   = "texts/{term|slug}/{rank|pad:3}.txt"
content = "page"
TOML
say "3. The job: demo/pages.toml"
sed 's/^/  /' demo/pages.toml
cd demo

say "4. What it will do, before it does anything"
show penstock run pages.toml --dry-run --limit 1

say "5. Running it, and killing it in the middle with kill -9"
printf '  $ penstock run pages.toml\n'
"$penstock" run pages.toml &
engine=$!
sleep 8
kill -9 "$engine"
wait "$engine" 2>/dev/null || true
printf '\n  killed. What the ledger holds:\n'
show penstock status pages.toml

say "6. The same command again: it goes on where it stopped"
status=0
show penstock run pages.toml || status=$?
[ "$status" -le 1 ] || exit "$status"

say "7. Counting everything again, from the ledger and the outputs"
show penstock verify pages.toml

say "8. What failed, and why"
show penstock errors pages.toml || true  # Says so by its exit code when something failed.

say "9. Where the results are"
echo "  demo/pages.jsonl   $(wc -l <pages.jsonl) rows, one for every page of every search"
echo "  demo/texts/        $(find texts -name '*.txt' | wc -l) text files, such as $(find texts -name '*.txt' | sort | head -1)"
echo "  demo/pages.run/    the ledger: $(du -sh pages.run | cut -f1); penstock status, results, errors, retry read it"

say "10. What the server counted, over both runs"
curl -s "http://127.0.0.1:$port/stats" >stats.json
counted() { sqlite3 :memory: "select json_extract(cast(readfile('stats.json') as text), '\$.$1')"; }
echo "  $(counted total.requests) requests. Refused for coming too fast: $(counted 'limits[0].refused') of $(counted 'limits[0].admitted') searches; for coming to a host that"
echo "  had four: $(counted 'limits[1].refused') of $(counted 'limits[1].admitted') pages. URLs answered twice, because of the kill: $(counted urls.answered_again)."
