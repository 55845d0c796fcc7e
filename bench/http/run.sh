#!/bin/sh
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
# usage: bench/http/run.sh BUILD_FOLDER [ROUNDS]
#
# GETs of 1 KiB from nginx (one worker) on loopback: CPU per request of the bare library, the client
# and the step, in turns. Answers are compared before times. It prints the least of the rounds and
# the spread, and the ratio to the bare library.
set -eu
build=${1:?usage: run.sh BUILD_FOLDER [ROUNDS]}
rounds=${2:-5}
folder=$(mktemp -d)
port=$((20000 + $$ % 20000))
trap 'kill "$(cat "$folder/nginx.pid")" 2>/dev/null || true; rm -rf "$folder"' EXIT
cmake --build "$build" --target bench_http >/dev/null

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
ulimit -n 16384

for connections in 50 500 5000; do
  for round in $(seq "$rounds"); do
    for rival in bare client step; do
      # One multi handle with 5,000 connections takes 200 us a request: fewer requests are enough.
      requests=50000
      [ "$rival-$connections" = bare-5000 ] && requests=10000
      "$build/bench/http/bench_http_$rival" "http://127.0.0.1:$port/page" "$connections" "$requests"
    done
  done
done | python3 "$(dirname "$0")/compare.py"
