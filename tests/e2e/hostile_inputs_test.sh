#!/usr/bin/env bash
# Whatever stands in the input, each item ends in its own kind, or the file is refused with its place; what
# items hold is data in URLs, headers, JSON, file names, CSV and terminals.
. "$(dirname "$0")/harness.sh"
. "$tests/e2e/table.sh"

mkdir web
echo '{"fine":true}' >web/good.json
start_lab --listen 127.0.0.1:0 --folder web

# What cannot be requested fails before anything is sent.
table urls <<END
ok $url/ok?i=1
failed:url.syntax|failed:url.scheme not a url
failed:url.syntax|failed:url.scheme /relative
failed:url.scheme|failed:url.syntax ftp://127.0.0.1/x
failed:url.scheme|failed:url.syntax file:///etc/passwd
failed:url.scheme|failed:url.syntax gopher://127.0.0.1/
failed:url.scheme|failed:url.syntax data:text/plain,x
failed:url.scheme|failed:url.syntax unix:/var/run/x.sock
failed:url.scheme|failed:url.syntax javascript:alert(1)
failed:url.userinfo http://user:secret@127.0.0.1:%PORT%/ok
failed:url.syntax http://127.0.0.1:99999/
failed:url.syntax http://[::1/
failed:url.syntax|failed:dns.unknown|failed:dns.timeout http:///no-such-host.invalid
failed:dns.unknown|failed:dns.timeout|failed:url.syntax http://exa mple.invalid/
ok $url/ok?q=\$(touch\${IFS}pwned);\`id\`|&'">< -rf
ok $url/ok?q={url}{{id}}\${HOME}
ok $url/ok?q=%0d%0aX-Injected:%201
ok -x -rf
END
sed -i "s|\"url\": \"-x -rf\"|\"url\": \"$url/ok?-x%20-rf\"|" urls.jsonl.in
python3 - "$url" >>urls.jsonl.in <<'PY'
import json, sys
print(json.dumps({"id": "long", "url": sys.argv[1] + "/ok?" + "x" * 70000}))
PY
job urls
expect_status 1 timeout 60 "$penstock" run urls.toml
check_table urls
grep '"key":"long"' urls.jsonl | grep -q '"kind":"url.syntax"' || fail "a URL of 70,000 bytes"
[ ! -e pwned ] || fail "a shell has seen an item"
expect_status 1 "$penstock" errors urls

# Items in headers, JSON, forms and queries: no second header, no second expansion, no code.
cat >places.jsonl.in <<'END'
{"id":"plain","t":"plain"}
{"id":"crlf","t":"a\r\nX-Injected: 1"}
{"id":"nul","t":"a\u0000b"}
{"id":"esc","t":"\u001b]0;EVIL\u0007"}
{"id":"quote","t":"\",\"x\":\"y\\"}
{"id":"braces","t":"{id}{{t}}${HOME}{env.HOME}{secret.X}"}
{"id":"amp","t":"a&b=c#d%41+ ?"}
{"id":"bidi","t":"\u202egpj.exe"}
END
cat >places.toml <<TOML
[input]
jsonl = { file = "places.jsonl.in", key = "id" }
[workers]
processes = 1
[[step]]
name = "json"
http = "$url/echo?q={t}"
json = { t = "{t}", "k" = ["{t}"] }
repeatable = true
as = "json"
[[step]]
name = "form"
http = "$url/echo?form={t}"
form = { t = "{t}" }
repeatable = true
as = "json"
[[step]]
name = "head"
http = "$url/echo"
headers = { X-Item = "{t}" }
as = "json"
[output]
jsonl = "places.jsonl"
columns = ["key", "status", "kind", "t", "json", "form", "head"]
TOML
expect_status 1 timeout 60 "$penstock" run places.toml
python3 - <<'PY' || fail "items are data in every place"
import json, urllib.parse
rows = {}
for line in open("places.jsonl", encoding="utf-8", errors="strict"):
    row = json.loads(line)
    rows[row["key"]] = row
assert set(rows) == {"plain", "crlf", "nul", "esc", "quote", "braces", "amp", "bidi"}, set(rows)
for key, row in rows.items():
    if key in ("crlf", "nul", "esc"):
        assert row["kind"] == "item.header", (key, row["kind"])
        continue
    assert row["status"] == "ok", row
    assert json.loads(row["json"]["body"]) == {"t": row["t"], "k": [row["t"]]}, row
    assert row["json"]["query"] == {"q": row["t"]}, row["json"]["query"]
    assert urllib.parse.parse_qs(row["form"]["body"], strict_parsing=True)["t"] == [row["t"]], row["form"]
    assert row["head"]["headers"]["X-Item"] == row["t"], row["head"]
    assert "X-Injected" not in row["head"]["headers"], row["head"]
PY

reads() { # reads NAME INPUT-LINE: a job NAME.toml that only reads; its rows are in NAME.rows
  rm -rf "$1.run" "$1.rows"
  cat >"$1.toml" <<TOML
[input]
$2
[workers]
processes = 1
[run]
keep_order = true
[[step]]
name = "s"
noop = true
[output]
jsonl = "$1.rows"
TOML
}

# endings NAME: how each item has ended, in the order of the input.
endings() { python3 -c 'import json, sys
print(" ".join(row["status"] + (":" + row["kind"] if row["kind"] else "") for row in map(json.loads, open(sys.argv[1]))))' "$1.rows"; }

# Lines: bad bytes, blanks, a line that is too long, the end without a line end.
printf 'good\n\xff\xfe\n\n  \n$(touch pwned)\n-rf\nnul\0here\n\xe2\x80\xae\xcc\x81\nlast' >l.txt
reads l 'lines = "l.txt"'
expect_status 1 "$penstock" run l.toml
[ "$(endings l)" = "ok failed:input.encoding ok ok ok ok ok" ] || fail "lines: $(endings l)"

# CSV: what makes one row bad, and what makes the file doubtful.
printf 'id,name\n1,a\n2,b,c\n3\n4,"x"y\n5,"multi\nline"\n\n6,=1+1\n' >c.csv
reads c 'csv = { file = "c.csv", key = "id" }'
expect_status 1 "$penstock" run c.toml
[ "$(endings c)" = "ok failed:input.columns failed:input.columns failed:input.quote ok ok" ] ||
  fail "csv: $(endings c)"
printf '\xef\xbb\xbfid,name\r\n1,a\r\n' >bom.csv
reads bom 'csv = { file = "bom.csv", key = "id" }'
expect_status 0 "$penstock" run bom.toml
refused() { # refused NAME INPUT KIND-WORDS: exit code 5 or 2, the file's name and place on stderr
  local status=0
  reads "$1" "$2"
  "$penstock" run "$1.toml" >out 2>err || status=$?
  [ "$status" = 5 ] || [ "$status" = 2 ] || { cat err; fail "$1: exit status $status"; }
  grep -q "$3" err || { cat err; fail "$1: no word of $3"; }
}
printf 'id,name\n1,a\n2,"never closed\n3,c\n' >open.csv
refused open 'csv = "open.csv"' 'open.csv:3'
printf 'id,id\n1,2\n' >twice.csv
refused twice 'csv = "twice.csv"' 'twice.csv'
: >empty.csv
refused empty 'csv = "empty.csv"' 'empty.csv'
printf 'id\n1\n' | iconv -t UTF-16 >wide.csv
refused wide 'csv = "wide.csv"' 'UTF-16'
printf 'a\n' | iconv -t UTF-16LE >wide.txt
printf 'id,name\n' >none.csv
reads none 'csv = "none.csv"'
expect_status 0 "$penstock" run none.toml
refused nokey 'csv = { file = "c.csv", key = "nokey" }' 'nokey'
gzip -c c.csv | head -c 30 >cut.csv.gz
refused cutgz 'csv = "cut.csv.gz"' 'cut.csv.gz'

# JSON lines.
printf '{"id":1}\n{"id":\n\n[1,2]\n7\n"x"\n{"id":2}{"id":3}\n{"a":"\\ud800"}\n{"id":4,"id":5}\n\xff\n' >j.jsonl
python3 -c 'print("[" * 100000 + "]" * 100000)' >>j.jsonl
printf '{"big":12345678901234567890123456789.00}\n' >>j.jsonl
reads j 'jsonl = "j.jsonl"'
expect_status 1 "$penstock" run j.toml
python3 - <<'PY' || fail "JSON lines end as they should"
import json
rows = [json.loads(l) for l in open("j.rows")]
kinds = [(r["status"] + ":" + (r["kind"] or "")).rstrip(":") for r in rows]
bad = "failed:input.json"
assert kinds == ["ok", bad, "ok", "ok", "ok", bad, bad, "ok", bad, bad, "ok"], kinds
assert '"big":12345678901234567890123456789.00' in open("j.rows").read()
assert [r.get("id") for r in rows][7] == 5
PY

# 100,000 columns, and a line of 200 MiB: bounded memory.
python3 - <<'PY'
n = 100_000
open("wide100k.csv", "w").write(",".join("c%d" % i for i in range(n)) + "\n" + ",".join("%d" % i for i in range(n)) + "\n")
with open("long.txt", "w") as out:
    out.write("first\n")
    for _ in range(200): out.write("x" * (1 << 20))
    out.write("\nlast\n")
PY
reads wide100k 'csv = "wide100k.csv"'
expect_status 0 "$penstock" run wide100k.toml
check "rows of 100,000 columns" "$(rows wide100k.rows)" -eq 1
reads long 'lines = "long.txt"'
status=0
most=150
! ldd "$penstock" | grep -q libtsan || most=400 # It keeps several bytes of its own for each of ours.
/usr/bin/env python3 - "$penstock" "$most" <<'PY' || status=$?
import resource, subprocess, sys
code = subprocess.call([sys.argv[1], "run", "long.toml", "--quiet"])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print("peak %d MiB" % peak)
sys.exit(0 if code == 1 and peak < int(sys.argv[2]) else 99)
PY
check "a line of 200 MiB, in bounded memory" "$status" -eq 0
[ "$(endings long)" = "ok failed:input.too_long ok" ] || fail "long line: $(endings long)"
check "bytes of its row" "$(wc -c <long.rows)" -le 100000

# Files with hostile names are items like others.
mkdir globbed
python3 - <<'PY'
import os
for name in [b"plain.txt", b"-rf.txt", b"two words.txt", b"new\nline.txt", b"\x1b]0;EVIL\x07.txt", b"quote'\".txt",
             b"$(touch pwned).txt", "caf\u00e9 \u65e5\u672c.txt".encode(), b"\xff\xfe.txt", b"*.txt", b".hidden.txt"]:
    open(b"globbed/" + name, "w").write("x")
os.symlink("/etc/passwd", "globbed/link.txt")
os.symlink("nowhere", "globbed/dangling.txt")
os.mkdir("globbed/folder.txt")
os.mkfifo("globbed/fifo.txt")
PY
reads g 'glob = "globbed/*.txt"'
expect_status 1 timeout 30 "$penstock" run g.toml
check "files found" "$(rows g.rows)" -eq 11
check "names that are no text" "$(grep -c input.encoding g.rows)" -eq 1
if grep -q $'\x1b' g.rows out err; then fail "an escape has reached a terminal"; fi

# Names of output files: inside the folder, one an item, nothing overwritten.
python3 - <<'PY'
import json
names = ["plain", "../../escape", "/etc/passwd", "a/b", "..", ".", "", ".hidden", "nul\0byte", "x" * 5000, "Case", "case", "CASE",
         "caf\u00e9", "cafe\u0301", "\u65e5\u672c", "\x1b[31mred", "new\nline", "-rf", "con", "a.", "a ", ".penstock", ".penstock/names.db", "\u202egpj"]
with open("names.jsonl", "w") as out:
    for i, name in enumerate(names + names):
        out.write(json.dumps({"id": i, "n": name}) + "\n")
PY
mkdir -p safe
ln -s /tmp safe/link
echo mine >safe/plain.txt
cat >names.toml <<TOML
[input]
jsonl = { file = "names.jsonl", key = "id" }
[workers]
processes = 1
[[step]]
name = "s"
http = "$url/ok?i={id}"
[output]
files = "safe/{n}.txt"
content = "{id}"
TOML
expect_status 0 "$penstock" run names.toml
python3 - <<'PY' || fail "file names"
import os
inside, outside = [], []
for folder, folders, files in os.walk("safe"):
    folders[:] = [f for f in folders if f != ".penstock"]
    inside += [os.path.join(folder, f) for f in files]
texts = sorted(int(open(f).read()) for f in inside if os.path.isfile(f) and open(f).read().strip() != "mine")
assert texts == list(range(50)), texts
assert open("safe/plain.txt").read() == "mine\n"
assert not os.path.exists("../escape.txt") and not os.path.exists("../../escape.txt")
assert all(ord(c) >= 32 and c != "\x7f" for f in inside for c in f), inside
PY
expect_status 0 "$penstock" run names.toml
check "files after a second run" "$(find safe -path '*/.penstock' -prune -o -type f -printf x | wc -c)" -eq 51

# A spreadsheet's formulas: as they are, or with a quote before them when asked (a number is none).
printf '{"t":"=1+1"}\n{"t":"+1+2"}\n{"t":"-1"}\n{"t":"@x"}\n{"t":"\\tx"}\n{"t":"plain"}\n{"t":"a,\\"b\\""}\n' >f.in
cat >f.toml <<'TOML'
[input]
jsonl = "f.in"
[workers]
processes = 1
[run]
keep_order = true
[[step]]
name = "s"
noop = true
[output]
csv = "f.csv"
columns = ["t"]
TOML
expect_status 0 "$penstock" run f.toml
python3 -c 'import csv
assert [r[0] for r in csv.reader(open("f.csv"))] == ["t", "=1+1", "+1+2", "-1", "@x", "\tx", "plain", "a,\"b\""]'
sed 's|f.csv|g.csv|; $a spreadsheet_safe = true' f.toml >fs.toml
expect_status 0 "$penstock" run fs.toml
python3 -c 'import csv
assert [r[0] for r in csv.reader(open("g.csv"))] == ["t", "\x27=1+1", "\x27+1+2", "-1", "\x27@x", "\x27\tx", "plain", "a,\"b\""]'
