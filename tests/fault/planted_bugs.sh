#!/usr/bin/env bash
# The tests of the tests: plants each bug of tests/fault/planted into a copy of the tree, builds the one
# program that must notice, and expects its named test to fail there, as it passes without the bug.
#
#   tests/fault/planted_bugs.sh [NAME ...]     all of them, or these
set -euo pipefail
cd "$(dirname "$0")/../.."
tree=$PWD

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -co --exclude-standard -z | { while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done; } |
  tar --null -T - -cf - | tar -xf - -C "$copy"
cd "$copy"
export CCACHE_BASEDIR=$copy CCACHE_NOHASHDIR=1 # What is compiled here was compiled elsewhere.

field() { sed -n "s/^$2: //p" "$1" | head -n 1; } # field PATCH NAME

# verdict PATCH: how its test ends in this copy: pass, fail, or nothing (it could not be built or found).
verdict() {
  local program test
  program=$(field "$1" Program) test=$(field "$1" Test)
  scripts/build.sh dev "$(basename "$program")" >build.log 2>&1 || { tail -n 20 build.log >&2; return; }
  "build/dev/$program" --gtest_filter="$test" >test.log 2>&1 && {
    if grep -q '\[  PASSED  \] [1-9]' test.log; then echo pass; fi
    return
  }
  if grep -q '\[  FAILED  \]\|\[ RUN      \]' test.log; then echo fail; fi
}

names=("$@")
[ "${#names[@]}" -gt 0 ] || for patch in "$tree"/tests/fault/planted/*.patch; do names+=("$(basename "$patch" .patch)"); done
missed=0
for name in "${names[@]}"; do
  patch=$tree/tests/fault/planted/$name.patch
  before=$(verdict "$patch")
  git apply "$patch"
  after=$(verdict "$patch")
  git apply -R "$patch"
  if [ "$before" = pass ] && [ "$after" = fail ]; then
    echo "  caught: $name ($(field "$patch" Test))"
  else
    missed=$((missed + 1))
    echo "  MISSED: $name: $(field "$patch" Test) gives '$before' without the bug and '$after' with it"
  fi
done
[ "$missed" = 0 ]
