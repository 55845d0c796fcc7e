#!/usr/bin/env bash
# TLS, HTTP/2, IPv6 and proxies against programs that were made by others: nginx in front of the lab, and as a proxy.
. "$(dirname "$0")/harness.sh"

command -v nginx >/dev/null || PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || fail "nginx is missing: scripts/setup.sh tests"
start_lab --listen 127.0.0.1:0
lab_port=$port

# Two authorities; servers whose certificates are right, expired, self-signed, for another name, of the other authority.
authority() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$1" -keyout "$1.key" -out "$1.pem" 2>/dev/null; }
certificate() { # certificate NAME AUTHORITY SAN [openssl x509 options]
  local name=$1 by=$2 san=$3
  shift 3
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$name.key" -out "$name.csr" 2>/dev/null
  printf 'subjectAltName = %s\n' "$san" >"$name.ext"
  openssl x509 -req -in "$name.csr" -CA "$by.pem" -CAkey "$by.key" -CAcreateserial -extfile "$name.ext" -out "$name.pem" "$@" 2>/dev/null
}
authority ours
authority theirs
certificate good ours IP:127.0.0.1,IP:::1,DNS:localhost -days 30
certificate foreign theirs IP:127.0.0.1 -days 30
certificate named ours DNS:other.example -days 30
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=127.0.0.1 \
  -addext subjectAltName=IP:127.0.0.1 -keyout self.key -out self.pem 2>/dev/null
# `x509` of this openssl dates nothing back; its `ca` does.
certificate expired ours IP:127.0.0.1 -days 30
mkdir -p ca && : >ca/index.txt && echo 01 >ca/serial
printf '[ca]\ndefault_ca=d\n[d]\ndir=ca\ndatabase=ca/index.txt\nserial=ca/serial\nnew_certs_dir=ca\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n' >ca.conf
openssl ca -batch -config ca.conf -cert ours.pem -keyfile ours.key -in expired.csr -extfile expired.ext -out expired.pem \
  -startdate 20200101000000Z -enddate 20200201000000Z -notext 2>/dev/null

# Seven free ports: whoever takes one in between makes nginx fail, and the next seven are tried.
ports() { python3 -c 'import socket
s = [socket.socket() for _ in range(7)]
for one in s: one.bind(("127.0.0.1", 0))
print(*[one.getsockname()[1] for one in s])'; }
server() { printf 'server { listen %s; ssl_certificate %s.pem; ssl_certificate_key %s.key; location / { proxy_redirect off; proxy_pass http://127.0.0.1:%s; proxy_http_version 1.1; proxy_set_header Connection ""; } }\n' "$1" "$2" "$2" "$lab_port"; }
start_nginx() {
  read -r good foreign named self expired plain proxy < <(ports)
  {
    printf 'daemon off; worker_processes 1; pid nginx.pid; error_log nginx.log;\nevents { worker_connections 512; }\nhttp {\naccess_log access.log proto; keepalive_requests 10000;\n'
    for temp in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path tmp_%s;\n' $temp $temp; done
    server "127.0.0.1:$good ssl http2" good
    server "[::1]:$good ssl" good
    for one in foreign named self expired; do server "127.0.0.1:${!one} ssl" $one; done
    printf 'server { listen [::1]:%s; location / { proxy_pass http://127.0.0.1:%s; } }\n' "$plain" "$lab_port"
    printf 'server { listen 127.0.0.1:%s; access_log proxy.log target; location / { proxy_pass http://127.0.0.1:%s$request_uri; } }\n' "$proxy" "$lab_port"
    printf '}\n'
  } >nginx.conf
  sed -i '/^access_log/i log_format proto "$server_protocol $connection $request_uri"; log_format target "$request";' nginx.conf
  nginx -p "$work" -c nginx.conf >nginx.out 2>&1 &
  nginx=$!
  for _ in $(seq 100); do
    curl -s -o out --max-time 1 "http://127.0.0.1:$proxy/ok" && return 0
    kill -0 "$nginx" 2>/dev/null || return 1
    sleep 0.05
  done
  return 1
}
stop_nginx() { kill "$nginx" 2>/dev/null && wait "$nginx" 2>/dev/null || true; }
trap 'status=$?; stop_nginx; set +e; (exit $status); finish' EXIT
chmod 755 "$work" # nginx's worker may be another user.
start_nginx || start_nginx || start_nginx || { cat nginx.out nginx.log; fail "nginx did not start"; }

job() { # job NAME URL SETTINGS...
  local name=$1 target=$2
  shift 2
  cat >"$name.toml" <<TOML
[input]
range = "1..20"
[workers]
processes = 1
concurrency = 10
[[step]]
name = "get"
http = "$target"
retry = { attempts = 1 }
$(printf '%s\n' "$@")
[output]
jsonl = "$name.jsonl"
columns = ["key", "status", "kind"]
TOML
}
# ends STATUS KIND NAME: all twenty items of it have this kind (or "null").
ends() {
  expect_status "$1" timeout 60 "$penstock" run "$3.toml"
  check "$3: items that ended as $2" "$(grep -c "\"kind\":$2" "$3.jsonl")" -eq 20
}

