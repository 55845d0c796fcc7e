#!/usr/bin/env bash
# Whatever a service answers, each item ends in its own kind and the items beside it are untouched.
. "$(dirname "$0")/harness.sh"
. "$tests/e2e/table.sh"

mkdir web
python3 - <<'PY'
import gzip, json
def put(name, data):
    open("web/" + name, "wb").write(data)
put("good.json", b'{"list":[{"n":1}],"fine":true}')
put("deep.json", b"[" * 200_000 + b"]" * 200_000)
put("deep_object.json", b'{"a":' * 200_000 + b"1" + b"}" * 200_000)
put("open.json", b"[" * 200_000)
put("cut.json", b'{"list":[{"n":1},')
put("two.json", b'{"a":1}{"b":2}')
put("nan.json", b'{"a":NaN}')
put("bytes.json", b'{"a":"\xff\xfe"}')
put("overlong.json", b'{"a":"\xc0\xaf"}')
put("control.json", b'{"a":"\x01"}')
put("html.json", b"<html>no json</html>")
put("empty.json", b"")
put("null.json", b"null")
put("odd.json", b'{"a":1,"a":2,"big":123456789012345678901234567890.10,"exp":1e400,"neg":-0.0,"list":[{"n":1}]}')
put("lone.json", b'{"a":"\\ud800","list":[{"n":1}]}')
put("nul.json", b'{"a":"x\\u0000y","list":[{"n":1}]}')
put("esc.json", b'{"title":"\\u001b]0;EVIL\\u0007\\u001b[31mred","list":[{"n":1}]}')
put("sixfold", b"x")
twice = gzip.compress(gzip.compress(b'{"list":[{"n":1}]}'))
put("twice.json", twice)
put("half.json", gzip.compress(json.dumps(list(range(2000))).encode())[:1000])
put("raw_bytes.txt", b"caf\xe9 \xff\xfe end")
put("utf16.txt", "caf\u00e9".encode("utf-16"))
put("deep.html", b"<div>" * 300_000 + b"text")
put("nul.html", b"<html><body>a\x00b<p>c</body></html>")
put("binary.bin", bytes(range(256)) * 8)
put("page.html", b"<html><head><title>T</title></head><body><p>hello</p></body></html>")
PY
start_lab --listen 127.0.0.1-127.0.0.2:0 --folder web

# How the bytes come: bodies that end early, late, never, or are not HTTP at all.
six=$(python3 -c 'print("%2C".join(["gzip"] * 6))')
table wire <<END
ok $url/ok?i=1
failed:body.cut $url/ok?truncate
failed:body.cut $url/ok?truncate&chunked
failed:reset $url/ok?reset
failed:timeout.first_byte $url/ok?hang
failed:timeout.idle $url/ok?slow_first_byte=20s
failed:timeout.total $url/ok?drip=20
failed:body.too_large $url/ok?flood
failed:body.too_large $url/ok?flood&chunked
failed:body.too_large $url/ok?bytes=1M
ok $url/ok?bytes=200K&gzip
failed:body.too_large $url/ok?zip_bomb=64M
failed:http.protocol $url/ok?garbage
ok $url/ok?headers=400
failed:header.too_large $url/ok?headers=5000
failed:header.too_large $url/ok?big_header=300K
ok $url/ok?extra=20&i=2
ok $url/ok?extra=64K&i=3
ok $url/ok?interim=3
failed:header.too_large $url/ok?interim=50000
failed:body.encoding $url/ok?encoding=gzip
failed:body.encoding $url/ok?encoding=nonsense
failed:body.encoding $url/files/sixfold?encoding=$six
ok $url/files/twice.json?encoding=gzip%2C%20gzip
failed:body.cut $url/files/half.json?encoding=gzip
ok $url/ok?status=204
failed:http.206 $url/ok?status=206
failed:http.304 $url/ok?status=304
failed:http.401 $url/ok?status=401
failed:http.404 $url/ok?status=404&reason=%1b%5d0%3bEVIL%07%1b%5b31m
failed:http.418 $url/ok?status=418
failed:http.429 $url/ok?status=429
failed:http.500 $url/ok?status=500
failed:http.503 $url/ok?status=503&retry_after=1
failed:connect.refused http://127.0.0.1:1/
failed:dns.unknown|failed:dns.timeout http://no-such-host.invalid/
END
job wire 'body_max = "256KiB"'
expect_status 1 timeout 60 "$penstock" run wire.toml
check_table wire

