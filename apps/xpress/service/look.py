"""How every document looks, as typst code: sheets, letters, headers and footers, cover, contents."""

from __future__ import annotations

from datetime import UTC, datetime

from service.fonts import FACES
from service.literal import literal, spaced
from service.request import Order
from service.tongue import FACE_OF, spoken, tongue_within

__all__ = ["look", "title_of"]

SETUP = """\
#let accent = rgb("{accent}")
#let serif = ({faces}, "DejaVu Sans Mono")
#let mono = ("DejaVu Sans Mono", {faces})
#let east = ({east})
#set document(title: {title}, date: datetime(year: {at:%Y}, month: {month}, day: {day}))
#set page(paper: "{paper}", flipped: {flipped}, margin: (x: {margin}, top: {margin}, bottom: {margin}),
  header: {header}, footer: {footer})
#set text(font: serif + east, size: {size}pt, lang: "{language}", hyphenate: {hyphenate}, fallback: true)
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
#show outline.entry.where(level: 1): set block(above: 0.9em)
#show raw: set text(font: mono + east, size: 0.92em, hyphenate: false, lang: "en", dir: ltr)
#show raw.where(block: true): body => block(
  width: 100%, fill: luma(246), inset: 7pt, radius: 2pt, stroke: 0.5pt + luma(220), breakable: true, body)
#let tints = (
  info: rgb("#2f6fb5"), note: rgb("#8a6d1c"), warning: rgb("#b03a2e"), tip: rgb("#2e7d4f"), panel: luma(120))
#let leftward() = text.dir == rtl or (text.dir == auto and text.lang in ("ar", "he"))
#let beginning() = if leftward() {{ "right" }} else {{ "left" }}
#let indented(by, body) = context pad(..((beginning()): by), body)
#let signs = (info: "\\u{{2139}}", note: "\\u{{270e}}", warning: "\\u{{26a0}}", tip: "\\u{{2714}}")
#let sign(kind) = if kind in signs {{
  let beside = if leftward() {{ 14pt }} else {{ -14pt }}
  place(start, dx: beside, text(font: "DejaVu Sans Mono", fill: tints.at(kind), signs.at(kind))) }}
#let panel(kind, body, ground: none) = context block(
  width: 100%, inset: ((beginning()): if kind in signs {{ 22pt }} else {{ 9pt }}, rest: 7pt),
  stroke: ((beginning()): 2.5pt + tints.at(kind)), breakable: true,
  fill: if ground == none {{ tints.at(kind).lighten(92%) }} else {{ ground }},
  {{ sign(kind); body }})
#show quote.where(block: true): it => context block(
  inset: ((beginning()): 9pt, y: 2pt), stroke: ((beginning()): 2pt + luma(200)), it.body)
#let titled(title, body) = {{
  block(below: 0.4em, sticky: true, text(size: 0.85em, weight: "bold", fill: luma(80), title)); body }}
#let numbered(first, body) = {{
  show raw.line: it => {{
    pdf.artifact(box(width: 2.2em, align(right, text(fill: luma(100), str(it.number + first - 1))))); h(1em); it.body }}
  body }}
#let colours = (
  green: rgb("#22633d"), yellow: rgb("#6d5510"), red: rgb("#98291e"), blue: rgb("#23578d"), grey: luma(75))
#let badge(colour, body) = box(
  fill: colours.at(colour).lighten(85%), outset: (y: 2.5pt), inset: (x: 3pt), radius: 2pt,
  text(size: 0.85em, weight: "bold", fill: colours.at(colour), body))
#let placeholder(body) = box(
  stroke: (paint: rgb("#b03a2e"), thickness: 0.7pt, dash: "dashed"), outset: (y: 2.5pt), inset: (x: 3pt), fill: white,
  text(size: 0.9em, fill: rgb("#b03a2e"), body))
#let tasks(marks, ..items) = enum(
  indent: 0pt, numbering: at => text(font: "DejaVu Sans Mono", marks.at(at - 1)), ..items)
#let tongue(lang, dir, body) = {{ set text(lang: lang, dir: dir); body }}
#let tongue-of-east(lang, face, body) = {{ set text(lang: lang, font: serif + (face,) + east); body }}
#let rightward(body) = {{ set text(dir: ltr); body }}
#let jump(target, body) = context {{ if query(target).len() == 1 {{ link(target, body) }} else {{ body }} }}
#let filling(columns, inset, ..cells) = layout(room => {{
  let some = cells.pos().slice(0, calc.min(1000, cells.pos().len()))
  let rest = room.width - measure(width: room.width, table(columns: columns, inset: inset, ..some)).width
  table(columns: columns, inset: (x: inset + calc.max(0pt, rest) / (2 * columns), y: inset), ..cells) }})
#let picture(source, width, words) = layout(room => image(
  bytes(source), format: "svg", alt: words,
  width: if width == none {{ calc.min(room.width, 320pt) }} else {{ calc.min(room.width, width) }}))
"""
COVER = """\
#let band = place(start, rect(width: 7mm, height: 100%, fill: accent))
#page(header: none, footer: none, background: band, {{ v(1fr); text(size: 2.4em, weight: "bold", fill: accent,
par(leading: 0.5em, {title}))
v(0.4em); line(length: 35%, stroke: 2pt + accent); v(0.6em); text(fill: luma(90), {about}); v(2fr) }})
#counter(page).update(1)
"""
CONTENTS = "#outline(title: auto, depth: {depth}, indent: 1.2em)\n#pagebreak(weak: true)\n"
SMALL = "text(size: 0.8em, fill: luma(90), {})"
LONGEST_HEADER = 90
"""Characters; more would need more lines than the margin holds."""

