"""What ADF says of one node: its attributes and marks, each checked; malformed ones are refused with their place."""

from __future__ import annotations

from typing import Any, TypeGuard

from forgesim.site.bodies.node import BodyError, Mark
from forgesim.site.bodies.style import colour
from forgesim.site.storage import readable

__all__ = ["attributes", "is_number", "local_id", "marks_of", "required", "target_of", "text_of"]

_MARKS = frozenset(("strong", "em", "strike", "underline", "code", "link", "subsup", "textColor", "backgroundColor",
                    "annotation", "alignment", "indentation"))  # fmt: skip
_DROPPED = frozenset(("border", "breakout", "dataConsumer", "fragment", "fontSize"))


def attributes(node: dict[str, Any], at: str) -> dict[str, Any]:
    found = node.get("attrs", {})
    if not isinstance(found, dict):
        raise BodyError(f"{at}: 'attrs' must be an object")
    return found


def required(given: dict[str, Any], name: str, at: str) -> str:
    found = given.get(name)
    if not isinstance(found, str) or not found:
        raise BodyError(f"{at}: '{name}' must be a string that is not empty")
    return readable(found)


def text_of(node: dict[str, Any], at: str) -> str:
    text = node.get("text")
    if not isinstance(text, str) or not text:
        raise BodyError(f"{at}: 'text' must be a string that is not empty")
    return readable(text)


def local_id(node: dict[str, Any], at: str) -> dict[str, Any]:
    local = attributes(node, at).get("localId")
    return {"local": readable(local).strip()} if isinstance(local, str) and local.strip() else {}


def is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def marks_of(node: dict[str, Any], at: str) -> list[Mark]:
    given = node.get("marks", [])
    if not isinstance(given, list):
        raise BodyError(f"{at}: 'marks' must be a list")
    found: list[Mark] = []
    for number, mark in enumerate(given):
        place = f"{at}.marks[{number}]"
        kind = mark.get("type") if isinstance(mark, dict) else None
        if kind in _DROPPED:
            continue
        if kind not in _MARKS:
            raise BodyError(f"{place}: {kind!r} is no mark")
        made = Mark(kind, _mark_attrs(kind, attributes(mark, place), place))
        if all(each.type != kind or (kind == "annotation" and each != made) for each in found):
            found.append(made)
    return found


def _mark_attrs(kind: str, given: dict[str, Any], at: str) -> dict[str, Any]:
    match kind:
        case "link":
            if isinstance(given.get("__confluenceMetadata"), dict):
                return target_of(given["__confluenceMetadata"], at)
            href = {"href": required(given, "href", at)}
            return href | ({"title": readable(given["title"])} if isinstance(given.get("title"), str) else {})
        case "subsup":
            if given.get("type") not in ("sub", "sup"):
                raise BodyError(f"{at}: 'type' must be sub or sup")
            return {"type": given["type"]}
        case "textColor" | "backgroundColor":
            shade = colour(given["color"]) if isinstance(given.get("color"), str) else None
            if shade is None:
                raise BodyError(f"{at}: 'color' must be like #rrggbb")
            return {"color": shade}
        case "annotation":
            return {"id": required(given, "id", at)}
        case "alignment":
            if given.get("align") not in ("center", "end"):
                raise BodyError(f"{at}: 'align' must be center or end")
            return {"align": given["align"]}
        case "indentation":
            if type(given.get("level")) is not int or not 1 <= given["level"] <= 6:
                raise BodyError(f"{at}: 'level' must be a whole number from 1 to 6")
            return {"level": given["level"]}
    return {}


_LINK_TYPES = frozenset(("page", "blog-post", "attachment", "space", "url", "content-entity", "shortcut", "here"))


def target_of(given: dict[str, Any], at: str, deep: int = 0) -> dict[str, Any]:
    kind = given.get("linkType")
    if kind not in _LINK_TYPES:
        raise BodyError(f"{at}: 'linkType' {kind!r} is unknown")
    found: dict[str, Any] = {"to": kind}
    names = (
        ("space", "spaceKey"), ("title", "contentTitle"), ("file", "fileName"), ("day", "postingDay"), ("url", "url"),
        ("id", "contentId"), ("version", "versionAtSave"), ("anchor", "anchorName"),
    )  # fmt: skip
    found |= {key: readable(given[name]) for key, name in names if isinstance(given.get(name), str) and given[name]}
    if isinstance(given.get("page"), dict) and deep < 2:
        found["page"] = target_of(given["page"], at, deep + 1)
    return found
