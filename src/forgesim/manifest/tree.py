"""YAML 1.2 as a tree that knows where each value stands, with duplicate keys and every other fault as a
problem.

Only what JSON has: maps with text keys, lists, text, numbers, booleans, null. Dates stay text; anchors and
aliases are resolved; tags, merge keys, not-a-number and several documents are refused. Parsing is iterative
and bounded, so that no file can exhaust the stack or the memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from forgesim.errors import InputError, Problem

__all__ = ["DEEPEST", "LARGEST", "Node", "parse_yaml", "replace_texts", "tree_of"]

DEEPEST: Final = 48
LARGEST: Final = 50_000
"""Values of a document at most, aliases counted as often as they are used."""
LONGEST: Final = 400_000
"""Characters of a document at most."""

_NULL = re.compile(r"|~|null|Null|NULL")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,400}|0o[0-7]{1,400}|0x[0-9a-fA-F]{1,400}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,5})?")
_ODD_FLOAT = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass(slots=True, eq=False)
class Node:
    """A value and its place (1-based; ``None`` for data without a file). ``keys`` has the places of a map's
    keys.

    ``value`` is a scalar, a list of nodes or a map of names to nodes; ``size`` counts the values in it.
    """

    value: Any
    line: int | None = None
    column: int | None = None
    keys: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    size: int = 1
    depth: int = 1

    def data(self) -> Any:
        """The plain JSON value."""
        if isinstance(self.value, dict):
            return {name: child.data() for name, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.data() for child in self.value]
        return self.value

    def field(self, name: str) -> Node | None:
        """What a map has under the name; ``None`` where it has not, and of anything else."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def items(self) -> list[Node]:
        """The items of a list; none of anything else."""
        return self.value if isinstance(self.value, list) else []

    def at(self, path: tuple[str | int, ...]) -> Node:
        """The node that a path of keys leads to, or the nearest one above it."""
        node = self
        for step in path:
            try:
                node = node.value[step]
            except (KeyError, IndexError, TypeError):
                return node
        return node


def tree_of(data: object) -> Node:
    """A tree without places, of JSON values."""
    if isinstance(data, dict):
        return Node({str(name): tree_of(child) for name, child in data.items()})
    if isinstance(data, list | tuple):
        return Node([tree_of(child) for child in data])
    return Node(data)


