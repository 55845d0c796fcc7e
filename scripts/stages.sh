# Sourced by the scripts that run gates (test.sh, .ci/run): named stages with their durations, and the
# count that the last line gives. What went wrong is shown whole, what went well in one line.
passed=0 failed=0
began=$SECONDS

# stage NAME COMMAND...: counts as one test.
stage() {
  local name=$1 since=$SECONDS
  shift
  printf '== %s\n' "$name"
  if "$@"; then
    passed=$((passed + 1))
    printf '   done in %d s\n' $((SECONDS - since))
  else
    failed=$((failed + 1))
    printf '   FAILED after %d s: %s\n' $((SECONDS - since)) "$name"
  fi
}

# tests NAME FOLDER [ctest options]: adds what ctest counts in a build folder.
tests() {
  local name=$1 folder=$2 since=$SECONDS log line bad total
  shift 2
  printf '== %s\n' "$name"
  log=$(mktemp)
  ctest --test-dir "$folder" --output-on-failure --no-tests=error -j "$(nproc)" "$@" >"$log" 2>&1
  line=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests failed out of [0-9]+' "$log")
  if [ -z "$line" ]; then # ctest itself broke off.
    cat "$log"
    bad=1 total=1
  else
    bad=$(sed -E 's/.*, ([0-9]+) tests failed.*/\1/' <<<"$line")
    total=$(sed -E 's/.*out of ([0-9]+).*/\1/' <<<"$line")
    [ "$bad" = 0 ] || grep -vE '^ *[0-9]+/[0-9]+ Test +#.* Passed|^ *Start +[0-9]+:' "$log"
  fi
  rm -f "$log"
  passed=$((passed + total - bad)) failed=$((failed + bad))
  printf '   %d of %d passed in %d s\n' $((total - bad)) "$total" $((SECONDS - since))
}

# Prints the count and is false if anything failed. Its line is the last one.
report() {
  printf 'took %d min %02d s\n' $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60))
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" = 0 ]
}
