"""How an element looks by its own attributes: colours, on which side its lines begin, how far in, lines through it."""

from __future__ import annotations

from collections.abc import Mapping

from service.colour import Rgb, ink, paper, read_colour
from service.literal import number
from service.tree import Node

__all__ = ["STEP", "dressed", "ground_of"]

SIDES: Mapping[str, str] = {
    "center": "center", "right": "right", "left": "left", "end": "end", "start": "start", "align-end": "end",
    "align-start": "start", "wide": "center", "full-width": "center",
}  # fmt: skip
"""``text-align``, and what Confluence calls the layout of a picture → typst's alignment."""

LINES: Mapping[str, str] = {"line-through": "strike", "underline": "underline"}
GROUNDED = frozenset({"span", "font", "strong", "b", "em", "i", "u", "s", "del", "sub", "sup", "a", "p"})
"""Elements behind whose words a colour may be; cells have theirs as a whole."""

SIDED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "td", "th", "figure", "figcaption", "ac:image"})
STEP = 30
"""Pixels by which Confluence's editor moves a paragraph in, each time."""

MOST_STEPS = 6


def dressed(node: Node, written: str) -> str:
    """What is written of an element, as its attributes say that it looks."""
    said = _said(node)
    if not said or not written:
        return written
    if (line := LINES.get(said.get("text-decoration", ""))) is not None:
        written = f"{line}({written})"
    if (colour := read_colour(said.get("color", ""))) is not None:
        written = f"text(fill: {_code(ink(colour))}, {written})"
    if node.name in GROUNDED and (colour := read_colour(_ground(said))) is not None:
        written = f"highlight(fill: {_code(paper(colour))}, {written})"
    if node.name in SIDED:
        if (side := SIDES.get(said.get("text-align", ""))) is not None:
            written = f"align({side}, {written})"
        if (steps := number(said.get("margin-left", "").partition(".")[0], 0, MOST_STEPS * STEP, 0) // STEP) > 0:
            written = f"indented({steps * 1.8:g}em, {written})"
    return written


def ground_of(cell: Node) -> Rgb | None:
    """The colour behind a cell of a table that its author chose."""
    colour = read_colour(cell.attributes.get("data-highlight-colour", "") or _ground(_said(cell)))
    return None if colour is None else paper(colour)


def _ground(said: Mapping[str, str]) -> str:
    return said.get("background-color", "") or said.get("background", "")


def _said(node: Node) -> dict[str, str]:
    """The declarations of its style, and of older attributes: name → value, in small letters."""
    given = node.attributes
    said = {"color": given.get("color", "")} if node.name == "font" else {}
    if node.name == "ac:image":
        said = {"text-align": (given.get("ac:layout") or given.get("ac:align", "")).lower()}
    if "style" in given:
        named = (each.partition(":") for each in given["style"].lower().split(";"))
        said |= {name.strip(): value.removesuffix("!important").strip() for name, _, value in named if value}
    return said


def _code(colour: Rgb) -> str:
    return f"rgb{colour}"
