"""Replaying an issue's changelog: in which sprints it was, how it was estimated and in which status, at any instant.

A field that the changelog names held, at creation, what its first entry says it held before; a field that it does not
name has always held what it holds now. Times are epoch milliseconds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

__all__ = ["DAY_MS", "Board", "IssueLine", "Track", "instant_ms", "read_board", "read_issue", "replay"]

T = TypeVar("T")
Json = dict[str, Any]

DAY_MS = 86_400_000
SPRINT = "Sprint"
STATUS = "status"
IDS = ("from", "to")
TEXTS = ("fromString", "toString")
"""Members of a changelog item: ids where the field holds one, and what people see, numbers too."""


def instant_ms(text: str) -> int:
    """Epoch milliseconds of a time as Jira writes it: ``2026-01-05T09:00:00.000Z`` or with ``+0000``."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


class Track(NamedTuple, Generic[T]):
    """One value over time: ``values[0]`` before ``times[0]``, ``values[n]`` from ``times[n - 1]`` on."""

    times: tuple[int, ...]
    values: tuple[T, ...]

    def at(self, at_ms: int) -> T:
        """The value at an instant; a change of that very instant has happened."""
        return self.values[bisect_right(self.times, at_ms)]


def replay(now: T, changes: Iterable[tuple[int, T, T]]) -> Track[T]:
    """The track of a field that holds ``now``; ``changes`` are (instant, before, after), oldest first."""
    told = list(changes)
    first = [*(before for _, before, _ in told), now][0]
    return Track(tuple(at for at, _, _ in told), (first, *(after for _, _, after in told)))


class Board(NamedTuple):
    """What a board counts as waiting and as done (status ids), and the field it estimates with; "" is none."""

    id: int
    waiting: frozenset[str]
    done: frozenset[str]
    estimate: str


def read_board(configuration: Json) -> Board:
    """The first column with statuses waits, the last one is done, as on the board itself."""
    columns = [
        frozenset(str(status["id"]) for status in column["statuses"])
        for column in configuration["columnConfig"]["columns"]
    ]
    used = list(filter(None, columns))
    field = configuration.get("estimation", {}).get("field", {})
    return Board(id=int(configuration["id"]), waiting=used[0], done=used[-1], estimate=field.get("fieldId", ""))


class IssueLine(NamedTuple):
    """An issue over time. ``authors``: when the issue was changed, and by which account; to count people only."""

    created_ms: int
    sprints: Track[frozenset[int]]
    status: Track[str]
    points: Track[float]
    authors: tuple[tuple[int, str], ...] = ()

    def is_in(self, sprint: int, at_ms: int) -> bool:
        """Whether the issue exists and is in the sprint."""
        return at_ms >= self.created_ms and sprint in self.sprints.at(at_ms)

    def moments(self, start_ms: int, end_ms: int) -> list[int]:
        """``start_ms``, and the instants before ``end_ms`` at which the issue came to be or changed."""
        times = {self.created_ms, *self.sprints.times, *self.status.times, *self.points.times}
        return [start_ms, *sorted(at for at in times if start_ms < at < end_ms)]


def read_issue(issue: Json, board: Board) -> IssueLine:
    """The line of an issue as the board's search gives it, with its changelog in any order."""
    fields = issue["fields"]
    told = [(instant_ms(entry["created"]), int(entry["id"]), entry) for entry in issue["changelog"]["histories"]]
    entries = [(at, entry) for at, _, entry in sorted(told, key=itemgetter(0, 1))]
    items = [(at, item) for at, entry in entries for item in entry["items"]]
    return IssueLine(
        created_ms=instant_ms(fields["created"]),
        sprints=replay(_sprints_now(fields), _changes(items, "field", SPRINT, IDS, _sprint_ids)),
        status=replay(str(fields["status"]["id"]), _changes(items, "fieldId", STATUS, IDS, str)),
        points=replay(_points(fields.get(board.estimate)), _changes(items, "fieldId", board.estimate, TEXTS, _points)),
        authors=tuple((at, _author(entry)) for at, entry in entries),
    )


def _author(entry: Json) -> str:
    return str(entry.get("author", {}).get("accountId"))


def _changes(
    items: Iterable[tuple[int, Json]], by: str, name: str, ends: tuple[str, str], read: Callable[[Any], T]
) -> Iterator[tuple[int, T, T]]:
    """(instant, before, after) of the items whose member ``by`` is ``name``; ``ends`` are the members to read."""
    before, after = ends
    return ((at, read(item[before]), read(item[after])) for at, item in items if item.get(by) == name)


def _sprints_now(fields: Json) -> frozenset[int]:
    """The sprint that the issue is in, and the closed ones that it was in when they closed."""
    held = [fields.get("sprint"), *(fields.get("closedSprints") or ())]
    return frozenset(int(sprint["id"]) for sprint in held if sprint)


def _sprint_ids(text: str | None) -> frozenset[int]:
    """``"12, 13"`` as a changelog writes sprints; none where nothing stands."""
    return frozenset(map(int, filter(None, map(str.strip, str(text or "").split(",")))))


def _points(value: Any) -> float:
    """An estimate as a number; an issue without one has 0 points."""
    return float(value or 0)
