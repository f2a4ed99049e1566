"""Reading a ledger back: the chain is checked line by line, then records become one structure for the claims."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from sys import intern

import msgspec

from forgesim.errors import InputError, Problem
from forgesim.ledger.records import (
    READABLE,
    Answered,
    AnyRecord,
    Body,
    Close,
    Coverage,
    Decided,
    End,
    Header,
    Inventory,
    Open,
    Profile,
    Removal,
    Run,
    Step,
    Trial,
    Witness,
)
from forgesim.ledger.write import GENESIS

AGREED = "agreed"
"""In place of the digests of a trial whose sides agree."""

__all__ = ["Crossing", "Invocation", "Ledger", "LedgerReader", "parse", "read"]

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
    removals: list[Removal] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    count: int = 0
    head: str = ""

    def copy(self) -> Ledger:
        """A ledger that does not grow with this one."""
        return replace(
            self,
            runs=dict(self.runs),
            invocations=dict(self.invocations),
            crossings=list(self.crossings),
            witnesses=list(self.witnesses),
            inventories=list(self.inventories),
            removals=list(self.removals),
            profiles=list(self.profiles),
            trials=list(self.trials),
            steps=list(self.steps),
        )


def read(path: Path) -> Ledger:
    """The ledger in a file. Raises InputError with the line where it is missing, damaged, cut short or too new."""
    try:
        with path.open("rb") as lines:
            return parse(lines, str(path))
    except OSError as error:
        raise InputError(Problem(what=f"the ledger cannot be read: {error.strerror}", file=str(path))) from None


def parse(lines: Iterable[bytes], name: str = "ledger") -> Ledger:
    """The ledger in these lines, each ending in a newline. Raises InputError as ``read`` does."""
    reader = LedgerReader(name)
    for raw in lines:
        reader.take(raw)
    return reader.finished()


class LedgerReader:
    """Reads a ledger line by line, also while it is still being written. ``size`` is in bytes, of what was taken."""

    def __init__(self, name: str = "ledger") -> None:
        self._name = name
        self._prev = GENESIS
        self._number = 0
        self._ended = False
        self._ledger: Ledger | None = None
        self._open: dict[int, Crossing] = {}
        self._bodies: dict[int, Body] = {}
        self.size = 0

    def take(self, raw: bytes) -> None:
        """Check the next line and file its record. Raises InputError with the line."""
        self._number += 1
        self.size += len(raw)
        if self._ended:
            raise self._damaged("there is a line after the end record")
        if not raw.endswith(b"\n"):
            raise self._damaged("the line has no end: the ledger was cut short")
        record = self._checked(raw)
        before, self._prev = self._prev, hashlib.sha256(memoryview(raw)[:-1]).hexdigest()
        if isinstance(record, Header) != (self._number == 1):
            raise self._damaged("the header belongs on the first line and nowhere else")
        if isinstance(record, Header):
            self._ledger = Ledger(record)
        elif isinstance(record, End):
            self._end(record, before)
        else:
            self._file(self.so_far(), record)

    def so_far(self) -> Ledger:
        """What has been read; it grows with the lines that are taken. Raises InputError before the header."""
        if self._ledger is None:
            raise self._damaged("there is no header")
        return self._ledger

    def finished(self) -> Ledger:
        """The ledger, with its end. Raises InputError where that is missing."""
        if not self._ended:
            raise self._damaged("the end record is missing: the ledger was cut short")
        return self.so_far()

    def _checked(self, line: bytes) -> AnyRecord:
        if self._number == 1 and not line.startswith(b'{"prev":"'):
            hint = "give a file that --ledger wrote"
            raise InputError(Problem(what="this is no ledger", file=self._name, line=1, hint=hint))
        if not line.startswith(b'{"prev":"' + self._prev.encode() + b'",'):
            raise self._damaged("the hash chain is broken: this line or the one before it was changed")
        if self._number == 1 and (found := _format(line)) not in (None, *READABLE):
            first, last = READABLE[0], READABLE[-1]
            raise self._damaged(f"ledger format {found} is none of those that this forgesim reads ({first} to {last})")
        try:
            return _decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise self._damaged(f"this is no ledger record: {error}") from None

    def _end(self, record: End, head: str) -> None:
        if record.count != self._number - 1 or record.head != head:
            raise self._damaged("the end record does not fit what comes before it")
        ledger = self.so_far()
        ledger.count, ledger.head, self._ended = record.count, record.head, True

    def _file(self, ledger: Ledger, record: AnyRecord) -> None:  # noqa: C901, PLR0912 - one case a record kind
        match record:
            case Decided():
                crossing = self._open[record.seq] = Crossing(record)
                ledger.crossings.append(crossing)
            case Answered():
                asked = self._open.pop(record.seq, None)
                if asked is None:
                    raise self._damaged(f"an answer to crossing {record.seq}, which was not asked")
                asked.answered = self._in_full(record)
            case Open():
                ledger.invocations[record.inv] = Invocation(record)
            case Close():
                begun = ledger.invocations.get(record.inv)
                if begun is None:
                    raise self._damaged(f"the end of invocation {record.inv}, which did not begin")
                begun.close = record
            case Run():
                ledger.runs[record.run] = record
            case Witness():
                ledger.witnesses.append(record)
            case Coverage():
                ledger.coverage = record
            case Inventory():
                ledger.inventories.append(record)
            case Removal():
                ledger.removals.append(record)
            case Profile():
                ledger.profiles.append(record)
            case Trial():
                ledger.trials.append(_compact(record))
            case Step():
                ledger.steps.append(record)
            case Header() | End():
                raise AssertionError(record)

    def _in_full(self, record: Answered) -> Answered:
        body = record.body
        if body is None or body.same is None:
            if body is not None and body.text is not None:
                self._bodies[record.seq] = body
            return record
        said = self._bodies.get(body.same)
        if said is None or said.size != body.size:
            raise self._damaged(f"the answer to crossing {record.seq} is to be that to {body.same}, which it is not")
        return msgspec.structs.replace(record, body=said)

    def _damaged(self, what: str) -> InputError:
        hint = "make it again with --ledger; a ledger is evidence only as it was written"
        return InputError(Problem(what=what, file=self._name, line=max(self._number, 1), hint=hint))


def _compact(trial: Trial) -> Trial:
    """The trial as it is kept: a proof may have a hundred thousand of them. Where A and B agree, what they agree in
    stays in the file alone."""
    scenario, channel, aspect = intern(trial.scenario), intern(trial.channel), intern(trial.aspect)
    if trial.a != trial.b or trial.again not in (None, trial.a):
        return msgspec.structs.replace(trial, scenario=scenario, channel=channel, aspect=aspect)
    again = None if trial.again is None else AGREED
    return msgspec.structs.replace(
        trial, scenario=scenario, channel=channel, aspect=aspect, a=AGREED, again=again, b=AGREED
    )


def _format(line: bytes) -> object:
    """The format that a first line names, whatever else is in it."""
    try:
        return msgspec.json.decode(line, type=_Numbered).format
    except (ValueError, RecursionError):
        return None


class _Numbered(msgspec.Struct):
    format: int | None = None
