#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
"""Read one JSON line a run; say least, spread and ratio for each rival. Exits 1 if answers differ."""
import json
import sys
from collections import defaultdict

runs = defaultdict(list)
for line in sys.stdin:
    run = json.loads(line)
    if run['bytes'] != run['requests'] * 1024:
        sys.exit(f'{run["rival"]} got {run["bytes"]} bytes of {run["requests"] * 1024}')
    runs[run['connections'], run['rival']].append(run)

print(f'{"connections":>11} {"rival":>8} {"us CPU":>8} {"worst":>8} {"x bare":>7} {"per s":>8} {"RSS MiB":>8}')
for (connections, rival), found in sorted(runs.items()):
    least = min(run['cpu_us'] for run in found)
    bare = min(run['cpu_us'] for run in runs[connections, 'bare']) if runs[connections, 'bare'] else float('nan')
    print(f'{connections:>11} {rival:>8} {least:>8.2f} {max(run["cpu_us"] for run in found):>8.2f} {least / bare:>7.2f}'
          f' {max(run["per_s"] for run in found):>8.0f} {max(run["rss_kib"] for run in found) / 1024:>8.1f}')
