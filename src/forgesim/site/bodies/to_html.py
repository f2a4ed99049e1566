"""The document tree to HTML, as a reader sees the page.

Every text and attribute is escaped, addresses that would run a script are left out, and nothing of the body's own
markup is passed on. Of the macros that show other content, ``children`` is rendered with the reader's own rights;
the others stand as an empty element that names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from forgesim.site.bodies.around import Around
from forgesim.site.bodies.links import address
from forgesim.site.bodies.node import Mark, Node, nest, texts, written
from forgesim.site.bodies.style import safe_address

__all__ = ["STYLE", "write_html"]

STYLE = "body{font-family:sans-serif}table{border-collapse:collapse}th,td{border:1px solid #c1c7d0;padding:4px}"
"""The style sheet of a ``styled_view``."""

_TAGS = {"strong": "strong", "em": "em", "strike": "del", "underline": "u", "code": "code"}
_PANELS = {"info": "information", "note": "note", "warning": "warning", "success": "success", "error": "error"}
_LOZENGES = {
    "green": "success",
    "yellow": "current",
    "red": "error",
    "blue": "complete",
    "purple": "progress",
}
_TRANSPARENT = frozenset(("excerpt", "section", "column", "panel", "details", "anchor", "div", "toc-zone", "noformat"))
"""Macros that show their own body and nothing else."""

_MOST_HEADINGS = 1000


def write_html(document: Node, around: Around, *, absolute: bool = False, editor: bool = False) -> str:
    """The HTML of a document. ``absolute``: links to the site carry its host, for use outside of it. ``editor``: macros
    are shown as the editor holds them, none is rendered."""
    return _Writer(document, around, absolute=absolute, editor=editor).all(document.content)


class _Writer:
    def __init__(self, document: Node, around: Around, *, absolute: bool, editor: bool) -> None:
        self._around = around
        self._absolute = absolute
        self._editor = editor
        self._headings = _headings(document)
        self._writers: Mapping[str, Callable[[Node], str]] = {
            "paragraph": lambda it: f"<p{_shape(it)}>{self._line(it.content)}</p>",
            "heading": self._heading,
            "bulletList": lambda it: f"<ul>{self.all(it.content)}</ul>",
            "orderedList": lambda it: f"<ol{_start(it)}>{self.all(it.content)}</ol>",
            "listItem": lambda it: f"<li>{self.all(it.content)}</li>",
            "blockquote": lambda it: f"<blockquote>{self.all(it.content)}</blockquote>",
            "rule": lambda _: "<hr/>",
            "codeBlock": self._code,
            "table": self._table,
            "tableRow": lambda it: f"<tr>{self.all(it.content)}</tr>",
            "tableCell": lambda it: self._cell("td", it),
            "tableHeader": lambda it: self._cell("th", it),
            "taskList": lambda it: f'<ul class="inline-task-list">{self.all(it.content)}</ul>',
            "taskItem": self._task,
            "decisionList": lambda it: f'<ul class="decision-list">{self.all(it.content)}</ul>',
            "decisionItem": lambda it: f"<li>{self._line(it.content)}</li>",
            "panel": self._panel,
            "expand": self._expand,
            "mediaSingle": lambda it: self.all(it.content),
            "mediaGroup": lambda it: self.all(it.content),
            "media": self._image,
            "mediaInline": self._image,
            "caption": lambda it: f"<p>{self._line(it.content)}</p>",
            "blockCard": self._card,
            "embedCard": self._card,
            "inlineCard": self._card,
            "layoutSection": lambda it: f'<div class="columnLayout">{self.all(it.content)}</div>',
            "layoutColumn": lambda it: f'<div class="cell">{self.all(it.content)}</div>',
            "extension": self._macro,
            "bodiedExtension": self._macro,
            "inlineExtension": self._macro,
            "text": lambda it: escape(it.text),
            "hardBreak": lambda _: "<br/>",
            "mention": self._mention,
            "emoji": _emoji,
            "date": lambda it: f'<time datetime="{escape(it.attrs["day"])}">{escape(it.attrs["day"])}</time>',
            "status": _status,
            "placeholder": lambda it: f'<span class="text-placeholder">{escape(it.attrs["text"])}</span>',
        }

    def all(self, nodes: Iterable[Node]) -> str:
        return written(nodes, self._line, lambda node: self._writers[node.type](node))

    def _line(self, nodes: list[Node]) -> str:
        return nest(nodes, self._open, self._close, lambda node: self._writers[node.type](node))

    # --- marks and links ---

    def _open(self, mark: Mark) -> str:
        given = mark.attrs
        match mark.type:
            case "link":
                return self._link(given)
            case "subsup":
                return f"<{given['type']}>"
            case "textColor":
                return f'<span style="color: {given["color"]};">'
            case "backgroundColor":
                return f'<span style="background-color: {given["color"]};">'
            case "annotation":
                return f'<span class="inline-comment-marker" data-ref="{escape(given["id"])}">'
        tag = _TAGS.get(mark.type)
        return f"<{tag}>" if tag else ""

    def _close(self, mark: Mark) -> str:
        match mark.type:
            case "link":
                return "</a>" if self._href(mark.attrs) is not None else "</span>"
            case "subsup":
                return f"</{mark.attrs['type']}>"
            case "textColor" | "backgroundColor" | "annotation":
                return "</span>"
        tag = _TAGS.get(mark.type)
        return f"</{tag}>" if tag else ""

    def _link(self, target: Mapping[str, Any]) -> str:
        """A link whose target the reader does not see is the text that the link gives, and nothing else."""
        href = self._href(target)
        if href is None:
            return '<span class="unresolved-link">'
        kind = "external-link" if "href" in target and not href.startswith(("/", "#")) else ""
        title = f' title="{escape(target["title"])}"' if "href" in target and target.get("title") else ""
        return f'<a href="{escape(href)}"{_class(kind)}{title}>'

    def _href(self, target: Mapping[str, Any]) -> str | None:
        found = address(target, self._around)
        return None if found is None else self._address(found)

    def _address(self, found: str) -> str | None:
        if safe_address(found) is None:
            return None
        return self._around.site + found if self._absolute and found.startswith("/wiki/") else found

    # --- blocks ---

    def _heading(self, node: Node) -> str:
        level = node.attrs["level"]
        known = self._headings.get(id(node))
        named = f' id="{escape(known[1])}"' if known and known[1] else ""
        return f"<h{level}{named}{_shape(node)}>{self._line(node.content)}</h{level}>"

    def _code(self, node: Node) -> str:
        language = escape(str(node.attrs.get("language") or ""))
        return f'<pre class="syntaxhighlighter-pre" data-language="{language}">{escape(node.text)}</pre>'

    def _table(self, node: Node) -> str:
        rows = self.all(node.content)
        return f'<div class="table-wrap"><table class="confluenceTable"><tbody>{rows}</tbody></table></div>'

    def _cell(self, tag: str, node: Node) -> str:
        spans = "".join(f' {name}="{node.attrs[name]}"' for name in ("colspan", "rowspan") if name in node.attrs)
        shade = node.attrs.get("background")
        style = f' style="background-color: {shade};"' if shade else ""
        return f'<{tag} class="confluence{tag.title()}"{spans}{style}>{self.all(node.content)}</{tag}>'

    def _task(self, node: Node) -> str:
        done = ' class="checked"' if node.attrs["state"] == "DONE" else ""
        local = f' data-inline-task-id="{escape(node.attrs["id"])}"' if "id" in node.attrs else ""
        return f"<li{done}{local}><span>{self._line(node.content)}</span></li>"

    def _panel(self, node: Node) -> str:
        kind = _PANELS.get(node.attrs["kind"], "custom")
        held = self.all(node.content)
        return (
            f'<div class="confluence-information-macro confluence-information-macro-{kind}">'
            f'<div class="confluence-information-macro-body">{held}</div></div>'
        )

    def _expand(self, node: Node) -> str:
        title = escape(str(node.attrs.get("title") or ""))
        return (
            '<div class="expand-container"><div class="expand-control">'
            f'<span class="expand-control-text">{title}</span></div>'
            f'<div class="expand-content">{self.all(node.content)}</div></div>'
        )

    # --- media, cards, people ---

    def _image(self, node: Node) -> str:
        given = node.attrs
        alt = escape(str(given.get("alt") or ""))
        if "file" in given:
            found = self._around.file(given["file"], given.get("page"))
            source = None if found is None else self._address(found.path)
        else:
            source = self._address(given.get("url", ""))
        if not source:
            return f'<span class="unknown-attachment">{escape(str(given.get("file") or given.get("alt") or ""))}</span>'
        size = "".join(f' {name}="{given[name]:g}"' for name in ("width", "height") if name in given)
        title = given.get("kept", {}).get("title", "")
        titled = f' title="{escape(title)}"' if title else ""
        return f'<img class="confluence-embedded-image" src="{escape(source)}" alt="{alt}"{titled}{size}/>'

    def _card(self, node: Node) -> str:
        url = str(node.attrs["url"])
        href = self._address(url)
        text = escape(str(node.attrs.get("title") or url))
        shown = text if href is None else f'<a href="{escape(href)}" data-card-appearance="inline">{text}</a>'
        return shown if node.type == "inlineCard" else f"<p>{shown}</p>"

    def _mention(self, node: Node) -> str:
        account = str(node.attrs["account"])
        name = self._around.person(account)
        if name is None:
            return '<span class="user-mention">@unknown</span>'
        href = self._address(f"/wiki/people/{quote(account, safe=':')}") or ""
        start = f'<a class="confluence-userlink user-mention" data-account-id="{escape(account)}"'
        return f'{start} href="{escape(href)}">{escape(name)}</a>'

    # --- macros ---

    def _macro(self, node: Node) -> str:
        given = node.attrs
        name = str(given["key"])
        held = self.all(node.content)
        if given.get("plain"):
            held += f"<pre>{escape(given['plain'])}</pre>"
        if self._editor:
            return _editor_macro(node, held)
        if "foreign" not in given and node.type != "bodiedExtension":
            parameters = {key: value for key, value, _ in given["parameters"]}
            if name == "toc":
                return self._contents(parameters)
            if name == "children" and not parameters:
                return self._children()
        if "foreign" not in given and name in _TRANSPARENT:
            return f'<div class="{escape(name)}-macro">{held}</div>' if held else ""
        if node.type == "inlineExtension":
            return f'<span class="unrendered-macro" data-macro-name="{escape(name)}"></span>'
        return f'<div class="unrendered-macro" data-macro-name="{escape(name)}">{held}</div>'

    def _contents(self, parameters: Mapping[str, str]) -> str:
        """The table of contents: every heading between the levels asked for, as a flat list of depths."""
        low, high = (_level(parameters.get(name), default) for name, default in (("minLevel", 1), ("maxLevel", 7)))
        items = [
            f'<li class="toc-level-{level}"><a href="#{escape(anchor)}">{escape(text)}</a></li>'
            for level, anchor, text in self._headings.values()
            if low <= level <= high and text
        ]
        return f'<div class="toc-macro"><ul>{"".join(items)}</ul></div>'

    def _children(self) -> str:
        items = [
            f'<li><a href="{escape(self._address(path) or "")}">{escape(title)}</a></li>'
            for title, path in self._around.children()
        ]
        return f'<ul class="childpages-macro">{"".join(items)}</ul>'


def _headings(document: Node) -> dict[int, tuple[int, str, str]]:
    """Level, anchor and text of each heading, by the node's identity, in reading order."""
    found: dict[int, tuple[int, str, str]] = {}
    taken: dict[str, int] = {}
    waiting = [document]
    while waiting and len(found) < _MOST_HEADINGS:
        here = waiting.pop()
        if here.type == "heading":
            text = " ".join("".join(texts(here)).split())
            anchor = "".join(text.split())
            count = taken[anchor] = taken.get(anchor, -1) + 1
            found[id(here)] = (here.attrs["level"], f"{anchor}.{count}" if count else anchor, text)
        waiting.extend(reversed(here.content))
    return found


