#!/usr/bin/python3
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
"""usage: rival_httpx.py URL CONNECTIONS REQUESTS: workers in one loop, bodies read and counted."""
import asyncio

import httpx

import measure


async def work(client, url, left):
    count = 0
    while left:
        left.pop()
        answer = await client.get(url)
        if answer.status_code != 200:
            raise SystemExit(f'answered {answer.status_code}')
        count += len(answer.content)
    return count


async def fetch(url, connections, requests):
    left = [None] * requests
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        return sum(await asyncio.gather(*(work(client, url, left) for _ in range(connections))))


measure.report('httpx', lambda *load: asyncio.run(fetch(*load)))
