"""What a search result shows of a text: a piece around what was looked for, with the found words marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from forgesim.products.confluence.cql import And, Clause, Node, Or
from forgesim.products.confluence.cql_match import words_of
from forgesim.products.words import Words, spans

__all__ = ["STRATEGIES", "excerpt", "marked", "sought"]

STRATEGIES = ("highlight", "indexed", "none", "highlight_unescaped", "indexed_unescaped")
OPENED, CLOSED = "@@@hl@@@", "@@@endhl@@@"
LONGEST, BEFORE = 300, 100
"""Characters of an excerpt, and how many of them come before the first word found."""


def sought(node: Node) -> list[Words]:
    """The text searches of a query that its results fulfil; what is negated is found nowhere."""
    return list(_sought(node))


def _sought(node: Node) -> Iterator[Words]:
    if isinstance(node, Clause):
        if node.op == "~" and node.field in ("text", "title"):
            yield words_of(node)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from _sought(part)


def excerpt(text: str, looked_for: Sequence[Words], strategy: str) -> str:
    """At most LONGEST characters of ``text``, its marks not counted; ``strategy`` is any but ``none``."""
    text = " ".join(text.split())
    plain = strategy.endswith("_unescaped")
    if strategy.startswith("indexed"):
        return text[:LONGEST] if plain else escape(text[:LONGEST])
    first = min((start for words in looked_for for start, _ in spans(words.marked, text)), default=0)
    begin = max(0, first - BEFORE)
    if begin:  # from the start of a word
        begin = text.find(" ", begin, first) + 1 or begin
    return marked(text[begin : begin + LONGEST], looked_for, plain=plain)


def marked(text: str, looked_for: Sequence[Words], *, plain: bool) -> str:
    """``text`` with the words found between marks; what is not ``plain`` is escaped as HTML."""
    found = sorted({span for words in looked_for for span in spans(words.marked, text)})
    parts, at = [], 0
    for start, end in found:
        parts += [(text[at:start], False), (text[start:end], True)]
        at = end
    parts.append((text[at:], False))
    shown = [(piece if plain else escape(piece), hit) for piece, hit in parts]
    return "".join(f"{OPENED}{piece}{CLOSED}" if hit else piece for piece, hit in shown)
