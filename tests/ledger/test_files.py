"""The file under the asked-for name is a whole ledger of the user's own, or it is not there."""

from __future__ import annotations

import resource
import signal
import stat
from pathlib import Path

import pytest

from forgesim.decision import allow
from forgesim.errors import InputError
from forgesim.ledger.pens import open_pens
from forgesim.ledger.read import read
from forgesim.ledger.records import Decided, Header, Record
from forgesim.ledger.write import LedgerWriter, body_of

HEADER = Header(
    forgesim="0", catalog="1", created="x", app="bare", app_version="1", app_digest="d", manifest={},
    trust_digest="t", sandbox="full", confined=True, bodies=True,
)  # fmt: skip


def write_many(path: Path, then: type[BaseException]) -> None:
    with open_pens(path) as pens:
        for _ in range(1_000):
            pens.write(HEADER)
        raise then


def test_a_finished_ledger_is_there_alone_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with open_pens(path) as pens:
        pens.write(HEADER)
        pens.flush()
        assert not path.exists()
        pens.finish()
    assert [file.name for file in tmp_path.iterdir()] == ["x.jsonl"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read(path).header == HEADER


def test_an_older_ledger_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("old")
    path.chmod(0o644)
    with pytest.raises(KeyboardInterrupt):
        write_many(path, KeyboardInterrupt)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"x.jsonl": "old"}
    with open_pens(path) as pens:
        pens.write(HEADER)
        pens.finish()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_runs_with_one_name_do_not_write_into_one_file(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with open_pens(path) as first, open_pens(path) as second:
        for pens in (first, second, first):
            pens.write(HEADER)
        second.finish()
    assert read(path).count == 1


PLACES = {
    "a folder": ".",
    "a folder by name": "sub",
    "in no folder": "none/x.jsonl",
    "in a file": "file/x.jsonl",
    "with a name that is too long": "x" * 250,
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("salt", [None, "salt"])
def test_a_place_that_takes_no_ledger_is_told_before_the_work(tmp_path: Path, place: str, salt: str | None) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="the ledger cannot be written"), open_pens(tmp_path / place, salt=salt):
        pass
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "sub"]


def test_a_disk_that_is_full_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(InputError, match="the ledger cannot be written: File too large"):
            write_many(tmp_path / "x.jsonl", KeyboardInterrupt)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert list(tmp_path.iterdir()) == []


def test_writing_goes_on_at_the_end_whatever_was_read(tmp_path: Path) -> None:
    writer = LedgerWriter(tmp_path / "x.jsonl")
    writer.write(HEADER)
    for seq in range(5):
        next(writer.stream())
        writer.write(asked(seq))
    writer.finish()
    writer.close()
    assert [crossing.decided.seq for crossing in read(tmp_path / "x.jsonl").crossings] == [*range(5)]


def asked(seq: int) -> Record:
    return Decided(
        run=1, inv="i", seq=seq, at=0, channel="log", verb="info", target="", body=body_of(b"x"), decision=allow("log")
    )
