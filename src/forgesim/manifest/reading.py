"""Takes values out of a YAML tree and gathers every problem on the way instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from forgesim.errors import Problem
from forgesim.manifest.tree import Node

__all__ = ["Reader", "one_of"]

_KINDS: dict[type, str] = {
    dict: "a map",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "an integer",
}


def one_of(name: str, known: Iterable[str]) -> str:
    """What to do about an unknown name: the nearest known ones, else all of them where they are few."""
    from difflib import get_close_matches

    known = sorted(known)
    if 0 < len(known) <= 3:
        return f"known: {', '.join(known)}"
    if close := get_close_matches(name, known, n=2, cutoff=0.6):
        return f"did you mean {' or '.join(close)}?"
    return f"known: {', '.join(known)}" if known and len(known) <= 24 else ""


class Reader:
    """The problems of one file so far. Reading methods return a usable value even where they tell a
    problem."""

    def __init__(self, file: str | None, problems: Iterable[Problem] = ()) -> None:
        self.file = file
        self.problems: list[Problem] = list(problems)

    def tell(
        self, node: Node, what: str, hint: str | None = None, *, warning: bool = False, rule: str | None = None
    ) -> None:
        self.tell_at((node.line, node.column), what, hint, warning=warning, rule=rule)

    def tell_at(
        self,
        place: tuple[int | None, int | None],
        what: str,
        hint: str | None = None,
        *,
        warning: bool = False,
        rule: str | None = None,
    ) -> None:
        line, column = place
        self.problems.append(
            Problem(what=what, file=self.file, line=line, column=column, hint=hint or None, warning=warning, rule=rule)
        )

    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.warning]

    def is_a(self, node: Node, kind: type, what: str) -> bool:
        """Whether the node's value is of the kind (``int`` takes no boolean); tells where it is not."""
        fits = isinstance(node.value, kind) and (kind is bool or not isinstance(node.value, bool))
        if not fits:
            self.tell(node, f"{what} must be {_KINDS[kind]}")
        return fits

    def fields(
        self, node: Node, what: str, *, required: Sequence[str] = (), known: Collection[str] | None = None
    ) -> dict[str, Node]:
        """The fields of a map. ``known`` closes it; a required field that is missing is told at the map."""
        if not self.is_a(node, dict, what):
            return {}
        found: dict[str, Node] = node.value
        for name in found:
            if known is not None and name not in known and name not in required:
                hint = one_of(name, {*known, *required})
                self.tell_at(node.keys.get(name, (None, None)), f"{what} has no field {name!r}", hint)
        missing = [name for name in required if name not in found]
        if missing:
            names = ", ".join(missing)
            self.tell(node, f"{what} lacks {names}", f"add {names}")
        return found

    def text(self, fields: dict[str, Node], name: str, what: str, default: str = "") -> str:
        """A text field; blank text is a problem."""
        node = fields.get(name)
        if node is None or not self.is_a(node, str, f"{name} of {what}"):
            return default
        if not node.value.strip():
            self.tell(node, f"{name} of {what} is blank")
        text: str = node.value
        return text

    def choice(self, node: Node, what: str, known: Iterable[str]) -> str | None:
        known = tuple(known)
        if node.value in known and isinstance(node.value, str):
            return node.value
        self.tell(node, f"{what} cannot be {_short(node.value)}", one_of(str(node.value), known))
        return None

    def items(self, node: Node | None, what: str) -> list[Node]:
        """The items of a list; none where it is absent or null."""
        if node is None or node.value is None:
            return []
        if not self.is_a(node, list, what):
            return []
        found: list[Node] = node.value
        return found

    def texts(self, node: Node | None, what: str, *, lone: bool = False) -> list[Node]:
        """The items of a list of texts; with ``lone`` a single text is a list of one."""
        if lone and node is not None and isinstance(node.value, str):
            return [node]
        return [item for item in self.items(node, what) if self.is_a(item, str, f"each item of {what}")]


def _short(value: Any) -> str:
    if isinstance(value, dict | list):
        return _KINDS[type(value)]
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}…"
