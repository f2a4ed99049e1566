"""Replaying an issue's changelog: in which sprints it was, how it was estimated, in which status and whether it was
flagged, at any instant.

A field that the changelog names held, at creation, what its first entry says it held before; a field that it does not
name has always held what it holds now. Times are epoch milliseconds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
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

DAY_MS = 86_400_000
HOUR_S = 3600
ALL = 0
"""In place of a sprint's id: the whole board, as kanban boards are looked at. Jira gives no sprint this id."""

SPRINT = "Sprint"
FLAGGED = "Flagged"
STATUS = "status"
HOURS = "timeoriginalestimate"
"""Seconds, as Jira keeps the original estimate."""
IDS = ("from", "to")
TEXTS = ("fromString", "toString")
"""Members of a changelog item: ids where the field holds one, and what people see, numbers too."""


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
    return round(datetime.fromisoformat(text).timestamp() * 1000)


class Track(NamedTuple, Generic[T]):
    """One value over time: ``values[0]`` before ``times[0]``, ``values[n]`` from ``times[n - 1]`` on."""

    times: tuple[int, ...]
    values: tuple[T, ...]

    def at(self, at_ms: int) -> T:
        """The value at an instant; a change of that very instant has happened."""
        return self.values[bisect_right(self.times, at_ms)]


def summed(tracks: Sequence[Track[float]]) -> Track[float]:
    """The sum of tracks at any instant."""
    times = sorted({at for track in tracks for at in track.times})
    before = sum(track.values[0] for track in tracks)
    return Track(tuple(times), (before, *(sum(track.at(at) for track in tracks) for at in times)))


def replay(now: T, changes: Iterable[tuple[int, T, T]]) -> Track[T]:
    """The track of a field that holds ``now``; ``changes`` are (instant, before, after), oldest first."""
    told = list(changes)
    first = [*(before for _, before, _ in told), now][0]
    return Track(tuple(at for at, _, _ in told), (first, *(after for _, _, after in told)))


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

    def is_in(self, sprint: int, at_ms: int) -> bool:
        """Whether the issue exists and is in the sprint; in ``ALL``, whether it exists."""
        return at_ms >= self.created_ms and (sprint == ALL or sprint in self.sprints.at(at_ms))

    def was_in(self, sprint: int) -> bool:
        """Whether it ever was in the sprint."""
        return sprint == ALL or any(sprint in held for held in self.sprints.values)

    def moments(self, start_ms: int, end_ms: int) -> list[int]:
        """``start_ms``, and the instants before ``end_ms`` at which the issue came to be or changed."""
        tracks: tuple[Track[Any], ...] = (self.sprints, self.status, self.points, self.hours, self.flag)
        times = {self.created_ms, *(at for track in tracks for at in track.times)}
        return [start_ms, *sorted(at for at in times if start_ms < at < end_ms)]


def read_issue(issue: Json, board: Board, parts: Sequence[Json] = ()) -> IssueLine:
    """The line of an issue as the board's search gives it, with its changelog in any order. ``parts``: its sub-tasks,
    of which hours alone count, and those of each once: they have no line of their own."""
    fields = issue["fields"]
    logs = [_entries(each) for each in (issue, *parts)]
    items, *theirs = map(_items, logs)
    return IssueLine(
        created_ms=instant_ms(fields["created"]),
        sprints=replay(_sprints_now(fields), _changes(items, "field", SPRINT, IDS, _sprint_ids)),
        status=replay(str(fields["status"]["id"]), _changes(items, "fieldId", STATUS, IDS, str)),
        points=replay(_points(fields.get(board.estimate)), _changes(items, "fieldId", board.estimate, TEXTS, _points)),
        hours=summed([*map(_hours, (issue, *parts), (items, *theirs))]),
        flag=replay(False, _changes(items, "field", FLAGGED, TEXTS, bool)),
        is_bug=str(fields["issuetype"]["name"]).casefold() in BUGS,
        authors=tuple((at, _author(entry)) for at, entry in logs[0]),
    )


def _entries(issue: Json) -> list[tuple[int, Json]]:
    """What the changelog has, oldest first."""
    told = [(instant_ms(entry["created"]), int(entry["id"]), entry) for entry in issue["changelog"]["histories"]]
    return [(at, entry) for at, _, entry in sorted(told, key=itemgetter(0, 1))]


def _items(entries: Iterable[tuple[int, Json]]) -> list[tuple[int, Json]]:
    return [(at, item) for at, entry in entries for item in entry["items"]]


def _hours(issue: Json, items: Iterable[tuple[int, Json]]) -> Track[float]:
    """An issue's own estimate in hours; none before it was created."""
    fields = issue["fields"]
    own = replay(_points(fields.get(HOURS)), _changes(items, "fieldId", HOURS, TEXTS, _points))
    hours = (seconds / HOUR_S for seconds in own.values)
    return Track((instant_ms(fields["created"]), *own.times), (0.0, *hours))


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
