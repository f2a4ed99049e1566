"""Storage calls per second of CPU through ``Kvs.perform``: in memory, with queries that lag behind as in runs and
proofs, and in a folder with a commit per write.

``python benchmarks/kvs.py [ROUNDS]`` prints one line per place and verb: the best of three rounds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from forgesim.platform.kvs.limits import QUERY_LAG_MS
from forgesim.platform.kvs.service import Kvs, Regions

CALLS = 20_000
KEYS = 2_000
NOW = 1_767_603_600_000
APART_MS = 100
"""Virtual ms from call to call: a minute has 4,000 units."""


def bodies(verb: str) -> list[bytes]:
    """Requests as the sdk writes them, over the same keys again and again."""
    keys = [f"space:DOCS:page:{number % KEYS}:score".encode() for number in range(CALLS)]
    match verb:
        case "set":
            return [b'{"key":"%s","value":{"score":83.25,"pages":12,"day":"2026-01-05"}}' % key for key in keys]
        case "query":
            where = b'{"limit":10,"where":[{"property":"key","condition":"BEGINS_WITH","values":["%s"]}]}'
            return [where % key[:18] for key in keys[:2_000]]
        case _:
            return [b'{"key":"%s"}' % key for key in keys]


def rate(kvs: Kvs, verb: str, rounds: int) -> float:
    calls, path, best, now = bodies(verb), f"/api/v1/{verb}", 0.0, NOW
    for _ in range(rounds):
        began = time.process_time()
        for body in calls:
            now += APART_MS
            assert kvs.perform("one", "US", path, body, now).status < 300
        best = max(best, len(calls) / (time.process_time() - began))
    return best


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        for place, state, lag_ms in (("memory", None, 0), ("lagging", None, QUERY_LAG_MS), ("folder", Path(folder), 0)):
            with Regions(state) as regions:
                kvs = Kvs(regions, query_lag_ms=lag_ms)
                for verb in ("set", "get", "query"):
                    print(f"{place:8} {verb:6} {rate(kvs, verb, rounds):>10,.0f} calls/s")


if __name__ == "__main__":
    main()
