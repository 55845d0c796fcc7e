#!/usr/bin/env bash
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
# usage: bench/http/run.sh BUILD_FOLDER [ROUNDS [CONNECTIONS...]]
#
# GETs of 1 KiB from nginx (one worker) on loopback, in turns: the bare library, our client, our step,
# the whole `penstock run` with ledger and JSONL (one worker, all processes counted), the rivals and
# the limits. Answers are compared before times. A rival that is not installed is named and left out.
set -euo pipefail
build=${1:?usage: run.sh BUILD_FOLDER [ROUNDS [CONNECTIONS...]]}
build=$(cd "$build" && pwd)
rounds=${2:-5}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- 50 500 5000
here=$(cd "$(dirname "$0")" && pwd)
cmake --build "$build" --target bench_http >/dev/null
folder=$(mktemp -d)
port=$((10000 + $$ % 20000)) # Below those that the kernel gives to clients.
# It may not have come up.
trap 'kill "$(cat "$folder/nginx.pid")" 2>/dev/null || true; rm -rf "$folder"' EXIT

rivals="bare client step penstock epoll"
# rival NAME PACKAGE COMMAND...: in the list if the command says so.
rival() {
  local name=$1 package=$2
  shift 2
  if "$@" >/dev/null 2>&1; then rivals+=" $name"; else echo "without $name: install $package" >&2; fi
}
rival wrk wrk which wrk
rival curl curl which curl
rival wget2 wget2 which wget2
rival aiohttp python3-aiohttp /usr/bin/python3 -c 'import aiohttp'
rival uvloop "python3-aiohttp and python3-uvloop" /usr/bin/python3 -c 'import aiohttp, uvloop'
rival httpx python3-httpx /usr/bin/python3 -c 'import httpx'

head -c 768 /dev/urandom | base64 -w0 >"$folder/page"
chmod -R a+rX "$folder"
cat >"$folder/nginx.conf" <<CONF
worker_processes 1; pid $folder/nginx.pid; error_log $folder/error.log; user root;
events { worker_connections 12000; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 600; open_file_cache max=10;
  client_body_temp_path $folder/b; proxy_temp_path $folder/p; fastcgi_temp_path $folder/f;
  uwsgi_temp_path $folder/u; scgi_temp_path $folder/s;
  server { listen 127.0.0.1:$port backlog=8192; root $folder; }
}
CONF
nginx -p "$folder" -c "$folder/nginx.conf"
[ "$(ulimit -n)" -ge 16384 ] || ulimit -n 16384
url=http://127.0.0.1:$port/page

# run RIVAL CONNECTIONS: prints its line of JSON. The slow ones get fewer requests, but enough.
run() {
  local few=$(($2 > 2500 ? 2 * $2 : 5000))
  case $1 in
    bare) "$build/bench/http/bench_http_bare" "$url" "$2" $(($2 == 5000 ? 10000 : 50000)) ;;
    client | step) "$build/bench/http/bench_http_$1" "$url" "$2" 50000 ;;
    epoll) "$build/bench/connections/bench_connections_epoll" "$url" "$2" 50000 ;;
    penstock) "$here/program.py" "$build/src/penstock" "$url" "$2" 50000 ;;
    wrk) "$here/program.py" wrk "$url" "$2" 50000 ;;
    curl | wget2) "$here/program.py" "$1" "$url" "$2" "$((2 * few))" ;;
    aiohttp) "$here/rival_aiohttp.py" "$url" "$2" "$few" ;;
    uvloop) "$here/rival_aiohttp.py" "$url" "$2" "$few" uvloop ;;
    httpx) [ "$2" -gt 500 ] || "$here/rival_httpx.py" "$url" "$2" 1000 ;; # Minutes at 5,000.
  esac
}

for connections in "$@"; do
  for _ in $(seq "$rounds"); do
    for name in $rivals; do
      run "$name" "$connections" || echo "$name did not do it with $connections" >&2
    done
  done
done | /usr/bin/env python3 "$here/compare.py"
