# Sourced by the tests of hostile input: a job over a table of items and of how each must end.
#
#   table NAME <<'END'            lines of: EXPECTED URL, the URL as the item has it (%PORT% is the lab's)
#   job NAME 'as = "json"'        a job NAME.toml that asks for all of them, with good items in between
#   check_table NAME              every item has ended as its line says; the good ones are all ok
#
# EXPECTED is `ok`, `empty`, `skipped:KIND` or `failed:KIND`; several that are right stand with `|` in between.

table() {
  sed "s|%PORT%|$port|g" >"$1.table"
  python3 - "$1" "$url" <<'PY'
import json, sys
name, url = sys.argv[1:]
with open(name + ".jsonl.in", "w") as out:
    for number, line in enumerate(open(name + ".table")):
        item = {"id": "r%d" % number, "url": line.rstrip("\n").split(" ", 1)[1]}
        out.write(json.dumps(item) + "\n")
        out.write(json.dumps({"id": "good%d" % number, "url": "%s/files/good.json?n=%d" % (url, number)}) + "\n")
PY
}

job() { # job NAME SETTINGS...
  local name=$1
  shift
  cat >"$name.toml" <<TOML
[input]
jsonl = { file = "$name.jsonl.in", key = "id" }
[workers]
processes = 2
concurrency = 10
[[step]]
name = "get"
http = "{url}"
timeout = { connect = "2s", first_byte = "1s", idle = "1s", total = "3s" }
retry = { attempts = 1, throttles = 1, circuit = { failures = 1000 } }
$(printf '%s\n' "$@")
[[step]]
name = "row"
noop = true
[output]
jsonl = "$name.jsonl"
columns = ["key", "status", "kind", "error", "attempts", "url", "get"]
TOML
}

check_table() {
  python3 - "$1" <<'PY' || fail "not every item of $1 has ended as it should"
import json, sys
name = sys.argv[1]
rows = {}
for line in open(name + ".jsonl", encoding="utf-8", errors="strict"):
    row = json.loads(line)
    rows.setdefault(row["key"].split("/")[0].split("@")[0], []).append(row)
bad = 0
for number, line in enumerate(open(name + ".table")):
    wanted, url = line.rstrip("\n").split(" ", 1)
    got = {r["status"] + (":" + r["kind"] if r["kind"] else "") for r in rows.get("r%d" % number, [])}
    if len(got) != 1 or not got <= set(wanted.split("|")):
        bad += 1
        print("%s: %s instead of %s" % (url[:120], ",".join(got) or "no row", wanted),
              [r.get("error") for r in rows.get("r%d" % number, [])])
    for row in rows.get("good%d" % number, [{"status": "no row"}]):
        if row["status"] != "ok":
            bad += 1
            print("a good item beside %s: %s" % (url[:120], row))
sys.exit(bad > 0)
PY
}