NUMBER = 'counter(page).display("1")'
OF_ALL = 'counter(page).display("1 / 1", both: true)'


def title_of(text: str) -> str:
    """A title that says something: a heading without words has no place in an outline."""
    return spaced(text).strip() or "Untitled"


def look(order: Order) -> str:
    """What comes before the first page."""
    title, template = title_of(order.pages[0].title), order.template
    at = datetime.fromtimestamp(order.at_ms / 1000, UTC)
    day = f"{at.day} {at:%B %Y}" if template.language == "en" else f"{at:%Y-%m-%d}"
    setup = SETUP.format(
        accent=template.accent,
        faces=", ".join(f'"{face}"' for face in FACES),
        east=", ".join(f'"{face}"' for face in _east(template.language)),
        title=literal(title),
        at=at,
        month=at.month,
        day=at.day,
        paper=template.paper,
        flipped=_flag(template.landscape),
        margin=template.margins,
        header=_header(order, title),
        footer=_footer(template.footer, day),
        size=template.size,
        language=template.language,
        hyphenate=_flag(template.hyphenate),
    )
    if template.cover:
        outer = template.language
        setup += COVER.format(
            title=spoken(outer, tongue_within(outer, title), literal(title)), about=literal(_about(order, day))
        )
    if template.contents:
        setup += CONTENTS.format(depth=3 if len(order.pages) == 1 else 6)
    return setup


def _about(order: Order, day: str) -> str:
    count = len(order.pages)
    pages = ["1 page" if count == 1 else f"{count:,} pages"] * (order.template.language == "en")
    return " · ".join([order.space, *pages, day])


def _east(language: str) -> list[str]:
    """The faces of East Asia, that of the document's language first."""
    return sorted(FACE_OF.values(), key=lambda face: (face != FACE_OF.get(language), face != FACE_OF["zh"]))


def _header(order: Order, title: str) -> str:
    words = {"title": title, "space": spaced(order.space)}.get(order.template.header)
    if words is not None and len(words) > LONGEST_HEADER:
        words = f"{words[: LONGEST_HEADER - 1]}…"
    return "none" if words is None else f"align(end, {SMALL.format(literal(words))})"


def _footer(kind: str, day: str) -> str:
    shown = {
        "number": NUMBER,
        "pages": OF_ALL,
        "date": f"{OF_ALL} + {literal(f' · {day}')}",
    }.get(kind)
    return "none" if shown is None else f"context align(center, {SMALL.format(shown)})"


def _flag(value: object) -> str:
    return "true" if value else "false"
