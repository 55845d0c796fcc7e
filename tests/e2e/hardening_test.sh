#!/usr/bin/env bash
# The program and its test server are hardened: loaded at random addresses, their tables read-only once
# loaded, no stack to execute, guarded stacks and buffers, no folder of this machine to load libraries from.
. "$(dirname "$0")/harness.sh"

# has WHAT PATTERN COMMAND...: its output holds the pattern.
has() {
  local what=$1 pattern=$2 seen
  shift 2
  seen=$("$@" 2>/dev/null)
  grep -qE -- "$pattern" <<<"$seen" || fail "$what: '$*' shows no '$pattern'"
}

for program in "$penstock" "$lab_program"; do
  [ -x "$program" ] || { [ "$program" = "$lab_program" ] && continue; }
  has "position independent" 'Type: +DYN' readelf -hW "$program"
  has "position independent" 'FLAGS_1.* PIE' readelf -dW "$program"
  has "read-only relocations" 'GNU_RELRO' readelf -lW "$program"
  has "no lazy binding" 'FLAGS.*NOW' readelf -dW "$program"
  has "stack without execution" 'GNU_STACK +[0-9a-fx ]+ RW +0x' readelf -lW "$program"
  has "stack protector" '__stack_chk_fail' readelf --dyn-syms -W "$program"
  seen=$(readelf -dW "$program")
  ! grep -qE 'RPATH|RUNPATH' <<<"$seen" || fail "libraries are looked for in a folder of this machine: $seen"
  # Sanitizers check buffers in their own way, instead.
  seen=$(readelf --dyn-syms -W "$program")
  grep -qE '__(asan|tsan)_init' <<<"$seen" || has "checked buffers" ' __[a-z]+_chk@' readelf --dyn-syms -W "$program"
done
