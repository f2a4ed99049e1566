"""Queries of a custom entity by its index, over a growing number of rows, through ``Kvs.perform``.

``python benchmarks/entities.py [MOST]`` fills one partition of one entity with up to MOST rows (1,000,000 unless said),
in a folder as ``--state`` has it, and prints at each power of ten from 1,000 on the median CPU time of a page of ten:
the first, one of a range that is drawn, one of a range descending, one by cursor, and of a get. The last line is the
growth from the first power to the last.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import msgspec

from forgesim.manifest.entities import Entity, Index
from forgesim.platform.kvs.service import Kvs, Regions

ENTITY = Entity(
    name="score",
    attributes={"team": "string", "at": "integer", "label": "string"},
    indexes=(Index(name="by-team-at", range="at", partition=("team",)),),
)
ENTITIES = {ENTITY.name: ENTITY}
BATCH = 25
ASKED = 400
MINUTE_MS = 60_000
decode, encode = msgspec.json.decode, msgspec.json.encode


class Bench:
    """A storage on a clock that moves on with every call, so that no rate is reached."""

    def __init__(self, kvs: Kvs) -> None:
        self._kvs = kvs
        self._now = 1_767_603_600_000
        self.rows = 0

    def call(self, path: str, body: object) -> bytes:
        self._now += 1000
        raw = encode(body)
        answer = self._kvs.perform("one", "US", f"/api/v1/{path}", raw, self._now, entities=ENTITIES)
        assert answer.status < 300, answer
        return answer.body

    def fill(self, count: int) -> float:
        """Rows up to ``count``; CPU seconds that it took."""
        began = time.process_time()
        for first in range(self.rows, count, BATCH):
            self._now += 5 * MINUTE_MS // 1000
            self.call("batch/set", [
                {"key": f"row:{number:07}", "entityName": "score",
                 "value": {"team": "all", "at": number, "label": f"label {number % 97}"}}
                for number in range(first, min(first + BATCH, count))
            ])  # fmt: skip
        self.rows = count
        return time.process_time() - began

    def query(self, **more: object) -> bytes:
        asked = {"entityName": "score", "indexName": "by-team-at", "partition": ["all"], **more}
        return self.call("entity/query", asked)


def p50_us(ask: Callable[[int], bytes], places: list[int]) -> float:
    times = []
    for place in places:
        began = time.process_time_ns()
        ask(place)
        times.append((time.process_time_ns() - began) / 1000)
    return median(times)


def measure(bench: Bench) -> dict[str, float]:
    draw = random.Random(bench.rows)
    places = [draw.randrange(bench.rows - 200) for _ in range(ASKED)]
    cursor = decode(bench.query(range={"condition": "GREATER_THAN", "values": [0]}))["cursor"]
    following = {"range": {"condition": "GREATER_THAN", "values": [0]}, "cursor": cursor}
    return {
        "first page": p50_us(lambda _: bench.query(), places),
        "range": p50_us(lambda at: bench.query(range={"condition": "BETWEEN", "values": [at, at + 100]}), places),
        "range, descending": p50_us(
            lambda at: bench.query(range={"condition": "LESS_THAN", "values": [at + 100]}, sort="DESC"), places
        ),
        "by cursor": p50_us(lambda _: bench.query(**following), places),
        "one key": p50_us(lambda at: bench.call("entity/get", {"entityName": "score", "key": f"row:{at:07}"}), places),
    }


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder, Regions(Path(folder)) as regions:
        bench = Bench(Kvs(regions))
        found: list[dict[str, float]] = []
        count = 1_000
        while count <= most:
            filled = bench.fill(count)
            found.append(measure(bench))
            told = " · ".join(f"{name} {us:.0f} µs" for name, us in found[-1].items())
            print(f"{count:>9,} rows (filled in {filled:.1f} s CPU): {told}", flush=True)
            count *= 10
        growth = " · ".join(f"{name} {found[-1][name] / found[0][name]:.2f}" for name in found[0])
        print(f"growth {1_000:,} → {count // 10:,}: {growth}")


if __name__ == "__main__":
    main()
