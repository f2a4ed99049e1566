"""Macros of storage format as nodes: those that the document format has a node for, and all others as extensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forgesim.site.bodies.element import Element
from forgesim.site.bodies.node import Mark, Node
from forgesim.site.bodies.raw import raw

__all__ = ["PANELS", "STATUS_COLOURS", "Parameter", "macro", "parameters_of"]

Parameter = tuple[str, str, str]
"""Name, text, and the markup where the value is more than text."""

PANELS = {"info": "info", "note": "warning", "warning": "error", "tip": "success"}
"""Macro → panel type. The type ``note`` has no macro: it is kept as an ADF extension."""

STATUS_COLOURS = {"grey": "neutral", "red": "red", "yellow": "yellow", "green": "green", "blue": "blue"} | {
    "purple": "purple"
}


def parameters_of(element: Element) -> list[Parameter]:
    """The parameters of a macro, in order."""
    found: list[Parameter] = []
    for each in element.every("ac:parameter"):
        plain = all(isinstance(child, str) for child in each.children)
        markup = "" if plain else "".join(raw(child) for child in each.children)
        found.append((each.attrs.get("ac:name", ""), each.text() if plain else _named(each), markup))
    return found


def _named(element: Element) -> str:
    """What a parameter names, where it holds resources: page titles, file names, addresses."""
    names = ("ri:content-title", "ri:filename", "ri:value", "ri:space-key", "ri:account-id")
    words = [element.text().strip()]
    waiting = [each for each in element.children if isinstance(each, Element)]
    while waiting:
        here = waiting.pop(0)
        words += [here.attrs[name] for name in names if name in here.attrs]
        waiting += [each for each in here.children if isinstance(each, Element)]
    return " ".join(word for word in words if word)


def macro(
    given: Mapping[str, str],
    parameters: list[Parameter],
    text: str | None,
    held: list[Node] | None,
    on: tuple[Mark, ...],
) -> Node:
    """The node of a macro; ``text`` and ``held`` are its plain and its rich body."""
    name = given.get("ac:name", "")
    kept = {key: value for key, value in given.items() if key not in ("ac:name", "ac:schema-version")}
    version = given.get("ac:schema-version", "1")
    own: dict[str, Any] = {"own": kept} if kept else {}
    if version != "1":
        own["version"] = version
    plain = {key: value for key, value, markup in parameters if not markup}
    simple = len(plain) == len(parameters)
    match name:
        case "code" if held is None and simple and set(plain) <= {"language"}:
            return Node("codeBlock", own | plain, text=text or "")
        case "status" if text is None and held is None and simple and set(plain) <= {"title", "colour"}:
            colour = STATUS_COLOURS.get(plain.get("colour", "Grey").lower())
            if colour is not None:
                return Node("status", own | {"text": plain.get("title", ""), "colour": colour}, marks=on)
        case "expand" if text is None and simple and set(plain) <= {"title"}:
            return Node("expand", own | plain, held or [Node("paragraph")])
        case "info" | "note" | "warning" | "tip" if text is None and not parameters:
            return Node("panel", own | {"kind": PANELS[name]}, held or [Node("paragraph")])
        case _:
            pass
    attrs = own | {"key": name, "parameters": parameters}
    if text is not None:
        attrs["plain"] = text
    if held is None:
        return Node("inlineExtension" if text is None else "extension", attrs, marks=on if text is None else ())
    return Node("bodiedExtension", attrs, held)
