"""What a site file may leave out, worked out from the rest: ids, accounts, authors, dates, places in a tree.

Nothing is drawn: the same file gives the same site. The id of a record follows from what it is called and where it
lies, so that a change elsewhere leaves it alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from forgesim.clock import EPOCH_MS
from forgesim.ids import derive, derived_uuid
from forgesim.site.file.gather import Record
from forgesim.site.file.record import collections, fields
from forgesim.site.jira_model import DONE, RESOLUTIONS, TO_DO
from forgesim.site.model import User, Version
from forgesim.site.origin import DAY_MS, host_of, start_after
from forgesim.site.people import new_people

__all__ = ["complete", "fill_site", "number"]

_AGE_MS: Final = 30 * DAY_MS
_SPRINT_MS: Final = 14 * DAY_MS
_PLANNED: Final = frozenset(("start_at", "end_at", "due_at", "release_at"))
"""Times that may lie ahead of a site's clock."""
_WRITTEN: Final = ("created_at", "updated_at", "at")
_PERSONS: Final = ("author", "creator", "updated_by", "reporter", "update_author")
_ORDER: Final = ("users", "spaces", "pages", "projects", "boards", "sprints", "issues")
_TASK: Final = "10002"

Records = dict[str, list[Record]]


def fill_site(own: dict[str, Any], found: Records) -> None:
    """Give the site what it may leave out, its people too. Without a date in the file its clock starts where that of
    generated sites does, else on the day after the newest one."""
    own.setdefault("name", "Site")
    own.setdefault("seed", 0)
    name, seed = own["name"], own["seed"] if isinstance(own["seed"], int) else 0
    own.setdefault("cloud_id", derived_uuid("cloud", "file", name, seed))
    own.setdefault("host", host_of(str(name)))
    own.setdefault("region", "US")
    own.setdefault("synthetic", False)
    own.setdefault("lexicon", "imported")
    newest = max(_times(found), default=None)
    own.setdefault("clock_ms", EPOCH_MS if newest is None else start_after(newest))
    _people(found["users"], seed)


def _people(users: list[Record], seed: int) -> None:
    """Alice and bob are always there; others need a handle alone."""
    known = {person.handle: person for person in new_people(seed).values()}
    handles = {record.fields.get("handle") for record in users}
    for handle, person in known.items():
        if handle not in handles:
            shown = ("account_id", "handle", "name", "email", "admin", "groups")
            users.append(Record(("people",), {name: getattr(person, name) for name in shown}))
    for record in users:
        item, named = record.fields, record.fields.get("handle")
        if isinstance(named, str):
            handle = named
            own = known.get(handle)
            item.setdefault("account_id", f"712020:{derived_uuid('user', seed, handle)}")
            item.setdefault("name", own.name if own else handle.replace(".", " ").replace("-", " ").title())
            item.setdefault("email", f"{handle}@example.com")
            item.setdefault("admin", own is not None and own.admin)


def _times(found: Records) -> Iterator[int]:
    for name, records in found.items():
        for record in records:
            yield from _times_in(collections()[name], record.fields)


def _times_in(kind: type, item: dict[str, Any]) -> Iterator[int]:
    for name, field in fields(kind).items():
        value = item.get(name)
        if field.time and name not in _PLANNED and isinstance(value, int):
            yield value
        elif field.record is not None:
            for each in field.maps(value):
                yield from _times_in(field.record, each)


def number(found: Records) -> None:
    """Give every record its id, and let it lie in the one that holds it in the file."""
    numbers = _Numbers(found)
    for name in _in_order(found):
        own = fields(collections()[name])
        for record in found[name]:
            if record.above is not None:
                _link(record, record.above)
            if "id" in own and "id" not in record.fields:
                record.fields["id"] = numbers.fresh(name, _trail(record), whole=own["id"].hint is int)
            numbers.inside(collections()[name], record.fields, _trail(record))


def _in_order(found: Records) -> list[str]:
    """What holds others comes before them."""
    return [*(name for name in _ORDER if name in found), *(name for name in found if name not in _ORDER)]


def _link(record: Record, above: Record) -> None:
    if record.above_in == "pages":
        record.fields.setdefault("parent_id", above.fields["id"])
        if "space_id" in above.fields:
            record.fields.setdefault("space_id", above.fields["space_id"])
    else:
        record.fields.setdefault(f"{record.above_in.removesuffix('s')}_id", above.fields["id"])


def _trail(record: Record) -> tuple[str, ...]:
    names: list[str] = []
    here: Record | None = record
    while here is not None:
        item = here.fields
        names.append(next((str(item[key]) for key in ("title", "key", "name", "summary") if key in item), ""))
        here = here.above
    return tuple(names)


