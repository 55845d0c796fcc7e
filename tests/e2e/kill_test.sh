#!/usr/bin/env bash
# kill -9 of the engine at random instants of the pages job, with work in flight (60 times, or
# PENSTOCK_KILLS; the seed is PENSTOCK_SEED): after the last resume nothing is lost, nothing stands twice,
# every output is that of an uninterrupted run, and no more was asked for again than was in flight.
[ ! -d /dev/shm ] || export TMPDIR=/dev/shm # Syncs that cost nothing: a killed process leaves the same anywhere.
. "$(dirname "$0")/harness.sh"
. "$tests/e2e/pages_job.sh"

kills=$((${PENSTOCK_KILLS:-60} / scale))
RANDOM=${PENSTOCK_SEED:-4711}
pages_web $((kills * 18))
pages_lab
whole_run

terms=$(rows terms.txt)

# look: what was done, searches done, pages pending (by the ledger); abandoned, asked for and repeated (by the server).
look() {
  { "$penstock" status cut/pages.toml --json 2>/dev/null || echo '{"steps":[]}'; curl -s "$url/stats"; } | python3 -c '
import json, sys
run, stats = (json.loads(line) for line in sys.stdin.read().splitlines())
over = [sum(v for k, v in step.items() if k not in ("name", "pending")) for step in run["steps"]] + [0, 0]
print(over[0] + over[1], over[0], sum(step["pending"] for step in run["steps"]),
      stats["total"]["abandoned"], stats["total"]["requests"], stats["total"]["requests"] - stats["urls"]["distinct"])'
}

phase_of() { # phase_of BEFORE DONE SEARCHED PENDING: where the ledger says that the engine was
  if [ "$2" -le "$1" ]; then echo start-up
  elif [ "$3" -lt "$terms" ]; then echo searching
  elif [ "$4" -gt 0 ]; then echo pages
  else echo closing
  fi
}

until_gone() { # until_gone PID...: workers end with their engine
  local pid
  for pid in "$@"; do
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || continue 2; sleep 0.02; done
    fail "a worker lives 2 s after its engine"
  done
}

until_asked() { # until_asked REQUESTS: by a new engine
  for _ in $(seq 100); do
    [ "$(curl -s "$url/stats" | sed -E 's/.*"total":\{"requests":([0-9]+).*/\1/')" -gt "$1" ] && return
    sleep 0.02
  done
}

pages_job cut
declare -A busy=([start-up]=0 [searching]=0 [pages]=0 [closing]=0) idle=([start-up]=0 [searching]=0 [pages]=0 [closing]=0)
killed=0 rounds=0 done_before=0 abandoned_before=0 requests=0
while [ "$killed" -lt "$kills" ] && [ "$rounds" -lt $((kills * 2)) ]; do
  rounds=$((rounds + 1))
  "$penstock" run cut/pages.toml --quiet >>run.log 2>&1 &
  engine=$!
  # One in six early, in start-up and resume; the others some time after the first request.
  if [ $((RANDOM % 6)) != 0 ]; then until_asked "$requests"; fi
  sleep "$(printf '0.%03d' $((RANDOM % 250)))"
  workers=$(pgrep -P "$engine" || true)
  kill -9 "$engine" 2>/dev/null || break # It was done before.
  wait "$engine" 2>/dev/null && break # It was done before: its status is 0.
  until_gone $workers
  sleep 0.1 # The server sees with its next answer who has left.
  read -r done_now searched pending abandoned requests again <<<"$(look)"
  phase=$(phase_of "$done_before" "$done_now" "$searched" "$pending")
  if [ "$abandoned" -gt "$abandoned_before" ]; then
    busy[$phase]=$((busy[$phase] + 1))
    killed=$((killed + 1))
  else
    idle[$phase]=$((idle[$phase] + 1))
  fi
  check "done after kill $rounds" "$done_now" -ge "$done_before"
  check "asked for again after $rounds kills" "$again" -le $((rounds * repeats_max))
  done_before=$done_now abandoned_before=$abandoned
done
check "kills with work in flight before it was done" "$killed" -ge $((kills * 9 / 10))
expect_status 0 "$penstock" run cut/pages.toml
same_outputs whole cut
expect_status 0 "$penstock" verify cut/pages.toml
nothing_left_behind cut
again=$(repeats)
echo "$rounds kills, $killed of them with work in flight, seed ${PENSTOCK_SEED:-4711}:"
for phase in start-up searching pages closing; do
  echo "  $phase: ${busy[$phase]} with work in flight, ${idle[$phase]} without"
done
echo "$again requests repeated (at most $((rounds * repeats_max))), $(rows cut/pages.jsonl) rows, 0 lost, 0 twice"
