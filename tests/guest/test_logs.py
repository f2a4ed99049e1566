from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.guest.conftest import MakeGuest

HEAD = "import asyncio, logging, sys, threading\nfrom forgesim.sdk import log\ndef handler():\n"

WRITES = [
    ("print('a', 1)", [("stdout", "a 1")]),
    ("print('a\\nb')", [("stdout", "a"), ("stdout", "b")]),
    ("print('a', end='')", [("stdout", "a")]),
    ("sys.stdout.buffer.write(b'\\xff\\n')", [("stdout", "\\xff")]),
    ("print('e', file=sys.stderr)", [("stderr", "e")]),
    ("sys.__stdout__.write('dunder\\n')", [("stdout", "dunder")]),
    ("log.info('a', {'b': 1})", [("info", 'a {"b":1}')]),
    ("logging.warning('%s!', 'w')", [("warn", "w!")]),
    ("logging.getLogger('x').critical('c')", [("error", "c")]),
    ("logging.debug('d'); logging.info('i')", [("info", "i")]),
    ("logging.getLogger().setLevel(0); logging.debug('d')", [("debug", "d")]),
]


@pytest.mark.parametrize(("statement", "lines"), WRITES, ids=[statement for statement, _ in WRITES])
def test_everything_written_is_a_log_line_with_its_place(
    make_guest: MakeGuest, statement: str, lines: list[tuple[str, str]]
) -> None:
    logs = make_guest(f"{HEAD}    {statement}\n    return 1\n").run().logs
    assert [(level, text) for level, text, _ in logs] == lines
    assert {line for _, _, line in logs} <= {"src/index.py:4", None}


def test_what_is_logged_at_import_goes_to_the_first_invocation(make_guest: MakeGuest) -> None:
    guest = make_guest("print('imported')\ndef handler(): print('called')")
    assert [text for _, text, _ in guest.run().logs] == ["imported", "called"]
    assert [text for _, text, _ in guest.run().logs] == ["called"]


def test_a_thread_logs_too(make_guest: MakeGuest) -> None:
    body = "    t = threading.Thread(target=print, args=('t',)); t.start(); t.join()\n"
    assert make_guest(HEAD + body).run().logs[0][:2] == ("stdout", "t")


def test_an_invocation_logs_a_megabyte_and_then_says_that_it_is_cut(make_guest: MakeGuest) -> None:
    guest = make_guest("def handler():\n    for _ in range(3000): print('x' * 1000)\n")
    logs = guest.run().logs
    assert sum(len(text) for _, text, _ in logs[:-1]) <= 1 << 20
    assert (len(logs), logs[-1][0]) == (1049, "warn")
    assert len(guest.run().logs) == 1049, "the next one has a megabyte of its own"


def test_an_unfinished_line_is_not_kept_for_ever(make_guest: MakeGuest) -> None:
    logs = make_guest("def handler():\n    print('x' * 100_000, end='')\n    print('y')\n").run().logs
    assert [text[:1] for _, text, _ in logs] == ["x", "y"]
