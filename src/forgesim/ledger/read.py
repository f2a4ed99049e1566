"""Reading a ledger back: the chain is checked line by line, then records become one structure for the claims."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from forgesim.errors import InputError, Problem
from forgesim.ledger.records import (
    FORMAT,
    Answered,
    AnyRecord,
    Close,
    Coverage,
    Decided,
    End,
    Header,
    Inventory,
    Open,
    Run,
    Step,
    Trial,
    Witness,
)
from forgesim.ledger.write import GENESIS

__all__ = ["Crossing", "Invocation", "Ledger", "parse", "read"]

_decoder: msgspec.json.Decoder[AnyRecord] = msgspec.json.Decoder(AnyRecord)


@dataclass(slots=True)
class Crossing:
    """A decided crossing and, where it has one, its answer."""

    decided: Decided
    answered: Answered | None = None


@dataclass(slots=True)
class Invocation:
    """One run of one function; ``close`` is null where the ledger ends before it does."""

    open: Open
    close: Close | None = None


@dataclass(slots=True)
class Ledger:
    """All records of a file, joined: crossings in order of ``seq``, invocations by id, runs by number."""

    header: Header
    runs: dict[int, Run] = field(default_factory=dict)
    invocations: dict[str, Invocation] = field(default_factory=dict)
    crossings: list[Crossing] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    coverage: Coverage | None = None
    inventories: list[Inventory] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    count: int = 0
    head: str = ""


def read(path: Path) -> Ledger:
    """The ledger in a file. Raises InputError with the line where it is missing, damaged, cut short or too new."""
    try:
        with path.open("rb") as lines:
            return parse(lines, str(path))
    except OSError as error:
        raise InputError(Problem(what=f"the ledger cannot be read: {error.strerror}", file=str(path))) from None


def parse(lines: Iterable[bytes], name: str = "ledger", *, finished: bool = True) -> Ledger:
    """The ledger in these lines, each ending in a newline. Raises InputError as ``read`` does.

    ``finished=False`` reads one that is still being written: its end record may be missing.
    """
    prev, ledger, ended = GENESIS, None, False
    open_crossings: dict[int, Crossing] = {}
    number = 0
    for number, raw in enumerate(lines, 1):
        if ended:
            raise _damaged(name, number, "there is a line after the end record")
        line = raw[:-1] if raw.endswith(b"\n") else raw
        record = _checked(line, prev, name, number)
        prev_before, prev = prev, hashlib.sha256(line).hexdigest()
        if isinstance(record, Header) != (number == 1):
            raise _damaged(name, number, "the header belongs on the first line and nowhere else")
        if isinstance(record, Header):
            if record.format != FORMAT:
                raise _damaged(name, number, f"ledger format {record.format} is not {FORMAT}")
            ledger = Ledger(record)
            continue
        if ledger is None:
            raise _damaged(name, number, "there is no header")
        if isinstance(record, End):
            if record.count != number - 1 or record.head != prev_before:
                raise _damaged(name, number, "the end record does not fit what comes before it")
            ledger.count, ledger.head, ended = record.count, record.head, True
        else:
            _file(ledger, open_crossings, record, name, number)
    if ledger is None or (finished and not ended):
        raise _damaged(name, max(number, 1), "the end record is missing: the ledger was cut short")
    return ledger


def _checked(line: bytes, prev: str, name: str, number: int) -> AnyRecord:
    if not line.startswith(b'{"prev":"' + prev.encode() + b'",'):
        raise _damaged(name, number, "the hash chain is broken: this line or the one before it was changed")
    try:
        return _decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(name, number, f"this is no ledger record: {error}") from None


def _file(  # noqa: C901, PLR0912 - one case a record kind
    ledger: Ledger, open_crossings: dict[int, Crossing], record: AnyRecord, name: str, number: int
) -> None:
    match record:
        case Decided():
            crossing = Crossing(record)
            open_crossings[record.seq] = crossing
            ledger.crossings.append(crossing)
        case Answered():
            asked = open_crossings.pop(record.seq, None)
            if asked is None:
                raise _damaged(name, number, f"an answer to crossing {record.seq}, which was not asked")
            asked.answered = record
        case Open():
            ledger.invocations[record.inv] = Invocation(record)
        case Close():
            begun = ledger.invocations.get(record.inv)
            if begun is None:
                raise _damaged(name, number, f"the end of invocation {record.inv}, which did not begin")
            begun.close = record
        case Run():
            ledger.runs[record.run] = record
        case Witness():
            ledger.witnesses.append(record)
        case Coverage():
            ledger.coverage = record
        case Inventory():
            ledger.inventories.append(record)
        case Trial():
            ledger.trials.append(record)
        case Step():
            ledger.steps.append(record)
        case Header() | End():
            raise AssertionError(record)


def _damaged(name: str, line: int, what: str) -> InputError:
    hint = "make it again with --ledger; a ledger is evidence only as it was written"
    return InputError(Problem(what=what, file=name, line=line, hint=hint))
