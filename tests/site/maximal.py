"""A site in which no field of any class of the model has its default: made from the classes, so that a field that is
added to the model is in it."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin

from forgesim.site.file.record import fields, key_of
from forgesim.site.jira_parts import IssueLink
from forgesim.site.model import Site

__all__ = ["maximal"]

PAIR = 2
"""Values in each list and map."""
PERSONS = frozenset(
    (
        *("author", "owner", "updated_by", "lead", "creator", "reporter", "assignee", "update_author"),
        *("viewers", "editors", "likes", "watchers", "voters"),
    )
)
KNOWN: dict[str, Any] = {
    "type_id": "10004",
    "status_id": "3",
    "priority_id": "1",
    "resolution_id": "10001",
    "homepage_id": "2001",
    "space_id": "2001",
    "project_id": "2001",
    "board_id": 2001,
    "sprints": (2001, 2002),
    "body": "<p>text</p>",
}
"""Fields whose values have to fit elsewhere; ids of every kind are 2001 and 2002."""


def maximal() -> Site:
    return Site(**{name: value(field.hint, name, 1) for name, field in fields(Site).items()})


def record(kind: type, place: int) -> Any:
    made = {name: value(field.hint, name, place) for name, field in fields(kind).items()}
    made |= {name: False for name, field in fields(kind).items() if field.default is True}
    if "account_id" in made:
        made["account_id"], made["handle"] = f"712020:person-{place}", ("alice", "bob")[place - 1]
    if "id" in made:
        made["id"] = type(made["id"])(2000 + place)
    if "parent_id" in made:
        made["parent_id"] = "2001" if place == PAIR else None
    if kind is IssueLink:
        made |= {"type_id": "2001", "target": "2002"}
    return kind(**made)


def value(hint: Any, name: str, place: int) -> Any:
    """Something of the type that is no default; people are those of the site."""
    origin, args = get_origin(hint), get_args(hint)
    if name in KNOWN and origin is not dict:
        return KNOWN[name]
    if origin in (Union, types.UnionType):
        return value(next(each for each in args if each is not type(None)), name, place)
    if origin is Literal:
        return args[-1]
    if origin in (list, tuple):
        if origin is tuple and args[-1] is not Ellipsis:
            return tuple(value(each, name, place) for each in args)
        return origin(value(args[0], name, number) for number in (1, PAIR))
    if origin in (dict, Mapping):
        return mapped(args[1])
    return plain(hint, name, place)


def mapped(hint: Any) -> dict[str, Any]:
    inner = [value(hint, "", number) for number in (1, PAIR)]
    keyed = all(isinstance(each, type) is False and hasattr(each, "__slots__") for each in inner)
    return {
        str(getattr(each, key_of(type(each)))) if keyed else f"key {place}": each for place, each in enumerate(inner)
    }


def plain(hint: Any, name: str, place: int) -> Any:
    if hint is str:
        return "712020:person-1" if name in PERSONS else f"{name} {place}"
    if hint is int:
        return 1_700_000_000_000 + place if name.endswith("at") else 40 + place
    simple: dict[Any, Any] = {float: 2.5, bool: True, bytes: b"\x00\xff", object: {"a": [1, None]}, Any: {"a": [1.5]}}
    return simple[hint] if hint in simple else record(hint, place)
