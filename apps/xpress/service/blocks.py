"""One page's tree as typst code. Texts become string literals, so nothing on a page can become code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby, takewhile
from operator import itemgetter

from service.adf import parse_adf
from service.code import language_of
from service.colour import paper, read_colour
from service.emoji import emoji
from service.flow import UNSEEN, is_panel, shown_text, stands
from service.fonts import UNSHOWN
from service.known import Known
from service.layout import widths_of
from service.levels import Levels
from service.literal import lines, literal, number, spaced
from service.macros import PANELS, STATUS_COLOURS, parameters
from service.request import Page, Template
from service.style import dressed
from service.tables import is_wide, table
from service.tongue import spoken, tongue_within
from service.tree import Node, parse

__all__ = ["Writer"]

_BLANK = re.compile(r"[ \t\r\n]*")
_HEADING = re.compile(r"h([1-6])")
_OTHER_FILE = re.compile(r"(?i)\.(?!(?:png|jpe?g|gif|webp|svg|bmp|tiff?|heic|avif|ico)$)[a-z0-9]{2,5}$")
"""The end of a file's name that is no picture's: ADF shows any file as it shows pictures."""

WRAPPED: Mapping[str, str] = {
    "strong": "strong", "b": "strong", "em": "emph", "i": "emph", "u": "underline", "ins": "underline",
    "s": "strike", "del": "strike", "sub": "sub", "sup": "super", "cite": "emph", "dfn": "emph", "th": "strong",
    "figcaption": "emph", "small": "text.with(size: 0.85em)", "big": "text.with(size: 1.2em)",
}  # fmt: skip
"""Elements that are one typst function round what they hold."""

HOLLOW = frozenset(
    {"table", "tbody", "thead", "tfoot", "tr", "ul", "ol", "dl", "ac:layout", "ac:layout-section", "ac:task-list"}
)
"""Elements between whose children blanks mean nothing."""

SPEAKING = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table", "ac:task-list", "figcaption", "dl"}
)
"""Elements that are set in the language, and in the direction, that their text shows."""


class Writer:
    """Writes one page. ``placeholders`` names what could not be shown, in reading order."""

    def __init__(self, known: Known, page: Page, levels: Levels, *, template: Template, outlined: bool) -> None:
        self.placeholders: list[str] = []
        self._known = known
        self._page = page
        self._levels = levels
        self._outlined = outlined
        self._tongue = template.language
        self._lists = 0
        self._root = _tree(page)
        tables = [] if template.landscape else self._root.elements("table")
        self._turned = {id(node) for node in tables if is_wide(node)}
        headings = [node for node in self._root.walk() if _HEADING.fullmatch(node.name) and node.text().strip()]
        self._headings = {id(node): count for count, node in enumerate(headings)}
        self._titles = [(int(node.name[1]), spaced(node.text()).strip()) for node in headings]
        self._write: Mapping[str, Callable[[Node], str]] = {
            "p": self._paragraph,
            "br": lambda _: "linebreak()",
            "hr": lambda _: "line(length: 100%, stroke: 0.5pt + luma(180))",
            "div": lambda node: f"{{parbreak(); {self.content(node)}; parbreak()}}",
            "dt": lambda node: f"{{parbreak(); strong({self.content(node)}); parbreak()}}",
            "dd": lambda node: f"pad(left: 1.2em, {self.content(node)})",
            "ul": lambda node: self._items("list", node),
            "ol": lambda node: self._items(
                f"enum.with(start: {number(node.attributes.get('start'), 0, 10**6, 1)})", node
            ),
            "table": self._table,
            "blockquote": lambda node: f"quote(block: true, {self.content(node)})",
            "code": lambda node: self._raw(node.text()),
            "kbd": lambda node: self._raw(node.text()),
            "pre": lambda node: self._code(node.text(), {}),
            "a": self._anchor,
            "img": lambda node: self._picture(node, "", node.attributes.get("src", ""), node.attributes.get("alt", "")),
            "time": lambda node: literal(node.attributes.get("datetime", "") or node.text()),
            "ac:link": self._link,
            "ac:image": self._ac_image,
            "ac:task-list": self._tasks,
            "ac:task": self._task,
            "ac:layout-section": self._section,
            "ac:emoticon": self._emoticon,
            "ac:structured-macro": self._macro,
            "ac:macro": self._macro,
            "ac:adf-extension": self._adf,
        }

    def body(self) -> str:
        """The page, with its wide tables on sheets that lie on their side; their headings go with them."""
        parts: list[tuple[bool, str]] = []
        for child in self._root.children:
            is_heading = isinstance(child, Node) and _HEADING.fullmatch(child.name) is not None
            part = self._child(self._root, child)
            if self._turns(child):
                led = [*takewhile(itemgetter(0), reversed(parts))]
                del parts[len(parts) - len(led) :]
                part = f"page(flipped: true, {{{'; '.join([*(each for _, each in reversed(led)), part])}}})"
            parts += [(is_heading or part == "[ ]", part)] * bool(part)
        return "; ".join(part for _, part in parts) or "[]"

    def content(self, node: Node) -> str:
        """What an element holds, as one piece of content."""
        return self._joined(node, node.children)

    def _joined(self, node: Node, children: Iterable[Node | str]) -> str:
        parts = [part for child in children if (part := self._child(node, child))]
        return "{" + "; ".join(parts) + "}" if parts else "[]"

    def _child(self, parent: Node, child: Node | str) -> str:
        if isinstance(child, Node):
            return self._element(child)
        if UNSHOWN.search(child):
            self.placeholders.append("characters")
        if _BLANK.fullmatch(child):
            return "" if parent.name in HOLLOW else "[ ]"
        return literal(spaced(child))

    def _element(self, node: Node) -> str:
        if node.name in UNSEEN:
            return ""
        written = self._spoken(node) if node.name in SPEAKING or is_panel(node) else self._written(node)
        return dressed(node, written)

    def _spoken(self, node: Node) -> str:
        """The element in its language, where that is another one than what surrounds it is in."""
        outer, tongue = self._tongue, tongue_within(self._tongue, shown_text(node))
        self._tongue = tongue
        written = self._written(node)
        self._tongue = outer
        return spoken(outer, tongue, written)

    def _written(self, node: Node) -> str:
        write = self._write.get(node.name)
        if write is not None:
            return write(node)
        if (found := _HEADING.fullmatch(node.name)) is not None:
            return self._heading(node, int(found[1]))
        inner = self.content(node)
        if inner == "[]":
            return ""
        wrap = WRAPPED.get(node.name)
        return inner if wrap is None else f"{wrap}({inner})"

    # --- text --------------------------------------------------------------------------------------------------

    def _heading(self, node: Node, level: int) -> str:
        count = self._headings.get(id(node))
        if count is None:
            return self.content(node)
        inner = self._joined(node, (child for child in node.children if not stands(child)))
        standing = self._joined(node, filter(stands, node.children))
        if inner == "[]":
            return standing
        outlined = "true" if self._outlined else "false"
        heading = f"heading(level: {self._levels.heading(level)}, outlined: {outlined}, bookmarked: true, {inner})"
        return _one_after_another([f"[#{heading}<h-{self._page.id}-{count}>]", standing])

    def _paragraph(self, node: Node) -> str:
        """Lines of text, and between them what stands on its own."""
        parts = []
        for is_standing, children in groupby(node.children, key=stands):
            inner = self._joined(node, children)
            if inner not in ("[]", "{[ ]}"):
                parts.append(inner if is_standing else f"par({inner})")
        return _one_after_another(parts)

    def _items(self, function: str, node: Node) -> str:
        """A list; the outermost has room around it."""
        outermost, self._lists = self._lists == 0, self._lists + 1
        items = [self.content(item) for item in node.elements()]
        self._lists -= 1
        written = f"{function}({', '.join(items)})" if items else ""
        return f"{{parbreak(); {written}; parbreak()}}" if items and outermost else written

    def _tasks(self, node: Node) -> str:
        tasks = node.elements("ac:task")
        marks = [_mark(task) for task in tasks]
        listed = Node("ul", {}, [task.first("ac:task-body") or Node("ac:task-body", {}) for task in tasks])
        # What is no task comes after those that are: no editor writes such a list.
        others = self._joined(node, [child for child in node.elements() if child.name != "ac:task"])
        return _one_after_another([self._items(f"tasks.with(({', '.join(map(literal, marks))},))", listed), others])

    def _code(self, text: str, settings: Mapping[str, str]) -> str:
        known = language_of(settings.get("language", ""))
        lang = f', lang: "{known}"' if known and self._known.may_colour(text) else ""
        self._look_for_unshown(text)
        written = f"raw(block: true{lang}, {literal(lines(text))})"
        if settings.get("linenumbers") == "true":
            written = f"numbered({number(settings.get('firstline'), 0, 10**6, 1)}, {written})"
        title = spaced(settings.get("title", "")).strip()
        return f"titled({literal(title)}, {written})" if title else written

    def _raw(self, text: str) -> str:
        self._look_for_unshown(text)
        return f"raw({literal(spaced(text))})"

    def _look_for_unshown(self, text: str) -> None:
        if UNSHOWN.search(text):
            self.placeholders.append("characters")

    def _table(self, node: Node) -> str:
        return table(node, lambda cell: dressed(cell, self.content(cell)), may_turn=self._turns(node))

    def _turns(self, child: Node | str) -> bool:
        """Whether it is a table for sheets of its own: only what lies in nothing else can have them."""
        return id(child) in self._turned

    def _section(self, node: Node) -> str:
        """Columns side by side, as wide as the page's author made them; in reading order one after another."""
        cells = node.elements("ac:layout-cell")
        if len(cells) < 2:
            return self.content(node)
        widths = ", ".join(f"{width:g}fr" for width in widths_of(node, len(cells)))
        columns = ", ".join(self.content(cell) for cell in cells)
        return f"block(above: 1.2em, grid(columns: ({widths}), column-gutter: 1.2em, {columns}))"

    def _task(self, node: Node) -> str:
        """One that lies outside any list."""
        return self._tasks(Node("ac:task-list", {}, [node]))

    def _emoticon(self, node: Node) -> str:
        names = ("ac:emoji-shortname", "ac:emoji-id", "ac:emoji-fallback", "ac:name")
        short, id_, fallback, name = (node.attributes.get(each, "") for each in names)
        return literal(spaced(emoji(short, id_, fallback, name)))

    # --- links and pictures ------------------------------------------------------------------------------------

    def _anchor(self, node: Node) -> str:
        inner = self.content(node)
        target = self._known.address_target(node.attributes.get("href", ""))
        return inner if target is None or inner == "[]" else f"link({target}, {inner})"

    def _link(self, node: Node) -> str:
        page, attachment, user = node.first("ri:page"), node.first("ri:attachment"), node.first("ri:user")
        body = node.first("ac:link-body", "ac:plain-text-link-body")
        title = page.attributes.get("ri:content-title", "") if page else ""
        otherwise = title or (attachment.attributes.get("ri:filename", "") if attachment else "")
        otherwise = otherwise or ("@user" if user else node.attributes.get("ac:anchor", ""))
        inner = self.content(body) if body is not None and body.text().strip() else literal(spaced(otherwise))
        if page is None:
            here = f"<page-{self._page.id}>" if node.attributes.get("ac:anchor") and not (attachment or user) else None
            return inner if here is None else f"link({here}, {inner})"
        target = self._known.page_target(title, page.attributes.get("ri:space-key", ""))
        return inner if target is None else f"link({target}, {inner})"

    def _ac_image(self, node: Node) -> str:
        attachment, url = node.first("ri:attachment"), node.first("ri:url")
        name = attachment.attributes.get("ri:filename", "") if attachment else ""
        address = url.attributes.get("ri:value", "") if url else ""
        shown = self._picture(node, name, address, node.attributes.get("ac:alt", ""))
        caption = node.first("ac:caption")
        return shown if caption is None else f"{{{shown}; emph({self.content(caption)})}}"

    def _picture(self, node: Node, name: str, address: str, alt: str) -> str:
        """A picture that was sent along; any other becomes a placeholder: nothing is fetched."""
        image = self._known.picture(self._page, name) if name else None
        if image is None:
            kind = "file" if _OTHER_FILE.search(name) else "image"
            return self._placeholder(kind, f"{kind}: {alt or name or address}")
        words = spaced(alt or name).strip() or "image"
        asked = number(node.attributes.get("ac:width") or node.attributes.get("width"), 1, 4000, image.width)
        width = f"{asked * 0.75:g}pt" if asked else "none"
        return f"picture({literal(image.svg)}, {width}, {literal(words)})"

    # --- macros ------------------------------------------------------------------------------------------------

    def _macro(self, node: Node) -> str:
        name = node.attributes.get("ac:name", "").lower()
        rich, plain = node.first("ac:rich-text-body"), node.first("ac:plain-text-body")
        settings = parameters(node)
        match name:
            case "code" | "noformat":
                return self._code(plain.text() if plain else "", settings)
            case "toc" | "toc-zone":
                return self._contents() + (f"; {self.content(rich)}" if rich else "")
            case "children" | "pagetree":
                return self._children()
            case "status":
                colour = STATUS_COLOURS.get(settings.get("colour", settings.get("color", "")).lower(), "grey")
                return f'badge("{colour}", {literal(spaced(settings.get("title", "")))})'
            case "anchor":
                return ""
            case _ if name in PANELS:
                heading = settings.get("title", "")
                titled = f"strong({literal(spaced(heading))}); parbreak(); " if heading else ""
                ground = read_colour(settings.get("bgColor", ""))
                tint = "" if ground is None else f", ground: rgb{paper(ground)}"
                return f'panel("{PANELS[name]}", {{{titled}{self.content(rich) if rich else "[]"}}}{tint})'
        shown = self._placeholder(name, f"macro: {name}")
        return shown if rich is None else f"{shown}; {self.content(rich)}"

    def _adf(self, node: Node) -> str:
        fallback = next((found for found in node.walk() if found.name == "ac:adf-fallback"), None)
        return self._placeholder("adf-extension", "macro: extension") if fallback is None else self.content(fallback)

    def _contents(self) -> str:
        """The headings of this page, indented by level; each a link, but where it stands in something left out."""
        top = min((level for level, _ in self._titles), default=1)
        lines = [
            f"pad(left: {(level - top) * 1.2:g}em, jump(<h-{self._page.id}-{count}>, {literal(title)}))"
            for count, (level, title) in enumerate(self._titles)
        ]
        return "{set block(spacing: 0.55em); " + "; ".join(lines) + "}" if lines else "[]"

    def _children(self) -> str:
        below = self._known.children.get(self._page.id, [])
        links = [f"link(<page-{page.id}>, {literal(spaced(page.title))})" for page in below]
        return f"list({', '.join(links)})" if links else self._placeholder("children", "macro: children")

    def _placeholder(self, name: str, words: str) -> str:
        self.placeholders.append(name)
        return f"placeholder({literal(spaced(words))})"


def _one_after_another(parts: Iterable[str]) -> str:
    """Pieces of content as one."""
    some = [part for part in parts if part not in ("", "[]")]
    return some[0] if len(some) == 1 else f"{{{'; '.join(some)}}}" if some else ""


def _mark(task: Node) -> str:
    status = task.first("ac:task-status")
    return "☑" if status is not None and status.text().strip() == "complete" else "☐"


def _tree(page: Page) -> Node:
    """A body that is no ADF although it is said to be is read as what people write."""
    if page.format == "adf":
        try:
            return parse_adf(page.body)
        except (ValueError, RecursionError):
            pass
    return parse(page.body)
