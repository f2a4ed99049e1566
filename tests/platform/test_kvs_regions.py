"""Rows at rest: what survives a killed process, and a move that loses and doubles nothing wherever it is cut."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from tests.platform.storage import EMPLOYEE, ENTITIES

from forgesim.errors import InputError
from forgesim.manifest.entities import Entity, Index
from forgesim.platform.kvs.service import Kvs, MoveStage, Regions

NOW = 1_767_603_600_000
KEYS = [f"k{number:03}" for number in range(120)]
STAGES: tuple[MoveStage, ...] = get_args(MoveStage)


@pytest.fixture
def kvs() -> Iterator[Kvs]:
    with Regions(None) as regions:
        yield Kvs(regions)


def store(kvs: Kvs, installation: str, region: str, *keys: str) -> None:
    for key in keys:
        body = b'{"key":"%s","value":"%s"}' % (key.encode(), key.encode())
        assert kvs.perform(installation, region, "/api/v1/set", body, NOW).status == 204


def keys(kvs: Kvs, installation: str, region: str) -> list[str]:
    return [key for _, key, _ in kvs.rows(installation, region)]


def test_rows_lie_in_a_database_of_their_region(tmp_path: Path) -> None:
    with Regions(tmp_path / "state") as regions:
        store(Kvs(regions), "one", "US", "a")
        store(Kvs(regions), "one", "EU", "b")
    with sqlite3.connect(tmp_path / "state" / "EU.sqlite3") as database:
        assert database.execute("SELECT installation, key, value FROM rows").fetchall() == [("one", "b", '"b"')]
    database.close()


def test_rows_are_there_for_the_next_run(tmp_path: Path) -> None:
    with Regions(tmp_path) as regions:
        store(Kvs(regions), "one", "US", *KEYS)
    with Regions(tmp_path) as regions:
        assert keys(Kvs(regions), "one", "US") == KEYS


WRITER = """
import os, signal, sys
from pathlib import Path
from forgesim.platform.kvs.service import Kvs, Regions
kvs = Kvs(Regions(Path(sys.argv[1])))
for number in range(300):
    assert kvs.perform("one", "US", "/api/v1/set", b'{"key":"k%03d","value":1}' % number, 0).status == 204
os.kill(os.getpid(), signal.SIGKILL)
"""

MOVER = """
import os, signal, sys
from pathlib import Path
from forgesim.platform.kvs.service import Kvs, Regions
def cut(stage):
    if stage == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
