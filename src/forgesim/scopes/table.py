"""Every documented product operation with the scopes it needs, and the decision on a call.

The tables are facts from Atlassian's OpenAPI documents; ``data/*.json`` names their source, and
``tools/build_scopes.py`` explains the columns and rebuilds them. Only the tables of the product asked for are
read.

An operation has up to two alternatives, a classic and a granular list of scopes; holding all of either is
enough, and an empty list asks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote

import msgspec

from forgesim.decision import Decision, allow, deny
from forgesim.scopes.paths import OVERRIDE_HEADERS, normalise

__all__ = [
    "OVERRIDE_HEADERS",
    "Match",
    "OpClass",
    "Operation",
    "Remote",
    "decide",
    "find",
    "known_scopes",
    "normalise",
    "operations",
]

Remote = Literal["confluence", "jira"]
OpClass = Literal["content", "app-data", "configuration", "user", "query"]

_DATA = Path(__file__).with_name("data")
_TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "confluence": ("confluence-v1", "confluence-v2"),
        "jira": ("jira", "jira-software", "jira-service-management"),
    }
)


class Operation(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One documented operation. ``path`` is a template; the letters of ``flags`` are told in
    tools/build_scopes.py.

    ``classic`` and ``granular``: the alternatives; ``None`` is not offered, ``()`` needs no scope.
    ``op_class``: the kind of data that it changes or shows. ``query`` and ``body`` name parameters (``!``
    required, ``[]`` repeatable); ``paging`` is (kind, default size, maximum size, key of the items).
    ``retired``: what its 410 says.
    """

    method: str
    path: str
    classic: tuple[str, ...] | None
    granular: tuple[str, ...] | None
    flags: str
    op_class: OpClass
    query: tuple[str, ...] = ()
    paging: tuple[str, int | None, int | None, str | None] | None = None
    body: tuple[str, ...] | None = None
    ok: tuple[int, ...] = ()
    product: str = ""
    retired: str | None = None

    @property
    def name(self) -> str:
        """``GET /wiki/api/v2/pages/{id}``: unique among all operations."""
        return f"{self.method} {self.path}"

    @property
    def writes(self) -> bool:
        """Whether it changes anything. A ``query`` is computed and kept nowhere, whatever its scopes are
        called.
        """
        return "w" in self.flags and self.op_class != "query"

    @property
    def alternatives(self) -> tuple[tuple[str, ...], ...]:
        """The lists of which one must be held whole; without any, no scope opens the operation."""
        return tuple(each for each in (self.classic, self.granular) if each is not None)


class Match(msgspec.Struct, frozen=True):
    """The operation that a path means, and the decoded values of its template's parameters."""

    operation: Operation
    params: dict[str, str]


def operations() -> tuple[Operation, ...]:
    """All documented operations, of every product."""
    return tuple(each for remote in _TABLES for each in _documented(remote))


def find(remote: Remote, method: str, path: str) -> Match | None:
    """The operation that ``method`` and ``path`` mean on ``remote``, or None when no document knows it.

    ``path`` is canonical (``normalise``) and has no query; ``method`` may be in either case. A literal
    segment goes before a parameter, and the most literal template answers alone, whatever its methods. Also
    known are ``/rest/api/2`` and ``latest`` for 3 (but not for its bulk operations), ``/rest/agile/latest``
    for 1.0, and Confluence v1 without ``/wiki``.
    """
    segments = _canonical(remote, path).split("/")[1:]
    if segments[-1] == "":
        segments.pop()
    values: list[str] = []
    node = _walk(_tree(remote), segments, 0, values)
    found = node.methods.get(method.upper()) if node else None
    if found is None:
        return None
    operation, names = found
    return Match(operation, dict(zip(names, map(unquote, values), strict=True)))


