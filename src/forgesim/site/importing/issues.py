"""Issues of a Jira export with comments and history."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

from forgesim.clock import EPOCH_MS
from forgesim.errors import InputError, Problem
from forgesim.ids import derive
from forgesim.site.importing.dates import jira_date
from forgesim.site.importing.jira_names import Names
from forgesim.site.importing.links import link_issues
from forgesim.site.importing.raw_issue import RawChange, RawComment, RawIssue, RawPerson
from forgesim.site.importing.sprints import SprintMaker
from forgesim.site.jira_history import points_text, sprint_text
from forgesim.site.jira_model import DONE, SPRINT_FIELD, STORY_POINTS_FIELD, Change, Issue, IssueComment, Item
from forgesim.site.jira_parts import Worklog
from forgesim.site.model import Site
from forgesim.site.people import People

__all__ = ["IssueMaker"]

_UNDATED_MS: Final = EPOCH_MS - 30 * 86_400_000
_MENTION = re.compile(r"\[~(?:accountid:)?([^\]\n]{1,128})\]")
_RANK = re.compile(r"[0-9A-Za-z|:]{1,255}")


Value = str | None


class IssueMaker:
    """Turns what the export tells into the issues of ``site``; what it cannot hold is counted in the notes."""

    def __init__(
        self, site: Site, issues: dict[str, RawIssue], people: People, sprints: SprintMaker, file: str
    ) -> None:
        self._site = site
        self._raw = issues
        self._people = people
        self._sprints = sprints
        self._file = file
        self._names = Names()
        self._left_out: Counter[str] = Counter()
        self._keys = {project.key: project.id for project in site.projects.values()}
        self._ids: dict[str, str] = {}
        kinds = ("issue", "comment", "change", "worklog", "link")
        self._taken: dict[str, set[str]] = {kind: set() for kind in kinds}
        self._taken["link type"] = set(site.jira.link_types)

    def make(self) -> None:
        for raw in self._raw.values():
            self._ids[raw.key] = self._id("issue", raw.id, raw.key, raw.line)
        by_id = {own: own for own in self._ids.values()}
        for place, raw in enumerate(self._raw.values()):
            issue = self._issue(raw, place)
            issue.parent_id = self._ids.get(raw.parent or "") or by_id.get(raw.parent or "")
            if raw.parent is not None and issue.parent_id is None:
                self._left_out["parent that is not in the export"] += 1
            self._site.issues[issue.id] = issue
        self._no_circles()
        self._left_out += link_issues(self._site, list(self._raw.values()), self._ids, self._id)
        self._site.notes += [f"left out: {count} × {what}" for what, count in sorted(self._left_out.items()) if count]
        self._site.notes += sorted(self._names.notes)

    def _id(self, kind: str, told: str | None, name: str, line: int | None = None) -> str:
        """The id that the export tells, where it is one; else one that follows from the name."""
        taken = self._taken[kind]
        if told is not None and told.isascii() and told.isdigit() and len(told) < 18:
            own = str(int(told))
            if own not in taken:
                taken.add(own)
                return own
            if kind == "issue":
                raise InputError(
                    Problem(what=f"the id {own} of issue {name} is there twice", file=self._file, line=line)
                )
        number = 1_000_000 + derive(kind, name) % 800_000_000
        while str(number) in taken:
            number += 1
        taken.add(str(number))
        return str(number)

    def _issue(self, raw: RawIssue, place: int) -> Issue:
        status = self._names.status(raw.status, raw.category)
        reporter = self._person(raw.reporter)
        creator = self._person(raw.creator) or reporter or self._people.alice
        created, updated = self._span(raw)
        changes = self._history(raw, created)
        moved = [change.at for change in changes if any(item.field == "status" for item in change.items)]
        resolution = self._names.resolution(raw.resolution)
        resolved = raw.resolved_at
        if status == DONE and raw.resolution is None and resolved is not None:
            resolution = self._names.resolution("Done")
        return Issue(
            id=self._ids[raw.key],
            key=raw.key,
            project_id=self._keys[raw.key.rpartition("-")[0]],
            type_id=self._names.kind(raw.type, raw.level),
            summary=raw.summary or raw.key,
            creator=creator,
            created_at=created,
            updated_at=updated,
            status_changed_at=max(created, moved[-1] if moved else raw.status_changed_at or resolved or created),
            description=self._text(raw.description),
            status_id=status,
            priority_id=self._names.priority(raw.priority),
            reporter=reporter,
            assignee=self._person(raw.assignee),
            points=raw.points,
            sprints=self._sprints.ids(raw),
            resolution_id=resolution,
            resolved_at=(resolved or updated) if resolution is not None else None,
            due=raw.due,
            rank=raw.rank if raw.rank and _RANK.fullmatch(raw.rank) else f"0|i{place:05d}:",
            labels=tuple(dict.fromkeys("".join(name.split()) for name in raw.labels if name.strip())),
            comments=self._comments(raw, updated),
            changes=changes,
            worklogs=self._worklogs(raw, updated),
        )

    def _span(self, raw: RawIssue) -> tuple[int, int]:
        created = raw.created_at if raw.created_at is not None else raw.updated_at
        if created is None:
            created = _UNDATED_MS
            self._left_out["date of an issue, which the export lacks"] += 1
        return created, max(created, raw.updated_at or 0)

    def _person(self, person: RawPerson | None) -> str | None:
        return None if person is None else self._people.account(f"user:{person.id}", person.name)

    def _text(self, value: str | dict[str, Any] | None) -> Any:
        """Text or document, its mentions those of the site's people."""
        if isinstance(value, str):
            return _MENTION.sub(lambda found: f"[~accountid:{self._mentioned(found[1])}]", value)
        return None if value is None else self._document(value)

    def _mentioned(self, who: str) -> str:
        return self._people.account(f"user:{who}") or who

    def _document(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._document(each) for each in node]
        if not isinstance(node, dict):
            return node
        attributes = node.get("attrs")
        if node.get("type") == "mention" and isinstance(attributes, dict) and isinstance(attributes.get("id"), str):
            account = self._mentioned(attributes["id"])
            return {**node, "attrs": {**attributes, "id": account, "text": f"@{self._site.users[account].name}"}}
        return {key: self._document(value) for key, value in node.items()}

    def _comments(self, raw: RawIssue, updated: int) -> list[IssueComment]:
        return [
            IssueComment(
                id=self._id("comment", each.id, f"{raw.key} {place}"),
                author=self._person(each.author) or self._people.alice,
                created_at=each.at if each.at is not None else updated,
                body=self._text(each.body),
                **self._edited(each),
            )
            for place, each in enumerate(raw.comments)
        ]

    def _worklogs(self, raw: RawIssue, updated: int) -> tuple[Worklog, ...]:
        self._left_out["limit to whom work logged is shown: all may see it"] += sum(
            each.limited for each in raw.worklogs
        )
        return tuple(
            Worklog(
                id=self._id("worklog", each.id, f"{raw.key} {place}"),
                author=self._person(each.author) or self._people.alice,
                created_at=next((at for at in (each.created_at, each.started_at) if at is not None), updated),
                started_at=next((at for at in (each.started_at, each.created_at) if at is not None), updated),
                seconds=each.seconds,
                comment=self._text(each.comment),
            )
            for place, each in enumerate(raw.worklogs)
        )

    def _edited(self, comment: RawComment) -> dict[str, Any]:
        if comment.updated_at is None or comment.at is None or comment.updated_at <= comment.at:
            return {}
        return {"updated_at": comment.updated_at, "updated_by": self._person(comment.author) or self._people.alice}

    def _history(self, raw: RawIssue, created: int) -> list[Change]:
        changes = []
        for place, each in enumerate(raw.changes):
            items = tuple(item for told in each.items if (item := self._item(raw, *told)) is not None)
            if items:
                changes.append(self._change(raw, each, place, items, created))
        return sorted(changes, key=lambda change: (change.at, int(change.id)))

    def _change(self, raw: RawIssue, each: RawChange, place: int, items: tuple[Item, ...], created: int) -> Change:
        own = self._id("change", each.id or None, f"{raw.key} {place}")
        at = max(created, each.at if each.at is not None else raw.updated_at or created)
        return Change(own, at, self._person(each.author) or self._people.alice, items)

    def _item(self, raw: RawIssue, field: str, old: Value, new: Value, was: Value, now: Value) -> Item | None:
        """A change in the form of ``jira_model.Item``; nothing for a field that a site does not have."""
        match field:
            case "status":
                values = tuple(None if name is None else self._status(raw, name) for name in (was, now))
            case "assignee" | "reporter":
                pairs = ((old, was), (new, now))
                values = tuple(
                    None if code is None else self._person(RawPerson(id=code, name=name or code))
                    for code, name in pairs
                )
            case "priority":
                values = tuple(self._names.priority(name) for name in (was, now))
            case "resolution":
                values = tuple(self._names.resolution(name) for name in (was, now))
            case "issuetype":
                values = tuple(None if name is None else self._names.kind(name, None) for name in (was, now))
            case "summary" | "description":
                values = tuple(self._text(text) for text in (was, now))
            case "labels":
                values = (was or "", now or "")
            case "duedate":
                values = tuple(None if day is None else jira_date(day) for day in (old, new))
            case _ if field == SPRINT_FIELD:
                values = tuple(self._in_sprints(text) for text in (old, new))
            case _ if field == STORY_POINTS_FIELD:
                values = tuple(_points(text) for text in (was, now))
            case "parent" | "IssueParentAssociation":
                field, values = "parent", tuple(self._ids.get(key or "") for key in (was, now))
            case _:
                self._left_out["change of a field that a site does not have"] += 1
                return None
        return Item(field, *values) if values[0] != values[1] else None

    def _status(self, raw: RawIssue, name: str) -> str:
        return self._names.status(name, raw.category if name == raw.status else None)

    def _in_sprints(self, text: Value) -> str:
        numbers = [int(part) for part in (text or "").split(",") if part.strip().isascii() and part.strip().isdigit()]
        return sprint_text(tuple(number for number in numbers if str(number) in self._site.sprints))

    def _no_circles(self) -> None:
        for issue in self._site.issues.values():
            seen, here = {issue.id}, issue.parent_id
            while here is not None:
                if here in seen:
                    raise InputError(Problem(what=f"issue {issue.key} lies in itself", file=self._file))
                seen.add(here)
                here = self._site.issues[here].parent_id


def _points(text: Value) -> Value:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return points_text(value) if value is not None and 0 <= value < 1e9 else None
