"""A ledger says what was written, or says at which line it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from forgesim.decision import allow
from forgesim.errors import InputError
from forgesim.ledger.read import LedgerReader, parse, read
from forgesim.ledger.records import FORMAT, Answered, Body, Close, Decided, Header, Open, Record
from forgesim.ledger.write import REMEMBERED, LedgerWriter, body_of


def header(*, number: int = FORMAT) -> Header:
    return Header(
        format=number,
        forgesim="0",
        catalog="1",
        created="2026-01-05T09:00:00Z",
        app="bare",
        app_version="1",
        app_digest="d",
        manifest={"app": {"id": "x"}},
        trust_digest="t",
        sandbox="full",
        confined=True,
        bodies=True,
    )


def crossing(seq: int, body: bytes) -> list[Record]:
    asked = Decided(
        run=1,
        inv="inv-1.1",
        seq=seq,
        at=seq,
        channel="kvs",
        verb="set",
        target=f"k{seq}",
        body=body_of(body),
        decision=allow("scope"),
        line="src/index.py:3",
    )
    return [asked, Answered(run=1, inv="inv-1.1", seq=seq, at=seq, status=204, body=body_of(body[::-1]))]


def records(bodies: list[bytes]) -> list[Record]:
    opened = Open(run=1, inv="inv-1.1", root="inv-1.1", function="f", cause="user", at=0, deadline=9)
    crossed = [record for seq, body in enumerate(bodies, 1) for record in crossing(seq, body)]
    return [header(), opened, *crossed, Close(inv="inv-1.1", at=9, outcome="ok")]


def written(bodies: list[bytes]) -> list[bytes]:
    writer = LedgerWriter()
    for record in records(bodies):
        writer.write(record)
    writer.finish()
    lines = list(writer.stream())
    writer.close()
    return lines


LONG = [b"ab" * 400, b"\xffb" * 400, b"ba" * 400]
bodies = st.lists(st.binary(max_size=40) | st.sampled_from(LONG), min_size=1, max_size=6)


@given(bodies)
def test_what_is_written_is_read(given_bodies: list[bytes]) -> None:
    ledger = parse(written(given_bodies))
    assert [ledger.header, ledger.invocations["inv-1.1"].open] == records(given_bodies)[:2]
    found = [each for crossing in ledger.crossings for each in (crossing.decided, crossing.answered)]
    assert found == records(given_bodies)[2:-1]
    assert ledger.count == len(records(given_bodies))


def line_told(lines: list[bytes]) -> int:
    with pytest.raises(InputError) as caught:
        parse(lines, "x.jsonl")
    told = re.match(r"x\.jsonl:(\d+): ", str(caught.value))
    assert told
    return int(told[1])


LINES = written([b"one", b"\xff\x00", b"three"])


@given(st.data())
def test_any_changed_byte_is_told_at_its_line_or_the_next(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(LINES) - 1))
    at = data.draw(st.integers(0, len(LINES[number]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != LINES[number][at]))
    damaged = bytearray(b"".join(LINES))
    damaged[sum(map(len, LINES[:number])) + at] = byte
    assert line_told(re.findall(rb"[^\n]*\n|[^\n]+\Z", bytes(damaged))) - 1 in (number, number + 1)


@given(st.integers(0, len(LINES) - 1))
def test_a_dropped_line_is_told(number: int) -> None:
    assert line_told(LINES[:number] + LINES[number + 1 :]) in (number, number + 1)


@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1))
def test_swapped_lines_are_told(first: int, second: int) -> None:
    lines = [*LINES]
    lines[first], lines[second] = lines[second], lines[first]
    if first != second:
        assert line_told(lines) == min(first, second) + 1


@given(st.integers(0, sum(map(len, LINES)) - 1))
def test_a_truncated_file_is_told_wherever_it_was_cut(size: int) -> None:
    whole = b"".join(LINES)[:size]
    assert line_told(re.findall(rb"[^\n]*\n|[^\n]+\Z", whole)) == max(1, whole.count(b"\n") + (whole[-1:] != b"\n"))


def test_a_line_after_the_end_is_told() -> None:
    assert line_told([*LINES, LINES[-1]]) == len(LINES) + 1


def test_a_newer_format_is_told_as_that_and_not_as_damage() -> None:
    writer = LedgerWriter()
    writer.write(header(number=FORMAT + 1))
    line = next(writer.stream()).replace(b'"app":"bare",', b"")
    writer.close()
    with pytest.raises(InputError, match=rf"1: ledger format {FORMAT + 1} is none of those .* \(1 to {FORMAT}\)"):
        parse([line])


@pytest.fixture
def writer() -> Iterator[LedgerWriter]:
    writer = LedgerWriter()
    yield writer
    writer.close()


def write_answers(writer: LedgerWriter, bodies: Iterable[Body | None], *, number: int = FORMAT) -> None:
    writer.write(header(number=number))
    for seq, body in enumerate(bodies, 1):
        asked, answer = crossing(seq, b"")
        writer.write(asked)
        writer.write(replace(answer, body=body))
    writer.finish()


def test_an_answer_that_comes_again_is_in_the_file_once_and_in_the_ledger_each_time(writer: LedgerWriter) -> None:
    answer = body_of(b"what the page says " * 50)
    write_answers(writer, [answer, body_of(b"{}"), answer, answer])
    lines = list(writer.stream())
    assert [line.count(b"what the page says") for line in lines if b'"answered"' in line] == [50, 0, 0, 0]
    assert [crossing.answered and crossing.answered.body for crossing in parse(lines).crossings][2:] == [answer] * 2


def test_answers_that_have_not_come_for_long_are_forgotten(writer: LedgerWriter) -> None:
    """A run without end does not fill the memory of whoever records it."""
    first, second = (body_of(letter * 1_000) for letter in (b"a", b"b"))
    many = [body_of(b"%07d" % number * 150_000) for number in range(REMEMBERED // 1_050_000 + 1)]
    write_answers(writer, [first, second, *many[:-1], first, many[-1], first, second])
    texts = [b"a" * 1_000 in line or b"b" * 1_000 in line for line in writer.stream() if b'"answered"' in line]
    assert [texts[0], texts[1], *texts[-4:]] == [True, True, False, False, False, True]


def test_a_ledger_of_the_first_format_has_every_answer_in_full(writer: LedgerWriter) -> None:
    write_answers(writer, [body_of(b"x" * 600)], number=1)
    ledger = parse(writer.stream())
    assert (ledger.header.format, ledger.crossings[0].answered) == (
        1,
        replace(crossing(1, b"")[1], body=Body(600, "x" * 600)),
    )


@pytest.mark.parametrize("same", [Body(600, same=2), Body(600, same=9), Body(601, same=1), Body(1, same=3)])
def test_an_answer_that_names_none_before_it_is_told(writer: LedgerWriter, same: Body) -> None:
    write_answers(writer, [body_of(b"x" * 600), same])
    assert line_told(list(writer.stream())) == 5


def test_an_answer_to_nothing_and_an_end_of_nothing_are_told() -> None:
    for stray in (crossing(7, b"x")[1], Close(inv="inv-9", at=1, outcome="ok")):
        writer = LedgerWriter()
        writer.write(header())
        writer.write(stray)
        assert line_told(list(writer.stream())) == 2
        writer.close()


def test_a_ledger_is_read_while_it_is_written_and_what_was_read_does_not_grow() -> None:
    writer, reader = LedgerWriter(), LedgerReader()
    seen = []
    for record in records([b"a", b"b"]):
        writer.write(record)
        for line in writer.stream(reader.size):
            reader.take(line)
        seen.append(reader.so_far().copy())
    assert [len(ledger.crossings) for ledger in seen] == [0, 0, 1, 1, 2, 2, 2]
    with pytest.raises(InputError, match="end record is missing"):
        reader.finished()
    writer.close()


def test_files_that_are_no_ledger_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "other").write_bytes(b"\x00\xff\n" * 3)
    for name, says in {"none": "No such file", "empty": "1: ", "other": "1: ", ".": "Is a directory"}.items():
        with pytest.raises(InputError, match=says):
            read(tmp_path / name)
