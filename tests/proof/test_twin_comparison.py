"""What twin runs are compared by, where log lines and errors are concerned."""

from __future__ import annotations

import json

import pytest

from forgesim.decision import allow
from forgesim.ledger.records import Body, Channel, Decided
from forgesim.proof.tap import Tap


def logged(*lines: str, channel: Channel = "log") -> str:
    """The digest of a run that logs these lines."""
    tap = Tap()
    for seq, line in enumerate(lines, 1):
        tap.write(
            Decided(
                run=1, inv="i", seq=seq, at=0, channel=channel, verb="info", target="", decision=allow("ok"),
                body=Body(len(line), text=line),
            )
        )  # fmt: skip
    return tap.digest("logged")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("scan: 40 of 69 pages", "scan: 41 of 66 pages"),
        ("rendered 1024 bytes in 12.5 ms", "rendered 998 bytes in 7.25 ms"),
        ("0 pages", "12 pages"),
    ],
)
def test_sizes_and_times_may_differ(one: str, other: str) -> None:
    assert logged(one) == logged(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("page Ferns", "page Moss"),
        ("page v2 of Ferns", "page v3 of Ferns"),
        ("key A1B2", "key A1B3"),
        ("1234567890123", "1234567890124"),
        (" ".join(map(str, b"Ferns and")), " ".join(map(str, b"Mosses or"))),
    ],
    ids=["words", "a number in a word", "an id", "a long number", "a text in numbers"],
)
def test_words_and_what_may_stand_for_words_may_not(one: str, other: str) -> None:
    assert logged(one) != logged(other)


def test_a_line_more_is_a_difference() -> None:
    assert logged("12 pages") != logged("12 pages", "12 pages")


def raised(message: str) -> str:
    error = {"type": "ValueError", "message": message, "at": "src/a.py:3", "stack": ["src/a.py:3 in f"]}
    return logged(json.dumps(error), channel="error")


def test_an_errors_words_are_compared_as_a_log_line_is() -> None:
    assert raised("over 10 pages") == raised("over 12 pages")
    assert raised("no page Ferns") != raised("no page Moss")
