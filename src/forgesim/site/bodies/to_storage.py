"""The document tree to storage format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from forgesim.site.bodies.adf_in_storage import adf_markup
from forgesim.site.bodies.macros import PANELS, STATUS_COLOURS, Parameter
from forgesim.site.bodies.node import Mark, Node, nest, written
from forgesim.site.bodies.raw import attributes
from forgesim.site.storage import cdata, escape

__all__ = ["write_storage"]

_TAGS = {"strong": "strong", "em": "em", "strike": "del", "underline": "u", "code": "code"}
_COLOURS = {value: key.title() for key, value in STATUS_COLOURS.items()}
_KINDS = {value: key for key, value in PANELS.items()}
_COLUMNS = {1: "fixed-width", 2: "two_equal", 3: "three_equal", 4: "four_equal", 5: "five_equal"}


def write_storage(document: Node) -> str:
    """The storage-format body of a document."""
    return _Writer().all(document.content)


class _Writer:
    def __init__(self) -> None:
        self._task = 0
        self._writers: Mapping[str, Callable[[Node], str]] = {
            "paragraph": lambda it: _tag("p", _shape(it), self._line(it.content)),
            "heading": lambda it: _tag(f"h{it.attrs['level']}", _shape(it), self._line(it.content)),
            "bulletList": lambda it: f"<ul>{self.all(it.content)}</ul>",
            "orderedList": self._numbered,
            "listItem": lambda it: f"<li>{self.all(it.content)}</li>",
            "blockquote": lambda it: f"<blockquote>{self.all(it.content)}</blockquote>",
            "rule": lambda _: "<hr />",
            "codeBlock": self._code,
            "table": self._table,
            "tableRow": lambda it: f"<tr>{self.all(it.content)}</tr>",
            "tableCell": lambda it: self._cell("td", it),
            "tableHeader": lambda it: self._cell("th", it),
            "taskList": lambda it: f"<ac:task-list>{self.all(it.content)}</ac:task-list>",
            "taskItem": self._item,
            "panel": self._panel,
            "expand": lambda it: _macro("expand", it, _given(it, "title"), rich=self.all(it.content)),
            "mediaSingle": self._media,
            "mediaGroup": lambda it: "".join(self._image(each, None) for each in it.content),
            "mediaInline": lambda it: self._image(it, None),
            "blockCard": lambda it: _card(it, "block"),
            "embedCard": lambda it: _card(it, "embed"),
            "inlineCard": lambda it: _card(it, "inline"),
            "layoutSection": self._section,
            "decisionList": self._adf,
            "extension": self._extension,
            "bodiedExtension": self._extension,
            "inlineExtension": self._extension,
            "text": lambda it: escape(it.text),
            "hardBreak": lambda _: "<br />",
            "mention": lambda it: f'<ac:link><ri:user ri:account-id="{escape(it.attrs["account"])}" /></ac:link>',
            "emoji": _emoji,
            "date": lambda it: f'<time datetime="{escape(it.attrs["day"])}" />',
            "status": _status,
            "placeholder": lambda it: f"<ac:placeholder>{escape(it.attrs['text'])}</ac:placeholder>",
        }

    def all(self, nodes: Iterable[Node]) -> str:
        return written(nodes, self._line, lambda node: self._writers[node.type](node))

    def _leaf(self, node: Node) -> str:
        return self._writers[node.type](node)

    def _line(self, nodes: list[Node]) -> str:
        """A line. Links to what the site holds are elements of their own kind, written each as one."""
        parts: list[str] = []
        at = 0
        while at < len(nodes):
            place = _link_place(nodes[at])
            end = at + 1
            while end < len(nodes) and _same_link(nodes[at], nodes[end], place):
                end += 1
            parts.append(self._plain(nodes[at:end]) if place is None else self._link(nodes[at:end], place))
            at = end
        return "".join(parts)

    def _plain(self, nodes: list[Node]) -> str:
        return nest(nodes, _open, _close, self._leaf)

    def _link(self, nodes: list[Node], place: int) -> str:
        """The marks outside an ``ac:link`` are repeated round it, so that its body holds the others only."""
        outer, mark = nodes[0].marks[:place], nodes[0].marks[place]
        inner = [Node(each.type, each.attrs, each.content, each.text, each.marks[place + 1 :]) for each in nodes]
        alone = inner[0] if len(inner) == 1 and inner[0].type == "text" and not inner[0].marks else None
        if alone is not None and alone.attrs.get("given") is False:
            body = ""
        elif alone is not None:
            body = f"<ac:plain-text-link-body>{cdata(alone.text)}</ac:plain-text-link-body>"
        else:
            body = f"<ac:link-body>{self._plain(inner)}</ac:link-body>"
        anchor = mark.attrs.get("anchor")
        start = f"<ac:link{attributes({'ac:anchor': anchor} if anchor else {})}>"
        shown = f"{start}{_resource(mark.attrs)}{body}</ac:link>"
        return "".join(map(_open, outer)) + shown + "".join(map(_close, reversed(outer)))

    # --- blocks ---

    def _numbered(self, node: Node) -> str:
        start = f' start="{node.attrs["order"]}"' if "order" in node.attrs else ""
        return f"<ol{start}>{self.all(node.content)}</ol>"

    def _code(self, node: Node) -> str:
        return _macro("code", node, _given(node, "language"), plain=node.text)

    def _table(self, node: Node) -> str:
        layout = {"data-layout": node.attrs["layout"]} if "layout" in node.attrs else {}
        columns = node.attrs.get("columns") or ()
        group = "".join(f'<col style="width: {width:.1f}px;" />' for width in columns)
        group = f"<colgroup>{group}</colgroup>" if group else ""
        return f"<table{attributes(layout)}>{group}<tbody>{self.all(node.content)}</tbody></table>"

    def _cell(self, tag: str, node: Node) -> str:
        given: dict[str, str] = {name: str(node.attrs[name]) for name in ("colspan", "rowspan") if name in node.attrs}
        if shade := node.attrs.get("background"):
            given["data-highlight-colour"] = shade
        return f"<{tag}{attributes(given)}>{self.all(node.content)}</{tag}>"

    def _item(self, node: Node) -> str:
        self._task += 1
        given = node.attrs
        uuid = f"<ac:task-uuid>{escape(given['uuid'])}</ac:task-uuid>" if "uuid" in given else ""
        state = "complete" if given["state"] == "DONE" else "incomplete"
        return (
            f"<ac:task><ac:task-id>{escape(given.get('id') or str(self._task))}</ac:task-id>{uuid}"
            f"<ac:task-status>{state}</ac:task-status><ac:task-body>{self._line(node.content)}</ac:task-body></ac:task>"
        )

    def _panel(self, node: Node) -> str:
        name = _KINDS.get(node.attrs["kind"])
        if name is None:
            return self._adf(node)
        return _macro(name, node, [], rich=self.all(node.content))

    def _adf(self, node: Node) -> str:
        return adf_markup(node, self.all, self._line)

    def _section(self, node: Node) -> str:
        kind = node.attrs.get("kind") or _COLUMNS.get(len(node.content), "two_equal")
        cells = "".join(f"<ac:layout-cell>{self.all(each.content)}</ac:layout-cell>" for each in node.content)
        return f'<ac:layout><ac:layout-section ac:type="{escape(kind)}">{cells}</ac:layout-section></ac:layout>'

    def _media(self, node: Node) -> str:
        caption = next((each for each in node.content if each.type == "caption"), None)
        return "".join(self._image(each, caption) for each in node.content if each.type == "media")

    def _image(self, node: Node, caption: Node | None) -> str:
        given = {f"ac:{name}": value for name, value in node.attrs.get("kept", {}).items()}
        given |= {f"ac:{name}": str(node.attrs[name]) for name in ("alt", "width", "height") if name in node.attrs}
        if "file" in node.attrs:
            held = _resource({"to": "attachment"} | node.attrs)
        else:
            held = f'<ri:url ri:value="{escape(node.attrs.get("url", ""))}" />'
        shown = f"<ac:caption><p>{self._line(caption.content)}</p></ac:caption>" if caption is not None else ""
        return f"<ac:image{attributes(given)}>{held}{shown}</ac:image>"

    def _extension(self, node: Node) -> str:
        given = node.attrs
        if "foreign" in given:
            return self._adf(node)
        rich = self.all(node.content) if node.type == "bodiedExtension" else None
        return _macro(given["key"], node, given["parameters"], plain=given.get("plain"), rich=rich)


# --- marks and links ---


def _open(mark: Mark) -> str:
    given = mark.attrs
    match mark.type:
        case "link" if "href" in given:
            return f"<a{attributes({name: given[name] for name in ('href', 'title') if name in given})}>"
        case "subsup":
            return f"<{given['type']}>"
        case "textColor":
            return f'<span style="color: {given["color"]};">'
        case "backgroundColor":
            return f'<span style="background-color: {given["color"]};">'
        case "annotation":
            return f'<ac:inline-comment-marker ac:ref="{escape(given["id"])}">'
    tag = _TAGS.get(mark.type)
    return f"<{tag}>" if tag else ""


def _close(mark: Mark) -> str:
    match mark.type:
        case "link":
            return "</a>"
        case "subsup":
            return f"</{mark.attrs['type']}>"
        case "textColor" | "backgroundColor":
            return "</span>"
        case "annotation":
            return "</ac:inline-comment-marker>"
    tag = _TAGS.get(mark.type)
    return f"</{tag}>" if tag else ""


def _link_place(node: Node) -> int | None:
    """Where among the marks a link to something of the site is."""
    return next((at for at, each in enumerate(node.marks) if each.type == "link" and "to" in each.attrs), None)


def _same_link(one: Node, other: Node, place: int | None) -> bool:
    if place is None:
        return _link_place(other) is None
    if one.attrs.get("given") is False or other.attrs.get("given") is False:
        return False
    return _link_place(other) == place and one.marks[: place + 1] == other.marks[: place + 1]


_RESOURCE = (
    ("space", "ri:space-key"), ("title", "ri:content-title"), ("file", "ri:filename"), ("day", "ri:posting-day"),
    ("url", "ri:value"), ("id", "ri:content-id"), ("version", "ri:version-at-save"),
)  # fmt: skip


def _resource(target: Mapping[str, Any]) -> str:
    if target["to"] == "here":
        return ""
    given = {name: str(target[key]) for key, name in _RESOURCE if target.get(key)}
    held = _resource(target["page"]) if target.get("page") else ""
    start = f"<ri:{target['to']}{attributes(given)}"
    return f"{start}>{held}</ri:{target['to']}>" if held else f"{start} />"


# --- macros and small things ---


def _given(node: Node, *names: str) -> list[Parameter]:
    return [(name, str(node.attrs[name]), "") for name in names if node.attrs.get(name)]


def _macro(
    name: str, node: Node, parameters: Iterable[Parameter], *, plain: str | None = None, rich: str | None = None
) -> str:
    given = {"ac:name": name, "ac:schema-version": str(node.attrs.get("version", "1"))} | node.attrs.get("own", {})
    held = "".join(
        f'<ac:parameter ac:name="{escape(key)}">{markup or escape(value)}</ac:parameter>'
        for key, value, markup in parameters
    )
    if plain is not None:
        held += f"<ac:plain-text-body>{cdata(plain)}</ac:plain-text-body>"
    if rich is not None:
        held += f"<ac:rich-text-body>{rich}</ac:rich-text-body>"
    start = f"<ac:structured-macro{attributes(given)}"
    return f"{start}>{held}</ac:structured-macro>" if held else f"{start} />"


def _status(node: Node) -> str:
    colour = _COLOURS[node.attrs["colour"]]
    return _macro("status", node, [("title", str(node.attrs["text"]), ""), ("colour", colour, "")])


def _emoji(node: Node) -> str:
    names = (("name", "ac:name"), ("short", "ac:emoji-shortname"), ("id", "ac:emoji-id"))
    given = {
        name: str(node.attrs[key]) for key, name in (*names, ("fallback", "ac:emoji-fallback")) if key in node.attrs
    }
    return f"<ac:emoticon{attributes(given)} />"


def _card(node: Node, appearance: str) -> str:
    url = str(node.attrs["url"])
    return f'<a href="{escape(url)}" data-card-appearance="{appearance}">{escape(node.attrs.get("title") or url)}</a>'


def _tag(name: str, style: str, held: str) -> str:
    return f"<{name}{style}>{held}</{name}>" if held else f"<{name}{style} />"


def _shape(node: Node) -> str:
    for mark in node.marks:
        if mark.type == "alignment":
            where = "center" if mark.attrs["align"] == "center" else "right"
            return f' style="text-align: {where};"'
        if mark.type == "indentation":
            return f' style="margin-left: {30.0 * mark.attrs["level"]:.1f}px;"'
    return ""
