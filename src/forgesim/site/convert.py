"""Markdown to storage format: one file's text becomes the body of a page.

Raw HTML is read leniently and only what storage format has is kept, so the result is well-formed whatever
comes in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from forgesim.site.storage import cdata, escape

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["Converter", "Targets", "first_heading", "parser"]

_PLAIN = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "tr": "tr",
    "th": "th",
    "td": "td",
    "em": "em",
    "strong": "strong",
    "s": "del",
    "heading": "",
}
_INLINE_HTML = {
    "b": "strong", "strong": "strong", "i": "em", "em": "em", "u": "u", "s": "del", "del": "del", "strike": "del",
    "sub": "sub", "sup": "sup", "code": "code", "kbd": "code", "samp": "code", "tt": "code", "small": "small",
    "cite": "em", "var": "em", "mark": "em", "ins": "u",
}  # fmt: skip
_BLOCK_HTML = {
    **_INLINE_HTML,
    "p": "p", "h1": "h1", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h5", "h6": "h6", "ul": "ul", "ol": "ol",
    "li": "li", "table": "table", "tbody": "tbody", "tr": "tr", "th": "th", "td": "td", "pre": "pre",
    "blockquote": "blockquote", "dl": "ul", "dt": "li", "dd": "li", "summary": "p",
}  # fmt: skip
_UNREAD = frozenset(("script", "style", "head", "title", "noscript", "template", "svg", "iframe", "object"))
_DEEPEST = 100
"""Raw HTML nested deeper is dropped: readers of XML give up somewhere beyond."""
_RAW_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)([^>]*)>")
_RAW_ATTRIBUTE = re.compile(r"([A-Za-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_RAW_BLOCK_TEXT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)


class Targets(Protocol):
    """What the addresses in one file lead to."""

    def link(self, address: str) -> tuple[str, str]:
        """Markup that opens and closes a link to ``address``."""

    def image(self, address: str, alt: str) -> str:
        """Markup that shows the picture at ``address``."""


def parser() -> MarkdownIt:
    """A CommonMark parser with tables and strike-through; raw HTML is passed on."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def first_heading(tokens: Iterable[Token]) -> str | None:
    """The text of a level-one heading that comes before any other block but comments; else ``None``."""
    opened = False
    for token in tokens:
        if opened:
            return _text_of(token).strip() or None
        opened = token.type == "heading_open" and token.tag == "h1"
        if not opened and not (token.type == "html_block" and not _without_comments(token.content)):
            return None
    return None


def _without_comments(text: str) -> str:
    return _RAW_BLOCK_TEXT.sub("", text).strip()


def _text_of(token: Token) -> str:
    shown = ("text", "code_inline", "text_special")
    children = token.children or ()
    return "".join(child.content if child.type in shown else " " if "break" in child.type else "" for child in children)


