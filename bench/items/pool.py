#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
"""The same no-op over as many numbers with multiprocessing.Pool.imap in chunks of 1,024: nothing is
recorded. usage: pool.py ITEMS; prints seconds, seconds of CPU, and the sum of what came back."""
import multiprocessing
import resource
import sys
import time


def noop(number):
    return number


def main():
    items = int(sys.argv[1])
    began = time.monotonic()
    with multiprocessing.Pool(1) as pool:
        total = sum(pool.imap(noop, range(1, items + 1), chunksize=1024))
        pool.close()
        pool.join()
    wall = time.monotonic() - began
    cpu = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        use = resource.getrusage(who)
        cpu += use.ru_utime + use.ru_stime
    print(f"{wall:.3f} {cpu:.3f} {total}")


if __name__ == "__main__":
    main()
