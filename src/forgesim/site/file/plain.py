"""A site as plain JSON values: the form of its file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from forgesim.clock import iso_utc, parse_time
from forgesim.site.file.record import FIRST_MS, LAST_MS, NAMES, collections, fields, positional
from forgesim.site.jira_model import Issue, Project, Sprint
from forgesim.site.model import Page, Site, Space, User

__all__ = ["ALWAYS", "plain_site"]

ALWAYS: Final[Mapping[type, frozenset[str]]] = {
    User: frozenset(("admin",)),
    Space: frozenset(("homepage_id",)),
    Page: frozenset(("position", "versions")),
    Project: frozenset(("next_number",)),
    Sprint: frozenset(("start_at", "end_at", "complete_at")),
    Issue: frozenset(("resolution_id", "resolved_at")),
    Site: frozenset(("variables", "next_id")),
}
"""Fields with a default that the reader of a file works out where they are left out: those are always written."""


def plain_site(site: Site) -> dict[str, Any]:
    """Every field that is not its default; the records of a collection as a list, since their ids tell their keys."""
    plain: dict[str, Any] = _record(site)
    for name in collections():
        if records := getattr(site, name):
            plain[NAMES.get(name, name)] = [_record(each) for each in records.values()]
    return plain


def _record(record: Any) -> Any:
    kind: Any = type(record)
    if positional(kind):
        return [_value(getattr(record, name), time=False) for name in fields(kind)]
    always = ALWAYS.get(kind, frozenset())
    plain = {}
    for name, field in fields(kind).items():
        if kind is Site and name in collections():
            continue
        value = getattr(record, name)
        if field.required or name in always or value != field.default or type(value) is not type(field.default):
            plain[NAMES.get(name, name) if kind is Site else name] = _value(value, time=field.time)
    return plain


def _value(value: Any, *, time: bool) -> Any:
    if value is None or isinstance(value, bool | str | float):
        return value
    if isinstance(value, int):
        return _instant(value) if time else value
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Mapping):
        return {key: _value(each, time=False) for key, each in value.items()}
    if isinstance(value, list | tuple) and not positional(type(value)):
        return [_value(each, time=False) for each in value]
    try:
        return _record(value)
    except (TypeError, AttributeError):
        return msgspec.to_builtins(value)


def _instant(at_ms: int) -> str | int:
    """The time as people write it, where that says the same."""
    if not FIRST_MS <= at_ms <= LAST_MS:
        return at_ms
    text = iso_utc(at_ms).replace(".000Z", "Z")
    return text if parse_time(text) == at_ms else at_ms
