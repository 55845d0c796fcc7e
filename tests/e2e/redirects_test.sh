#!/usr/bin/env bash
# Where answers send requests on: method, body and credentials on the way, schemes and addresses that are refused,
# chains that end.
. "$(dirname "$0")/harness.sh"
. "$tests/e2e/table.sh"

mkdir web
echo '{"fine":true}' >web/good.json
start_lab --listen 127.0.0.1-127.0.0.2:0 --folder web --log requests.log
other=http://127.0.0.2:$port
export LOGIN=s3cret-of-ours

# way URL STATUS: a URL that redirects there with this status.
way() { python3 -c 'import sys, urllib.parse
print("%s/ok?redirect_status=%s&redirect_to=%s" % (sys.argv[3], sys.argv[2], urllib.parse.quote(sys.argv[1], safe="")))' "$1" "$2" "${3:-$url}"; }

# Methods, bodies and headers: METHOD x STATUS, and ways of several hops.
for method in GET POST PUT; do
  : >"$method.in"
  for hop in 301 302 303 307 308; do
    for host in "$url" "$other"; do
      printf '{"id":"%s %s","url":"%s"}\n' "$hop" "${host##*//}" "$(way "$host/echo" $hop)" >>"$method.in"
    done
  done
  printf '{"id":"303 307","url":"%s"}\n' "$(way "$(way "$url/echo" 307)" 303)" >>"$method.in"
  printf '{"id":"302 308","url":"%s"}\n' "$(way "$(way "$url/echo" 308)" 302)" >>"$method.in"
  printf '{"id":"307 303","url":"%s"}\n' "$(way "$(way "$url/echo" 303)" 307)" >>"$method.in"
  printf '{"id":"away and on","url":"%s"}\n' "$(way "$(way "$other/echo" 307 "$other")" 307)" >>"$method.in"
  body='body = "payload"'
  [ "$method" = GET ] && body=
  cat >"$method.toml" <<TOML
[input]
jsonl = { file = "$method.in", key = "id" }
[workers]
processes = 1
[[step]]
name = "get"
http = "{url}"
method = "$method"
$body
headers = { Authorization = "Bearer {env.LOGIN}", X-Plain = "plain", Content-Type = "text/x-mine", Cookie = "a=b", X-Key = "{env.LOGIN}" }
allow = ["127.0.0.0/8"]
as = "json"
[output]
jsonl = "$method.jsonl"
columns = ["key", "status", "kind", "get"]
TOML
  expect_status 0 timeout 60 "$penstock" run "$method.toml"
done
python3 - "$port" <<'PY' || fail "what is left of a request after redirects"
import json, sys
port = sys.argv[1]
count = 0
for method in ("GET", "POST", "PUT"):
    for row in map(json.loads, open(method + ".jsonl")):
        key, got = row["key"], row["get"]
        hops = [int(word) for word in key.split() if word.isdigit()] or [307, 307]
        expected = method
        for hop in hops:
            if hop == 303 or (hop in (301, 302) and expected == "POST"):
                expected = "GET"
        away = "127.0.0.2" in key or key == "away and on"
        headers = {name.lower(): value for name, value in got["headers"].items()}
        what = (method, key, got)
        assert got["method"] == expected, what
        assert got["body"] == ("payload" if expected == method != "GET" else ""), what
        assert headers["x-plain"] == "plain", what
        assert ("content-type" in headers) == (expected == method), what
        for name in ("authorization", "cookie", "x-key"):
            assert (name in headers) == (not away), (name,) + what
        count += 1
assert count == 3 * 14, count
PY

# A HEAD stays one.
printf '%s\n' "$(way "$url/echo?head" 303)" >head.in
cat >head.toml <<TOML
[input]
lines = { file = "head.in", as = "url" }
[workers]
processes = 1
[[step]]
name = "get"
http = "{url}"
method = "HEAD"
allow = ["127.0.0.0/8"]
[output]
jsonl = "head.jsonl"
TOML
expect_status 0 "$penstock" run head.toml
grep '"target":"/echo?head"' requests.log | grep -q '"method":"HEAD"' || fail "a HEAD behind a 303"

# After a failure behind a hop, the next attempt is the step's own request again: POST, body and all.
printf '%s\n' "$(way "$url/echo?fail_first=1&fail_kinds=503" 303)" >again.in
sed 's|method = "HEAD"|method = "POST"\nbody = "payload"\nrepeatable = true\nretry = { first_wait = "10ms" }|; s|head|again|g' head.toml >again.toml
expect_status 0 "$penstock" run again.toml
check "POSTs of two attempts" "$(grep -c '"method":"POST","target":"/ok?redirect_status=303&redirect_to=http%3A%2F%2F127.0.0.1%3A[0-9]*%2Fecho%3Ffail' requests.log)" -eq 2

# A secret in the body does not follow to another origin.
printf '%s\n%s\n' "$(way "$other/echo" 307)" "$(way "$url/echo" 307)" >body.in
sed 's|method = "HEAD"|method = "POST"\njson = { key = "{env.LOGIN}" }\nrepeatable = true|; s|head|body|g' head.toml >body.toml
expect_status 1 "$penstock" run body.toml
check "bodies that were kept back" "$(grep -c redirect.credentials body.jsonl)" -eq 1

# Schemes, users, addresses, chains.
table ways <<END
ok $url/ok?redirect=3
failed:redirect.too_many $url/ok?redirect_loop
failed:redirect.too_many $url/ok?redirect=11
failed:redirect.scheme $(way file:///etc/passwd 302)
failed:redirect.scheme $(way ftp://127.0.0.1/x 301)
failed:redirect.scheme $(way gopher://127.0.0.1/x 307)
failed:redirect.scheme $(way data:text/html,x 302)
failed:redirect.scheme $(way javascript:alert%281%29 302)
failed:url.userinfo $(way http://u:p@127.0.0.1:$port/ok 302)
failed:url.syntax $(way http://127.0.0.1:99999/ 302)
failed:address.refused $(way http://169.254.169.254/latest/meta-data/ 302)
failed:address.refused $(way http://10.0.0.1/ 302)
failed:address.refused $(way http://192.168.1.1/ 302)
failed:address.refused $(way http://0.0.0.0:$port/ok 302)
failed:address.refused $(way http://167772161/ 302)
failed:address.refused $(way http://0xa9fea9fe/ 302)
failed:address.refused $(way http://0251.0376.0251.0376/ 302)
failed:address.refused $(way "http://[::ffff:10.0.0.1]/" 302)
failed:address.refused $(way "http://[fe80::1]/" 302)
failed:address.refused $(way "http://[fd00::1]/" 302)
failed:address.refused $(way "http://[::1]:$port/ok" 302)
ok $(way "$other/ok" 302)
ok $(way "/ok?relative" 302)
failed:http.302 $url/ok?status=302
failed:http.304 $url/ok?status=304
END
job ways 'allow = ["127.0.0.0/8"]'
expect_status 1 timeout 60 "$penstock" run ways.toml
check_table ways

# Loopback too is an inner address, unless the job's own first step is there: URLs of items may lead anywhere, URLs of
# answers may not.
table guard <<END
ok $url/ok?i=1
failed:address.refused $(way "$url/ok" 302)
failed:address.refused $(way "http://2130706433:$port/ok" 302)
failed:address.refused $(way "http://[::ffff:127.0.0.1]:$port/ok" 302)
failed:address.refused $(way "http://localhost:$port/ok" 302)
END
job guard
expect_status 1 timeout 60 "$penstock" run guard.toml
check_table guard

# URLs that a service gives (a fan-out) are as hostile as any redirect.
cat >web/list.json <<END
{"results":[{"url":"$url/ok?good"},{"url":"file:///etc/passwd"},{"url":"http://169.254.169.254/"},{"url":"\$(touch pwned)"},
{"url":"http://10.1.2.3/"},{"url":"http://u:p@127.0.0.1/"},{"nothing":1},{"url":["x"]},{"url":"$url/ok?x={env.LOGIN}"}]}
END
stop_lab
start_lab --listen "127.0.0.1:$port" --folder web
echo once >once.txt
cat >fan.toml <<TOML
[input]
lines = "once.txt"
[workers]
processes = 1
[[step]]
name = "list"
http = "$url/files/list.json?{line}"
each = "/results"
[[step]]
name = "page"
http = "{url}"
retry = { attempts = 1 }
[output]
jsonl = "fan.jsonl"
columns = ["key", "status", "kind", "url"]
[run]
keep_order = true
TOML
expect_status 1 timeout 60 "$penstock" run fan.toml
python3 - <<'PY' || fail "elements of a fan-out end in their kinds"
import json
got = [row["kind"] or row["status"] for row in map(json.loads, open("fan.jsonl"))]
wanted = ["ok", "url.scheme", "address.refused", "url.scheme", "address.refused", "url.userinfo", "item.field", "item.field", "ok"]
assert len(got) == len(wanted) and all(g == w or w in ("item.field",) and g in ("item.field", "url.syntax", "url.scheme")
                                       for g, w in zip(got, wanted)), got
PY
[ ! -e pwned ] || fail "an answer has been executed"
