"""A host that is killed again and again, at any moment, during transactions and moves on one state folder."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.platform.storage import Storage

from forgesim.platform.kvs.service import Kvs, Regions

TRANSACTIONS = 1_000
AT_LEAST = 20
"""Kills. Each run is killed after a number of acknowledgements that is drawn, and a moment later."""

HOST = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from forgesim.platform.kvs.service import Kvs, Regions
from tests.platform.storage import ENTITIES, NOW
import msgspec

kvs = Kvs(Regions(Path(sys.argv[1])), query_lag_ms=500)
first = int(sys.argv[2])
homes = [home for home in ("US", "EU") if kvs.rows("one", home)] or ["US"]
assert len(homes) == 1, homes
home = homes[0]
for number in range(first, 1_000):
    if number % 25 == 0:
        target = "EU" if home == "US" else "US"
        kvs.move("one", home, target)
        home = target
    asked = {
        "set": [
            *({"key": "plain:%d:%d" % (number, each), "value": number} for each in range(19)),
            {"key": "held:%d" % number, "value": "x" * 3000},
            {"key": "row:%d" % number, "entityName": "employee", "value": {"team": "t", "age": number}},
            {"key": "turns", "entityName": "employee", "value": {"team": "last", "age": number}},
            {"key": "last", "value": number},
        ],
        "delete": [{"key": "held:%d" % (number - 1)}],
    }
    body = msgspec.json.encode(asked)
    answer = kvs.perform("one", home, "/api/v1/transaction", body, NOW + number * 100, entities=ENTITIES)
    assert answer.status == 204, answer
    os.write(1, b"done %d\\n" % number)
"""

ROOT = Path(__file__).parents[2]


def run_and_kill(folder: Path, first: int, draw: random.Random) -> int:
    """Start the host, kill it, and tell the last transaction that it acknowledged."""
    wanted = draw.randint(1, TRANSACTIONS // AT_LEAST)
    program = [sys.executable, "-c", HOST, str(folder), str(first), str(ROOT)]
    with subprocess.Popen(program, stdout=subprocess.PIPE) as host:
        assert host.stdout is not None
        told = b""
        while told.count(b"\n") < wanted and (more := os.read(host.stdout.fileno(), 4096)):
            told += more
        time.sleep(draw.uniform(0, 0.004))
        host.send_signal(signal.SIGKILL)
        told += host.stdout.read()
    assert host.returncode in (-signal.SIGKILL, 0)
    return max(map(int, re.findall(rb"done (\d+)\n", told)), default=first - 1)


def state_of(folder: Path) -> tuple[str, dict[tuple[str, str], str], list[str]]:
    """The one region that has rows, the rows, and the keys that the index has in order."""
    with Regions(folder) as regions:
        kvs = Kvs(regions)
        found = {home: kvs.rows("one", home) for home in ("US", "EU")}
        homes = [home for home, rows in found.items() if rows]
        assert len(homes) <= 1
        home = homes[0] if homes else "US"
        keys: list[str] = []
        asked: dict[str, Any] = {
            "entityName": "employee", "indexName": "by-team-age", "partition": ["t"], "limit": 100,
        }  # fmt: skip
        store = Storage(kvs)
        while True:
            store.now += 60_000
            page = store.page(asked, region=home)
            keys += [row["key"] for row in page["data"]]
            if "cursor" not in page:
                break
            asked["cursor"] = page["cursor"]
        return home, {(name, key): value for name, key, value in found[home]}, keys


def expected(last: int) -> dict[tuple[str, str], str]:
    rows = {("kvs", f"plain:{number}:{each}"): str(number) for number in range(last + 1) for each in range(19)}
    rows |= {("entity employee", f"row:{n}"): f'{{"team":"t","age":{n}}}' for n in range(last + 1)}
    if last >= 0:
        rows |= {
            ("kvs", "last"): str(last),
            ("entity employee", "turns"): f'{{"team":"last","age":{last}}}',
            ("kvs", f"held:{last}"): f'"{"x" * 3000}"',
        }
    return rows


@pytest.mark.slow
def test_no_acknowledged_write_is_lost_no_transaction_is_half_and_no_row_is_in_two_regions(tmp_path: Path) -> None:
    draw, first, kills = random.Random(7), 0, 0
    while first < TRANSACTIONS:
        acknowledged = run_and_kill(tmp_path, first, draw)
        kills += 1
        _, rows, keys = state_of(tmp_path)
        last = int(rows.get(("kvs", "last"), "-1"))
        assert last in (acknowledged, acknowledged + 1)
        assert rows == expected(last)
        assert keys == [f"row:{number}" for number in range(last + 1)]
        first = last + 1
    assert kills >= AT_LEAST
