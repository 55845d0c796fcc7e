#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
"""usage: penstock.py PROGRAM URL WORKERS CONNECTIONS REQUESTS

One `penstock run` over a range: every answer recorded in the ledger and in JSONL. Prints one line of
JSON: seconds and CPU of all its processes, and how far each worker's memory has grown at most.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

JOB = '''
[input]
range = "1..{requests}"
[workers]
processes = {workers}
concurrency = {connections}
[[step]]
name = "page"
http = "{url}"
as = "bytes"
[output]
jsonl = "pages.jsonl"
'''


def workers_of(pid):
    """The pids of all processes of this session that are workers."""
    found = []
    for name in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{name}/stat') as file:
                stat = file.read()
        except OSError:
            continue  # It has ended.
        session = stat.rpartition(')')[2].split()[3]
        if '(penstock-w' in stat and int(session) == pid:
            found.append(int(name))
    return found


def memory_kib(pid):
    try:
        with open(f'/proc/{pid}/status') as file:
            return int(re.search(r'VmHWM:\s+(\d+)', file.read())[1])
    except (OSError, TypeError):
        return 0  # It has ended.


class Watch(threading.Thread):
    """The most memory that each worker had; looks ten times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.kib = pid, {}
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(0.1):
            for pid in workers_of(self.pid):
                self.kib[pid] = max(self.kib.get(pid, 0), memory_kib(pid))


def main():
    program, url, workers, connections, requests = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
    with tempfile.TemporaryDirectory() as folder:
        job = os.path.join(folder, 'job.toml')
        with open(job, 'w') as file:
            file.write(JOB.format(url=url, workers=workers, connections=connections, requests=requests))
        began = time.monotonic()
        run = subprocess.Popen([program, 'run', job, '-q'], start_new_session=True)
        watch = Watch(run.pid)
        watch.start()
        _, status, use = os.wait4(run.pid, 0)
        seconds = time.monotonic() - began
        run.returncode = os.waitstatus_to_exitcode(status)
        watch.ended.set()
        watch.join()
        if run.returncode != 0:
            sys.exit(f'penstock run ended with {run.returncode}')
        rows = bytes_ = 0
        with open(os.path.join(folder, 'pages.jsonl'), 'rb') as file:
            for line in file:
                rows += 1
                bytes_ += len(json.loads(line)['page']['body'])
        if rows != requests:
            sys.exit(f'{rows} rows for {requests} items')
    # wait4 counts the run and all that it waited for: zygote and workers.
    print(json.dumps({
        'rival': 'penstock', 'connections': workers * connections, 'requests': requests, 'bytes': bytes_,
        'cpu_us': (use.ru_utime + use.ru_stime) * 1e6 / requests, 'per_s': requests / seconds,
        'rss_kib': use.ru_maxrss, 'workers_kib': sum(watch.kib.values()), 'seconds': seconds}))


main()
