"""A whole document as typst source: how it looks, and each page under its heading."""

from __future__ import annotations

from dataclasses import dataclass

from service.blocks import Writer
from service.known import Known
from service.levels import Levels
from service.literal import literal
from service.look import look, title_of
from service.request import Order, Page, Template
from service.syntaxes import syntaxes
from service.tongue import spoken, tongue_within

__all__ = ["Rendered", "write"]

TAGGED_CHARACTERS = 400_000
"""Longer sources become PDFs without accessibility tags, which would be most of their size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """``source`` is typst; ``placeholders`` are page id and name of what could not be shown, in reading order."""

    source: str
    placeholders: tuple[tuple[str, str], ...]
    tagged: bool


def write(order: Order) -> Rendered:
    """The order as typst source. The same order gives the same source."""
    known, levels = Known(order), Levels()
    placeholders: list[tuple[str, str]] = []
    alone = len(order.pages) == 1
    body = [look(order)]
    for page in order.pages:
        heading = _heading(page, levels.page(page.depth), order.template, first=page is order.pages[0])
        writer = Writer(known, page, levels, template=order.template, outlined=alone)
        body.append(f"#{{ {heading}; {writer.body()} }}\n")
        placeholders += [(page.id, name) for name in writer.placeholders]
    source = "".join(body)
    source = syntaxes(source) + source
    return Rendered(
        source=source, placeholders=tuple(dict.fromkeys(placeholders)), tagged=len(source) <= TAGGED_CHARACTERS
    )


def _heading(page: Page, level: int, template: Template, *, first: bool) -> str:
    """The title of a page; the top pages of a tree begin a sheet."""
    begins = "pagebreak(weak: true); " if level <= 2 else "v(0.8em); line(length: 100%, stroke: 0.4pt + luma(200)); "
    title = title_of(page.title)
    outer = template.language
    heading = spoken(
        outer, tongue_within(outer, title), f"[#heading(level: {level}, {literal(title)})<page-{page.id}>]"
    )
    return f"{'' if first else begins}{heading}"