def decide(match: Match | None, granted: frozenset[str]) -> Decision:
    """Whether the granted scopes open the operation.

    In order: ``unknown-route`` (no document has it), ``no-oauth`` (not offered to apps), ``scope`` (no
    alternative is held whole), ``retired`` (answers 410). All but the last are a 401 on Forge.
    """
    if match is None:
        return deny("unknown-route", "no documented operation has this method and path")
    operation = match.operation
    if operation.retired and not operation.alternatives:
        return deny("retired", operation.retired)
    if "n" in operation.flags or "?" in operation.flags:
        return deny("no-oauth", f"{operation.name} is not offered to apps")
    if not any(granted.issuperset(each) for each in operation.alternatives):
        return deny("scope", _missing(operation, granted))
    if operation.retired:
        return deny("retired", operation.retired)
    return allow("scope")


def known_scopes() -> frozenset[str]:
    """Scope names that the documents use, and Forge's own documented ones."""
    return _known_scopes()


def _missing(operation: Operation, granted: frozenset[str]) -> str:
    lacks = [", ".join(s for s in each if s not in granted) for each in operation.alternatives]
    return f"{operation.name} lacks {' — or '.join(lacks)}"


# --- the tables --------------------------------------------------------------------------------------------


class _Table(msgspec.Struct):
    product: str
    rows: tuple[Operation, ...]


class _Retired(msgspec.Struct):
    rows: tuple[tuple[str, str, str, OpClass, str], ...]


class _Names(msgspec.Struct):
    forge: tuple[str, ...]
    documents: tuple[str, ...]


@cache
def _known_scopes() -> frozenset[str]:
    names = msgspec.json.decode((_DATA / "names.json").read_bytes(), type=_Names)
    return frozenset(names.forge + names.documents)


@cache
def _documented(remote: str) -> tuple[Operation, ...]:
    """The operations of the remote's documents; the retired ones among them say so."""
    gone = {f"{method} {path}": message for method, path, _, _, message in _retired()}
    found: list[Operation] = []
    for product in _TABLES[remote]:
        table = msgspec.json.decode((_DATA / f"{product}.json").read_bytes(), type=_Table)
        for row in table.rows:
            msgspec.structs.force_setattr(row, "product", product)
            if row.name in gone:
                msgspec.structs.force_setattr(row, "retired", gone[row.name])
        found += table.rows
    return tuple(found)


@cache
def _retired() -> tuple[tuple[str, str, str, OpClass, str], ...]:
    return msgspec.json.decode((_DATA / "retired.json").read_bytes(), type=_Retired).rows


def _undocumented(remote: str) -> Iterator[Operation]:
    """Retired operations that the documents have dropped altogether."""
    known = {each.name for each in _documented(remote)}
    for method, path, flag, op_class, message in _retired():
        if path.startswith("/wiki/") == (remote == "confluence") and f"{method} {path}" not in known:
            yield Operation(method, path, None, None, flag, op_class, product=remote, retired=message)


class _Node:
    """One segment of the templates: literal children, the parameter child, and what ends here."""

    __slots__ = ("literal", "methods", "parameter")

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.methods: dict[str, tuple[Operation, tuple[str, ...]]] = {}


@cache
def _tree(remote: str) -> _Node:
    root = _Node()
    for operation in (*_documented(remote), *_undocumented(remote)):
        node, names = root, []
        for segment in operation.path[1:].split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literal.get(segment) or node.literal.setdefault(segment, _Node())
        node.methods[operation.method] = (operation, tuple(names))
    return root


def _walk(node: _Node, segments: list[str], at: int, values: list[str]) -> _Node | None:
    """The node that the segments lead to, literals first; ``values`` receives those of the parameters."""
    if at == len(segments):
        return node if node.methods else None
    segment = segments[at]
    if (literal := node.literal.get(segment)) and (found := _walk(literal, segments, at + 1, values)):
        return found
    if node.parameter is None or not segment:
        return None
    values.append(segment)
    found = _walk(node.parameter, segments, at + 1, values)
    if found is None:
        values.pop()
    return found


def _canonical(remote: Remote, path: str) -> str:
    if remote == "confluence":
        return f"/wiki{path}" if path.startswith("/rest/api/") else path
    for alias in ("/rest/api/2/", "/rest/api/latest/"):
        if path.startswith(alias):
            rest = path.removeprefix(alias)
            return path if rest.startswith("bulk/") else f"/rest/api/3/{rest}"
    old = "/rest/agile/latest/"
    return f"/rest/agile/1.0/{path.removeprefix(old)}" if path.startswith(old) else path
