"""The Atlassian Document Format to the document tree. What is malformed is refused with the place where."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from forgesim.site.bodies.adf_checks import (
    attributes,
    is_number,
    local_id,
    marks_of,
    required,
    target_of,
    text_of,
)
from forgesim.site.bodies.around import Around
from forgesim.site.bodies.from_storage import WIDTHS
from forgesim.site.bodies.macros import Parameter
from forgesim.site.bodies.node import INLINE, BodyError, Node
from forgesim.site.bodies.style import colour
from forgesim.site.bodies.to_adf import EXTENSION
from forgesim.site.storage import readable

__all__ = ["read_adf"]

DEEPEST = 60
"""Nodes nested deeper are refused."""

_NAME = re.compile(r"[\w.-]{1,60}")


def read_adf(value: str, around: Around) -> Node:
    """The document of ADF as JSON text. Raises ``BodyError`` where that is no document of version 1."""
    try:
        found = msgspec.json.decode(value.encode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise BodyError(f"no JSON: {error}") from None
    if not isinstance(found, dict) or found.get("type") != "doc" or found.get("version") != 1:
        raise BodyError("the document must be an object with type doc and version 1")
    return Node("doc", content=_Reader(around).blocks(found, "doc", 0))


class _Reader:
    def __init__(self, around: Around) -> None:
        self._around = around
        self._blocks: Mapping[str, Callable[[dict[str, Any], str, int], Node]] = {
            "paragraph": self._shaped,
            "heading": self._shaped,
            "bulletList": self._list,
            "orderedList": self._list,
            "blockquote": lambda it, at, deep: Node("blockquote", content=self.blocks(it, at, deep)),
            "rule": lambda it, at, deep: Node("rule"),
            "codeBlock": self._code,
            "table": self._table,
            "taskList": self._tasks,
            "decisionList": self._decisions,
            "panel": self._panel,
            "expand": self._expand,
            "nestedExpand": self._expand,
            "mediaSingle": self._single,
            "mediaGroup": self._group,
            "blockCard": self._card,
            "embedCard": self._card,
            "layoutSection": self._section,
            "extension": self._extension,
            "bodiedExtension": self._extension,
        }

    # --- structure ---

    def blocks(self, node: dict[str, Any], at: str, deep: int) -> list[Node]:
        found = []
        for child, place in self._children(node, at, deep):
            read = self._blocks.get(child["type"])
            if read is None:
                raise BodyError(f"{place}: {child['type']!r} may not stand here")
            found.append(read(child, place, deep + 1))
        return found

    def _children(self, node: dict[str, Any], at: str, deep: int) -> list[tuple[dict[str, Any], str]]:
        if deep > DEEPEST:
            raise BodyError(f"{at[:200]}: nodes are nested deeper than {DEEPEST}")
        content = node.get("content", [])
        if not isinstance(content, list):
            raise BodyError(f"{at}: 'content' must be a list")
        found = []
        for number, child in enumerate(content):
            place = f"{at}.content[{number}]"
            if not isinstance(child, dict) or not isinstance(child.get("type"), str):
                raise BodyError(f"{place}: a node must be an object with a type")
            found.append((child, place))
        return found

    def _only(self, node: dict[str, Any], at: str, deep: int, *kinds: str) -> list[tuple[dict[str, Any], str]]:
        found = self._children(node, at, deep)
        for child, place in found:
            if child["type"] not in kinds:
                raise BodyError(f"{place}: {child['type']!r} may not stand here, only {', '.join(kinds)}")
        return found

    def line(self, node: dict[str, Any], at: str, deep: int) -> list[Node]:
        return [self._inline(child, place) for child, place in self._children(node, at, deep)]

    # --- blocks ---

    def _shaped(self, node: dict[str, Any], at: str, deep: int) -> Node:
        attrs: dict[str, Any] = {}
        if node["type"] == "heading":
            level = attributes(node, at).get("level")
            if type(level) is not int or not 1 <= level <= 6:
                raise BodyError(f"{at}: 'level' must be a whole number from 1 to 6")
            attrs["level"] = level
        marks = tuple(each for each in marks_of(node, at) if each.type in ("alignment", "indentation"))
        return Node(node["type"], attrs, self.line(node, at, deep), marks=marks[:1])

    def _list(self, node: dict[str, Any], at: str, deep: int) -> Node:
        order = attributes(node, at).get("order")
        attrs = {"order": int(order)} if node["type"] == "orderedList" and is_number(order) and order >= 0 else {}
        items = [
            Node("listItem", content=self.blocks(child, place, deep + 1) or [Node("paragraph")])
            for child, place in self._only(node, at, deep, "listItem")
        ]
        return Node(node["type"], attrs, items)

    def _code(self, node: dict[str, Any], at: str, deep: int) -> Node:
        language = attributes(node, at).get("language")
        text = "".join(text_of(child, place) for child, place in self._only(node, at, deep, "text"))
        return Node(
            "codeBlock", {"language": readable(language)} if language and isinstance(language, str) else {}, text=text
        )

    def _table(self, node: dict[str, Any], at: str, deep: int) -> Node:
        given = attributes(node, at)
        columns: list[float] = []
        rows: list[Node] = []
        for row, place in self._only(node, at, deep, "tableRow"):
            cells = []
            for cell, spot in self._only(row, place, deep + 1, "tableCell", "tableHeader"):
                cells.append(self._cell(cell, spot, deep + 2))
                if not rows and isinstance(widths := attributes(cell, spot).get("colwidth"), list):
                    columns += [float(each) for each in widths if is_number(each) and each > 0]
            rows.append(Node("tableRow", content=cells))
        attrs: dict[str, Any] = {"columns": columns} if columns else {}
        layout = given.get("layout")
        if isinstance(layout, str) and _NAME.fullmatch(layout) and layout != "default":
            attrs["layout"] = layout
        return Node("table", attrs, rows)

    def _cell(self, node: dict[str, Any], at: str, deep: int) -> Node:
        given = attributes(node, at)
        attrs: dict[str, Any] = {}
        for name in ("colspan", "rowspan"):
            if type(given.get(name)) is int and 1 < given[name] <= 1000:
                attrs[name] = given[name]
        if isinstance(given.get("background"), str) and (shade := colour(given["background"])):
            attrs["background"] = shade
        return Node(node["type"], attrs, self.blocks(node, at, deep) or [Node("paragraph")])

    def _tasks(self, node: dict[str, Any], at: str, deep: int) -> Node:
        items = []
        for child, place in self._only(node, at, deep, "taskItem", "taskList"):
            if child["type"] == "taskList":
                items.append(self._tasks(child, place, deep + 1))
                continue
            given = attributes(child, place)
            attrs: dict[str, Any] = {"state": "DONE" if given.get("state") == "DONE" else "TODO"}
            local = given.get("localId")
            if isinstance(local, str) and local.strip():
                attrs["id" if local.isascii() and local.isdigit() else "uuid"] = readable(local.strip())
            items.append(Node("taskItem", attrs, self.line(child, place, deep + 1)))
        return Node("taskList", content=items)

    def _decisions(self, node: dict[str, Any], at: str, deep: int) -> Node:
        items = [
            Node("decisionItem", {"state": "DECIDED"} | local_id(child, place), self.line(child, place, deep + 1))
            for child, place in self._only(node, at, deep, "decisionItem")
        ]
        return Node("decisionList", local_id(node, at), items)

    def _panel(self, node: dict[str, Any], at: str, deep: int) -> Node:
        given = attributes(node, at)
        kind = given.get("panelType")
        if kind not in ("info", "note", "warning", "success", "error", "custom"):
            raise BodyError(f"{at}: 'panelType' must be info, note, warning, success, error or custom")
        attrs = {"kind": kind}
        if kind == "custom":
            names = (("icon", "panelIcon"), ("iconId", "panelIconId"), ("iconText", "panelIconText"))
            for key, name in (*names, ("shade", "panelColor")):
                if isinstance(given.get(name), str):
                    attrs[key] = readable(given[name]).strip()
        return Node("panel", attrs, self.blocks(node, at, deep) or [Node("paragraph")])

    def _expand(self, node: dict[str, Any], at: str, deep: int) -> Node:
        title = attributes(node, at).get("title")
        attrs = {"title": readable(title)} if title and isinstance(title, str) else {}
        return Node("expand", attrs, self.blocks(node, at, deep) or [Node("paragraph")])

    def _section(self, node: dict[str, Any], at: str, deep: int) -> Node:
        columns = []
        for child, place in self._only(node, at, deep, "layoutColumn"):
            width = attributes(child, place).get("width")
            if not is_number(width) or not 0 <= width <= 100:
                raise BodyError(f"{place}: 'width' must be a number from 0 to 100")
            columns.append(Node("layoutColumn", {"width": float(width)}, self.blocks(child, place, deep + 1)))
        widths = tuple(each.attrs["width"] for each in columns)
        kind = next((each for each, known in WIDTHS.items() if known == widths and each != "single"), None)
        return Node("layoutSection", {"kind": kind} if kind else {}, columns)

    # --- media and cards ---

    def _single(self, node: dict[str, Any], at: str, deep: int) -> Node:
        layout = attributes(node, at).get("layout")
        held: list[Node] = []
        for child, place in self._only(node, at, deep, "media", "caption"):
            if child["type"] == "caption":
                held.append(Node("caption", content=self.line(child, place, deep + 1)))
            else:
                held.append(self._media(child, place))
        if [each.type for each in held] not in (["media"], ["media", "caption"]):
            raise BodyError(f"{at}: a mediaSingle holds one media, and at most one caption after it")
        if isinstance(layout, str) and layout != "center" and _NAME.fullmatch(layout):
            held[0].attrs["kept"] = {"layout": layout}
        return Node("mediaSingle", {}, held)

    def _group(self, node: dict[str, Any], at: str, deep: int) -> Node:
        return Node("mediaGroup", {}, [self._media(*child) for child in self._only(node, at, deep, "media")])

    def _media(self, node: dict[str, Any], at: str) -> Node:
        given = attributes(node, at)
        attrs: dict[str, Any] = {}
        if given.get("type") == "external":
            attrs["url"] = required(given, "url", at)
        else:
            attrs |= self._file(given, at)
        if isinstance(given.get("alt"), str) and given["alt"]:
            attrs["alt"] = readable(given["alt"])
        for name in ("width", "height"):
            if is_number(given.get(name)) and 0 < given[name] < 1_000_000:
                attrs[name] = given[name]
        return Node("media", attrs)

    def _file(self, given: dict[str, Any], at: str) -> dict[str, Any]:
        """Confluence keeps a file by its name, which the page's attachments know by the id."""
        name = given.get("__fileName")
        if not isinstance(name, str):
            id_ = required(given, "id", at)
            name = self._around.file_name(id_)
            if name is None:
                raise BodyError(f"{at}: the page has no attachment with the media id {id_[:60]!r}")
        attrs: dict[str, Any] = {"file": readable(name)}
        if isinstance(given.get("__confluenceMetadata"), dict):
            attrs["page"] = target_of(given["__confluenceMetadata"], at)
        return attrs

    def _card(self, node: dict[str, Any], at: str, _deep: int) -> Node:
        return Node(node["type"], {"url": required(attributes(node, at), "url", at)})

    # --- macros ---

    def _extension(self, node: dict[str, Any], at: str, deep: int) -> Node:
        given = attributes(node, at)
        kind, key = required(given, "extensionType", at), required(given, "extensionKey", at)
        data = given.get("parameters")
        attrs: dict[str, Any] = {"key": key}
        if kind == EXTENSION and isinstance(data, dict) and isinstance(data.get("macroParams"), dict):
            attrs |= _macro(data)
        elif kind == EXTENSION:
            attrs["parameters"] = []
        else:
            attrs |= {"foreign": kind, "data": data if isinstance(data, dict) else {}} | local_id(node, at)
        held = self.blocks(node, at, deep) if node["type"] == "bodiedExtension" else []
        return Node(node["type"], attrs, held)

    # --- lines ---

    def _inline(self, node: dict[str, Any], at: str) -> Node:
        kind = node["type"]
        if kind not in INLINE:
            raise BodyError(f"{at}: {kind!r} may not stand in a line of text")
        marks = tuple(each for each in marks_of(node, at) if each.type not in ("alignment", "indentation"))
        if kind == "text":
            return Node("text", text=text_of(node, at), marks=marks)
        found = self._small(kind, attributes(node, at), at)
        if found is not None:
            found.marks = marks if kind not in ("hardBreak", "placeholder", "inlineCard") else ()
            return found
        if kind == "mediaInline":
            return Node(kind, self._media(node, at).attrs)
        found = self._extension(node, at, 0)
        found.marks = marks
        return found

    def _small(self, kind: str, given: dict[str, Any], at: str) -> Node | None:
        """The node of a kind that is its attributes and nothing else."""
        attrs: dict[str, Any] = {}
        match kind:
            case "mention":
                attrs["account"] = required(given, "id", at)
            case "emoji":
                attrs["short"] = required(given, "shortName", at)
                names = (("id", "id"), ("fallback", "text"))
                attrs |= {key: readable(given[name]) for key, name in names if isinstance(given.get(name), str)}
            case "date":
                attrs["day"] = _day(given.get("timestamp"), at)
            case "status":
                attrs = _status(given, at)
            case "placeholder":
                attrs["text"] = required(given, "text", at)
            case "inlineCard":
                attrs["url"] = required(given, "url", at)
            case "hardBreak":
                pass
            case _:
                return None
        return Node(kind, attrs)