ca='ca_file = "ours.pem"'
job good "https://127.0.0.1:$good/ok?i={n}" "$ca"
ends 0 null good
check "requests over HTTP/2" "$(grep -c '^HTTP/2' access.log)" -eq 20
check "connections for them" "$(grep '^HTTP/2' access.log | cut -d' ' -f2 | sort -u | wc -l)" -le 3
job old "https://127.0.0.1:$good/ok?old={n}" "$ca" 'http_version = "1.1"'
ends 0 null old
check "requests over HTTP/1.1" "$(grep -c '^HTTP/1.1.*old=' access.log)" -eq 20
job name "https://localhost:$good/ok?i={n}" "$ca"
ends 0 null name
job six "https://[::1]:$good/ok?i={n}" "$ca"
ends 0 null six
job six_plain "http://[::1]:$plain/ok?i={n}"
ends 0 null six_plain

job system "https://127.0.0.1:$good/ok?i={n}"
ends 1 '"tls.certificate"' system
for wrong in foreign named self expired; do
  job $wrong "https://127.0.0.1:${!wrong}/ok?i={n}" "$ca"
  ends 1 '"tls.certificate"' $wrong
done
check "requests that reached a server nobody trusts" "$(grep -c "expired=" access.log || true)" -eq 0
job lax "https://127.0.0.1:$self/ok?i={n}" 'tls_verify = false'
ends 0 null lax
job noca "https://127.0.0.1:$good/ok?i={n}" 'ca_file = "missing.pem"'
status=0
timeout 60 "$penstock" run noca.toml >out 2>err || status=$?
[ "$status" = 2 ] || { [ "$status" = 1 ] && grep -q tls.ca_file noca.jsonl; } || fail "a CA file that is not there: $status"
job speaks_plain "https://127.0.0.1:$lab_port/ok?i={n}" "$ca"
ends 1 '"tls.handshake"' speaks_plain
job speaks_tls "http://127.0.0.1:$good/ok?i={n}"
expect_status 1 timeout 60 "$penstock" run speaks_tls.toml
check "plain requests to a TLS port that failed" "$(grep -c '"failed"' speaks_tls.jsonl)" -eq 20

# A redirect from TLS to plain text is another origin: credentials stay behind.
export LOGIN=s3cret
job down "https://127.0.0.1:$good/ok?redirect_to=http%3A%2F%2F127.0.0.1%3A$lab_port%2Fecho" "$ca" \
  'headers = { Authorization = "{env.LOGIN}" }' 'allow = ["127.0.0.0/8"]' 'as = "json"'
sed -i 's|columns = .*|columns = ["key", "kind", "get"]|' down.toml
expect_status 0 timeout 60 "$penstock" run down.toml
if grep -qi "$LOGIN" down.jsonl; then fail "credentials have followed a redirect from https to http"; fi

# A proxy: asked for by the job, or by the environment; a dead one is told from a dead service.
job proxied "http://service.example/ok?i={n}" "proxy = \"http://127.0.0.1:$proxy\""
ends 0 null proxied
check "requests that the proxy has seen" "$(grep -c '^GET http://service.example/ok?i=' proxy.log)" -eq 20
job by_environment "http://service.example/ok?e={n}"
http_proxy=http://127.0.0.1:$proxy ends 0 null by_environment
check "requests that the proxy has seen, by its variable" "$(grep -c '^GET http://service.example/ok?e=' proxy.log)" -eq 20
job bypassed "http://127.0.0.1:$lab_port/ok?b={n}"
http_proxy=http://127.0.0.1:1 ends 0 null bypassed
job dead "http://service.example/ok?i={n}" 'proxy = "http://127.0.0.1:1"'
expect_status 1 timeout 60 "$penstock" run dead.toml
check "items behind a dead proxy" "$(grep -c -e '"proxy.refused"' -e '"connect.refused"' dead.jsonl)" -eq 20
job tunnel "https://service.example/ok?i={n}" "proxy = \"http://127.0.0.1:$proxy\"" # nginx knows no CONNECT.
expect_status 1 timeout 60 "$penstock" run tunnel.toml
check "tunnels that were refused" "$(grep -c '"proxy.refused"' tunnel.jsonl)" -eq 20