class Converter:
    """Turns a file's tokens into one body; a new one for every file.

    ``_open`` holds what is open: ``(mark, closing markup)``, the mark being the token's name or ``<tag``.
    An end tag of raw HTML closes only what raw HTML opened, and the end of a Markdown element closes raw
    HTML left open in it.
    """

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._out: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._leaves: Mapping[str, Callable[[Token], None]] = {
            "inline": self._inline,
            "text": lambda token: self._out.append(escape(token.content)),
            "text_special": lambda token: self._out.append(escape(token.content)),
            "code_inline": lambda token: self._out.append(f"<code>{escape(token.content)}</code>"),
            "softbreak": lambda _: self._out.append("\n"),
            "hardbreak": lambda _: self._out.append("<br />"),
            "hr": lambda _: self._out.append("<hr />"),
            "fence": lambda token: self._code(token.content, token.info),
            "code_block": lambda token: self._code(token.content, ""),
            "html_block": self._html_block,
            "html_inline": self._html_inline,
            "image": self._image,
        }

    def body(self, tokens: list[Token], *, drop_title: bool) -> str:
        """The whole body; ``drop_title`` leaves out the first level-one heading, which is the page's
        title."""
        skipping = False
        for token in tokens:
            if drop_title and token.type == "heading_open" and token.tag == "h1":
                skipping, drop_title = True, False
            if not skipping:
                self._token(token)
            elif token.type == "heading_close":
                skipping = False
        self._close_to(0)
        return "".join(self._out)

    def _token(self, token: Token) -> None:
        leaf = self._leaves.get(token.type)
        if leaf is not None:
            leaf(token)
        elif token.nesting == 1 and not token.hidden:
            self._begin(token)
        elif token.nesting == -1 and not token.hidden:
            self._end(token.type.removesuffix("_close"))

    def _begin(self, token: Token) -> None:
        name = token.type.removesuffix("_open")
        if name == "link":
            opening, closing = self._targets.link(str(token.attrs.get("href", "")))
        elif name == "table":
            opening, closing = "<table><tbody>", "</tbody></table>"
        else:
            tag = _PLAIN.get(name, "") or (token.tag if name == "heading" else "")
            opening, closing = (f"<{tag}>", f"</{tag}>") if tag else ("", "")
        self._push(name, opening, closing)

    def _push(self, mark: str, opening: str, closing: str) -> None:
        self._out.append(opening)
        self._open.append((mark, closing))

    def _end(self, mark: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == mark:
                self._close_to(index)
                return

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._out.append(self._open.pop()[1])

    def _inline(self, token: Token) -> None:
        depth = len(self._open)
        for child in token.children or ():
            self._token(child)
        self._close_to(depth)

    def _code(self, text: str, info: str) -> None:
        words = info.split()
        language = re.sub(r"[^\w+#.-]", "", words[0]) if words else ""
        setting = f'<ac:parameter ac:name="language">{escape(language)}</ac:parameter>' if language else ""
        self._out.append(
            f'<ac:structured-macro ac:name="code" ac:schema-version="1">{setting}'
            f"<ac:plain-text-body>{cdata(text.removesuffix(chr(10)))}</ac:plain-text-body></ac:structured-macro>"
        )

    def _image(self, token: Token) -> None:
        self._out.append(self._targets.image(str(token.attrs.get("src", "")), _text_of(token)))

    def _html_inline(self, token: Token) -> None:
        found = _RAW_TAG.match(token.content)
        if found is None:
            return
        ends, tag, rest = found[1] == "/", found[2].lower(), found[3]
        attributes = {name.lower(): a or b or c for name, a, b, c in _RAW_ATTRIBUTE.findall(rest)}
        if tag == "br":
            self._out.append("<br />")
        elif tag == "img":
            self._out.append(self._targets.image(attributes.get("src", ""), attributes.get("alt", "")))
        elif ends and self._open and self._open[-1][0] == f"<{tag}":
            self._close_to(len(self._open) - 1)
        elif not ends and not rest.rstrip().endswith("/"):
            self._raw_start(tag, attributes)

    def _raw_start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            return
        if tag == "a" and attributes.get("href") and not any(mark in ("link", "<a") for mark, _ in self._open):
            self._push("<a", *self._targets.link(attributes["href"]))
        elif tag in _INLINE_HTML:
            self._push(f"<{tag}", f"<{_INLINE_HTML[tag]}>", f"</{_INLINE_HTML[tag]}>")

    def _html_block(self, token: Token) -> None:
        text = _without_comments(token.content)
        if text:
            from forgesim.site.rawhtml import read_html

            element = read_html(text)
            if element is not None:
                self._out.append(self._element(element, inside=True))

    def _element(self, element: HtmlElement, *, inside: bool = False) -> str:
        """The element and what it holds, or what it holds alone where storage format has no such element."""
        name = element.tag if isinstance(element.tag, str) else ""
        if not name or name in _UNREAD:
            return ""
        if name in ("br", "hr"):
            return f"<{name} />"
        if name == "img":
            return self._targets.image(element.get("src", ""), element.get("alt", ""))
        parts = [escape(element.text or "")]
        for child in element:
            parts += [self._element(child), escape(child.tail or "")]
        held = "".join(parts)
        if name == "a" and element.get("href"):
            opening, closing = self._targets.link(element.get("href", ""))
            return f"{opening}{held}{closing}"
        tag = "" if inside else _BLOCK_HTML.get(name, "")
        return f"<{tag}>{held}</{tag}>" if tag else held
