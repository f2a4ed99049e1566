"""Storage markup as elements, whatever its shape. What is no tag is text, as the rest of the site takes it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from forgesim.site.storage import readable

__all__ = ["Element", "parse"]

DEEPEST = 60
"""Elements nested deeper lose their tags and keep their text; readers by recursion need a bound."""

_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<attributes>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>", re.DOTALL
)
"""XML forbids ``<`` inside an attribute, so no search for an end goes past the next tag."""
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_VOID = frozenset(("br", "hr", "img", "col", "wbr"))
_HIDDEN = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))


@dataclass(slots=True)
class Element:
    """``children`` are elements and text, in order; entities are read."""

    name: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def first(self, *names: str) -> Element | None:
        """The first child element of one of the names."""
        return next((each for each in self.children if isinstance(each, Element) and each.name in names), None)

    def every(self, *names: str) -> Iterator[Element]:
        return (each for each in self.children if isinstance(each, Element) and each.name in names)

    def text(self) -> str:
        """All text within, as it stands."""
        parts: list[str] = []
        waiting: list[Element | str] = [self]
        while waiting:
            here = waiting.pop()
            if isinstance(here, str):
                parts.append(here)
            else:
                waiting.extend(reversed(here.children))
        return "".join(parts)


def parse(body: str) -> Element:
    """The elements of a storage-format body, under a root without a name. Never raises: what is left open ends where
    its parent ends, what closes nothing is dropped."""
    root = Element("")
    stack, flat = [root], list[str]()
    body = readable(body)
    at, size = 0, len(body)
    absent: set[str] = set()
    while at < size:
        start = body.find("<", at)
        if start < 0:
            start = size
        if start > at:
            stack[-1].children.append(html.unescape(body[at:start]))
        if start == size:
            break
        end = _skipped(body, start, stack[-1], absent)
        if end is None:
            found = _TAG.match(body, start)
            if found is None:
                stack[-1].children.append("<")
                end = start + 1
            else:
                _enter(found, stack, flat)
                end = found.end()
        at = end
    return root


def _skipped(body: str, start: int, into: Element, absent: set[str]) -> int | None:
    """The end of a comment, a CDATA section (its text is kept) or an instruction that starts here. ``absent``: ends
    that are known not to follow any more."""
    for opening, closing in _HIDDEN:
        if body.startswith(opening, start) and closing not in absent:
            end = body.find(closing, start + len(opening))
            if end < 0:
                absent.add(closing)
                return None
            if closing == "]]>":
                into.children.append(body[start + len(opening) : end])
            return end + len(closing)
    return None


def _enter(found: re.Match[str], stack: list[Element], flat: list[str]) -> None:
    name = found["name"] if ":" in found["name"] else found["name"].lower()
    if found["close"]:
        if flat:
            if flat[-1] == name:
                flat.pop()
            return
        for place in range(len(stack) - 1, 0, -1):
            if stack[place].name == name:
                del stack[place:]
                break
        return
    attributes = found["attributes"]
    empty = attributes.endswith("/") or name in _VOID
    if len(stack) > DEEPEST:
        if not empty:
            flat.append(name)
        if not empty or ":" not in name:
            return
    pairs = _ATTRIBUTE.findall(attributes)
    element = Element(name, {key: html.unescape(one or other) for key, one, other in pairs})
    stack[-1].children.append(element)
    if not empty:
        stack.append(element)