def _status(given: dict[str, Any], at: str) -> dict[str, Any]:
    shade = given.get("color")
    if shade not in ("neutral", "purple", "blue", "red", "yellow", "green"):
        raise BodyError(f"{at}: 'color' must be neutral, purple, blue, red, yellow or green")
    return {"text": required(given, "text", at), "colour": shade}


def _macro(data: dict[str, Any]) -> dict[str, Any]:
    parameters: list[Parameter] = []
    attrs: dict[str, Any] = {"parameters": parameters}
    for name, value in data["macroParams"].items():
        held = value.get("value") if isinstance(value, dict) else None
        text = held if isinstance(held, str) else "" if held is None else msgspec.json.encode(held).decode()
        if name == "__bodyContent":
            attrs["plain"] = readable(text)
            continue
        parameters.append((readable(name), readable(text), _clean(value)))
    about = data.get("macroMetadata")
    about = about if isinstance(about, dict) else {}
    version = about.get("schemaVersion")
    version = version.get("value") if isinstance(version, dict) else None
    if isinstance(version, str) and version not in ("", "1") and _NAME.fullmatch(version):
        attrs["version"] = version
    own = about.get("attributes")
    kept = (
        {k: readable(v) for k, v in own.items() if isinstance(v, str) and _OWN.fullmatch(k)}
        if isinstance(own, dict)
        else {}
    )
    macro = about.get("macroId")
    if not kept and isinstance(macro, dict) and isinstance(macro.get("value"), str):
        kept = {"ac:macro-id": readable(macro["value"])}
    if kept:
        attrs["own"] = kept
    return attrs


_OWN = re.compile(r"(?:ac:|data-)[a-z-]{1,40}")


def _clean(value: object) -> str:
    """The markup of a parameter, written anew from what it reads as: nothing in it can open or close what it is in."""
    from forgesim.site.bodies.element import parse
    from forgesim.site.bodies.raw import raw

    markup = value.get("storage") if isinstance(value, dict) else None
    return "".join(raw(each) for each in parse(markup).children) if isinstance(markup, str) else ""


def _day(timestamp: object, at: str) -> str:
    try:
        return datetime.fromtimestamp(int(str(timestamp)) // 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        raise BodyError(f"{at}: 'timestamp' must be milliseconds since 1970, as a string") from None