def _level(given: str | None, default: int) -> int:
    return int(given) if given is not None and given.isascii() and given.isdigit() and len(given) == 1 else default


def _editor_macro(node: Node, held: str) -> str:
    name = escape(str(node.attrs["key"]))
    pairs = "|".join(f"{key}={value}" for key, value, _ in node.attrs.get("parameters", ()))
    start = f'data-macro-name="{name}" data-macro-parameters="{escape(pairs)}"'
    if node.type == "inlineExtension" or not held:
        return f'<img class="editor-inline-macro" {start}/>'
    cell = f'<td class="wysiwyg-macro-body">{held}</td>'
    return f'<table class="wysiwyg-macro" {start}><tbody><tr>{cell}</tr></tbody></table>'


def _emoji(node: Node) -> str:
    return f'<span class="emoticon">{escape(str(node.attrs.get("fallback") or node.attrs["short"]))}</span>'


def _status(node: Node) -> str:
    kind = _LOZENGES.get(node.attrs["colour"], "")
    lozenge = f" aui-lozenge-{kind}" if kind else ""
    return f'<span class="status-macro aui-lozenge{lozenge}">{escape(str(node.attrs["text"]))}</span>'


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _start(node: Node) -> str:
    return f' start="{node.attrs["order"]}"' if "order" in node.attrs else ""


def _shape(node: Node) -> str:
    for mark in node.marks:
        if mark.type == "alignment":
            return f' style="text-align: {"center" if mark.attrs["align"] == "center" else "right"};"'
        if mark.type == "indentation":
            return f' style="margin-left: {30.0 * mark.attrs["level"]:.1f}px;"'
    return ""
