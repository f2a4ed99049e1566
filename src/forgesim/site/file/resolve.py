"""Turns what a site file calls things by into their ids, and tells of names that nothing has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from forgesim.manifest.reading import one_of
from forgesim.site import jira_model
from forgesim.site.access import APP_ACCOUNT
from forgesim.site.file.gather import Record
from forgesim.site.file.record import collections, fields, key_of
from forgesim.site.file.source import Path, Source
from forgesim.site.jira_parts import DEFAULT_LINK_TYPES, IssueLink

__all__ = ["resolve", "resolve_links"]

_PERSONS: Final = frozenset(
    ("author", "owner", "updated_by", "lead", "creator", "reporter", "assignee", "update_author"),
) | {"viewers", "editors", "likes", "watchers", "voters"}
"""Fields that name people: by handle or account, in lists ``group:NAME`` and ``anonymous`` too."""
_ACCOUNT: Final = re.compile(r"[\w-]+:[\w:-]{8,}|[0-9a-fA-F]{24,32}")
_TARGETS: Final = {
    "space_id": "spaces",
    "homepage_id": "pages",
    "project_id": "projects",
    "board_id": "boards",
    "sprints": "sprints",
}
_CODES: Final[Mapping[str, Mapping[str, Any]]] = {
    "type_id": jira_model.ISSUE_TYPES,
    "status_id": jira_model.STATUSES,
    "priority_id": jira_model.PRIORITIES,
    "resolution_id": jira_model.RESOLUTIONS,
}
NO_TYPES: Final[Mapping[str, str]] = MappingProxyType({})
_NAMES: Final = {"pages": "title", "spaces": "key", "projects": "key", "issues": "key"}

Records = dict[str, list[Record]]
Tell = Callable[[str, str, str], None]


def resolve(source: Source, found: Records) -> None:
    """Give every reference its id, but for links of issues. Tells of ids that two records have, of names that none or
    several have, and of pages and issues that lie in themselves."""
    _Resolver(source, found).run()


def resolve_links(source: Source, found: Records, own: Mapping[str, Any]) -> None:
    """Give links of issues, once all of these have their keys, the ids of their types and of where they lead. ``own``:
    fields of the site itself, such as the types that its Jira has. Tells of those that nothing has."""
    _Resolver(source, found, _link_types(own.get("jira"))).run_links()


def _link_types(jira: Any) -> dict[str, str]:
    """Id → name of each type of link; what is none is told of elsewhere."""
    told = jira.get("link_types") if isinstance(jira, dict) else None
    if not isinstance(told, dict):
        return {each.id: each.name for each in DEFAULT_LINK_TYPES.values()}
    names = {code: each[1] if isinstance(each, list) and len(each) > 1 else code for code, each in told.items()}
    return {str(code): str(name) for code, name in names.items()}


class _Resolver:
    def __init__(self, source: Source, found: Records, link_types: Mapping[str, str] = NO_TYPES) -> None:
        self._source = source
        self._link_types = link_types
        self._found = found
        self._ids: dict[str, dict[str, Any]] = {}
        self._names: dict[str, dict[str, list[Any]]] = {}
        self._accounts: dict[str, str] = {}
        self._here = Record((), {})

    def run(self) -> None:
        for name, records in self._found.items():
            self._index(name, records)
        for record in self._found["users"]:
            handle, account = record.fields.get("handle"), record.fields.get("account_id")
            if isinstance(handle, str) and isinstance(account, str):
                self._accounts[handle] = account
        for name, records in self._found.items():
            kind = collections()[name]
            for record in records:
                self._here = record
                self._references(name, kind, record.fields, record.path)
        for name in ("pages", "issues"):
            self._no_circles(name)

    def run_links(self) -> None:
        records = self._found["issues"]
        self._ids["issues"] = {str(id_): id_ for record in records if (id_ := record.fields.get("id")) is not None}
        self._names["issues"] = {}
        for record in records:
            self._names["issues"].setdefault(str(record.fields.get("key")), []).append(record.fields.get("id"))
        for record in records:
            self._here, links = record, record.fields.get("links")
            if isinstance(links, list):
                path = (*record.path, "links")
                record.fields["links"] = [self._link(each, (*path, place)) for place, each in enumerate(links)]

    def _index(self, name: str, records: list[Record]) -> None:
        key = key_of(collections()[name])
        ids = self._ids[name] = {}
        names: dict[str, list[Any]] = {}
        self._names[name] = names
        for record in records:
            own = record.fields.get(key)
            if not isinstance(own, str | int):
                continue
            if str(own) in ids:
                self._source.tell(record.path, f"two of {_shown(name)} have the id {own!r}", "ids are used once")
            ids[str(own)] = own
            told = record.fields.get(_NAMES.get(name, "name"))
            if isinstance(told, str):
                names.setdefault(told, []).append(own)
        codes = "handle" if name == "users" else "key"
        counted = Counter(code for record in records if isinstance(code := record.fields.get(codes), str))
        for record in records:
            code = record.fields.get(codes)
            if isinstance(code, str) and counted[code] > 1:
                self._source.tell(record.path, f"two of {_shown(name)} have the {codes} {code!r}", "give each its own")
                counted[code] = 0

    def _references(self, name: str, kind: type, item: dict[str, Any], path: tuple[str | int, ...]) -> None:
        own = fields(kind)
        for key in list(item):
            value = item[key]
            if value is None:
                continue
            if key in _PERSONS:
                item[key] = self._persons(key, value)
            elif key in _CODES:
                item[key] = self._code(key, value)
            elif key == "parent_id" and name in ("pages", "issues"):
                item[key] = self._one(name, key, value)
            elif key in _TARGETS and key != "sprints":
                item[key] = self._one(_TARGETS[key], key, value)
            elif key == "sprints" and isinstance(value, list):
                item[key] = [self._one("sprints", key, each) for each in value]
            elif key in own and (inner := own[key].record) is not None:
                for place, each in enumerate(own[key].maps(value)):
                    self._references(key, inner, each, (*path, key, place))

    def _persons(self, key: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._persons(key, each) for each in value]
        if not isinstance(value, str) or value in self._ids["users"] or value == APP_ACCOUNT:
            return value
        if value in self._accounts:
            return self._accounts[value]
        if not _ACCOUNT.fullmatch(value) and not value.startswith("group:") and value != "anonymous":
            self._tell(key, f"nobody has the handle {value[:60]!r}", one_of(value, self._accounts))
        return value

    def _code(self, key: str, value: Any) -> Any:
        known = _CODES[key]
        if str(value) in known:
            return str(value)
        by_name = {str(getattr(each, "name", each)).casefold(): code for code, each in known.items()}
        code = by_name.get(str(value).casefold())
        if code is None:
            names = [str(getattr(each, "name", each)) for each in known.values()]
            self._tell(key, f"{str(value)[:60]!r} is no {key.removesuffix('_id')}", f"known: {', '.join(names)}")
        return code or next(iter(known))

    def _one(self, target: str, key: str, value: Any, path: Path | None = None) -> Any:
        ids = self._ids[target]
        if isinstance(value, str | int) and str(value) in ids:
            return ids[str(value)]
        named = self._names[target].get(str(value), [])
        if len(named) > 1 and target == "pages":
            here = self._here.fields.get("space_id", self._here.fields.get("id"))
            spaces = {str(each.fields.get("id")): each.fields.get("space_id") for each in self._found["pages"]}
            named = [each for each in named if spaces.get(str(each)) == here] or named
        if len(named) == 1:
            return named[0]
        what = "several have that name" if named else "nothing has that name or id"
        hint = "use the id" if named else one_of(str(value), self._names[target])
        self._tell(key, f"{str(value)[:60]!r} is none of {_shown(target)}: {what}", hint, path)
        return value

    def _link(self, link: Any, path: tuple[str | int, ...]) -> Any:
        """A link's type may be told by its name, and where it leads to by the key of the issue."""
        if not isinstance(link, list) or len(link) != len(fields(IssueLink)):
            return link  # told of when it is made a link
        id_, kind, target = link
        by_name = {name.casefold(): code for code, name in self._link_types.items()}
        known = str(kind) if str(kind) in self._link_types else by_name.get(str(kind).casefold())
        if known is None:
            what = f"a link of {self._here.name()}: {str(kind)[:60]!r} is no type of link"
            self._source.tell(path, what, f"known: {', '.join(self._link_types.values())}")
        return [id_, known or kind, self._one("issues", "link", target, path)]

    def _tell(self, key: str, what: str, hint: str, path: Path | None = None) -> None:
        self._source.tell(path or self._here.path, f"{key.removesuffix('_id')} of {self._here.name()}: {what}", hint)

    def _no_circles(self, name: str) -> None:
        above = {str(each.fields.get("id")): each.fields.get("parent_id") for each in self._found[name]}
        clear: set[str] = set()
        for record in self._found[name]:
            line: dict[str, None] = {}
            here: Any = str(record.fields.get("id"))
            while here is not None and str(here) in above and str(here) not in clear and str(here) not in line:
                line[str(here)] = None
                here = above[str(here)]
            if here is not None and str(here) in line:
                self._source.tell(record.path, f"{record.name()} lies in itself", "give one of its parents another")
            clear.update(line)


def _shown(name: str) -> str:
    return "people" if name == "users" else name
