"""A pen that keeps what left the app, in order, and drops the rest: what twin runs are compared by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping

import msgspec

from forgesim.ledger.records import Decided, Record
from forgesim.manifest.model import Send
from forgesim.proof.content import without_content

__all__ = ["CHANNELS", "Sunk", "Tap"]


class Sunk(msgspec.Struct, frozen=True):
    """One crossing into a sink, as compared: channel, verb, target, headers and body; its line is for people."""

    channel: str
    verb: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: str
    line: str | None

    def seen(self) -> tuple[object, ...]:
        return (self.channel, self.verb, self.target, self.headers, self.body)


def _stored(record: Decided) -> bool:
    return record.channel in ("kvs", "secret", "entity", "object", "queue", "property") and record.writes


CHANNELS: Mapping[str, Callable[[Decided], bool]] = {
    "stored": _stored,
    "sent": lambda record: record.channel == "egress",
    "logged": lambda record: record.channel in ("log", "error"),
}
"""Trial channel → which crossings belong to it."""

MOST_NUMBERS = 8
"""Numbers of a log line that may be sizes and times; a line with more of them is compared as it is."""

_NUMBER = re.compile(r"(?<![\w.])\d{1,12}(?:\.\d{1,6})?(?![\w.]*\d)")


NOTHING = "no such crossing"


class Tap:
    """A Pen for trial runs: memory grows with what left the app, not with what it read.

    Fields that ``sends`` declare as content are left out of the comparison.
    """

    def __init__(self, sends: Collection[Send] = ()) -> None:
        self._sends = sends
        self.sunk: dict[str, list[Sunk]] = {name: [] for name in CHANNELS}

    def write(self, record: Record) -> None:
        if not isinstance(record, Decided):
            return
        for name, belongs in CHANNELS.items():
            if belongs(record):
                body = "" if record.body is None else record.body.text or record.body.base64 or ""
                body = _without_sizes(record.channel, body) if name == "logged" else body
                body = without_content(body, self._sends) if name == "sent" else body
                self.sunk[name].append(
                    Sunk(record.channel, record.verb, record.target, record.headers, body, record.line)
                )

    def flush(self) -> None:
        """Nothing to hand on."""

    def digest(self, channel: str) -> str:
        """SHA-256 over the crossings of a trial channel, in order."""
        hasher = hashlib.sha256()
        for sunk in self.sunk[channel]:
            hasher.update(msgspec.json.encode(sunk.seen()))
            hasher.update(b"\n")
        return hasher.hexdigest()

    def first_difference(self, other: Tap, channel: str) -> dict[str, object]:
        """Where two runs part on a channel: position, app line, and both crossings in short. They must differ."""
        ours, theirs = self.sunk[channel], other.sunk[channel]
        for number, (a, b) in enumerate(zip(ours, theirs, strict=False)):
            if a.seen() != b.seen():
                return {"seq": number, "line": a.line, "a": _short(a), "b": _short(b)}
        number = min(len(ours), len(theirs))
        only = (ours if len(ours) > len(theirs) else theirs)[number]
        told = {"a": _short(only), "b": NOTHING} if len(ours) > len(theirs) else {"a": NOTHING, "b": _short(only)}
        return {"seq": number, "line": only.line, **told}


def _without_sizes(channel: str, text: str) -> str:
    """A log line, or the words of an error, with its numbers masked: page counts and sizes may differ."""
    if channel == "error":
        try:
            raised = msgspec.json.decode(text)
            text = f"{raised.get('type')}: {raised.get('message')} at {raised.get('at')}"
        except (msgspec.MsgspecError, AttributeError):
            pass
    masked, count = _NUMBER.subn("#", text)
    return masked if count <= MOST_NUMBERS else text


def _short(sunk: Sunk) -> str:
    text = f"{sunk.verb} {sunk.target} {sunk.body}"
    return text if len(text) <= 200 else text[:200] + "…"
