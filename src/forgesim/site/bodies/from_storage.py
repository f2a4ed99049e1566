"""Storage format to the document tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from forgesim.site.bodies.element import Element, parse
from forgesim.site.bodies.flow import SPACES, blank, flattened, line as flow_line
from forgesim.site.bodies.macros import macro, parameters_of
from forgesim.site.bodies.node import INLINE, Mark, Node
from forgesim.site.bodies.style import colour, declared

__all__ = ["WIDTHS", "read_storage"]

Marks = tuple[Mark, ...]

_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_MARKS = {
    "strong": "strong", "b": "strong", "em": "em", "i": "em", "cite": "em", "dfn": "em", "var": "em", "s": "strike",
    "del": "strike", "strike": "strike", "u": "underline", "ins": "underline", "code": "code", "kbd": "code",
    "samp": "code", "tt": "code",
}  # fmt: skip
_GROUPS = frozenset(
    (
        "div", "section", "article", "li", "tr", "td", "th", "tbody", "thead", "tfoot", "dl", "dt", "dd", "center",
        "details", "main", "header", "footer", "nav", "aside", "figure", "figcaption", "summary", "address",
        "ac:rich-text-body", "ac:layout", "ac:layout-cell", "ac:task", "ac:task-body", "ac:adf-content",
        "ac:adf-node", "ac:caption",
    )
)  # fmt: skip
"""Elements that leave no trace but set their content apart from what stands beside it."""
_UNSEEN = frozenset(
    ("script", "style", "colgroup", "col", "ac:parameter", "ac:task-id", "ac:task-uuid", "ac:task-status",
     "ac:adf-attribute", "ac:adf-fallback", "ri:page", "ri:attachment", "ri:url", "ri:user", "ri:space",
     "ri:blog-post", "ri:content-entity", "ri:shortcut")
)  # fmt: skip
WIDTHS = {
    "single": (100.0,), "fixed-width": (100.0,), "two_equal": (50.0, 50.0), "two_left_sidebar": (33.33, 66.66),
    "two_right_sidebar": (66.66, 33.33), "three_equal": (33.33, 33.33, 33.33),
    "three_with_sidebars": (25.0, 50.0, 25.0), "four_equal": (25.0,) * 4, "five_equal": (20.0,) * 5,
}  # fmt: skip


def read_storage(body: str) -> Node:
    """The document of a storage-format body, whatever its shape; never raises."""
    return Node("doc", content=_Reader().blocks(parse(body).children))


class _Reader:
    def __init__(self) -> None:
        self._task_ids = 0
        self._readers: Mapping[str, Callable[[Element, Marks], list[Node]]] = {
            "p": self._paragraph,
            **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), self._heading),
            "ul": self._list,
            "ol": self._list,
            "blockquote": lambda it, on: [Node("blockquote", content=self.blocks(it.children, on))],
            "hr": lambda _, on: [Node("rule")],
            "pre": lambda it, on: [Node("codeBlock", text=it.text())],
            "table": self._table,
            "br": lambda _, on: [Node("hardBreak")],
            "a": self._anchor,
            "span": self._span,
            "sub": lambda it, on: self._marked(it, on, Mark("subsup", {"type": "sub"})),
            "sup": lambda it, on: self._marked(it, on, Mark("subsup", {"type": "sup"})),
            "img": lambda it, on: self._picture({"url": it.attrs.get("src", "")}, it.attrs, "", None),
            "time": self._date,
            "ac:link": self._link,
            "ac:image": self._image,
            "ac:emoticon": self._emoji,
            "ac:placeholder": self._placeholder,
            "ac:inline-comment-marker": self._annotated,
            "ac:task-list": lambda it, on: self._task_list(it),
            "ac:layout": self._layout,
            "ac:layout-section": self._section,
            "ac:structured-macro": self._macro,
            "ac:macro": self._macro,
            "ac:adf-extension": self._adf,
        }

    # --- flow ---

    def flow(self, children: Iterable[Element | str], on: Marks = ()) -> list[Node]:
        """Blocks and inline nodes as they come."""
        found: list[Node] = []
        for child in children:
            if isinstance(child, str):
                if child:
                    found.append(Node("text", text=SPACES.sub(" ", child), marks=on))
            elif child.name not in _UNSEEN:
                found += self._element(child, on)
        return found

    def _element(self, element: Element, on: Marks) -> list[Node]:
        read = self._readers.get(element.name)
        if read is not None:
            return read(element, on)
        if element.name in _MARKS:
            return self._marked(element, on, Mark(_MARKS[element.name]))
        if element.name in _GROUPS:
            return self.blocks(element.children, on)
        return self.flow(element.children, on)

    def _marked(self, element: Element, on: Marks, mark: Mark) -> list[Node]:
        held = on if any(each.type == mark.type and mark.type != "annotation" for each in on) else (*on, mark)
        return self.flow(element.children, held)

    def blocks(self, children: Iterable[Element | str], on: Marks = ()) -> list[Node]:
        """Blocks only: each run of text between them is a paragraph."""
        return self._parted(self.flow(children, on), lambda run: Node("paragraph", content=run), loose=True)

    def _parted(self, flow: list[Node], wrap: Callable[[list[Node]], Node], *, loose: bool = False) -> list[Node]:
        """``loose``: macros that stand between blocks without text beside them are blocks themselves."""
        found: list[Node] = []
        run: list[Node] = []
        for node in [*flow, None]:
            if node is not None and node.type in INLINE:
                run.append(node)
                continue
            if line := flow_line(run):
                alone = loose and all(each.type == "inlineExtension" or blank(each) for each in line)
                macros = [Node("extension", each.attrs) for each in line if each.type != "text"]
                found += macros if alone else [wrap(line)]
            run = []
            if node is not None:
                found.append(node)
        return found

    def line(self, children: Iterable[Element | str]) -> list[Node]:
        """Inline nodes only: blocks become lines of their own."""
        found = flow_line(flattened(self.flow(children)))
        while found and found[0].type == "hardBreak":
            found.pop(0)
        while found and found[-1].type == "hardBreak":
            found.pop()
        return flow_line(found)

    # --- blocks ---

    def _paragraph(self, element: Element, on: Marks) -> list[Node]:
        return self._wrapped(element, on, "paragraph", {})

    def _heading(self, element: Element, on: Marks) -> list[Node]:
        return self._wrapped(element, on, "heading", {"level": int(element.name[1])})

    def _wrapped(self, element: Element, on: Marks, kind: str, attrs: dict[str, Any]) -> list[Node]:
        shape = _shape(element)
        flow = self.flow(element.children, on)
        found = self._parted(flow, lambda run: Node(kind, dict(attrs), run, marks=shape))
        return found or [Node(kind, attrs, marks=shape)]

    def _list(self, element: Element, on: Marks) -> list[Node]:
        items: list[Node] = []
        for child in element.children:
            if isinstance(child, Element) and child.name == "li":
                items.append(Node("listItem", content=self.blocks(child.children, on) or [Node("paragraph")]))
            elif held := self.blocks([child], on):
                if items:
                    items[-1].content += held
                else:
                    items.append(Node("listItem", content=held))
        if not items:
            return []
        start = element.attrs.get("start", "")
        attrs = {"order": int(start)} if element.name == "ol" and start.isascii() and start[:9].isdigit() else {}
        return [Node("bulletList" if element.name == "ul" else "orderedList", attrs, items)]

    def _table(self, element: Element, on: Marks) -> list[Node]:
        rows: list[Node] = []
        loose: list[Node] = []
        columns: list[float] = []
        parts = [element, *element.every("tbody", "thead", "tfoot")]
        for part in parts:
            for group in part.every("colgroup"):
                columns = [_pixels(col) for col in group.every("col")]
            for row in part.every("tr"):
                cells = [self._cell(each, on) for each in row.every("td", "th")]
                if cells:
                    rows.append(Node("tableRow", content=cells))
                loose += self._rest(row, ("td", "th"), on)
            loose += self._rest(part, ("tr", "tbody", "thead", "tfoot", "colgroup"), on)
        attrs: dict[str, Any] = {"columns": columns} if columns and all(columns) else {}
        if layout := element.attrs.get("data-layout"):
            attrs["layout"] = layout
        return [*([Node("table", attrs, rows)] if rows else []), *loose]

    def _rest(self, element: Element, taken: tuple[str, ...], on: Marks) -> list[Node]:
        """What stands where only rows or cells should: it follows the table."""
        return self.blocks([each for each in element.children if isinstance(each, str) or each.name not in taken], on)

    def _cell(self, element: Element, on: Marks) -> Node:
        attrs: dict[str, Any] = {}
        for name in ("colspan", "rowspan"):
            given = element.attrs.get(name, "")
            if given.isascii() and given.isdigit() and 1 < int(given[:5]) <= 1000:
                attrs[name] = int(given[:5])
        style = declared(element.attrs.get("style", ""))
        if shade := colour(element.attrs.get("data-highlight-colour") or style.get("background-color", "")):
            attrs["background"] = shade
        held = self.blocks(element.children, on) or [Node("paragraph")]
        return Node("tableHeader" if element.name == "th" else "tableCell", attrs, held)

    def _task_list(self, element: Element) -> list[Node]:
        found = self._tasks(element)
        return [found] if found.content else []

    def _tasks(self, element: Element) -> Node:
        items: list[Node] = []
        for child in element.children:
            if isinstance(child, Element) and child.name == "ac:task":
                items.append(self._task(child))
            elif isinstance(child, Element) and child.name == "ac:task-list":
                items += self._task_list(child)
            elif held := self.line([child]):
                self._task_ids += 1
                items.append(Node("taskItem", {"state": "TODO", "id": str(self._task_ids)}, held))
        return Node("taskList", content=items)

    def _task(self, element: Element) -> Node:
        parts = {each.name: each for each in element.children if isinstance(each, Element)}
        state, body = parts.get("ac:task-status"), parts.get("ac:task-body")
        attrs: dict[str, Any] = {
            "state": "DONE" if state is not None and state.text().strip() == "complete" else "TODO"
        }
        for name, key in (("ac:task-id", "id"), ("ac:task-uuid", "uuid")):
            if name in parts and (given := parts[name].text().strip()):
                attrs[key] = given
        self._task_ids += 1
        attrs.setdefault("id", str(self._task_ids))
        others = [each for each in element.children if isinstance(each, str) or each.name not in parts]
        return Node("taskItem", attrs, self.line([*(body.children if body else ()), *others]))

    def _layout(self, element: Element, on: Marks) -> list[Node]:
        return self.blocks(element.children, on)

    def _section(self, element: Element, on: Marks) -> list[Node]:
        cells = [self.blocks(each.children, on) for each in element.every("ac:layout-cell")]
        loose = self._rest(element, ("ac:layout-cell",), on)
        kind = element.attrs.get("ac:type", "")
        widths = WIDTHS.get(kind) or ()
        if len(widths) != len(cells):
            kind, widths = "", (round(100 / max(1, len(cells)), 2),) * len(cells)
        columns = [Node("layoutColumn", {"width": width}, held) for width, held in zip(widths, cells, strict=True)]
        attrs = {"kind": kind} if kind else {}
        return [*([Node("layoutSection", attrs, columns)] if columns else []), *loose]

    # --- in a line ---

    def _span(self, element: Element, on: Marks) -> list[Node]:
        style = declared(element.attrs.get("style", ""))
        for name, kind in (("color", "textColor"), ("background-color", "backgroundColor")):
            if (found := colour(style.get(name, ""))) and not any(each.type == kind for each in on):
                on = (*on, Mark(kind, {"color": found}))
        return self.flow(element.children, on)

    def _anchor(self, element: Element, on: Marks) -> list[Node]:
        href = element.attrs.get("href", "").strip()
        if not href:
            return self.flow(element.children, on)
        card = {"inline": "inlineCard", "block": "blockCard", "embed": "embedCard"}
        kind = card.get(element.attrs.get("data-card-appearance", ""))
        if kind is not None:
            text = SPACES.sub(" ", element.text()).strip()
            return [Node(kind, {"url": href, **({"title": text} if text and text != href else {})}, marks=())]
        attrs = {"href": href}
        if title := element.attrs.get("title"):
            attrs["title"] = title
        return self._marked(element, on, Mark("link", attrs))

    def _link(self, element: Element, on: Marks) -> list[Node]:
        target = next((each for each in element.children if isinstance(each, Element) and each.name[:3] == "ri:"), None)
        body = element.first("ac:link-body", "ac:plain-text-link-body")
        if target is not None and target.name == "ri:user":
            account = target.attrs.get("ri:account-id") or target.attrs.get("ri:userkey", "")
            return [Node("mention", {"account": account}, marks=on)]
        attrs = _target(target)
        if anchor := element.attrs.get("ac:anchor"):
            attrs["anchor"] = anchor
        mark = Mark("link", attrs)
        held = on if any(each.type == "link" for each in on) else (*on, mark)
        if body is None:
            shown = attrs.get("title") or attrs.get("file") or attrs.get("space") or attrs.get("anchor") or ""
            own = {"given": False} if held is not on else {}
            return [Node("text", own, text=SPACES.sub(" ", shown), marks=held)] if shown else []
        return self.flow(body.children, held)

    def _image(self, element: Element, _on: Marks) -> list[Node]:
        attachment, url, caption = element.first("ri:attachment"), element.first("ri:url"), element.first("ac:caption")
        where: dict[str, Any] = {"url": url.attrs.get("ri:value", "")} if url is not None else {}
        if attachment is not None:
            where = {"file": attachment.attrs.get("ri:filename", "")}
            if (page := attachment.first("ri:page")) is not None:
                where["page"] = _target(page)
        return self._picture(where, element.attrs, "ac:", caption)

    def _picture(
        self, where: dict[str, Any], given: Mapping[str, str], prefix: str, caption: Element | None
    ) -> list[Node]:
        attrs = dict(where)
        own = {name.removeprefix(prefix): value for name, value in given.items() if name.startswith(prefix)}
        if alt := own.pop("alt", ""):
            attrs["alt"] = alt
        for name in ("width", "height"):
            size = own.pop(name, "").removesuffix("px")
            if _NUMBER.fullmatch(size) and float(size) > 0:
                attrs[name] = float(size) if "." in size else int(size)
        own.pop("src", None)
        kept = {name: value for name, value in own.items() if name in _KEPT_OF_IMAGES}
        if kept:
            attrs["kept"] = kept
        held = self.line(caption.children) if caption is not None else []
        captions = [Node("caption", content=held)] if held else []
        return [Node("mediaSingle", {}, [Node("media", attrs), *captions])]

    def _emoji(self, element: Element, on: Marks) -> list[Node]:
        given = element.attrs
        name = given.get("ac:name", "")
        short = given.get("ac:emoji-shortname") or f":{name or 'emoji'}:"
        attrs = {"short": short}
        for key, source in (("id", "ac:emoji-id"), ("fallback", "ac:emoji-fallback"), ("name", "ac:name")):
            if value := given.get(source):
                attrs[key] = value
        return [Node("emoji", attrs, marks=on)]

    def _date(self, element: Element, on: Marks) -> list[Node]:
        try:
            day = date.fromisoformat(element.attrs.get("datetime", "").strip()[:10]).isoformat()
        except ValueError:
            return self.flow(element.children, on)
        return [Node("date", {"day": day}, marks=on), *self.flow(element.children, on)]

    def _placeholder(self, element: Element, _on: Marks) -> list[Node]:
        text = SPACES.sub(" ", element.text()).strip()
        return [Node("placeholder", {"text": text})] if text else []

    def _annotated(self, element: Element, on: Marks) -> list[Node]:
        ref = element.attrs.get("ac:ref", "")
        return self._marked(element, on, Mark("annotation", {"id": ref})) if ref else self.flow(element.children, on)

    # --- macros ---

    def _macro(self, element: Element, on: Marks) -> list[Node]:
        rich, plain = element.first("ac:rich-text-body"), element.first("ac:plain-text-body")
        held = None if rich is None else self.blocks(rich.children, on)
        text = None if plain is None else plain.text()
        return [macro(element.attrs, parameters_of(element), text, held, on)]

    def _adf(self, element: Element, on: Marks) -> list[Node]:
        from forgesim.site.bodies.adf_in_storage import adf_nodes

        return adf_nodes(element, self.blocks, self.line, on)


_KEPT_OF_IMAGES = frozenset(
    ("align", "layout", "border", "thumbnail", "title", "style", "class", "original-width", "original-height", "inline")
)


def _target(element: Element | None) -> dict[str, Any]:
    """Where an ``ac:link`` leads, by the resource that it names."""
    if element is None:
        return {"to": "here"}
    given = element.attrs
    attrs: dict[str, Any] = {"to": element.name[3:]}
    names = (
        ("space", "ri:space-key"), ("title", "ri:content-title"), ("file", "ri:filename"), ("day", "ri:posting-day"),
        ("url", "ri:value"), ("id", "ri:content-id"), ("version", "ri:version-at-save"),
    )  # fmt: skip
    attrs.update({key: given[name] for key, name in names if given.get(name)})
    if (page := element.first("ri:page")) is not None:
        attrs["page"] = _target(page)
    return attrs


def _shape(element: Element) -> Marks:
    style = declared(element.attrs.get("style", ""))
    align = {"center": "center", "right": "end", "end": "end"}.get(style.get("text-align", "").lower())
    if align is not None:
        return (Mark("alignment", {"align": align}),)
    found = _NUMBER.match(style.get("margin-left", ""))
    level = min(6, round(float(found[0]) / 30)) if found else 0
    return (Mark("indentation", {"level": level}),) if level else ()


def _pixels(element: Element) -> float:
    found = _NUMBER.match(declared(element.attrs.get("style", "")).get("width", ""))
    return float(found[0]) if found else 0.0
