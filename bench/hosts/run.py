#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
"""usage: bench/hosts/run.py BUILD_FOLDER [HOSTS]

200,000 pages on HOSTS hosts (2,000 if not said), the first 100,000 lines all of one host. The others may
start 2 a second each, the one 2,500. Prints what of the allowed rate was used while all had pages, and
until the end, and the memory of the engine as it goes. Pages are no-ops: it is the queues that are measured.
"""
import os
import subprocess
import sys
import tempfile
import time

PAGES, BIG, BIG_RATE, RATE = 200_000, 100_000, 2500, 2

build = os.path.abspath(sys.argv[1])
hosts = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
folder = tempfile.mkdtemp()
with open(folder + "/pages", "w") as file:
    for page in range(BIG):
        file.write("big.example.org\n")
    for page in range(PAGES - BIG):
        file.write(f"www.host-number-{page % (hosts - 1)}.org\n")
with open(folder + "/job.toml", "w") as file:
    file.write(f"""
[input]
lines = {{ file = "pages", as = "host" }}
[workers]
processes = 2
concurrency = 500
[limit.pages]
rate = "{RATE}/s per {{host}}"
[limit.pages.for."big.example.org"]
rate = "{BIG_RATE}/s"
[[step]]
name = "page"
noop = {{ batch = 1 }}
limit = "pages"
[output]
jsonl = "out.jsonl"
columns = ["status", "host"]
""")


def rss_mib(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    return 0.0


class Rows:
    """Counts rows as they come."""

    def __init__(self, path):
        self.path, self.at, self.all, self.big = path, 0, 0, 0

    def look(self):
        if not os.path.exists(self.path):
            return
        with open(self.path, "rb") as file:
            file.seek(self.at)
            data = file.read()
        data = data[: data.rfind(b"\n") + 1]
        self.at += len(data)
        self.all += data.count(b"\n")
        self.big += data.count(b"big.example.org")


began = time.monotonic()
run = subprocess.Popen([build + "/src/penstock", "run", folder + "/job.toml", "--quiet"])
rows, samples, others_ended, shown_at = Rows(folder + "/out.jsonl"), [], None, 0
while run.poll() is None:
    time.sleep(0.25)
    rows.look()
    now = time.monotonic() - began
    try:
        samples.append((now, rss_mib(run.pid), rows.all))
    except OSError:
        break
    if others_ended is None and rows.all - rows.big >= PAGES - BIG:
        others_ended = (now, rows.all)
    if now >= shown_at:
        print(f"{now:6.1f} s  {rows.all:7d} done  {rows.big:7d} of the one host  {samples[-1][1]:6.1f} MiB", flush=True)
        shown_at += 5
took = time.monotonic() - began
rows.look()
assert run.wait() == 0 and rows.all == PAGES and rows.big == BIG, (rows.all, rows.big)
each = -(-(PAGES - BIG) // (hosts - 1))
at, done = others_ended or (took, PAGES)
allowed = (PAGES - BIG) / (each / RATE) + BIG_RATE
print(f"others: {each} pages each, {at:.1f} s, allowed {each / RATE:.1f} s: {100 * each / RATE / at:.0f} %")
print(f"all: {took:.1f} s, allowed {max(BIG / BIG_RATE, each / RATE):.1f} s: "
      f"{100 * max(BIG / BIG_RATE, each / RATE) / took:.0f} %; {done / at:.0f}/s of {allowed:.0f}/s while all had pages")
half = [rss for when, rss, _ in samples if when > 5 and rss > 0]
print(f"engine memory: {min(half):.1f} to {max(half):.1f} MiB from the 5th second on")
subprocess.run(["rm", "-rf", folder], check=True)
