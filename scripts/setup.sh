#!/usr/bin/env bash
# Installs what Penstock is built from, on Debian 12. Idempotent: asks apt only for what is missing.
#
#   scripts/setup.sh          what the program needs to be built, and the demo to be run
#   scripts/setup.sh tests    and what the tests need: nginx, clang, coverage tools
set -euo pipefail

build=(g++ cmake ninja-build pkg-config ccache mold git ca-certificates
  libboost1.81-dev libboost-json1.81-dev libcurl4-openssl-dev libsqlite3-dev libxml2-dev
  libtomlplusplus-dev libcli11-dev libfmt-dev libgtest-dev libxxhash-dev zlib1g-dev libzstd-dev libbrotli-dev
  curl sqlite3 cmake-doc)
tests=(clang clang-format clang-tidy libclang-rt-14-dev librapidcheck-dev libbenchmark-dev nginx-light openssl
  universal-ctags python3 gcovr procps zsh bash-completion zstd gzip)

wanted=("${build[@]}")
[ "${1:-}" = tests ] && wanted+=("${tests[@]}")

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "setup: need root or sudo to install: ${missing[*]}" >&2; exit 6; }
  as_root=(sudo)
fi
echo "setup: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# quietly COMMAND...: as root; what it says is shown only if it fails.
quietly() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 6; }
}
quietly apt-get update -qq
# nginx is only ever started by a test, on a port of its own: keep apt from starting it as a service.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  trap 'rm -f "$log"; "${as_root[@]}" rm -f "$policy"' EXIT
fi
# Documentation packages are the demo's web pages; minimal images leave /usr/share/doc out.
quietly apt-get install -y -qq --no-install-recommends \
  -o Dpkg::Options::=--path-include='/usr/share/doc/cmake*' "${missing[@]}"
