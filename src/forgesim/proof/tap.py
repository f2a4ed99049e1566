"""A pen that keeps what left the app, in order, and drops the rest: what twin runs are compared by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping

import msgspec
from msgspec import structs

from forgesim.errors import InputError
from forgesim.ledger.records import Answered, Decided, Record
from forgesim.manifest.model import Send
from forgesim.proof.content import without_content
from forgesim.proof.sizes import Logged, Place, differing_sizes, masked, sizes_of
from forgesim.site.renamed import Renaming

__all__ = ["CHANNELS", "Free", "Sunk", "Tap"]

Free = frozenset[Place]
"""Places of numbers in log lines."""


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
    """What rests with the platform or a product; how many URLs a web trigger has rests there, too."""
    places = ("kvs", "secret", "entity", "object", "queue", "property")
    return record.writes and (record.channel in places or record.op_class == "webtrigger")


CHANNELS: Mapping[str, Callable[[Decided], bool]] = {
    "stored": _stored,
    "sent": lambda record: record.channel in ("egress", "webtrigger"),
    "logged": lambda record: record.channel in ("log", "error"),
}
"""Trial channel → which crossings belong to it."""

NOTHING = "no such crossing"


class Tap:
    """A Pen for trial runs: memory grows with what left the app, not with what it read.

    Fields that ``sends`` declare as content are left out of the comparison, and so are sizes in log lines that the
    answers to such requests tell. ``back`` writes the ids of the site that is compared with.
    """

    def __init__(self, sends: Collection[Send] = (), back: Renaming | None = None) -> None:
        self._sends = sends
        self._back = back
        self._asked: set[int] = set()
        self._sizes: list[frozenset[int]] = []
        self.sunk: dict[str, list[Sunk]] = {name: [] for name in CHANNELS}

    def write(self, record: Record) -> None:
        if isinstance(record, Answered) and record.seq in self._asked:
            self._sizes.append(sizes_of(record.body))
        if not isinstance(record, Decided):
            return
        for name, belongs in CHANNELS.items():
            if belongs(record):
                given = "" if record.body is None else record.body.text or record.body.base64 or ""
                body = _words_of(given) if record.channel == "error" else given
                body = without_content(body, self._sends) if name == "sent" else body
                if body != given and name == "sent":
                    self._asked.add(record.seq)
                sunk = Sunk(record.channel, record.verb, record.target, record.headers, body, record.line)
                self.sunk[name].append(sunk if self._back is None else _written_back(sunk, self._back))

    def flush(self) -> None:
        """Nothing to hand on."""

    def stop(self, error: InputError) -> None:
        """The run ended here, where the site has no place for a step: what that says may name content, and is left
        out; that it ended is compared."""
        at = ", ".join(str(problem.line) for problem in error.problems if problem.line is not None)
        self.sunk["logged"].append(Sunk("end", "stop", at, (), "", None))

    def digest(self, channel: str, free: Free = frozenset()) -> str:
        """SHA-256 over the crossings of a trial channel, in order, without the numbers that are ``free`` to differ."""
        hasher = hashlib.sha256()
        for sunk in self._compared(channel, free):
            hasher.update(msgspec.json.encode(sunk.seen()))
            hasher.update(b"\n")
        return hasher.hexdigest()

    def whole(self, free: Free = frozenset()) -> str:
        """SHA-256 over the trial channels together."""
        return hashlib.sha256(" ".join(self.digest(channel, free) for channel in CHANNELS).encode()).hexdigest()

    def free_beside(self, other: Tap) -> Free:
        """The sizes in log lines that may differ between this run and its twin's."""
        return differing_sizes(self._logged(), other._logged())

    def _logged(self) -> Logged:
        return Logged([sunk.body for sunk in self.sunk["logged"]], self._sizes)

    def first_difference(self, other: Tap, channel: str, free: Free = frozenset()) -> dict[str, object]:
        """Where two runs part on a channel: position, app line, and both crossings in short. They must differ."""
        ours, theirs = self._compared(channel, free), other._compared(channel, free)
        for number, (a, b) in enumerate(zip(ours, theirs, strict=False)):
            if a.seen() != b.seen():
                return {"seq": number, "line": a.line, "a": _short(a), "b": _short(b)}
        number = min(len(ours), len(theirs))
        only = (ours if len(ours) > len(theirs) else theirs)[number]
        told = {"a": _short(only), "b": NOTHING} if len(ours) > len(theirs) else {"a": NOTHING, "b": _short(only)}
        return {"seq": number, "line": only.line, **told}

    def _compared(self, channel: str, free: Free) -> list[Sunk]:
        sunk = self.sunk[channel]
        if channel != "logged" or not free:
            return sunk
        return [structs.replace(each, body=masked(each.body, line, free)) for line, each in enumerate(sunk)]


def _written_back(sunk: Sunk, others: Renaming) -> Sunk:
    headers = tuple((name, others.back(value)) for name, value in sunk.headers)
    return structs.replace(
        sunk, verb=others.back(sunk.verb), target=others.back(sunk.target), headers=headers, body=others.back(sunk.body)
    )


def _words_of(error: str) -> str:
    """What an error says, and the app's own lines that it came through: whoever chooses them may spell with them."""
    try:
        raised = msgspec.json.decode(error)
        return f"{raised.get('type')}: {raised.get('message')} at {' '.join(map(str, raised.get('stack') or ()))}"
    except (msgspec.MsgspecError, AttributeError, TypeError):
        return error


def _short(sunk: Sunk) -> str:
    text = f"{sunk.verb} {sunk.target} {sunk.body}"
    return text if len(text) <= 200 else text[:200] + "…"
