#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
"""usage: program.py PROGRAM URL CONNECTIONS REQUESTS, PROGRAM one of curl, wget2, wrk, or a path of penstock

Runs a program that is no rival of our own making, counts what it got, and prints one line of JSON. curl and
wget2 write bodies to one file; wrk drops them, so its count is its own; penstock records every answer in its
ledger and in JSONL.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import measure

JOB = '''
[input]
range = "1..{requests}"
[workers]
processes = 1
concurrency = {connections}
[[step]]
name = "page"
http = "{url}?i={{n}}"
as = "bytes"
[output]
jsonl = "pages.jsonl"
'''


def write(path, text):
    with open(path, 'w') as file:
        file.write(text)


def command(program, url, connections, requests):
    """What to run in an empty folder; its input is written there."""
    if program == 'curl':
        write('urls', f'url = "{url}?i=[1-{requests}]"\noutput = "/dev/null"\nwrite-out = "%{{size_download}}\\n"\n')
        return ['curl', '-s', '--no-progress-meter', '--parallel', '--parallel-immediate', '--parallel-max', str(connections), '-K', 'urls']
    if program == 'wget2':
        write('urls', ''.join(f'{url}?i={i}\n' for i in range(requests)))
        return ['wget2', '-q', '--no-config', '--max-threads', str(connections), '-i', 'urls', '-O', 'bodies']
    if program == 'wrk':
        seconds = max(2, requests // 25_000)
        return ['wrk', '-t', '1', '-c', str(connections), '-d', f'{seconds}s', url]
    write('job.toml', JOB.format(url=url, connections=connections, requests=requests))
    return [program, 'run', 'job.toml', '-q']


def answers(program, printed, requests):
    """How many answers, and the bytes of their bodies, from what the program left."""
    if program == 'curl':
        sizes = list(map(int, printed.split()))
        return len(sizes), sum(sizes)
    if program == 'wget2':
        return requests, os.path.getsize('bodies')
    if program == 'wrk':
        count = int(re.search(r'(\d+) requests in', printed)[1])
        if 'Non-2xx' in printed or 'Socket errors' in printed:
            sys.exit(printed)
        return count, count * 1024
    rows = bytes_ = 0
    with open('pages.jsonl', 'rb') as file:
        for row in file:
            rows += 1
            bytes_ += len(json.loads(row)['page']['body'])
    return rows, bytes_


def main():
    program, url, connections, requests = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        arguments = command(program, url, connections, requests)
        with open('printed', 'w+') as printed:
            began = time.monotonic()
            run = subprocess.Popen(arguments, stdout=printed)
            _, status, use = os.wait4(run.pid, 0)  # With all that it waited for: our zygote and workers.
            seconds = time.monotonic() - began
            run.returncode = os.waitstatus_to_exitcode(status)
            if run.returncode != 0:
                sys.exit(f'{program} ended with {run.returncode}')
            printed.seek(0)
            count, bytes_ = answers(program, printed.read(), requests)
        if program != 'wrk' and count != requests:
            sys.exit(f'{program} got {count} answers of {requests}')
        os.chdir('/')
    measure.line(os.path.basename(program), connections, count, bytes_, use, seconds)


main()
