"""The document tree to the Atlassian Document Format, version 1.

What a reader of the format cannot see but the way back needs is in attributes whose names begin with ``__``, as
Confluence has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from forgesim.ids import derived_uuid
from forgesim.site.bodies.allowed import fitted
from forgesim.site.bodies.around import Around
from forgesim.site.bodies.links import address, display
from forgesim.site.bodies.node import Mark, Node

__all__ = ["EXTENSION", "UNKNOWN_FILE", "write_adf"]

EXTENSION = "com.atlassian.confluence.macro.core"
"""The extension type of Confluence's own macros."""

UNKNOWN_FILE = "UNKNOWN_MEDIA_ID"
"""The id of a media node whose file the page does not have."""

_LAYOUTS = ("wide", "full-width", "center", "wrap-right", "wrap-left", "align-end", "align-start")
_WITH_CODE = frozenset(("code", "link", "annotation"))
_FEW = frozenset(("text", "hardBreak", "mention", "emoji", "date", "placeholder", "inlineCard", "status"))

Json = dict[str, Any]


def write_adf(document: Node, around: Around) -> Json:
    """The document as ``{"type": "doc", "version": 1, "content": […]}``."""
    return {"type": "doc", "version": 1, "content": _Writer(around).within(document, "doc")}


class _Writer:
    def __init__(self, around: Around) -> None:
        self._around = around
        self._count = 0
        self._items = 0
        self._writers: Mapping[str, Callable[[Node], Json]] = {
            "paragraph": lambda it: self._shaped("paragraph", it, {}),
            "heading": lambda it: self._shaped("heading", it, {"level": it.attrs["level"]}),
            "bulletList": self._list,
            "orderedList": self._list,
            "blockquote": lambda it: {"type": "blockquote", "content": self._filled(it, "blockquote")},
            "rule": lambda _: {"type": "rule"},
            "codeBlock": self._code,
            "table": self._table,
            "taskList": self._tasks,
            "decisionList": self._decisions,
            "panel": self._panel,
            "expand": self._expand,
            "nestedExpand": self._expand,
            "mediaSingle": self._single,
            "mediaGroup": lambda it: {"type": "mediaGroup", "content": [self._media(each) for each in it.content]},
            "blockCard": lambda it: {"type": "blockCard", "attrs": {"url": it.attrs["url"]}},
            "embedCard": lambda it: {"type": "embedCard", "attrs": {"url": it.attrs["url"], "layout": "center"}},
            "layoutSection": self._section,
            "extension": self._extension,
            "bodiedExtension": self._extension,
            "inlineExtension": self._extension,
            "hardBreak": lambda _: {"type": "hardBreak"},
            "mention": self._mention,
            "emoji": self._emoji,
            "date": lambda it: {"type": "date", "attrs": {"timestamp": str(_midnight(it.attrs["day"]))}},
            "status": self._status,
            "placeholder": lambda it: {"type": "placeholder", "attrs": {"text": it.attrs["text"]}},
            "inlineCard": lambda it: {"type": "inlineCard", "attrs": {"url": it.attrs["url"]}},
        }

    def within(self, node: Node, kind: str) -> list[Json]:
        """What a container of the kind holds: only what may stand in it."""
        return [self._writers[each.type](each) for child in node.content for each in fitted(child, kind)]

    def _filled(self, node: Node, kind: str) -> list[Json]:
        """The same of a container that must not be empty."""
        return self.within(node, kind) or [{"type": "paragraph"}]

    # --- lines ---

    def line(self, nodes: list[Node], few: bool = False) -> list[Json]:
        found: list[Json] = []
        for node in nodes:
            if few and node.type not in _FEW:
                continue
            shown = self._inline(node)
            last = found[-1] if found else None
            if shown is None:
                continue
            if last is not None and last["type"] == shown["type"] == "text" and last.get("marks") == shown.get("marks"):
                last["text"] += shown["text"]
            else:
                found.append(shown)
        return found

    def _inline(self, node: Node) -> Json | None:
        if node.type == "mediaInline":
            return self._media_inline(node)
        if node.type == "text":
            shown: Json = {"type": "text", "text": node.text}
            if not node.text:
                return None
            coded = any(mark.type == "code" for mark in node.marks)
            marks = [mark for mark in node.marks if not coded or mark.type in _WITH_CODE]
        else:
            shown = self._writers[node.type](node)
            noted = shown["type"] in ("mention", "emoji", "date", "status", "inlineCard")
            marks = [mark for mark in node.marks if noted and mark.type == "annotation"]
        written: list[Json] = []
        for mark in marks:
            one = self._mark(mark)
            if one is not None and one not in written:
                written.append(one)
        return shown | {"marks": written} if written else shown

    def _mark(self, mark: Mark) -> Json | None:
        match mark.type:
            case "link":
                return self._link(mark.attrs)
            case "annotation":
                return {"type": "annotation", "attrs": {"id": mark.attrs["id"], "annotationType": "inlineComment"}}
            case "subsup" | "textColor" | "backgroundColor":
                return {"type": mark.type, "attrs": dict(mark.attrs)}
            case _:
                return {"type": mark.type}

    def _link(self, target: Mapping[str, Any]) -> Json:
        found = address(target, self._around)
        href = display(target) if found is None else found
        if href.startswith("/wiki"):
            href = self._around.site + href
        attrs: Json = {"href": href}
        if "to" in target:
            attrs["__confluenceMetadata"] = _metadata(target)
        elif "title" in target:
            attrs["title"] = target["title"]
        return {"type": "link", "attrs": attrs}

    # --- blocks ---

    def _shaped(self, kind: str, node: Node, attrs: Json) -> Json:
        shown: Json = {"type": kind} | ({"attrs": attrs} if attrs else {})
        if held := self.line(node.content):
            shown["content"] = held
        if node.marks:
            shown["marks"] = [{"type": each.type, "attrs": dict(each.attrs)} for each in node.marks[:1]]
        return shown

    def _list(self, node: Node) -> Json:
        attrs = {"attrs": {"order": node.attrs["order"]}} if "order" in node.attrs else {}
        items: list[Json] = []
        for each in node.content:
            held = self._filled(each, "listItem")
            if held[0]["type"] not in ("paragraph", "mediaSingle", "codeBlock", "extension"):
                held.insert(0, {"type": "paragraph"})
            items.append({"type": "listItem", "content": held})
        return {"type": node.type} | attrs | {"content": items}

    def _code(self, node: Node) -> Json:
        shown: Json = {"type": "codeBlock"}
        if node.attrs.get("language"):
            shown["attrs"] = {"language": node.attrs["language"]}
        if node.text:
            shown["content"] = [{"type": "text", "text": node.text}]
        return shown

    def _table(self, node: Node) -> Json:
        columns = node.attrs.get("columns") or []
        rows = [self._row(row, columns if place == 0 else []) for place, row in enumerate(node.content)]
        layout = node.attrs.get("layout", "default")
        known = (
            layout if layout in ("default", "wide", "full-width", "center", "align-start", "align-end") else "default"
        )
        return {"type": "table", "attrs": {"isNumberColumnEnabled": False, "layout": known}, "content": rows}

    def _row(self, row: Node, columns: list[float]) -> Json:
        """A row. The widths of columns are given once, by the cells of the first."""
        cells: list[Json] = []
        at = 0
        for cell in row.content:
            attrs: Json = {
                name: cell.attrs[name] for name in ("colspan", "rowspan", "background") if name in cell.attrs
            }
            span = cell.attrs.get("colspan", 1)
            if columns[at : at + span]:
                attrs["colwidth"] = columns[at : at + span]
            at += span
            shown: Json = {"type": cell.type, "attrs": attrs, "content": self._filled(cell, cell.type)}
            cells.append(shown)
        return {"type": "tableRow", "content": cells}

    def _tasks(self, node: Node) -> Json:
        items: list[Json] = []
        if not node.content or node.content[0].type == "taskList":
            self._items += 1
            items.append({"type": "taskItem", "attrs": {"localId": "0", "state": "TODO"}})
        for each in node.content:
            if each.type == "taskList":
                items.append(self._tasks(each))
                continue
            self._items += 1
            local = each.attrs.get("uuid") or each.attrs.get("id") or str(self._items)
            attrs = {"localId": local, "state": each.attrs["state"]}
            items.append({"type": "taskItem", "attrs": attrs} | _held(self.line(each.content)))
        return {"type": "taskList", "attrs": {"localId": self._local("tasks")}, "content": items}

    def _local(self, what: str) -> str:
        """An id that is the same for the same place of the same body."""
        self._count += 1
        return derived_uuid("local", what, self._around.owner, str(self._count))

    def _decisions(self, node: Node) -> Json:
        items = [
            {"type": "decisionItem", "attrs": {"localId": each.attrs.get("local") or self._local("decision"),
                                               "state": each.attrs["state"]}} | _held(self.line(each.content))
            for each in node.content
        ]  # fmt: skip
        return {
            "type": "decisionList",
            "attrs": {"localId": node.attrs.get("local") or self._local("decisions")},
            "content": items,
        }

    def _panel(self, node: Node) -> Json:
        names = (
            ("icon", "panelIcon"),
            ("iconId", "panelIconId"),
            ("iconText", "panelIconText"),
            ("shade", "panelColor"),
        )
        shade = {name: node.attrs[key] for key, name in names if key in node.attrs}
        return {
            "type": "panel",
            "attrs": {"panelType": node.attrs["kind"]} | shade,
            "content": self._filled(node, "panel"),
        }

    def _expand(self, node: Node) -> Json:
        return {
            "type": node.type,
            "attrs": {"title": str(node.attrs.get("title", ""))},
            "content": self._filled(node, node.type),
        }

    def _section(self, node: Node) -> Json:
        columns = [
            {
                "type": "layoutColumn",
                "attrs": {"width": each.attrs["width"]},
                "content": self._filled(each, "layoutColumn"),
            }
            for each in node.content
        ]
        return {"type": "layoutSection", "content": columns}

    # --- media ---

    def _single(self, node: Node) -> Json:
        media = next((each for each in node.content if each.type == "media"), Node("media"))
        kept = media.attrs.get("kept", {})
        layout = kept.get("layout", {"left": "align-start", "right": "align-end"}.get(kept.get("align", ""), "center"))
        captions = [each for each in node.content if each.type == "caption"]
        held = [self._media(media)]
        held += [{"type": "caption"} | _held(self.line(each.content, few=True)) for each in captions]
        attrs = {"layout": layout if layout in _LAYOUTS else "center"}
        return {"type": "mediaSingle", "attrs": attrs, "content": held}

    def _media(self, node: Node) -> Json:
        given = node.attrs
        size = {name: given[name] for name in ("alt", "width", "height") if name in given}
        if "file" not in given:
            return {"type": "media", "attrs": {"type": "external", "url": given.get("url", "")} | size}
        return {"type": "media", "attrs": {"type": "file"} | self._file(given) | size}

    def _file(self, given: Mapping[str, Any]) -> Json:
        found = self._around.file(given["file"], given.get("page"))
        attrs: Json = {
            "id": found.id if found else UNKNOWN_FILE,
            "collection": f"contentId-{found.page if found else self._around.owner}",
            "__fileName": given["file"],
        }
        if given.get("page"):
            attrs["__confluenceMetadata"] = _metadata(given["page"])
        return attrs

    def _media_inline(self, node: Node) -> Json | None:
        given = node.attrs
        if "file" in given:
            alt = {"alt": given["alt"]} if "alt" in given else {}
            return {"type": "mediaInline", "attrs": {"type": "image"} | self._file(given) | alt}
        text = given.get("alt") or given.get("url")
        link = {"type": "link", "attrs": {"href": given.get("url", "")}}
        return {"type": "text", "text": text, "marks": [link]} if text else None

    # --- macros and small things ---

    def _extension(self, node: Node) -> Json:
        given = node.attrs
        if "foreign" in given:
            attrs: Json = {"extensionType": given["foreign"], "extensionKey": given["key"], "parameters": given["data"]}
            attrs |= {"localId": given["local"]} if "local" in given else {}
        else:
            attrs = {
                "extensionType": EXTENSION,
                "extensionKey": given["key"] or "unnamed",
                "parameters": _parameters(given),
            }
        if node.type != "inlineExtension":
            attrs["layout"] = "default"
        shown: Json = {"type": node.type, "attrs": attrs}
        if node.type == "bodiedExtension":
            shown["content"] = self._filled(node, "bodiedExtension")
        return shown

    def _mention(self, node: Node) -> Json:
        name = self._around.person(node.attrs["account"])
        text = {"text": f"@{name}"} if name else {}
        return {"type": "mention", "attrs": {"id": node.attrs["account"]} | text}

    def _emoji(self, node: Node) -> Json:
        given = node.attrs
        attrs = {"shortName": given["short"]}
        attrs |= {name: given[key] for key, name in (("id", "id"), ("fallback", "text")) if key in given}
        return {"type": "emoji", "attrs": attrs}

    def _status(self, node: Node) -> Json:
        text = str(node.attrs["text"])
        attrs = {"text": text, "color": node.attrs["colour"], "style": "", "localId": self._local("status")}
        return {"type": "status", "attrs": attrs} if text else {"type": "hardBreak"}