# A compressed body that unpacks a thousandfold, where its size alone would be allowed.
table bomb <<END
failed:body.expansion $url/ok?zip_bomb=2G
END
job bomb 'body_max = "4GiB"' 'as = "file"'
sed -i 's/total = "3s"/total = "30s"/' bomb.toml
expect_status 1 timeout 60 "$penstock" run bomb.toml
check_table bomb

# What stands in a body that shall be JSON.
table json <<END
failed:json.depth $url/files/deep.json
failed:json.depth $url/files/deep_object.json
failed:json.depth $url/deep?depth=100000
failed:json.depth|failed:json.syntax $url/files/open.json
failed:json.syntax $url/files/cut.json
failed:json.syntax $url/files/two.json
failed:json.syntax $url/files/nan.json
failed:json.syntax $url/files/bytes.json
failed:json.syntax $url/files/overlong.json
failed:json.syntax $url/files/control.json
failed:json.syntax $url/files/html.json
failed:json.syntax $url/files/page.html
ok $url/files/empty.json
ok $url/files/null.json
ok $url/files/odd.json
failed:json.syntax $url/files/lone.json
ok $url/files/nul.json
ok $url/files/esc.json
END
job json 'as = "json"'
expect_status 1 timeout 60 "$penstock" run json.toml
check_table json
python3 - <<'PY' || fail "numbers, keys and surrogates come through as the manual says"
import json
rows = {}
for line in open("json.jsonl"):
    row = json.loads(line)
    rows[row["url"].rsplit("/", 1)[1]] = (line, row)
line, row = rows["odd.json"]
assert '"big":123456789012345678901234567890.10' in line and '"exp":1e400' in line and '"neg":-0.0' in line, line
assert row["get"]["a"] == 2, row
PY

# The same with fan-out: a pointer that leads nowhere, or to something else.
table each <<END
failed:each.missing $url/files/null.json
failed:each.missing $url/files/empty.json
failed:each.type $url/files/good.json?type=x
failed:json.depth $url/files/deep.json
END
job each 'each = "/list"'
sed -i 's|good.json?type=x|good_type.json|' each.jsonl.in
echo '{"list":{"n":1}}' >web/good_type.json
stop_lab
start_lab --listen "127.0.0.1-127.0.0.2:$port" --folder web
expect_status 1 timeout 60 "$penstock" run each.toml
check_table each

# What stands in a body that shall be text.
table text <<END
ok $url/files/page.html
ok $url/files/page.html?latin1
ok $url/files/raw_bytes.txt
ok $url/files/utf16.txt?charset=utf-16
failed:text.charset $url/files/page.html?charset=klingon
failed:text.binary $url/files/page.html?type=image/png
failed:text.binary $url/files/binary.bin
ok|failed:text.too_deep $url/files/deep.html
ok $url/files/nul.html
END
job text 'as = "text"'
expect_status 1 timeout 60 "$penstock" run text.toml
check_table text

table types <<END
ok $url/files/page.html
skipped:skipped.type $url/files/page.html?type=application/zip
skipped:skipped.type $url/ok?flood&type=video/mp4
failed:http.404 $url/files/none.html
END
job types 'accept = ["text/html", "application/json"]'
expect_status 1 timeout 60 "$penstock" run types.toml
check_table types

# Chains of pages that do not end, or lead somewhere else.
echo '{"list":[{"n":1}],"next":{"a":1}}' >web/next_object.json
echo '{"list":[{"n":1}],"next":"file:///etc/passwd"}' >web/next_file.json
table next <<END
failed:next.type $url/files/next_object.json
failed:url.scheme $url/files/next_file.json
END
stop_lab
start_lab --listen "127.0.0.1-127.0.0.2:$port" --folder web
job next 'each = "/list"' 'next = "/next"' 'pages_max = 5'
expect_status 1 timeout 60 "$penstock" run next.toml
check_table next
