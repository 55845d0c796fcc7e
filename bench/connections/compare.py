#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
"""Read one JSON line a run; say medians, the efficiency, and what a connection costs. Exits 1 if answers differ."""
import json
import sys
from collections import defaultdict
from statistics import median

runs = defaultdict(lambda: defaultdict(list))
for line in sys.stdin:
    run = json.loads(line)
    if run['bytes'] != run['requests'] * 1024:
        sys.exit(f'{run["rival"]} got {run["bytes"]} bytes of {run["requests"] * 1024}')
    runs[run['case']][run['rival']].append(run)

base_kib = runs.pop('base')['penstock'][0]['workers_kib']
print(f'{"workers x connections, delay":30} {"peak":>12} {"epoll /s":>9} {"ours /s":>9} {"efficiency":>10} {"KiB each":>9}')
for case, rivals in runs.items():
    ours, epoll = rivals['penstock'], rivals['epoll']
    peaks = sorted({run['peak'] for run in ours})
    workers = int(case.split()[0])
    each = median(run['workers_kib'] - workers * base_kib for run in ours) / ours[0]['connections']
    # Each round by itself: the two ran next to each other.
    efficiency = median(mine['per_s'] / theirs['per_s'] for mine, theirs in zip(ours, epoll))
    print(f'{case:30} {",".join(map(str, peaks)):>12} {median(run["per_s"] for run in epoll):>9.0f}'
          f' {median(run["per_s"] for run in ours):>9.0f} {efficiency:>10.3f} {each:>9.1f}')