def _held(content: list[Json]) -> Json:
    return {"content": content} if content else {}


def _metadata(target: Mapping[str, Any]) -> Json:
    """The resource that a link names, in the words of the link itself."""
    names = (
        ("title", "contentTitle"), ("space", "spaceKey"), ("file", "fileName"), ("anchor", "anchorName"),
        ("version", "versionAtSave"), ("day", "postingDay"), ("id", "contentId"), ("url", "url"),
    )  # fmt: skip
    found: Json = {"linkType": target["to"]}
    found |= {name: target[key] for key, name in names if key in target}
    if "page" in target:
        found["page"] = _metadata(target["page"])
    return found


def _parameters(given: Mapping[str, Any]) -> Json:
    found: Json = {}
    for name, value, markup in given["parameters"]:
        found[name] = {"value": value} | ({"storage": markup} if markup else {})
    if given.get("plain") is not None:
        found["__bodyContent"] = {"value": given["plain"]}
    own = given.get("own", {})
    about: Json = {"schemaVersion": {"value": given.get("version", "1")}, "title": given["key"]}
    if own:
        about["attributes"] = dict(own)
    if macro := own.get("ac:macro-id"):
        about["macroId"] = {"value": macro}
    return {"macroParams": found, "macroMetadata": about}


def _midnight(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1000
