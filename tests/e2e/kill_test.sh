#!/usr/bin/env bash
# kill -9 of the engine at random instants (60 rounds, or PENSTOCK_KILLS): after the last resume nothing
# is lost, nothing stands twice, the merged output is that of an uninterrupted run, and no more was asked
# for again than was in flight.
. "$(dirname "$0")/harness.sh"

kills=$((${PENSTOCK_KILLS:-60} / scale))
RANDOM=${PENSTOCK_SEED:-4711}
pages_folder 120
seq 1 $((kills * 50)) | awk '{print "gate" $1 % 7 " river" $1 % 11 " page " $1}' >terms.txt

job() { # job NAME: one job file, its outputs beside it
  mkdir -p "$1"
  cat >"$1/pages.toml" <<TOML
[input]
lines = { file = "../terms.txt", as = "term" }
[workers]
processes = 2
concurrency = 16
[[step]]
name = "search"
http = "$url/search?q={term}&count=5"
each = "/results"
[[step]]
name = "page"
http = "{url}?term={term}"
as = "text"
[output]
jsonl = "pages.jsonl"
columns = ["key", "status", "kind", "term", "rank", "url", "page"]
TOML
}

start_lab --listen 127.0.0.1:0 --folder web --on '/search?delay=20ms' --on '/files?delay=10ms&delay_jitter=20ms'
job whole
expect_status 0 "$penstock" run whole/pages.toml
curl -s -X POST "$url/stats/reset" >/dev/null

job cut
killed=0 in_flight=0
while [ "$killed" -lt "$kills" ]; do
  "$penstock" run cut/pages.toml --quiet >>run.log 2>&1 &
  engine=$!
  sleep "0.$((RANDOM % 4 + 1))$((RANDOM % 10))"
  kill -9 "$engine" 2>/dev/null || break # It was done before.
  wait "$engine" 2>/dev/null || true # Killed: not 0.
  killed=$((killed + 1))
done
check "kills before it was done" "$killed" -ge $((kills / 2))
expect_status 0 "$penstock" run cut/pages.toml
sort whole/pages.jsonl >whole.sorted
sort cut/pages.jsonl >cut.sorted
cmp whole.sorted cut.sorted || fail "the outputs differ: $(diff whole.sorted cut.sorted | grep -c '^[<>]') lines"
again=$(stat urls.answered_again)
# In flight: 2 x 16 calls, and what was answered within the last commit (10 ms and its sync; 1,000 a second).
check "asked for again after $killed kills" "$again" -le $((killed * (32 + 64)))
expect_status 0 "$penstock" verify cut/pages.toml
[ -z "$(pgrep -f "penstock.*cut/pages" || true)" ] || fail "a worker outlived its engine"
echo "$killed kills, $again URLs answered again, $(rows cut/pages.jsonl) rows"
