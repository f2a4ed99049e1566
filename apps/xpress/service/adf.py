"""The Atlassian Document Format as the tree that storage format becomes, so that one writer serves both."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from service.style import STEP
from service.tree import DEEPEST, Node

__all__ = ["parse_adf"]

Json = Mapping[str, Any]
MARKS: Mapping[str, str] = {"strong": "strong", "em": "em", "underline": "u", "strike": "s", "code": "code"}
COLOURS: Mapping[str, str] = {"textColor": "color", "backgroundColor": "background-color"}
ORDER: Mapping[str, int] = {"code": 0, "link": 2}
"""Marks that are further in, or out, than others (1)."""

PLAIN: Mapping[str, str] = {
    "paragraph": "p", "bulletList": "ul", "listItem": "li", "blockquote": "blockquote", "rule": "hr",
    "tableRow": "tr", "tableHeader": "th", "tableCell": "td", "hardBreak": "br",
    "decisionList": "ul", "layoutColumn": "ac:layout-cell", "caption": "figcaption", "mediaGroup": "div",
    "mediaSingle": "figure", "doc": "page", "extensionFrame": "div", "bodiedSyncBlock": "div",
}  # fmt: skip
"""ADF's node → the element that means the same."""

PANELS: Mapping[str, str] = {"info": "info", "note": "note", "warning": "warning", "error": "warning", "success": "tip"}


def parse_adf(body: str) -> Node:
    """The tree of a document. Raises ValueError for what is no ADF."""
    document = json.loads(body)
    if not isinstance(document, dict) or document.get("type") != "doc":
        raise ValueError("no ADF document")
    return _Reader().node(document, 0)


