"""Storage format as a tree. Well-formed bodies go through expat, others through the tolerant HTML parser."""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.parsers.expat import ExpatError, ParserCreate

__all__ = ["DEEPEST", "Node", "parse"]

DEEPEST = 24
"""Elements nested deeper are left out and their text kept: typesetting gives up somewhere beyond."""

VOID = frozenset({"br", "hr", "img", "col", "input", "wbr"})
_CDATA_OR_ENTITY = re.compile(r"<!\[CDATA\[.*?\]\]>|&([A-Za-z][A-Za-z0-9]*);", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass(slots=True)
class Node:
    """An element: its name as written in lower case (``ac:link``), attributes, and texts and elements in order."""

    name: str
    attributes: Mapping[str, str]
    children: list[Node | str] = field(default_factory=list)

    def elements(self, *names: str) -> list[Node]:
        """The child elements, of those names where names are given."""
        return [child for child in self.children if isinstance(child, Node) and (not names or child.name in names)]

    def first(self, *names: str) -> Node | None:
        return next(iter(self.elements(*names)), None)

    def walk(self) -> Iterator[Node]:
        """This element and all below it, in reading order."""
        yield self
        for child in self.elements():
            yield from child.walk()

    def text(self) -> str:
        """All text below."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


class _Builder:
    """Takes parser events; whatever their order, the result is a tree."""

    def __init__(self) -> None:
        self.root = Node("page", {})
        self._open = [self.root]
        self._skipped: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._skipped or len(self._open) > DEEPEST:
            self._skipped.append(name)
            return
        node = Node(name.lower(), attributes)
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, name: str) -> None:
        """Close the innermost open element of that name, and what is open inside it."""
        if name in self._skipped:
            del self._skipped[len(self._skipped) - 1 - self._skipped[::-1].index(name) :]
            return
        for index in range(len(self._open) - 1, 0, -1):
            if self._open[index].name == name.lower():
                del self._open[index:]
                return

    def text(self, data: str) -> None:
        children = self._open[-1].children
        if children and isinstance(children[-1], str):
            children[-1] += data
        else:
            children.append(data)


class _Tolerant(HTMLParser):
    def __init__(self, builder: _Builder) -> None:
        super().__init__()
        self._builder = builder

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self._builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        self._builder.end(tag)

    def handle_data(self, data: str) -> None:
        self._builder.text(data)


def parse(body: str) -> Node:
    """The tree of a body; never raises, whatever the body is."""
    try:
        return _strict(body)
    except (ExpatError, ValueError):
        builder = _Builder()
        parser = _Tolerant(builder)
        parser.feed(_CDATA.sub(lambda match: html.escape(match[1]), body))
        parser.close()
        return builder.root


def _strict(body: str) -> Node:
    builder = _Builder()
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    wrapped = f"<page>{_CDATA_OR_ENTITY.sub(_numbered, body)}</page>"
    parser.Parse(wrapped.encode("utf-8", "replace"), True)
    root = builder.root.first("page")
    return root if root is not None else builder.root


def _numbered(match: re.Match[str]) -> str:
    """HTML's named characters by number; XML's own and CDATA stay."""
    name = match[1]
    chars = None if name is None or name in _OF_XML else html.entities.html5.get(f"{name};")
    return match[0] if chars is None else "".join(f"&#{ord(char)};" for char in chars)
