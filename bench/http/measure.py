# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
"""What the rivals that are not C++ have in common: arguments, clocks, one line of JSON, as measure.h."""
import json
import resource
import sys
import time


def line(rival, connections, requests, bytes_, use, seconds):
    print(json.dumps({'rival': rival, 'connections': connections, 'requests': requests, 'bytes': bytes_,
                      'cpu_us': (use.ru_utime + use.ru_stime) * 1e6 / requests, 'per_s': requests / seconds,
                      'rss_kib': use.ru_maxrss}))


def report(rival, fetch):
    """`fetch` gets URL, connections and requests, and gives the bytes of all bodies."""
    url, connections, requests = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    began = time.monotonic()
    bytes_ = fetch(url, connections, requests)
    # Of the whole process, imports included, as for the others.
    line(rival, connections, requests, bytes_, resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - began)
