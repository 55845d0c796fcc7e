#!/usr/bin/env bash
# The pages job, ended at random instants in the other ways (the seed is PENSTOCK_SEED): kill -9 of a
# worker, SIGTERM, SIGINT twice. Nothing is lost, nothing stands twice, no more is asked for again than
# was in flight; what drains throws no answer away.
[ ! -d /dev/shm ] || export TMPDIR=/dev/shm # Syncs that cost nothing: a killed process leaves the same anywhere.
. "$(dirname "$0")/harness.sh"
. "$tests/e2e/pages_job.sh"

rounds=$((${PENSTOCK_INTERRUPTS:-16} / scale))
RANDOM=${PENSTOCK_SEED:-4711}
pages_web $((rounds * 16))
pages_lab
whole_run

random_pause() { sleep "$(printf '0.%03d' $((60 + RANDOM % 300)))"; }

# Workers: one run, which goes on all the time.
pages_job workers
"$penstock" run workers/pages.toml --quiet >>run.log 2>&1 &
engine=$!
killed=0
while [ "$killed" -lt "$rounds" ]; do
  random_pause
  # The first child is the zygote, which makes the others.
  worker=$(pgrep -P "$engine" | tail -n +2 | shuf -n 1 --random-source=<(yes "$RANDOM")) || break # It is done.
  kill -9 "$worker" 2>/dev/null && killed=$((killed + 1))
done
wait "$engine" || { cat run.log; fail "killed workers ended the run"; }
check "killed workers before it was done" "$killed" -ge $((rounds / 2))
same_outputs whole workers
expect_status 0 "$penstock" verify workers/pages.toml
again=$(repeats)
check "asked for again after $killed killed workers" "$again" -le $((killed * 16))
echo "$killed workers killed, $again requests repeated"

# A drain finishes what it has begun; a stop leaves it to the next run.
interrupted() { # interrupted NAME STATUS-WANTED SIGNAL...: one round
  local status=0 wanted=$2 name=$1 signal engine
  shift 2
  "$penstock" run "$name/pages.toml" --quiet >>run.log 2>&1 &
  engine=$!
  random_pause
  for signal in "$@"; do
    kill -"$signal" "$engine" 2>/dev/null || return 1 # It was done.
    sleep "$(printf '0.%03d' $((RANDOM % 30)))"
  done
  wait "$engine" || status=$?
  [ "$status" != 0 ] || return 1
  check "exit status" "$status" -eq "$wanted"
}

until_done() { # until_done NAME REPEATS-MAX SIGNAL...: interrupted in every round; then all of it
  local name=$1 repeats_max=$2 count=0
  shift 2
  curl -s -X POST "$url/stats/reset" >/dev/null
  pages_job "$name"
  while [ "$count" -lt "$rounds" ] && interrupted "$name" 130 "$@"; do count=$((count + 1)); done
  check "rounds of $* before it was done" "$count" -ge $((rounds / 2))
  expect_status 0 "$penstock" run "$name/pages.toml"
  same_outputs whole "$name"
  expect_status 0 "$penstock" verify "$name/pages.toml"
  nothing_left_behind "$name"
  local again
  again=$(repeats)
  check "asked for again after $count times $*" "$again" -le $((count * repeats_max))
  echo "$count times $*: $again requests repeated"
}

until_done drained 0 TERM
until_done stopped "$repeats_max" INT INT

# Nobody reads standard output any more, and the ledger waits for it: the third interrupt ends that.
# unread ITEMS: of few, all is done and the books are being closed; of many, the run is stopped half way.
unread() {
  local name=unread_$1 reader engine status=0
  mkdir "$name"
  cat >"$name/job.toml" <<TOML
[input]
range = "1..$1"
[[step]]
name = "nothing"
noop = true
[output]
stdout = "jsonl"
TOML
  mkfifo "$name/pipe"
  sleep 1000 <>"$name/pipe" &
  reader=$!
  "$penstock" run "$name/job.toml" --quiet >"$name/pipe" 2>>run.log &
  engine=$!
  sleep 1
  for _ in 1 2 3; do
    kill -INT "$engine" 2>/dev/null || break # While the books are closed, the first one does it.
    sleep 0.3
  done
  ! kill -0 "$engine" 2>/dev/null || fail "three interrupts did not end it"
  wait "$engine" || status=$?
  check "exit status after the third interrupt" "$status" -eq 130
  kill "$reader"
  expect_status 0 "$penstock" run "$name/job.toml" --quiet
  check "rows that came later" "$(wc -l <out)" -ge 1
  expect_status 0 "$penstock" verify "$name/job.toml"
}
unread 5000
unread 300000
echo "nobody reads: an interrupt ends it, and it goes on"