Kvs(Regions(Path(sys.argv[1]))).move("one", "US", "EU", progress=cut)
"""


def killed(program: str, *arguments: str) -> bool:
    return subprocess.run([sys.executable, "-c", program, *arguments], check=False).returncode == -signal.SIGKILL


def test_an_acknowledged_write_survives_a_killed_process(tmp_path: Path) -> None:
    assert killed(WRITER, str(tmp_path))
    with Regions(tmp_path) as regions:
        assert len(Kvs(regions).rows("one", "US")) == 300


@pytest.mark.parametrize("stage", STAGES)
def test_a_move_that_is_killed_at_any_stage_ends_with_each_row_in_one_region(tmp_path: Path, stage: MoveStage) -> None:
    with Regions(tmp_path) as regions:
        store(Kvs(regions), "one", "US", *KEYS)
        store(Kvs(regions), "two", "US", "mine")
    assert killed(MOVER, str(tmp_path), stage)
    with Regions(tmp_path) as regions:
        kvs = Kvs(regions)
        assert (keys(kvs, "one", "US"), keys(kvs, "one", "EU")) == ([], KEYS)
        assert (keys(kvs, "two", "US"), keys(kvs, "two", "EU")) == (["mine"], [])
        assert regions.moves() == []


class CutError(Exception):
    """The move stops here."""


@pytest.mark.parametrize("stage", STAGES)
def test_a_move_that_fails_at_any_stage_can_be_resumed_in_the_same_process(kvs: Kvs, stage: MoveStage) -> None:
    store(kvs, "one", "US", *KEYS)

    def cut(reached: MoveStage) -> None:
        if reached == stage:
            raise CutError

    with pytest.raises(CutError):
        kvs.move("one", "US", "EU", progress=cut)
    kvs.resume_moves()
    assert (keys(kvs, "one", "US"), keys(kvs, "one", "EU")) == ([], KEYS)


@pytest.mark.parametrize(("stage", "whole"), [("copied", "US"), ("journalled", "EU")])
def test_until_the_copy_is_journalled_the_source_is_whole_and_then_the_target(
    kvs: Kvs, stage: MoveStage, whole: str
) -> None:
    store(kvs, "one", "US", "a")

    def cut(reached: MoveStage) -> None:
        if reached == stage:
            raise CutError

    with pytest.raises(CutError):
        kvs.move("one", "US", "EU", progress=cut)
    kvs.perform("one", whole, "/api/v1/set", b'{"key":"a","value":"newer"}', NOW)
    kvs.resume_moves()
    assert kvs.rows("one", "EU") == [("kvs", "a", '"newer"')]


def test_a_move_keeps_times_and_lifetimes(kvs: Kvs) -> None:
    kvs.perform("one", "US", "/api/v1/set", b'{"key":"a","value":1,"options":{"ttl":{"value":1,"unit":"DAYS"}}}', NOW)
    kvs.move("one", "US", "EU")
    asked = b'{"key":"a","options":{"metadataFields":["CREATED_AT","EXPIRE_TIME"]}}'
    answer = kvs.perform("one", "EU", "/api/v1/get", asked, NOW + 5)
    assert answer.body == b'{"key":"a","value":1,"createdAt":1767603600000,"expireTime":"2026-01-06T09:00:00.000Z"}'


def test_a_move_to_the_same_region_changes_nothing(kvs: Kvs) -> None:
    store(kvs, "one", "US", "a")
    kvs.move("one", "US", "US")
    assert keys(kvs, "one", "US") == ["a"]


@pytest.mark.parametrize("region", ["MARS", "../US", "us", ""])
def test_an_unknown_region_is_the_users_mistake_and_makes_no_file(tmp_path: Path, region: str) -> None:
    with Regions(tmp_path) as regions, pytest.raises(InputError, match="unknown region"):
        Kvs(regions).move("one", "US", region)
    assert {path.name for path in tmp_path.iterdir()} == {"moves.sqlite3", "US.sqlite3"}


def test_a_folder_serves_one_process_at_a_time(tmp_path: Path) -> None:
    with Regions(tmp_path), pytest.raises(InputError, match="this state folder is in use by another run"):
        Regions(tmp_path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "US.sqlite3").write_bytes(b"Not a database, whatever its name says. " * 100)
    with Regions(tmp_path) as regions, pytest.raises(InputError, match=r"US\.sqlite3: not a usable database"):
        Kvs(regions).rows("one", "US")


def test_a_damaged_database_is_the_users_to_mend_and_no_traceback(tmp_path: Path) -> None:
    with Regions(tmp_path) as regions:
        store(Kvs(regions), "one", "US", *KEYS)
    file = tmp_path / "US.sqlite3"
    file.write_bytes(file.read_bytes()[:8192] + b"\xff" * (file.stat().st_size - 8192))
    with Regions(tmp_path) as regions:
        kvs = Kvs(regions)
        with pytest.raises(InputError, match="stored data cannot be used"):
            kvs.rows("one", "US")
        with pytest.raises(InputError, match="stored data cannot be used"):
            kvs.perform("one", "US", "/api/v1/get", b'{"key":"k050"}', NOW)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file/state: the state folder cannot be made"):
        Regions(tmp_path / "file" / "state")


def query(kvs: Kvs, region: str, at: int = NOW, entities: dict[str, Entity] = ENTITIES) -> list[str]:
    """Keys of an entity's rows by its index, of the team red by age."""
    asked = b'{"entityName":"employee","indexName":"by-team-age","partition":["red"]}'
    answer = kvs.perform("one", region, "/api/v1/entity/query", asked, at, entities=entities)
    assert answer.status == 200
    return [row["key"] for row in json.loads(answer.body)["data"]]


