"""Rows at rest: what survives a killed process, and a move that loses and doubles nothing wherever it is cut."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from forgesim.errors import InputError
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
