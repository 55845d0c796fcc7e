#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
"""Runs `penstock run JOB --json` once and measures it from outside.

usage: measure.py PENSTOCK JOB ITEMS ALREADY_DONE

Checks the rows in the ledger before it says a time. Prints one line: items/s, seconds, CPU seconds of
the engine and of its workers, peak RSS of the engine in MiB, bytes of ledger an item beside its value,
rate of the last million over that of the first, seconds to the first new row."""
import json
import os
import re
import sqlite3
import subprocess
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")
MILLION = 1_000_000


def of_status(pid, name):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(rf"^{name}:\s+(\d+) kB", status.read(), re.M).group(1))


def cpu_s(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Watch:
    """Peak RSS and CPU of the engine, CPU of its workers, as last seen in /proc."""

    def __init__(self, pid):
        self.pid = pid
        self.peak_kib = 0
        self.engine_cpu = 0.0
        self.others = {}

    def look(self):
        try:
            self.peak_kib = max(self.peak_kib, of_status(self.pid, "VmHWM"))
            self.engine_cpu = cpu_s(self.pid)
            with open(f"/proc/{self.pid}/task/{self.pid}/children") as children:
                for child in children.read().split():
                    self.others[child] = cpu_s(child)
        except (FileNotFoundError, ProcessLookupError, AttributeError):
            pass


def drive(penstock, job):
    events = []
    began = time.monotonic()
    run = subprocess.Popen([penstock, "run", job, "--json"], stderr=subprocess.PIPE,
                           stdout=subprocess.DEVNULL, text=True)
    watch = Watch(run.pid)
    for line in run.stderr:
        watch.look()
        if not line.startswith("{"):
            continue
        event = json.loads(line)
        if event.get("event") in ("progress", "end"):
            events.append((event["elapsed_s"], event["items"]["done"]))
    status = run.wait()
    if status != 0:
        sys.exit(f"measure.py: penstock ended with {status}")
    return time.monotonic() - began, events, watch


def time_at(events, items):
    """When so many items were done, between the two events around."""
    before = (0.0, 0)
    for at, done in events:
        if done >= items:
            share = (items - before[1]) / max(done - before[1], 1)
            return before[0] + share * (at - before[0])
        before = (at, done)
    return before[0]


def check_rows(folder, items):
    database = sqlite3.connect(f"file:{folder}/ledger.db?mode=ro", uri=True)
    rows, different, total, values = database.execute(
        "SELECT count(*), count(DISTINCT item), "
        "sum(CAST(trim(substr(value, instr(value, ':') + 1), '\"}') AS INTEGER)), "
        "sum(length(value)) FROM verdict WHERE redone = 0 AND status = 1").fetchone()
    if (rows, different, total) != (items, items, items * (items + 1) // 2):
        sys.exit(f"measure.py: {rows} rows, {different} items, sum {total}: not 1..{items}")
    return values


def first_work_at(folder, done_before):
    """Wall time at which the first item that was not done before was granted."""
    database = sqlite3.connect(f"file:{folder}/ledger.db?mode=ro", uri=True)
    return database.execute(
        "SELECT (min(started) + (SELECT value FROM run WHERE name = 'created')) / 1000.0 "
        "FROM verdict WHERE seq > ?", (done_before,)).fetchone()[0]


def main():
    penstock, job, items, done_before = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    folder = job.removesuffix(".toml") + ".run"
    began_at = time.time()
    wall, events, watch = drive(penstock, job)
    values = check_rows(folder, items)
    bytes_of_ledger = os.path.getsize(f"{folder}/ledger.db")
    begin = events[0][1]
    first = time_at(events, begin + MILLION) - events[0][0] if items > 2 * MILLION else 0
    last = events[-1][0] - time_at(events, items - MILLION) if items > 2 * MILLION else 0
    print(json.dumps({
        "items_per_s": round((items - done_before) / wall), "wall_s": round(wall, 2),
        "engine_us": round(1e6 * watch.engine_cpu / max(items - done_before, 1), 2),
        "workers_us": round(1e6 * sum(watch.others.values()) / max(items - done_before, 1), 2),
        "rss_mib": round(watch.peak_kib / 1024, 1),
        "bytes_an_item": round((bytes_of_ledger - values) / items, 1),
        "last_to_first": round(first / last, 2) if last > 0 else None,
        "first_work_s": round(first_work_at(folder, done_before) - began_at, 2)}))


if __name__ == "__main__":
    main()
