"""Replaying an issue's changelog: in which sprints it was, how it was estimated, in which status and whether it was
flagged, at any instant.

A field that the changelog names held, at creation, what its first entry says it held before; a field that it does not
name has always held what it holds now. Times are epoch milliseconds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import repeat
from operator import contains, itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

__all__ = [
    "ALL",
    "BUGS",
    "DAY_MS",
    "HOURS",
    "Board",
    "IssueLine",
    "Track",
    "instant_ms",
    "read_board",
    "read_issue",
    "replay",
    "summed",
]

T = TypeVar("T")
Json = dict[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
DAY_MS = 86_400_000
HOUR_S = 3600
ALL = 0
"""In place of a sprint's id: the whole board, as kanban boards are looked at. Jira gives no sprint this id."""

SPRINT = "Sprint"
FLAGGED = "Flagged"
STATUS = "status"
HOURS = "timeoriginalestimate"
"""Seconds, as Jira keeps the original estimate."""
IDS = (itemgetter("from"), itemgetter("to"))
TEXTS = (itemgetter("fromString"), itemgetter("toString"))
"""Members of a changelog item: ids where the field holds one, and what people see, numbers too."""

Ends = tuple[Callable[[Json], Any], Callable[[Json], Any]]
Change = tuple[int, Json]
"""When, and the item of the changelog."""

Items = Sequence[tuple[int, Any, Any, Json]]
"""When, the field's name and its id, and the item; the oldest first."""


BUGS = frozenset(
    (
        *("bug", "bugg", "bugi", "bogue", "defect", "fehler", "error", "errore", "erro", "błąd", "chyba", "fejl"),
        *("virhe", "hiba", "feil", "fel", "hata", "viga", "eroare", "lỗi", "ошибка", "баг", "помилка", "бъг"),
        *("σφάλμα", "באג", "خطأ", "बग", "ข้อผิดพลาด", "バグ", "不具合", "버그", "缺陷", "故障", "錯誤", "臭蟲"),
    )
)
"""Names of the issue type of bugs, in small letters: Jira names it in the language of the site."""


def instant_ms(text: str) -> int:
    """Epoch milliseconds of a time as Jira writes it: ``2026-01-05T09:00:00.000Z`` or with ``+0000``."""
    return (datetime.fromisoformat(text) - EPOCH) // MILLISECOND


class Track(NamedTuple, Generic[T]):
    """One value over time: ``values[0]`` before ``times[0]``, ``values[n]`` from ``times[n - 1]`` on."""

    times: tuple[int, ...]
    values: tuple[T, ...]

    def at(self, at_ms: int) -> T:
        """The value at an instant; a change of that very instant has happened."""
        return self.values[bisect_right(self.times, at_ms)]

    def over(self, moments: Iterable[int]) -> list[T]:
        """The value at each of these instants."""
        times, values = self
        return [values[bisect_right(times, at)] for at in moments]


def summed(tracks: Sequence[Track[float]]) -> Track[float]:
    """The sum of tracks at any instant."""
    times = sorted({at for track in tracks for at in track.times})
    before = sum([track.values[0] for track in tracks])
    return Track(tuple(times), (before, *[sum([track.at(at) for track in tracks]) for at in times]))


def replay(now: T, changes: Sequence[Change], ends: Ends, read: Callable[[Any], T]) -> Track[T]:
    """The track of a field that holds ``now``; ``ends`` are read of its ``changes``, oldest first."""
    if not changes:
        return Track((), (now,))
    times, items = zip(*changes, strict=True)
    before, after = ends
    return Track(times, tuple(map(read, [before(items[0]), *map(after, items)])))


class Board(NamedTuple):
    """What a board counts as waiting and as done (status ids), the field it estimates with ("" is none), and its kind:
    scrum, kanban, or simple for a team-managed one."""

    id: int
    waiting: frozenset[str]
    done: frozenset[str]
    estimate: str
    kind: str = "scrum"


def read_board(configuration: Json) -> Board:
    """The first column with statuses waits, the last one is done, as on the board itself."""
    columns = [
        frozenset(str(status["id"]) for status in column["statuses"])
        for column in configuration["columnConfig"]["columns"]
    ]
    used = list(filter(None, columns))
    field = configuration.get("estimation", {}).get("field", {})
    return Board(
        id=int(configuration["id"]),
        waiting=used[0],
        done=used[-1],
        estimate=field.get("fieldId", ""),
        kind=configuration.get("type", "scrum"),
    )


