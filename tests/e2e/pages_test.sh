#!/usr/bin/env bash
# The first job: terms, searches, pages. Rows, files and counts agree with what the server saw.
. "$(dirname "$0")/harness.sh"

pages_folder 60
start_lab --listen 127.0.0.1-127.0.0.4:0 --folder web --spread 4
printf 'gate1\nmill2\nnothing-at-all\nriver3\n' >terms.txt
cat >pages.toml <<TOML
[input]
lines = { file = "terms.txt", as = "term" }
[workers]
processes = 2
concurrency = 8
[limit.pages]
concurrency = "2 per host"
[[step]]
name = "search"
http = "$url/search?q={term}&count=10"
each = "/results"
[[step]]
name = "page"
http = "{url}"
accept = ["text/html"]
as = "text"
limit = "pages"
unique = "{url}"
[output]
jsonl = "pages.jsonl"
files = "texts/{term|slug}/{rank|pad:3}.txt"
content = "page"
TOML

expect_status 0 "$penstock" run pages.toml
# gate1, mill2, river3 find 9, 12 (10 are asked for) and 6 pages; the other term finds none, and says so.
found=$(($(curl -s "$url/search?q=gate1&count=10" | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["results"]))') + \
  $(curl -s "$url/search?q=mill2&count=10" | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["results"]))') + \
  $(curl -s "$url/search?q=river3&count=10" | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["results"]))')))
check "rows" "$(rows pages.jsonl)" -eq $((found + 1))
check "empty searches" "$(grep -c '"status":"empty"' pages.jsonl)" -eq 1
check "text files" "$(find texts -type f -name "*.txt" | wc -l)" -eq "$found"
grep -q 'river3' texts/river3/001.txt || fail "the text of a page is in its file"
check "pages fetched twice" "$(stat urls.answered_again)" -le 3 # The three searches above.
for host in 127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4; do
  peak=$(curl -s "$url/stats" | python3 -c '
import json, sys
hosts = json.load(sys.stdin)["hosts"]
print(max([v["peak_in_flight"] for k, v in hosts.items() if k.startswith(sys.argv[1])] or [0]))' "$host")
  [ "$host" = 127.0.0.1 ] || check "in flight at $host" "$peak" -le 2 # 127.0.0.1 is searched too.
done

# Again is resume: nothing is left to do, nothing is asked.
before=$(stat total.requests)
cp pages.jsonl first.jsonl
expect_status 0 "$penstock" run pages.toml
check "requests of a finished run" "$(stat total.requests)" -eq "$before"
cmp first.jsonl pages.jsonl || fail "a finished run leaves its output alone"
expect_status 0 "$penstock" verify pages.toml
expect_status 0 "$penstock" status pages.toml
