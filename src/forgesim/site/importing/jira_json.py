"""Issues from answers of Jira's search (``/rest/api/3/search/jql`` and ``search``), with or without their changelog."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from forgesim.errors import InputError, Problem
from forgesim.site.file.source import read_json
from forgesim.site.importing.dates import jira_date, jira_time
from forgesim.site.importing.raw_issue import (
    RawChange,
    RawComment,
    RawIssue,
    RawLink,
    RawPerson,
    RawSprint,
    RawWorklog,
)
from forgesim.site.jira_model import RANK_FIELD, SPRINT_FIELD, STORY_POINTS_FIELD
from forgesim.site.limits import MAX_RECORDS
from forgesim.site.storage import readable

__all__ = ["read_answers"]

_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,40}-[1-9][0-9]{0,11}")
_POINTS: Final = ("story points", "story point estimate")
_NAMED: Final = {"sprint": SPRINT_FIELD, "rank": RANK_FIELD, **dict.fromkeys(_POINTS, STORY_POINTS_FIELD)}


def read_answers(raw: bytes, file: str) -> Iterator[RawIssue]:
    """The issues of one answer, of a list of answers or issues, or of several answers one after the other.

    Raises InputError.
    """
    for answer in _answers(raw, file):
        names = _map(answer.get("names"))
        issues = answer.get("issues")
        if not isinstance(issues, list):
            raise InputError(Problem(what="issues is no list", file=file))
        if len(issues) > MAX_RECORDS:
            raise InputError(Problem(what=f"more than {MAX_RECORDS:,} issues", file=file))
        for place, each in enumerate(issues):
            yield _Issue(each, names, file, place).issue()


def _answers(raw: bytes, file: str) -> Iterator[dict[str, Any]]:
    try:
        found = read_json(raw, file)
    except InputError:
        # Pages that were written one after the other: in lines, or without anything between.
        parts = _parted(raw)
        if len(parts) < 2:
            raise
        found = [read_json(part, file) for part in parts]
    listed = found if isinstance(found, list) else [found]
    if listed and all(isinstance(each, dict) and "fields" in each and "issues" not in each for each in listed):
        listed = [{"issues": listed}]
    for each in listed:
        if not isinstance(each, dict) or "issues" not in each:
            hint = "an answer of Jira's search has a list of issues"
            raise InputError(Problem(what="this is no answer of Jira's search", file=file, hint=hint))
        yield each


def _parted(raw: bytes) -> list[bytes]:
    """Objects that stand one after the other: between them the braces are even, outside of texts."""
    parts, start, level, at = [], 0, 0, 0
    for found in re.finditer(rb'"(?:[^"\\]|\\.)*+"|[{}]', raw, re.DOTALL):
        if found[0] == b"{":
            if level == 0:
                start = found.start()
            level += 1
        elif found[0] == b"}":
            level -= 1
            if level == 0:
                parts.append(raw[start : found.end()])
                at = found.end()
    return parts if not raw[at:].strip() and level == 0 else []


class _Issue:
    def __init__(self, data: Any, names: Mapping[str, Any], file: str, place: int) -> None:
        self._file = file
        self._place = place
        self._data = _map(data)
        self._fields = _map(self._data.get("fields"))
        self._custom = {
            _NAMED[shown.lower()]: key
            for key, shown in names.items()
            if isinstance(shown, str) and shown.lower() in _NAMED
        }

    def issue(self) -> RawIssue:
        own, key = self._fields, self._data.get("key")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise InputError(Problem(what=f"issues[{self._place}] has no issue key", file=self._file))
        status, kind, project = _map(own.get("status")), _map(own.get("issuetype")), _map(own.get("project"))
        level = kind.get("hierarchyLevel")
        comments = _map(own.get("comment")).get("comments")
        return RawIssue(
            key=key,
            id=_text(self._data.get("id")),
            summary=_text(own.get("summary")) or "",
            description=_rich(own.get("description")),
            project_id=_text(project.get("id")),
            project_name=_text(project.get("name")),
            type=_text(kind.get("name")) or "Task",
            level=level if isinstance(level, int) else -1 if kind.get("subtask") is True else None,
            status=_text(status.get("name")) or "To Do",
            category=_text(_map(status.get("statusCategory")).get("key")),
            priority=_text(_map(own.get("priority")).get("name")),
            resolution=_text(_map(own.get("resolution")).get("name")),
            assignee=_person(own.get("assignee")),
            reporter=_person(own.get("reporter")),
            creator=_person(own.get("creator")),
            created_at=_time(own.get("created")),
            updated_at=_time(own.get("updated")),
            resolved_at=_time(own.get("resolutiondate")),
            status_changed_at=_time(own.get("statuscategorychangedate")),
            due=jira_date(own["duedate"]) if isinstance(own.get("duedate"), str) else None,
            parent=_text(_map(own.get("parent")).get("key")) or _text(_map(own.get("parent")).get("id")),
            points=self._points(),
            rank=_text(own.get(self._custom.get(RANK_FIELD, RANK_FIELD))),
            labels=[readable(name) for name in _list(own.get("labels")) if isinstance(name, str) and name],
            sprints=self._sprints(),
            comments=[_comment(_map(each)) for each in _list(comments)],
            changes=[self._change(_map(each)) for each in _list(_map(self._data.get("changelog")).get("histories"))],
            worklogs=[_worklog(_map(each)) for each in _list(_map(own.get("worklog")).get("worklogs"))],
            links=[link for each in _list(own.get("issuelinks")) for link in _links(_map(each))],
        )

    def _points(self) -> float | None:
        value = self._fields.get(self._custom.get(STORY_POINTS_FIELD, STORY_POINTS_FIELD))
        fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9
        return float(value) if fits and value is not None else None

    def _sprints(self) -> list[RawSprint]:
        """The field that is named so, else whichever looks like it."""
        named = self._custom.get(SPRINT_FIELD)
        fields = [named] if named else [SPRINT_FIELD, *(key for key in self._fields if key.startswith("customfield_"))]
        for key in fields:
            found = [each for each in _list(self._fields.get(key)) if {"id", "name", "state"} <= _map(each).keys()]
            if found:
                return [sprint for each in found if (sprint := _sprint(each)) is not None]
        return []

    def _change(self, data: Mapping[str, Any]) -> RawChange:
        items = []
        for each in map(_map, _list(data.get("items"))):
            shown = (_text(each.get("field")) or "").lower()
            field = _NAMED.get(shown) or _text(each.get("fieldId")) or shown
            old, new = _text(each.get("from")), _text(each.get("to"))
            items.append((field, old, new, _text(each.get("fromString")), _text(each.get("toString"))))
        at = _time(data.get("created"))
        return RawChange(id=_text(data.get("id")) or "", author=_person(data.get("author")), at=at, items=items)


def _sprint(data: Mapping[str, Any]) -> RawSprint | None:
    number, board = data.get("id"), data.get("boardId", data.get("originBoardId"))
    if not _whole(number):
        return None
    return RawSprint(
        id=number,
        board=board if _whole(board) else None,
        name=_text(data.get("name")) or f"Sprint {number}",
        state=_text(data.get("state")),
        goal=_text(data.get("goal")) or "",
        start_at=_time(data.get("startDate")),
        end_at=_time(data.get("endDate")),
        complete_at=_time(data.get("completeDate")),
    )


def _comment(data: Mapping[str, Any]) -> RawComment:
    return RawComment(
        id=_text(data.get("id")),
        author=_person(data.get("author")),
        at=_time(data.get("created")),
        body=_rich(data.get("body")) or "",
        updated_at=_time(data.get("updated")),
    )


def _worklog(data: Mapping[str, Any]) -> RawWorklog:
    seconds = data.get("timeSpentSeconds")
    return RawWorklog(
        id=_text(data.get("id")),
        author=_person(data.get("author")),
        started_at=_time(data.get("started")),
        created_at=_time(data.get("created")),
        seconds=int(seconds) if seconds is not None and _whole(seconds) else 0,
        comment=_rich(data.get("comment")),
        limited=isinstance(data.get("visibility"), dict),
    )


def _links(data: Mapping[str, Any]) -> Iterator[RawLink]:
    """The end that the link names: the issue that has it is the other one."""
    kind = _map(data.get("type"))
    name = _text(kind.get("name"))
    for end, outward in (("outwardIssue", True), ("inwardIssue", False)):
        other = _text(_map(data.get(end)).get("key"))
        if name is not None and other is not None:
            yield RawLink(
                id=_text(data.get("id")),
                type=name,
                other=other,
                outward=outward,
                inward_name=_text(kind.get("inward")),
                outward_name=_text(kind.get("outward")),
            )


def _person(data: Any) -> RawPerson | None:
    found = _map(data)
    code = next((text for key in ("accountId", "key", "name") if (text := _text(found.get(key)))), None)
    return RawPerson(id=code, name=_text(found.get("displayName")) or code) if code else None


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 53


def _rich(value: Any) -> str | dict[str, Any] | None:
    """Text, or a document; anything else is none."""
    if isinstance(value, dict):
        return value if value.get("type") == "doc" and isinstance(value.get("content"), list) else None
    return _text(value)


def _time(value: Any) -> int | None:
    return jira_time(value) if isinstance(value, str) else None


def _text(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return readable(value) if isinstance(value, str) and value else None


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