class IssueLine(NamedTuple):
    """An issue over time. ``hours``: its original estimate and those of its sub-tasks. ``flag``: whether
    it is flagged as blocked. ``authors``: when the issue was changed, and by which account; to count people only."""

    created_ms: int
    sprints: Track[frozenset[int]]
    status: Track[str]
    points: Track[float]
    hours: Track[float] = Track((), (0.0,))
    flag: Track[bool] = Track((), (False,))
    is_bug: bool = False
    authors: tuple[tuple[int, str], ...] = ()

    def is_in(self, sprint: int, moments: Sequence[int]) -> list[bool]:
        """Whether the issue exists and is in the sprint, at each of these instants; in ``ALL``, whether it exists."""
        whole, created_ms = sprint == ALL, self.created_ms
        held = zip(moments, self.sprints.over(moments), strict=True)
        return [(created_ms <= at) & (whole | (sprint in sprints)) for at, sprints in held]

    def was_in(self, sprint: int) -> bool:
        """Whether it ever was in the sprint."""
        return sprint == ALL or any(map(contains, self.sprints.values, repeat(sprint)))

    def moments(self, start_ms: int, end_ms: int) -> list[int]:
        """``start_ms``, and the instants before ``end_ms`` at which the issue came to be or changed."""
        times = {self.created_ms, *self.sprints.times, *self.status.times, *self.points.times}
        times.update(self.hours.times, self.flag.times)
        return [start_ms, *sorted([at for at in times if start_ms < at < end_ms])]


def read_issue(issue: Json, board: Board, parts: Sequence[Json] = ()) -> IssueLine:
    """The line of an issue as the board's search gives it, with its changelog in any order. ``parts``: its sub-tasks,
    of which hours alone count, and those of each once: they have no line of their own."""
    fields = issue["fields"]
    logs = [*map(_entries, (issue, *parts))]
    items, *theirs = map(_items, logs)
    hours = [*map(_hours, (issue, *parts), (items, *theirs))]
    return IssueLine(
        created_ms=hours[0].times[0],
        sprints=replay(_sprints_now(fields), _named(SPRINT, items), IDS, _sprint_ids),
        status=replay(str(fields["status"]["id"]), _of(STATUS, items), IDS, str),
        points=replay(_points(fields.get(board.estimate)), _of(board.estimate, items), TEXTS, _points),
        hours=summed(hours),
        flag=replay(False, _named(FLAGGED, items), TEXTS, bool),
        is_bug=str(fields["issuetype"]["name"]).casefold() in BUGS,
        authors=tuple([(at, str(entry.get("author", {}).get("accountId"))) for at, _, entry in logs[0]]),
    )


def _hours(issue: Json, items: Items) -> Track[float]:
    """An issue's own estimate in hours; none before it was created."""
    fields = issue["fields"]
    own = replay(_in_hours(fields.get(HOURS)), _of(HOURS, items), TEXTS, _in_hours)
    return Track((instant_ms(fields["created"]), *own.times), (0.0, *own.values))


def _entries(issue: Json) -> list[tuple[int, int, Json]]:
    """What the changelog has, oldest first: (instant, id, entry)."""
    told = [(instant_ms(entry["created"]), int(entry["id"]), entry) for entry in issue["changelog"]["histories"]]
    return sorted(told, key=itemgetter(0, 1))


def _items(entries: Iterable[tuple[int, int, Json]]) -> Items:
    return [(at, item.get("field"), item.get("fieldId"), item) for at, _, entry in entries for item in entry["items"]]


def _named(field: str, items: Items) -> list[Change]:
    return [(at, item) for at, name, _, item in items if name == field]


def _of(field_id: str, items: Items) -> list[Change]:
    return [(at, item) for at, _, id_, item in items if id_ == field_id]


def _sprints_now(fields: Json) -> frozenset[int]:
    """The sprint that the issue is in, and the closed ones that it was in when they closed."""
    held = [fields.get("sprint"), *(fields.get("closedSprints") or ())]
    return frozenset(int(sprint["id"]) for sprint in held if sprint)


def _sprint_ids(text: str | None) -> frozenset[int]:
    """``"12, 13"`` as a changelog writes sprints; none where nothing stands."""
    return frozenset(map(int, str(text or "").replace(",", " ").split()))


def _points(value: Any) -> float:
    """An estimate as a number; an issue without one has 0 points."""
    return float(value or 0)


def _in_hours(value: Any) -> float:
    return _points(value) / HOUR_S