def put(kvs: Kvs, key: str, age: int, entities: dict[str, Entity] = ENTITIES) -> None:
    body = b'{"entityName":"employee","key":"%s","value":{"team":"red","age":%d}}' % (key.encode(), age)
    assert kvs.perform("one", "US", "/api/v1/entity/set", body, NOW, entities=entities).status == 204


def test_a_move_carries_entities_and_their_indexes_and_what_queries_do_not_see_yet() -> None:
    with Regions(None) as regions:
        kvs = Kvs(regions, query_lag_ms=500)
        put(kvs, "a", 2)
        put(kvs, "b", 1)
        assert query(kvs, "US") == []
        kvs.move("one", "US", "EU")
        assert (query(kvs, "EU"), query(kvs, "US", NOW + 500)) == (["b", "a"], [])
        assert [key for _, key, _ in kvs.rows("one", "EU")] == ["a", "b"]
        kvs.drop("one")
        assert (kvs.rows("one", "EU"), query(kvs, "EU")) == ([], [])


def test_what_lagged_behind_in_an_earlier_run_is_seen_by_the_next(tmp_path: Path) -> None:
    with Regions(tmp_path) as regions:
        put(Kvs(regions, query_lag_ms=500), "a", 1)
    with Regions(tmp_path) as regions:
        assert query(Kvs(regions, query_lag_ms=500), "US", NOW - 1) == ["a"]


def test_an_index_that_is_declared_otherwise_is_built_anew(tmp_path: Path) -> None:
    one = replace(EMPLOYEE, indexes=(Index(name="by-team-age", range="team"),))
    with Regions(tmp_path) as regions:
        put(Kvs(regions), "a", 2, {"employee": one})
        put(Kvs(regions), "b", 1, {"employee": one})
    with Regions(tmp_path) as regions:
        assert query(Kvs(regions), "US") == ["b", "a"]


OLD = """
CREATE TABLE rows (
    installation TEXT NOT NULL, store TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, expires_ms INTEGER,
    PRIMARY KEY (installation, store, key)) WITHOUT ROWID;
INSERT INTO rows VALUES ('one', 'kvs', 'a', '1', 5, 6, NULL);
PRAGMA user_version = 1;
"""


def test_a_folder_of_the_first_format_is_read_and_becomes_one_of_the_second(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "US.sqlite3")
    old.executescript(OLD)
    old.close()
    with Regions(tmp_path) as regions:
        kvs = Kvs(regions)
        put(kvs, "b", 1)
        assert kvs.rows("one", "US") == [("entity employee", "b", '{"team":"red","age":1}'), ("kvs", "a", "1")]
        assert query(kvs, "US") == ["b"]
    with sqlite3.connect(tmp_path / "US.sqlite3") as database:
        assert database.execute("PRAGMA user_version").fetchone() == (2,)
    database.close()


def test_a_folder_of_a_later_format_is_refused_by_name(tmp_path: Path) -> None:
    later = sqlite3.connect(tmp_path / "US.sqlite3")
    later.execute("PRAGMA user_version = 3")
    later.close()
    with (
        Regions(tmp_path) as regions,
        pytest.raises(InputError, match=r"US\.sqlite3: stored data has format 3") as told,
    ):
        Kvs(regions).rows("one", "US")
    assert "or another state folder" in str(told.value)


def test_what_is_kept_in_memory_is_gone_when_its_regions_are_closed() -> None:
    one = Regions(None)
    store(Kvs(one), "one", "US", *KEYS)
    one.close()
    one.close()
    with Regions(None) as next_one, Regions(None) as another:  # they may get the database that was there, but not both
        assert keys(Kvs(next_one), "one", "US") == keys(Kvs(another), "one", "US") == []
        store(Kvs(another), "one", "US", "a")
        assert keys(Kvs(next_one), "one", "US") == []
        with pytest.raises(sqlite3.ProgrammingError):
            one.moves()
