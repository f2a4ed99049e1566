"""A pen that keeps what an app did, call by call, and drops the rest: what paired runs are compared by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from forgesim.claims.rows import kept_of, rows_read
from forgesim.claims.wire import body_text
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import Answered, Close, Decided, Open, Record, Trial

__all__ = ["Part", "Said", "Transcript", "differing", "digest", "last_line", "trial"]

SHOWN = frozenset({"result", "error"})
KILLED = frozenset({"timeout", "killed", "protocol"})
SERVICE = "service"
"""A line that a vendor's own service logs, under a number of its own: no doing of the app's."""

THINGS = frozenset({"page", "blogpost", "issue"})
"""Kinds of what an aggregate is over; what lies in one, or around it, adds nothing to it."""

EXCERPT = 400


class Said(NamedTuple):
    """One crossing as compared: channel, verb, target, and a digest of who, headers, body and decision. The beginning
    of its text, and its line, are for people."""

    channel: str
    verb: str
    target: str
    rest: str
    text: str
    line: str | None

    def seen(self) -> tuple[str, ...]:
        return self[:4]


@dataclass(slots=True)
class Part:
    """What crossed from one mark to the next, and the stored rows that were read: place and key → value, and how many
    pages and issues ``stood`` behind it just then: those that were read in the call that wrote it, with the calls that
    it goes on from. A row that nobody wrote is not in it."""

    name: str
    said: list[Said] = field(default_factory=list)
    rows: dict[tuple[str, str], str] = field(default_factory=dict)
    stood: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def shown(self) -> list[Said]:
        """What the caller was shown: results, and the words of errors."""
        return [each for each in self.said if each.channel in SHOWN]


class Transcript:
    """A Pen. ``killed``: whether a process was ended by force since the last mark."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._stands: dict[tuple[str, str], int] = {}
        self.killed = False
        self._asked: dict[int, Decided] = {}
        self._read: dict[str, set[str]] = {}
        self._last: dict[tuple[str, str | None, str | None], set[str]] = {}

    def begin(self, name: str) -> None:
        """What crosses from now on belongs to a part of this name."""
        self.parts.append(Part(name))
        self.killed = False

    def write(self, record: Record) -> None:
        match record:
            case Open():
                who = (record.function, record.resolver, record.principal)
                goes_on = isinstance(record.input, dict) and record.input.get("cursor") is not None
                read = self._last.get(who, set()) if goes_on else set()
                if record.parent is not None:  # what it was given was read in the run that pushed it
                    read = read | self._read.get(record.parent, set())
                self._last[who] = self._read[record.inv] = read
            case Decided() if record.cause == "app" and record.verb != SERVICE and self.parts:
                self._asked[record.seq] = record
                self.parts[-1].said.append(_said(record))
            case Answered() if record.seq in self._asked:
                self._answered(Crossing(self._asked.pop(record.seq), record), record)
            case Close() if record.outcome in KILLED:
                self.killed = True
                if self.parts:
                    self.parts[-1].said.append(Said("end", record.outcome, "", "", record.message or "", record.line))
            case _:
                pass

    def flush(self) -> None:
        """Nothing to hand on."""

    def _answered(self, crossing: Crossing, answer: Answered) -> None:
        read = self._read.get(crossing.decided.inv, set())
        read.update(ref for ref in answer.reads if ref.partition("/")[0] in THINGS)
        for row in rows_read(crossing):
            place = row.place, row.key
            self.parts[-1].rows[place] = row.text
            if place in self._stands:
                self.parts[-1].stood[place] = self._stands[place]
        for write in kept_of(crossing):
            self._stands[write.place, write.key] = len(read)


def _said(record: Decided) -> Said:
    text = body_text(record.body)
    if record.channel == "error":
        text = _words_of(text)
    rest = [record.acts_as, record.account, record.headers, text, record.decision.allow, record.decision.rule]
    code = hashlib.sha256(msgspec.json.encode(rest)).hexdigest()
    return Said(record.channel, record.verb, record.target, code, text[:EXCERPT], record.line)


def _words_of(error: str) -> str:
    """What an error says; its stack is the app's own lines."""
    try:
        raised = msgspec.json.decode(error)
        return f"{raised.get('type')}: {raised.get('message')}"
    except (msgspec.MsgspecError, AttributeError):
        return error


def digest(said: Sequence[Said]) -> str:
    """SHA-256 over crossings in their order."""
    return hashlib.sha256(msgspec.json.encode([each.seen() for each in said])).hexdigest()


def differing(ours: Sequence[Said], theirs: Sequence[Said]) -> tuple[int, Said]:
    """Where two rows of crossings part, and what ours has there, or theirs where ours has ended. They must differ."""
    for number, (a, b) in enumerate(zip(ours, theirs, strict=False)):
        if a.seen() != b.seen():
            return number, a
    number = min(len(ours), len(theirs))
    return number, (ours if len(ours) > len(theirs) else theirs)[number]


def last_line(said: Sequence[Said]) -> str | None:
    """The last line of the app's that did anything: results have none of their own."""
    return next((each.line for each in reversed(said) if each.line is not None), None)


def trial(
    channel: str, parts: tuple[Part, Part, Part], *, pair: int, seed: int, first: Mapping[str, object] | None = None
) -> Trial:
    """The record of a comparison of everything that crossed in ``parts``: as tried, the same once more, the control."""
    tried, again, control = (digest(part.said) for part in parts)
    told = None
    if tried != control:
        number, said = differing(parts[0].said, parts[2].said)
        told = {
            "seq": number,
            "line": said.line or last_line(parts[0].said[: number + 1]),
            "a": f"{said.channel} {said.verb}",
            **(first or {}),
        }
    return Trial(
        run=0,
        pair=pair,
        seed=seed,
        scenario=parts[0].name,
        channel=channel,
        a=tried,
        again=again,
        b=control,
        crossings=len(parts[0].said),
        first=told,
    )
