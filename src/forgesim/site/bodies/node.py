"""The document tree between the forms of a body. Its types are those of the Atlassian Document Format; its attributes
are ours, and hold what either form needs for an exact way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["INLINE", "BodyError", "Mark", "Node", "nest", "said", "texts", "written"]

INLINE = frozenset(
    (
        "text",
        "hardBreak",
        "mention",
        "emoji",
        "date",
        "status",
        "placeholder",
        "inlineCard",
        "inlineExtension",
        "mediaInline",
    )
)
"""Types that stand in a line of text; all others are blocks."""


class BodyError(ValueError):
    """A body that is not what its representation says: where, and what is wrong."""


@dataclass(slots=True, frozen=True)
class Mark:
    """How text looks or what it leads to: ``link``, ``strong``, …"""

    type: str
    attrs: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Node:
    """``text`` is of ``text`` and ``codeBlock`` nodes; ``marks`` go from the outermost to the innermost."""

    type: str
    attrs: dict[str, Any] = field(default_factory=dict)
    content: list[Node] = field(default_factory=list)
    text: str = ""
    marks: tuple[Mark, ...] = ()


def said(node: Node) -> str:
    """The words that a node shows by itself, without those of its content."""
    match node.type:
        case "text" | "codeBlock":
            return node.text
        case "status" | "placeholder":
            return str(node.attrs.get("text") or "")
        case "expand":
            return str(node.attrs.get("title") or "")
        case "extension" | "bodiedExtension" | "inlineExtension":
            return str(node.attrs.get("plain") or "")
        case _:
            return ""


def texts(node: Node) -> Iterator[str]:
    """What a document says, piece by piece, in reading order."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if own := said(here):
            yield own
        waiting.extend(reversed(here.content))


def written(nodes: Iterable[Node], line: Callable[[list[Node]], str], block: Callable[[Node], str]) -> str:
    """Blocks one after the other; inline nodes between them as lines without an element round them."""
    parts: list[str] = []
    run: list[Node] = []
    for node in nodes:
        if node.type in INLINE:
            run.append(node)
            continue
        parts += [line(run), block(node)]
        run = []
    return "".join([*parts, line(run)])


def nest(
    nodes: Sequence[Node],
    opening: Callable[[Mark], str],
    closing: Callable[[Mark], str],
    leaf: Callable[[Node], str],
) -> str:
    """A line of inline nodes as markup: neighbours share the elements of the marks that both begin with."""
    parts: list[str] = []
    on: list[Mark] = []
    for node in nodes:
        shared = 0
        while shared < min(len(on), len(node.marks)) and on[shared] == node.marks[shared]:
            shared += 1
        while len(on) > shared:
            parts.append(closing(on.pop()))
        for mark in node.marks[shared:]:
            parts.append(opening(mark))
            on.append(mark)
        parts.append(leaf(node))
    parts.extend(closing(mark) for mark in reversed(on))
    return "".join(parts)