class _Reader:
    def __init__(self) -> None:
        self._read: Mapping[str, Callable[[Json, int], Node]] = {
            "heading": lambda it, deep: Node(f"h{_whole(_attr(it, 'level'), 1, 6)}", _style(it), self.within(it, deep)),
            "orderedList": lambda it, deep: Node("ol", {"start": _attr(it, "order")}, self.within(it, deep)),
            "codeBlock": lambda it, _: _macro("code", {"language": _attr(it, "language")}, plain=_text(it)),
            "panel": lambda it, deep: _macro(
                PANELS.get(_attr(it, "panelType"), "panel"), {"bgColor": _attr(it, "panelColor")}, self.within(it, deep)
            ),
            "expand": self._expand,
            "nestedExpand": self._expand,
            "table": self._table,
            "taskList": self._tasks,
            "taskItem": self._task,
            "blockTaskItem": self._task,
            "decisionItem": lambda it, deep: Node("li", {}, ["⇒ ", *self.within(it, deep)]),
            "layoutSection": self._section,
            "media": lambda it, _: self._media(it),
            "mediaInline": lambda it, _: self._media(it),
            "extension": self._extension,
            "bodiedExtension": self._extension,
            "inlineExtension": self._extension,
            "multiBodiedExtension": self._extension,
            "mention": lambda it, _: Node("span", {}, [_attr(it, "text") or "@user"]),
            "emoji": self._emoji,
            "date": lambda it, _: Node("time", {"datetime": _day(_attr(it, "timestamp"))}),
            "status": lambda it, _: _macro("status", {"title": _attr(it, "text"), "colour": _attr(it, "color")}),
            "inlineCard": self._card,
            "blockCard": self._card,
            "embedCard": self._card,
            "placeholder": lambda *_: Node("ac:placeholder", {}),
        }

    def node(self, given: Json, deep: int) -> Node:
        kind = str(given.get("type"))
        if kind == "text":
            return _marked(given)
        read = self._read.get(kind)
        if read is not None:
            return read(given, deep)
        children = self.within(given, deep)
        name = PLAIN.get(kind)
        if name is None:
            return _macro(kind, {}, children)
        spans = {key: _attr(given, key) for key in ("colspan", "rowspan") if _attr(given, key)}
        return Node(name, spans | _style(given), children)

    def within(self, given: Json, deep: int) -> list[Node | str]:
        held = given.get("content")
        nodes = [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []
        if deep >= DEEPEST:
            return [_text(given)]
        return [self.node(each, deep + 1) for each in nodes]

    def _expand(self, given: Json, deep: int) -> Node:
        return _macro("expand", {"title": _attr(given, "title")}, self.within(given, deep))

    def _table(self, given: Json, deep: int) -> Node:
        """With a column of numbers where its author has one: readers see it, and the rows do not have it."""
        rows = self.within(given, deep)
        numbers = count(1)
        for row in rows if _attrs(given).get("isNumberColumnEnabled") is True else ():
            if isinstance(row, Node) and row.elements():
                is_head = all(cell.name == "th" for cell in row.elements())
                row.children.insert(0, Node("td", {}, ["" if is_head else str(next(numbers))]))
        return Node("table", {}, rows)

    def _tasks(self, given: Json, deep: int) -> Node:
        """A list inside of it belongs to the task before it."""
        tasks: list[Node | str] = []
        above = tasks
        for each in self.within(given, deep):
            if isinstance(each, Node) and each.name == "ac:task-list":
                above.append(each)
                continue
            tasks.append(each)
            body = each.first("ac:task-body") if isinstance(each, Node) else None
            above = tasks if body is None else body.children
        return Node("ac:task-list", {}, tasks)

    def _task(self, given: Json, deep: int) -> Node:
        status = "complete" if _attr(given, "state") == "DONE" else "incomplete"
        return Node(
            "ac:task",
            {},
            [Node("ac:task-status", {}, [status]), Node("ac:task-body", {}, self.within(given, deep))],
        )

    def _section(self, given: Json, deep: int) -> Node:
        columns = given.get("content")
        widths = (
            [_attr(each, "width") for each in columns if isinstance(each, dict)] if isinstance(columns, list) else []
        )
        return Node(
            "ac:layout-section", {"widths": " ".join(width or "1" for width in widths)}, self.within(given, deep)
        )

    def _media(self, given: Json) -> Node:
        name, address = _attr(given, "__fileName"), _attr(given, "url")
        alt = _attr(given, "alt")
        where = (
            Node("ri:url", {"ri:value": address}) if address else Node("ri:attachment", {"ri:filename": name or alt})
        )
        return Node("ac:image", {"ac:alt": alt, "ac:width": _attr(given, "width").partition(".")[0]}, [where])

    def _emoji(self, given: Json, _deep: int) -> Node:
        short, id_, text = (_attr(given, name) for name in ("shortName", "id", "text"))
        return Node("ac:emoticon", {"ac:emoji-shortname": short, "ac:emoji-id": id_, "ac:emoji-fallback": text})

    def _card(self, given: Json, _deep: int) -> Node:
        """A link by its address, or by what it was when it was made (JSON-LD, which may have a name)."""
        data = _attrs(given).get("data")
        known = {"attrs": data if isinstance(data, dict) else {}}
        address = _attr(given, "url") or _attr(known, "url")
        return Node("a", {"href": address}, [_attr(known, "name") or address])

    def _extension(self, given: Json, deep: int) -> Node:
        """A macro: its parameters are ``{name: {value}}`` in ``macroParams``."""
        parameters = _attrs(given).get("parameters")
        named = parameters.get("macroParams") if isinstance(parameters, dict) else None
        settings = {
            str(name): str(value.get("value", ""))
            for name, value in (named.items() if isinstance(named, dict) else ())
            if isinstance(value, dict)
        }
        plain = settings.pop("__bodyContent", None)
        return _macro(_attr(given, "extensionKey"), settings, self.within(given, deep), plain)


def _marked(given: Json) -> Node:
    """A text inside what its marks say; code is innermost, for it holds letters alone, and the link outermost."""
    inner = Node("span", {}, [str(given.get("text", ""))])
    for mark in sorted(_marks(given), key=lambda mark: ORDER.get(str(mark.get("type")), 1)):
        kind = str(mark.get("type"))
        if kind == "link":
            inner = Node("a", {"href": _attr(mark, "href")}, [inner])
        elif kind == "subsup":
            inner = Node("sup" if _attr(mark, "type") == "sup" else "sub", {}, [inner])
        elif kind in COLOURS:
            inner = Node("span", {"style": f"{COLOURS[kind]}: {_attr(mark, 'color')}"}, [inner])
        elif kind in MARKS:
            inner = Node(MARKS[kind], {}, [inner])
    return inner


def _style(given: Json) -> dict[str, str]:
    """What is said of the place of a block or picture, and the colour behind a cell, as a style."""
    said = [f"background-color: {_attr(given, 'background')}"] * bool(_attr(given, "background"))
    if given.get("type") == "mediaSingle":
        said.append(f"text-align: {_attr(given, 'layout')}")
    for mark in _marks(given):
        if mark.get("type") == "alignment":
            said.append(f"text-align: {_attr(mark, 'align')}")
        elif mark.get("type") == "indentation":
            said.append(f"margin-left: {STEP * _whole(_attr(mark, 'level'), 0, 6)}px")
    return {"style": "; ".join(said)} if said else {}


def _marks(given: Json) -> list[Json]:
    marks = given.get("marks")
    return [mark for mark in marks if isinstance(mark, dict)] if isinstance(marks, list) else []


def _macro(name: str, settings: Mapping[str, str], held: Sequence[Node | str] = (), plain: str | None = None) -> Node:
    children: list[Node | str] = [Node("ac:parameter", {"ac:name": key}, [value]) for key, value in settings.items()]
    if held:
        children.append(Node("ac:rich-text-body", {}, [*held]))
    if plain is not None:
        children.append(Node("ac:plain-text-body", {}, [plain]))
    return Node("ac:structured-macro", {"ac:name": name}, children)


def _attrs(given: Json) -> Json:
    attrs = given.get("attrs")
    return attrs if isinstance(attrs, dict) else {}


def _attr(given: Json, name: str) -> str:
    value = _attrs(given).get(name)
    return str(value) if isinstance(value, str | int | float) else ""


def _text(given: Json) -> str:
    """All text below, without recursion: how deep a document goes is its author's choice."""
    texts: list[str] = []
    todo: list[Any] = [given]
    while todo:
        each = todo.pop()
        if isinstance(each, dict):
            texts.append(str(each.get("text", "")) if each.get("type") == "text" else "")
            held = each.get("content")
            todo += reversed(held) if isinstance(held, list) else ()
    return "".join(texts)


def _whole(text: str, low: int, high: int) -> int:
    return min(high, max(low, int(text))) if text.isascii() and text.isdecimal() and len(text) < 9 else low


def _day(text: str) -> str:
    """The day of a time in milliseconds, as ``2026-01-05``; the text itself where it is none."""
    try:
        return datetime.fromtimestamp(int(text) / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return text
