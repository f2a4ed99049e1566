"""Fields of the site's own in JQL: found by name, ``cf[10300]`` or id, searched and ordered as their kind is
(Atlassian's reference of JQL)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from forgesim.products.jira.errors import UnsupportedError, bad_request
from forgesim.products.jira.jql import Clause, Value
from forgesim.products.jira.jql_fields import is_system
from forgesim.products.jira.jql_history import is_empty
from forgesim.products.jira.world import World
from forgesim.site.jira_model import Issue
from forgesim.site.jira_parts import CustomField
from forgesim.site.jira_text import plain

__all__ = ["held_ids", "held_text", "option_ids", "own_field", "own_order"]


def own_field(world: World, account: str | None, name: str) -> CustomField | None:
    """The field that is called that; None where none is. One of no project that the caller sees is not there for them.

    Raises Refused; UnsupportedError where several are called that, or one is called as a field of every site.
    """
    found = [each for each in world.site.jira.fields.values() if name in _names(each)]
    if not found:
        return None
    if len(found) > 1 or is_system(name):
        raise UnsupportedError(f"JQL field {name}, which is the name of several fields")
    if found[0].projects is not None:
        seen = {each.id for each in world.projects(account)}
        if seen.isdisjoint(found[0].projects):
            raise bad_request(f"Field '{name}' does not exist or you do not have permission to view it.")
    return found[0]


def _names(of: CustomField) -> tuple[str, ...]:
    return of.id, of.name.lower(), f"cf[{of.id.removeprefix('customfield_')}]"


def held_ids(of: CustomField) -> Callable[[Issue], Iterable[str]]:
    """What an issue holds in a field of options, people or labels."""

    def held(issue: Issue) -> Iterable[str]:
        value = issue.values.get(of.id)
        return () if value is None else value if isinstance(value, list) else (value,)

    return held


def held_text(of: CustomField, issue: Issue) -> str:
    value = issue.values.get(of.id)
    return "" if value is None else plain(value)


def option_ids(of: CustomField, clause: Clause, value: Value) -> Iterable[str]:
    """The options that an operand names, by id or by their text. Raises Refused, UnsupportedError."""
    if is_empty(value):
        return ()
    if value.arguments is not None:
        raise UnsupportedError(f"JQL function {value.text}() for {clause.field}")
    low = value.text.casefold()
    found = [id_ for id_, text in of.options.items() if low in (id_, text.casefold())]
    if not found:
        raise bad_request(f"The option '{value.text}' for field '{clause.field}' does not exist.")
    return found


def own_order(world: World, of: CustomField) -> Callable[[Issue], Any]:
    """What issues are sorted by: options in the order of the field, people by name, texts whatever their case."""
    options = list(of.options)

    def key(issue: Issue) -> Any:
        value = issue.values.get(of.id)
        if value is None:
            return None
        match of.kind:
            case "select":
                return options.index(value) if value in options else None
            case "user":
                user = world.user(value)
                return user.name.casefold() if user else value
            case "labels":
                return sorted(each.casefold() for each in value)
            case "text" | "paragraph":
                return plain(value).casefold()
            case _:
                return value

    return key