class _Numbers:
    """Ids that nothing has yet; kinds that lie in several collections share theirs."""

    def __init__(self, found: Records) -> None:
        self._taken: dict[str, set[str]] = {}
        for name, records in found.items():
            self._take(name, collections()[name], [record.fields for record in records])

    def _take(self, name: str, kind: type, items: list[dict[str, Any]]) -> None:
        self._taken.setdefault(name, set()).update([str(item["id"]) for item in items if "id" in item])
        for inner, field in fields(kind).items():
            if field.record is not None and not field.mapped:
                self._take(inner, field.record, [each for item in items for each in field.maps(item.get(inner))])

    def fresh(self, name: str, trail: tuple[str, ...], *, whole: bool) -> int | str:
        taken = self._taken.setdefault(name, set())
        found = 1 if whole else 1_000_000 + derive(name, *trail) % 800_000_000
        while str(found) in taken:
            found += 1
        taken.add(str(found))
        return found if whole else str(found)

    def inside(self, kind: type, item: dict[str, Any], trail: tuple[str, ...]) -> None:
        for name, field in fields(kind).items():
            if field.record is None or field.mapped:
                continue
            own = fields(field.record)
            for place, each in enumerate(field.maps(item.get(name))):
                if "id" in own and "id" not in each:
                    told = each.get("name") or each.get("title") or place
                    each["id"] = self.fresh(name, (*trail, str(told)), whole=own["id"].hint is int)
                self.inside(field.record, each, (*trail, str(place)))


def complete(own: dict[str, Any], found: Records) -> None:
    """Give every record what else it may leave out. What it must have and lacks stays absent."""
    clock = own["clock_ms"] if isinstance(own["clock_ms"], int) else EPOCH_MS
    _issues(found)
    _pages(found)
    _boards(found)
    _sprints(found, clock)
    alice = next(record.fields["account_id"] for record in found["users"] if record.fields.get("handle") == "alice")
    for name in _in_order(found):
        for place, record in enumerate(found[name]):
            for key in ("name", "title"):
                if key in fields(collections()[name]) and "key" in record.fields:
                    record.fields.setdefault(key, record.fields["key"])
            # A minute between one and the next: dates are in the file's order.
            since = clock - _AGE_MS + place * 60_000 % (_AGE_MS - DAY_MS)
            _written(collections()[name], record.fields, since, alice)
    for record in found["issues"]:
        item = record.fields
        if item["status_id"] == DONE:
            item.setdefault("resolution_id", next(iter(RESOLUTIONS)))
            item.setdefault("resolved_at", item["updated_at"] if item["resolution_id"] else None)
    for record in found["pages"]:
        item = record.fields
        if "versions" not in item:
            last = {"at": item["updated_at"], "author": item["updated_by"]}
            item["versions"] = [{"number": item.get("version", 1), **last}]


def _written(kind: type, item: dict[str, Any], since: int, person: Any) -> None:
    """Who wrote it and when; what lies inside was written by the same and when that last changed."""
    own = fields(kind)
    told = [item[name] for name in _WRITTEN if isinstance(item.get(name), int)]
    person = next((item[name] for name in _PERSONS if item.get(name)), person)
    for name in _PERSONS:
        if name in own and own[name].required:
            item.setdefault(name, person)
    if "owner" in own and own["owner"].required:
        item.setdefault("owner", person)
    for name, field in own.items():
        if field.time and field.required and kind is not User:
            item.setdefault(name, min(told, default=since) if name == "created_at" else max(told, default=since))
    for name, field in own.items():
        if field.record is not None and not field.mapped:
            for place, each in enumerate(field.maps(item.get(name))):
                if field.record is Version:
                    each.setdefault("number", place + 1)
                _written(field.record, each, max(told, default=since), person)


def _pages(found: Records) -> None:
    beside: Counter[tuple[Any, Any]] = Counter()
    first: dict[Any, Any] = {}
    for record in found["pages"]:
        item = record.fields
        item.setdefault("body", "")
        where = (item.get("space_id"), item.setdefault("parent_id", None))
        item.setdefault("position", beside[where])
        beside[where] += 1
        if item["parent_id"] is None and item.get("kind", "page") == "page":
            first.setdefault(item.get("space_id"), item["id"])
    for record in found["spaces"]:
        record.fields.setdefault("homepage_id", first.get(record.fields["id"]))


def _issues(found: Records) -> None:
    keys = {record.fields["id"]: record.fields.get("key") for record in found["projects"]}
    last: Counter[Any] = Counter()
    for record in found["issues"]:
        number = str(record.fields.get("key", "")).rpartition("-")[2]
        if number.isascii() and number.isdigit() and len(number) < 18:
            project = record.fields.get("project_id")
            last[project] = max(last[project], int(number))
    for place, record in enumerate(found["issues"]):
        item, project = record.fields, record.fields.get("project_id")
        if "key" not in item and keys.get(project):
            last[project] += 1
            item["key"] = f"{keys[project]}-{last[project]}"
        item.setdefault("type_id", _TASK)
        item.setdefault("status_id", TO_DO)
        item.setdefault("rank", f"0|i{place:05d}:")
    for record in found["projects"]:
        record.fields.setdefault("next_number", last[record.fields["id"]] + 1)


def _boards(found: Records) -> None:
    for record in found["boards"]:
        record.fields.setdefault("name", "Board")
        record.fields.setdefault("filter_id", str(10_000 + derive("filter", record.fields["id"]) % 1_000_000))


def _sprints(found: Records, clock: int) -> None:
    """Two weeks each: the last that began ends a week after the site's clock starts, those before it end in turn."""
    begun: Counter[Any] = Counter()
    for record in reversed(found["sprints"]):
        item = record.fields
        if item.get("state", "future") != "future":
            end = clock + _SPRINT_MS // 2 - begun[item.get("board_id")] * _SPRINT_MS
            if item["state"] == "closed" and not begun[item.get("board_id")]:
                end = clock
            begun[item.get("board_id")] += 1
            item.setdefault("end_at", end)
            item.setdefault("start_at", end - _SPRINT_MS)
            if item["state"] == "closed":
                item.setdefault("complete_at", end)
