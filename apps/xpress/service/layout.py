"""How wide the columns of a layout are."""

from __future__ import annotations

from collections.abc import Mapping

from service.tree import Node

__all__ = ["widths_of"]

NAMED: Mapping[str, tuple[float, ...]] = {
    "two_left_sidebar": (1, 2), "two_right_sidebar": (2, 1), "three_with_sidebars": (1, 2, 1),
}  # fmt: skip


def widths_of(section: Node, count: int) -> tuple[float, ...]:
    """One share for each column: by the section's type, or by its widths where it has them; else all are the same."""
    named = NAMED.get(section.attributes.get("ac:type", ""), ())
    given = named or tuple(map(_share, section.attributes.get("widths", "").split()))
    return given if len(given) == count else (1,) * count


def _share(text: str) -> float:
    try:
        return min(100.0, max(1.0, float(text)))
    except ValueError:
        return 1.0
