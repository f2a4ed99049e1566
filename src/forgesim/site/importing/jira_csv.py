"""Issues from a CSV export of Jira: one line an issue, columns of one name repeated for fields with several values.

Every cell is text, whatever it looks like: one that a spreadsheet takes for a formula is a text like any other.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from forgesim.errors import InputError, Problem
from forgesim.site.importing.dates import jira_date, jira_time
from forgesim.site.importing.raw_issue import RawComment, RawIssue, RawLink, RawPerson, RawSprint, RawWorklog
from forgesim.site.limits import MAX_CELL_CHARS, MAX_COLUMNS, MAX_RECORDS
from forgesim.site.storage import readable

__all__ = ["read_csv"]

_CATEGORIES: Final = {"to do": "new", "in progress": "indeterminate", "done": "done"}
_POINTS: Final = ("story points", "story point estimate", "custom field (story points)")
_POINTS_TOO: Final = "custom field (story point estimate)"
_COMMENT = re.compile(r"([^;]{6,40});([^;\n]{1,200});(.*)", re.DOTALL)
_LINK = re.compile(r"(outward|inward) issue link \((.{1,200})\)")
_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,40}-[1-9][0-9]{0,11}")
_KNOWN: Final = frozenset(
    (
        *("summary", "issue key", "issue id", "issue type", "status", "status category", "status category changed"),
        *("project key", "project name", "project type", "project lead", "project lead id", "project description"),
        *("priority", "resolution", "assignee", "assignee id", "reporter", "reporter id", "creator", "creator id"),
        *(
            "created",
            "updated",
            "resolved",
            "due date",
            "labels",
            "description",
            "sprint",
            "comment",
            "comments",
            "log work",
        ),
        *("parent", "parent id", "parent key", "parent summary", "custom field (rank)", "rank", *_POINTS, _POINTS_TOO),
    )
)


def read_csv(raw: bytes, file: str, notes: list[str]) -> Iterator[RawIssue]:
    """The issues of a file. Raises InputError with the line; ``notes`` says which columns are left out."""
    text = _text(raw, file)
    rows = _rows(text, file)
    header = [name.strip().lower() for name in next(rows, (1, []))[1]]
    if len(header) > MAX_COLUMNS:
        raise InputError(Problem(what=f"{len(header):,} columns are more than {MAX_COLUMNS:,}", file=file, line=1))
    if missing := [name for name in ("issue key", "summary") if name not in header]:
        hint = "export all fields of the issues as CSV"
        raise InputError(Problem(what=f"there is no column {missing[0]!r}", file=file, line=1, hint=hint))
    if other := sorted({name for name in header if name and name not in _KNOWN and not _LINK.fullmatch(name)}):
        shown = ", ".join(other[:12]) + (f" and {len(other) - 12} more" if len(other) > 12 else "")
        notes.append(f"columns that are left out: {readable(shown)[:500]}")
    unread: Counter[str] = Counter()
    for count, (line, cells) in enumerate(rows):
        if count >= MAX_RECORDS:
            raise InputError(Problem(what=f"more than {MAX_RECORDS:,} issues", file=file, line=line))
        if len(cells) > len(header):
            raise InputError(Problem(what=f"{len(cells)} cells under {len(header)} columns", file=file, line=line))
        if any(cells):
            yield _Row(header, cells, line, file, unread).issue()
    notes += [f"{count} × {what} that cannot be read" for what, count in sorted(unread.items())]


def _text(raw: bytes, file: str) -> str:
    try:
        text = raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(Problem(what="not UTF-8 text", file=file, line=raw[: error.start].count(b"\n") + 1)) from None
    if "\0" in text:
        raise InputError(Problem(what="a NUL character", file=file, line=text[: text.index("\0")].count("\n") + 1))
    return text


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each record. Commas, semicolons or tabs stand between cells: what parts the first line most."""
    first = text.split("\n", 1)[0]
    between = max(",;\t", key=first.count)
    before = csv.field_size_limit(MAX_CELL_CHARS)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise InputError(Problem(what=f"not valid CSV: {error}", file=file, line=line)) from None
            if cells is None:
                return
            yield line, cells
    finally:
        csv.field_size_limit(before)


