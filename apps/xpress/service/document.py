"""A whole document as typst source: page set-up, cover, contents, and each page under its heading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from service.blocks import Writer
from service.known import Known
from service.literal import literal, spaced
from service.request import Order, Page

__all__ = ["Rendered", "write"]

TAGGED_CHARACTERS = 400_000
"""Longer sources become PDFs without accessibility tags, which would be most of their size."""

SETUP = """\
#let accent = rgb("{accent}")
#set document(title: {title}, date: datetime(year: {at:%Y}, month: {month}, day: {day}))
#set page(paper: "{paper}", margin: (x: 21mm, top: 20mm, bottom: 22mm), numbering: "1")
#set text(font: "Libertinus Serif", size: {size}pt, lang: "en", fallback: true)
#set par(leading: 0.62em, spacing: 0.95em)
#set heading(numbering: none)
#set table(stroke: 0.5pt + luma(180), inset: 5pt)
#set list(indent: 0.6em)
#set enum(indent: 0.6em)
#show heading: set text(fill: accent, size: 1.02em)
#show heading.where(level: 1): set text(size: 1.65em)
#show heading.where(level: 2): set text(size: 1.4em)
#show heading.where(level: 3): set text(size: 1.25em)
#show heading.where(level: 4): set text(size: 1.12em)
#show heading: set block(above: 1.3em, below: 0.7em)
#show link: set text(fill: accent)
#show raw: set text(font: "DejaVu Sans Mono", size: 0.92em)
#show raw.where(block: true): body => block(
  width: 100%, fill: luma(246), inset: 7pt, radius: 2pt, stroke: 0.5pt + luma(220), breakable: true, body)
#let tints = (
  info: rgb("#2f6fb5"), note: rgb("#8a6d1c"), warning: rgb("#b03a2e"), tip: rgb("#2e7d4f"), panel: luma(120))
#let panel(kind, body) = block(
  width: 100%, inset: (x: 9pt, y: 7pt), stroke: (left: 2.5pt + tints.at(kind)), fill: tints.at(kind).lighten(92%),
  breakable: true, body)
#let colours = (
  green: rgb("#2e7d4f"), yellow: rgb("#8a6d1c"), red: rgb("#b03a2e"), blue: rgb("#2f6fb5"), grey: luma(100))
#let badge(colour, body) = box(
  fill: colours.at(colour).lighten(85%), outset: (y: 2.5pt), inset: (x: 3pt), radius: 2pt,
  text(size: 0.85em, weight: "bold", fill: colours.at(colour), body))
#let placeholder(body) = box(
  stroke: (paint: rgb("#b03a2e"), thickness: 0.7pt, dash: "dashed"), outset: (y: 2.5pt), inset: (x: 3pt),
  text(size: 0.9em, fill: rgb("#b03a2e"), body))
#let checkbox(done) = box(
  width: 0.75em, height: 0.75em, stroke: 0.7pt, baseline: 0.05em,
  if done {{ place(center + horizon, text(size: 0.8em, "x")) }})
#let jump(target, body) = context {{ if query(target).len() == 1 {{ link(target, body) }} else {{ body }} }}
#let picture(source, width) = layout(room => image(
  bytes(source), format: "svg",
  width: if width == none {{ calc.min(room.width, 320pt) }} else {{ calc.min(room.width, width) }}))
"""
COVER = """\
#page(numbering: none, {{ v(1fr); text(size: 2.4em, weight: "bold", fill: accent, par(leading: 0.5em, {title}))
v(0.4em); line(length: 35%, stroke: 2pt + accent); v(0.6em); text(fill: luma(90), {about}); v(2fr) }})
#counter(page).update(1)
"""
CONTENTS = '#outline(title: "Contents", depth: {depth}, indent: 1.2em)\n#pagebreak(weak: true)\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """``source`` is typst; ``placeholders`` are page id and name of what could not be shown, in reading order."""

    source: str
    placeholders: tuple[tuple[str, str], ...]
    tagged: bool


def write(order: Order) -> Rendered:
    """The order as typst source. The same order gives the same source."""
    known = Known(order)
    placeholders: list[tuple[str, str]] = []
    alone = len(order.pages) == 1
    body = [_setup(order)]
    for page in order.pages:
        writer = Writer(known, page, outlined=alone)
        body.append(f"#{{ {_heading(page, first=page is order.pages[0])}; {writer.body()} }}\n")
        placeholders += [(page.id, name) for name in writer.placeholders]
    source = "".join(body)
    return Rendered(
        source=source, placeholders=tuple(dict.fromkeys(placeholders)), tagged=len(source) <= TAGGED_CHARACTERS
    )


def _setup(order: Order) -> str:
    first, template = order.pages[0], order.template
    at = datetime.fromtimestamp(order.at_ms / 1000, UTC)
    setup = SETUP.format(
        accent=template.accent,
        title=literal(first.title),
        at=at,
        month=at.month,
        day=at.day,
        paper=template.paper,
        size=template.size,
    )
    if template.cover:
        pages = "1 page" if len(order.pages) == 1 else f"{len(order.pages)} pages"
        about = literal(f"{order.space} · {pages} · {at.day} {at:%B %Y}")
        setup += COVER.format(title=literal(spaced(first.title)), about=about)
    if template.contents:
        setup += CONTENTS.format(depth=3 if len(order.pages) == 1 else 6)
    return setup


def _heading(page: Page, *, first: bool) -> str:
    """The title of a page; the top pages of a tree begin a sheet."""
    level = min(page.depth, 5) + 1
    begins = "pagebreak(weak: true); " if level <= 2 else "v(0.8em); line(length: 100%, stroke: 0.4pt + luma(200)); "
    return f"{'' if first else begins}[#heading(level: {level}, {literal(spaced(page.title))})<page-{page.id}>]"
