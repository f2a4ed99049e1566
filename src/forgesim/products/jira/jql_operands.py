"""Which things the operands of a JQL clause stand for: by id or name, only what the caller may see, and functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from forgesim.products.jira.errors import UnsupportedError, bad_request
from forgesim.products.jira.jql import Clause, Value
from forgesim.products.jira.jql_fields import PEOPLE, TABLES, field_of
from forgesim.products.jira.jql_history import is_empty
from forgesim.products.jira.jql_values import day_of, instant, zone
from forgesim.products.jira.world import World
from forgesim.site.access import may_view_issue
from forgesim.site.jira_access import may_see_said
from forgesim.site.jira_model import Issue, Sprint
from forgesim.site.jira_parts import Component, ProjectVersion, SecurityLevel

__all__ = ["Operands"]

_CATEGORIES: Mapping[str, str] = MappingProxyType({
    "to do": "new", "new": "new", "2": "new", "in progress": "indeterminate", "indeterminate": "indeterminate",
    "4": "indeterminate", "done": "done", "complete": "done", "3": "done",
})  # fmt: skip
_SPRINTS: Mapping[str, str] = MappingProxyType(
    {"opensprints": "active", "closedsprints": "closed", "futuresprints": "future"}
)
_VERSIONS: Mapping[str, bool] = MappingProxyType({"releasedversions": True, "unreleasedversions": False})


@dataclass(frozen=True, slots=True)
class Operands:
    world: World
    account: str | None
    now_ms: int

    def ids(self, clause: Clause, value: Value) -> Iterable[str]:
        """What an operand stands for in the clause's field; EMPTY stands for nothing. Raises Refused,
        UnsupportedError."""
        if is_empty(value):
            return ()
        field = field_of(clause.field)
        if field in PEOPLE:
            return self.people(clause, value)
        if value.arguments is not None:
            return self._function(clause, field, value)
        if field == "labels":
            return (value.text,)
        if field == "sprint":
            return self._sprint(value)
        if field in ("key", "parent"):
            return (self.issue(clause, value).id,)
        found = self._named(field, value.text.casefold())
        if not found:
            raise _unknown(clause, value)
        return found

    def _named(self, field: str, low: str) -> list[str]:
        """The ids of what is called that, or has that id."""
        projects = self.world.projects(self.account)
        match field:
            case "project":
                return [each.id for each in projects if low in (each.id, each.key.casefold(), each.name.casefold())]
            case "category":
                return list({each.category for each in projects if low == each.category.casefold() and low})
            case "statuscategory":
                return [_CATEGORIES[low]] if low in _CATEGORIES else []
            case "component":
                return _called(low, (part for each in projects for part in each.components))
            case "fixversion" | "affectedversion":
                return _called(low, (part for each in projects for part in each.versions))
            case "level":
                schemes = self.world.site.jira.security_schemes.values()
                return _called(low, (level for scheme in schemes for level in scheme.levels))
            case "issuelinktype":
                return [f"{way} {each.id}" for each in self.world.site.jira.link_types.values()
                        for way, name in (("out", each.outward), ("in", each.inward))
                        if low in (each.name.casefold(), name.casefold(), each.id)]  # fmt: skip
        return [id_ for id_, name in TABLES[field].items() if low in (id_, name.casefold())]

    def people(self, clause: Clause, value: Value) -> Iterable[str]:
        """Account ids."""
        if value.arguments is None:
            if self.world.user(value.text) is None:
                raise _unknown(clause, value)
            return (value.text,)
        name = value.text.lower()
        if name == "currentuser" and not value.arguments:
            return (self.account or "",)
        if name == "membersof" and len(value.arguments) == 1:
            return self._members(value.arguments[0])
        raise UnsupportedError(f"JQL function {_told(value)} for {clause.field}")

    def _members(self, group: str) -> Iterable[str]:
        users = self.world.site.users.values()
        low = group.casefold()
        if not any(low == each.casefold() for user in users for each in user.groups):
            raise bad_request(f"Function 'membersOf' can not generate a list of usernames for group '{group}'; "
                              "the group does not exist.")  # fmt: skip
        return [user.account_id for user in users if any(low == each.casefold() for each in user.groups)]

    def issue(self, clause: Clause, value: Value) -> Issue:
        issue = self.world.find_issue(self.account, value.text) if value.arguments is None else None
        if issue is None:
            raise bad_request(f"An issue with key '{value.text}' does not exist for field '{clause.field}'.")
        return issue

    def _sprint(self, value: Value) -> Iterable[str]:
        for sprint in self._sprints():
            if value.text == str(sprint.id) and not value.quoted:
                return (str(sprint.id),)
        found = [
            str(each.id) for each in self._sprints() if value.text.casefold() in (each.name.casefold(), str(each.id))
        ]
        if found:
            return found
        kind = "id" if value.text.isdecimal() else "name"
        raise bad_request(f"Sprint with {kind} '{value.text}' does not exist or you do not have permission to view it.")

    def _sprints(self) -> list[Sprint]:
        return self.world.sprints(self.account)

    # --- functions ---

    def _function(self, clause: Clause, field: str, value: Value) -> Iterable[str]:
        name, arguments = value.text.lower(), value.arguments or ()
        if field == "sprint" and name in _SPRINTS and not arguments:
            return [str(sprint.id) for sprint in self._sprints() if sprint.state == _SPRINTS[name]]
        if field in ("fixversion", "affectedversion") and name in _VERSIONS:
            return self._versions(arguments, released=_VERSIONS[name])
        if field == "key":
            match name:
                case "linkedissues" if 1 <= len(arguments) <= 2:
                    return self._linked(clause, arguments)
                case "votedissues" if not arguments:
                    return [each.id for each in self.world.site.issues.values() if self.account in each.voters]
                case "watchedissues" if not arguments:
                    return [each.id for each in self.world.site.issues.values() if self.account in each.watchers]
                case "updatedby" if 1 <= len(arguments) <= 3:
                    return self._updated(clause, arguments)
        raise UnsupportedError(f"JQL function {_told(value)} for {clause.field}")

    def _versions(self, projects: tuple[str, ...], *, released: bool) -> Iterable[str]:
        low = [each.casefold() for each in projects]
        named = [
            each
            for each in self.world.projects(self.account)
            if not low or not {each.key.casefold(), each.name.casefold(), each.id}.isdisjoint(low)
        ]
        return [version.id for each in named for version in each.versions if version.released == released]

    def _linked(self, clause: Clause, arguments: tuple[str, ...]) -> Iterable[str]:
        """The issues at the other ends of an issue's links, of the kind that the second argument says."""
        issue = self.issue(clause, Value(arguments[0]))
        types, leading = self.world.site.jira.link_types, self.world.jql_index.links(issue)
        low = arguments[1].casefold() if len(arguments) == 2 else None
        ends = [(types[link.type_id].outward, link.target) for link in issue.links if link.type_id in types]
        ends += [(types[type_id].inward, other) for type_id, other in leading if type_id in types]
        if low is not None and low not in {
            name.casefold() for each in types.values() for name in (each.inward, each.outward)
        }:
            raise bad_request(f"Issue link type '{arguments[1]}' could not be found in function 'linkedIssues'.")
        return [other for name, other in ends if low in (None, name.casefold()) and self._is_seen(other)]

    def _is_seen(self, id_: str) -> bool:
        site = self.world.site
        return id_ in site.issues and may_view_issue(site, self.account, site.issues[id_])

    def _updated(self, clause: Clause, arguments: tuple[str, ...]) -> Iterable[str]:
        """Issues that somebody created, commented or changed, from one date to another."""
        (who,) = self.people(clause, Value(arguments[0]))
        user = self.world.user(self.account)
        where = zone(user.time_zone if user else "UTC")
        times = [instant(clause.field, Value(each), self.now_ms, where) for each in arguments[1:]]
        start = times[0] if times else 0
        end = (day_of(times[1], where)[1] if ":" not in arguments[2] else times[1]) if len(times) == 2 else 1 << 62
        return [each.id for each in self.world.site.issues.values()
                if any(by == who and start <= at <= end for at, by in self._deeds(each))]  # fmt: skip

    def _deeds(self, issue: Issue) -> Iterable[tuple[int, str]]:
        """When somebody did something that the caller may know of."""
        site, project = self.world.site, self.world.site.projects[issue.project_id]
        yield issue.created_at, issue.creator
        for change in issue.changes:
            yield change.at, change.author
        for comment in issue.comments:
            if may_see_said(site, self.account, project, comment.visibility):
                yield comment.created_at, comment.author
                if comment.updated_at is not None:
                    yield comment.updated_at, comment.updated_by or comment.author


def _called(low: str, parts: Iterable[Component | ProjectVersion | SecurityLevel]) -> list[str]:
    return [part.id for part in parts if low in (part.id, part.name.casefold())]


def _unknown(clause: Clause, value: Value) -> Exception:
    return bad_request(f"The value '{value.text}' does not exist for the field '{clause.field}'.")


def _told(value: Value) -> str:
    return f"{value.text}({', '.join(value.arguments or ())})"