class _Row:
    def __init__(self, header: Sequence[str], cells: list[str], line: int, file: str, unread: Counter[str]) -> None:
        self._cells: dict[str, list[str]] = {}
        for name, cell in zip(header, cells, strict=False):
            if cell:
                self._cells.setdefault(name, []).append(readable(cell))
        self._line = line
        self._file = file
        self._unread = unread

    def issue(self) -> RawIssue:
        key = self._one("issue key").strip()
        if not _KEY.fullmatch(key):
            raise InputError(Problem(what=f"{key[:40]!r} is no issue key", file=self._file, line=self._line))
        category = _CATEGORIES.get(self._one("status category").strip().lower())
        return RawIssue(
            key=key,
            line=self._line,
            id=self._one("issue id").strip() or None,
            summary=self._one("summary"),
            description=self._one("description") or None,
            project_name=self._one("project name") or None,
            type=self._one("issue type") or "Task",
            status=self._one("status") or "To Do",
            category=category,
            priority=self._one("priority") or None,
            resolution=self._one("resolution") or None,
            assignee=self._person("assignee"),
            reporter=self._person("reporter"),
            creator=self._person("creator"),
            created_at=self._time("created"),
            updated_at=self._time("updated"),
            resolved_at=self._time("resolved"),
            status_changed_at=self._time("status category changed"),
            due=jira_date(self._one("due date")) if self._one("due date") else None,
            parent=self._one("parent key") or self._one("parent") or self._one("parent id") or None,
            points=self._points(),
            rank=self._one("custom field (rank)") or self._one("rank") or None,
            labels=[name for cell in self._cells.get("labels", ()) for name in cell.split()],
            sprints=[RawSprint(name=name.strip()) for name in self._cells.get("sprint", ()) if name.strip()],
            comments=[self._comment(cell) for name in ("comment", "comments") for cell in self._cells.get(name, ())],
            worklogs=[found for cell in self._cells.get("log work", ()) if (found := self._worklog(cell)) is not None],
            links=list(self._links()),
        )

    def _one(self, name: str) -> str:
        return self._cells.get(name, [""])[0]

    def _person(self, name: str) -> RawPerson | None:
        shown, code = self._one(name).strip(), self._one(f"{name} id").strip()
        return RawPerson(id=code or shown, name=shown or code) if code or shown else None

    def _time(self, name: str) -> int | None:
        text = self._one(name)
        at = jira_time(text) if text.strip() else None
        if at is None and text.strip():
            self._unread[f"time ({name})"] += 1
        return at

    def _points(self) -> float | None:
        text = next((self._one(name) for name in (*_POINTS, _POINTS_TOO) if self._one(name).strip()), "").strip()
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if 0 <= value < 1e9:
            return value
        self._unread["estimate"] += 1
        return None

    def _worklog(self, cell: str) -> RawWorklog | None:
        """``text;date;author;seconds``; the text may have semicolons of its own."""
        text, *rest = cell.rsplit(";", 3)
        seconds = rest[2].strip() if len(rest) == 3 else ""
        at = jira_time(rest[0]) if len(rest) == 3 else None
        if at is None or not (seconds.isascii() and seconds.isdigit() and len(seconds) < 12):
            self._unread["work logged"] += 1
            return None
        who = rest[1].strip()
        author = RawPerson(id=who, name=who) if who else None
        return RawWorklog(id=None, author=author, started_at=at, seconds=int(seconds), comment=text or None)

    def _links(self) -> Iterator[RawLink]:
        for name, cells in self._cells.items():
            if found := _LINK.fullmatch(name):
                for cell in cells:
                    yield RawLink(type=found[2].capitalize(), other=cell.strip(), outward=found[1] == "outward")

    def _comment(self, cell: str) -> RawComment:
        """``date;author;text``, else the cell is the text."""
        found = _COMMENT.fullmatch(cell)
        at = jira_time(found[1]) if found else None
        if found is None or at is None:
            return RawComment(id=None, author=None, at=None, body=cell)
        who = found[2].strip()
        return RawComment(id=None, author=RawPerson(id=who, name=who) if who else None, at=at, body=found[3])