def parse_yaml(raw: bytes, file: str) -> tuple[Node, list[Problem]]:
    """The tree of a document, and the faults that leave a tree (duplicate keys, odd values).

    Raises InputError with one problem where there is no tree: not UTF-8, a syntax error, too deep, too large.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = _decode(raw, file)
    try:
        builder = _Builder(file)
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        what = " ".join(str(error.problem or error.context or "a syntax error").split())
        raise InputError(_fault(f"not valid YAML: {what}", file, *place)) from None
    except (YAMLError, ValueError, AttributeError, TypeError, IndexError, AssertionError) as error:
        what = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(_fault(f"not valid YAML: {what}", file)) from None
    if builder.root is None:
        raise InputError(_fault("the file is empty", file))
    return builder.root, builder.problems


def _fault(what: str, file: str, line: int | None = None, column: int | None = None) -> Problem:
    return Problem(what=what, file=file, line=line, column=column)


def _decode(raw: bytes, file: str) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(_fault("not UTF-8 text", file, line)) from None
    if len(text) > LONGEST:
        raise InputError(_fault(f"{len(text)} characters are more than {LONGEST}", file))
    return text


class _Builder:
    """Builds the tree from parser events with an explicit stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[tuple[Node, str | None]] = []
        self._keys: list[Node | None] = []
        self._anchors: dict[str, Node] = {}
        self._documents = 0

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                self._stop("a second document begins", place)
        elif kind == "ScalarEvent":
            self._add(self._scalar(event, place), event.anchor)
        elif kind == "AliasEvent":
            self._add_alias(event.anchor, place)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._begin({} if kind == "MappingStartEvent" else [], event, place)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            node, anchor = self._open.pop()
            self._keys.pop()
            self._add(node, anchor)

    def _begin(self, empty: dict[str, Node] | list[Node], event: Any, place: tuple[int, int]) -> None:
        if len(self._open) >= DEEPEST:
            self._stop(f"nested more than {DEEPEST} deep", place)
        self._check_tag(event, place)
        self._open.append((Node(empty, *place), event.anchor))
        self._keys.append(None)

    def _add_alias(self, name: str, place: tuple[int, int]) -> None:
        target = self._anchors.get(name)
        if target is None:
            self._stop(f"*{name} refers to itself or to no anchor", place)
        else:
            self._add(Node(target.value, *place, target.keys, target.size, target.depth), None)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self.root = node
            return
        parent, key = self._open[-1][0], self._keys[-1]
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif key is None:
            self._keys[-1] = node
            return
        else:
            self._keys[-1] = None
            self._put(parent, key, node)
        parent.size += node.size
        parent.depth = max(parent.depth, node.depth + 1)
        if parent.size > LARGEST or parent.depth + len(self._open) > DEEPEST + 2:
            self._stop("aliases make it too large or too deep", (node.line or 1, node.column or 1))

    def _put(self, parent: Node, key: Node, node: Node) -> None:
        place = (key.line, key.column)
        if isinstance(key.value, list | dict):
            self._tell("a key must be text", place)
            return
        name = key.value if isinstance(key.value, str) else _as_key(key.value)
        if name in parent.value:
            first = parent.keys[name][0]
            self._tell(f"the key {name!r} is there twice", place, f"it is first on line {first}")
            return
        parent.value[name] = node
        parent.keys[name] = place

    def _scalar(self, event: Any, place: tuple[int, int]) -> Node:
        self._check_tag(event, place)
        plain = not event.style and event.tag is None
        return Node(self._resolve(event.value, place) if plain else event.value, *place)

    def _resolve(self, text: str, place: tuple[int, int]) -> Any:
        for pattern, value in ((_NULL, None), (_TRUE, True), (_FALSE, False)):
            if pattern.fullmatch(text):
                return value
        if _INTEGER.fullmatch(text):
            return int(text, 0 if text[:2] in ("0o", "0x") else 10)
        if _FLOAT.fullmatch(text) and float(text) not in (float("inf"), float("-inf")):
            return float(text)
        if _ODD_FLOAT.fullmatch(text):
            self._tell(f"{text} is no JSON number", place, "put it in quotes if it is text")
        return text

    def _check_tag(self, event: Any, place: tuple[int, int]) -> None:
        if event.tag not in (None, "tag:yaml.org,2002:str", "!"):
            self._tell(f"the tag {event.tag} is not supported", place, "leave the tag out")

    def _tell(self, what: str, place: tuple[int | None, int | None], hint: str | None = None) -> None:
        self.problems.append(Problem(what=what, file=self.file, line=place[0], column=place[1], hint=hint))

    def _stop(self, what: str, place: tuple[int, int]) -> None:
        raise InputError(*self.problems, _fault(what, self.file, *place))


def _as_key(value: object) -> str:
    """A key that YAML reads as null, a boolean or a number, as JSON would write it."""
    names = {None: "null", True: "true", False: "false"}
    return names[value] if value is None or isinstance(value, bool) else str(value)


def replace_texts(node: Node, change: Callable[[Node], str]) -> Node:
    """The tree with every text changed; places stay."""
    value: Any = node.value
    if isinstance(value, dict):
        value = {name: replace_texts(child, change) for name, child in value.items()}
    elif isinstance(value, list):
        value = [replace_texts(child, change) for child in value]
    elif isinstance(value, str):
        value = change(node)
    return Node(value, node.line, node.column, node.keys, node.size, node.depth)
