#!/usr/bin/python3
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
"""usage: rival_aiohttp.py URL CONNECTIONS REQUESTS [uvloop]: workers in one loop, bodies read and counted."""
import asyncio
import sys

import aiohttp

import measure


async def work(session, url, left):
    count = 0
    while left:
        left.pop()
        async with session.get(url) as answer:
            body = await answer.read()
            if answer.status != 200:
                raise SystemExit(f'answered {answer.status}')
            count += len(body)
    return count


async def fetch(url, connections, requests):
    left = [None] * requests
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as session:
        return sum(await asyncio.gather(*(work(session, url, left) for _ in range(connections))))


name = 'aiohttp'
if sys.argv[4:] == ['uvloop']:
    import uvloop
    uvloop.install()
    name = 'uvloop'
measure.report(name, lambda *load: asyncio.run(fetch(*load)))
