"""What twin runs are compared by, where log lines and errors are concerned."""

from __future__ import annotations

import base64
import json

import pytest

from forgesim.decision import allow
from forgesim.errors import InputError, Problem
from forgesim.ledger.records import Answered, Body, Channel, Decided
from forgesim.manifest.model import Send
from forgesim.manifest.types import Const, Content, Fields
from forgesim.proof.sizes import MOST
from forgesim.proof.tap import Tap

RENDERER = Send(name="document", method=Const("POST"), path=Const("/"), body=Fields({"text": Content()}))


def crossed(seq: int, channel: Channel, text: str) -> Decided:
    body = Body(len(text), text=text)
    return Decided(
        run=1, inv="i", seq=seq, at=0, channel=channel, verb="x", target="", decision=allow("ok"), body=body
    )  # fmt: skip


def logged(*lines: str, channel: Channel = "log", answers: tuple[str, ...] = (), sent: str = '{"text":"a"}') -> Tap:
    """A run that sends content to a renderer, once for each of its answers, and logs these lines."""
    tap = Tap((RENDERER,))
    for seq, answer in enumerate(answers, 100):
        tap.write(crossed(seq, "egress", sent))
        tap.write(Answered(run=1, inv="i", seq=seq, at=0, status=200, body=Body(len(answer), text=answer)))
    for seq, line in enumerate(lines, 1):
        tap.write(crossed(seq, channel, line))
    return tap


def agree(a: Tap, b: Tap) -> bool:
    free = a.free_beside(b)
    assert free == b.free_beside(a)
    return a.digest("logged", free) == b.digest("logged", free)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("page Ferns", "page Moss"),
        ("page v2 of Ferns", "page v3 of Ferns"),
        ("1234567890123", "1234567890124"),
        ("scan: 40 of 69 pages", "scan: 41 of 66 pages"),
        ("sizes 70 101 114", "sizes 77 111 115"),
        ("in 12.5 ms", "in 12.25 ms"),
    ],
    ids=["words", "a number in a word", "a long number", "counts", "letters as numbers", "a fraction"],
)
def test_twins_log_the_same_to_the_letter(one: str, other: str) -> None:
    assert agree(logged(one), logged(one))
    assert not agree(logged(one), logged(other))


def rendered(size: int, sheets: int) -> str:
    return json.dumps({"pdf": base64.b64encode(b"%" * size).decode(), "sheets": sheets})


SIZES = [
    ("made {} bytes", (900, 951)),
    ("{} sheets", (3, 4)),
    ("200, {} bytes", (len(rendered(900, 3)), len(rendered(951, 4)))),
]


@pytest.mark.parametrize(("line", "sizes"), SIZES)
def test_sizes_that_a_renderers_answer_tells_may_differ(line: str, sizes: tuple[int, int]) -> None:
    answers = (rendered(900, 3),), (rendered(951, 4),)
    a, b = (logged(line.format(size), answers=each) for size, each in zip(sizes, answers, strict=True))
    assert agree(a, b)
    assert not agree(a, logged(line.format(sizes[1] + 1), answers=answers[1]))
    assert not agree(a, logged(line.format(sizes[1])))


def test_an_answer_to_a_request_without_content_tells_no_size() -> None:
    a, b = (logged(f"{n}", answers=(rendered(n, 1),), sent='{"count":1}') for n in (900, 951))
    assert not agree(a, b)


def test_more_numbers_than_the_answers_account_for_are_a_text() -> None:
    letters = [json.dumps({"letters": [*map(ord, word)]}) for word in ("ferns", "mossy")]
    lines = [" ".join(str(ord(letter)) for letter in word) for word in ("ferns", "mossy")]
    few = [" ".join(line.split()[:MOST]) for line in lines]
    assert agree(*(logged(line, answers=(answer,)) for line, answer in zip(few, letters, strict=True)))
    assert not agree(*(logged(line, answers=(answer,)) for line, answer in zip(lines, letters, strict=True)))


def test_a_line_more_is_a_difference() -> None:
    assert not agree(logged("12 pages"), logged("12 pages", "12 pages"))


def raised(message: str) -> Tap:
    error = {"type": "ValueError", "message": message, "at": "src/a.py:3", "stack": ["src/a.py:3 in f"]}
    return logged(json.dumps(error), channel="error")


def test_an_errors_words_are_compared_as_a_log_line_is() -> None:
    assert agree(raised("over 10 pages"), raised("over 10 pages"))
    assert not agree(raised("over 10 pages"), raised("over 12 pages"))


def test_two_runs_that_end_where_the_site_has_no_place_for_a_step_are_alike() -> None:
    whole, ended, other = logged("a"), logged("a"), logged("a")
    ended.stop(InputError(Problem(what="site 'Zvok' has no page 'Kvam'", line=7)))
    other.stop(InputError(Problem(what="site 'Gwal' has no page 'Zdor'", line=7)))
    assert agree(ended, other)
    assert not agree(ended, whole)
