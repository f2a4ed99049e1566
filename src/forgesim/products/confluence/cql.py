"""CQL text → a tree of clauses, and back. What is no CQL is a 400 that says where (Atlassian's reference of CQL)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from forgesim.products.confluence.errors import Refused, bad_request
from forgesim.products.lexemes import Reader, Value, lexemes, quoted, worded

__all__ = ["OPERATORS", "And", "Clause", "Node", "Not", "Or", "Order", "Query", "Value", "parse", "render", "wrong"]

MAX_LENGTH, MAX_DEPTH, MAX_ORDERS = 20_000, 60, 7

_SYMBOLS = ("=", "!=", "~", "!~", "<", ">", "<=", ">=")
OPERATORS = (*_SYMBOLS, "in", "not in")
_RESERVED = frozenset(("and", "or", "not", "order"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """``field`` in lower case; ``op`` one of OPERATORS; ``at``: where the clause starts, counted from 0."""

    field: str
    op: str
    values: tuple[Value, ...]
    at: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


Node = Clause | And | Or | Not


class Order(NamedTuple):
    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    where: Node
    order: tuple[Order, ...] = ()


@lru_cache(maxsize=256)
def parse(text: str) -> Query:
    """The query that ``text`` means. Raises Refused (400)."""
    if len(text) > MAX_LENGTH:
        raise bad_request(f"Could not parse cql : the query is longer than {MAX_LENGTH} characters")
    return _Parser(lexemes(text, wrong), wrong).query()


def wrong(problem: str, at: int) -> Refused:
    return bad_request(f"Could not parse cql : {problem} (line 1, character {at + 1})")


def render(query: Query) -> str:
    """CQL that ``parse`` reads as ``query``."""
    text = _rendered(query.where, bare=True)
    orders = [f"{_name(each.field)} {'desc' if each.descending else 'asc'}" for each in query.order]
    return f"{text} order by {', '.join(orders)}" if orders else text


def _rendered(node: Node, *, bare: bool) -> str:
    match node:
        case Clause():
            listed = ", ".join(map(str, node.values))
            alone = node.op not in ("in", "not in") or (len(node.values) == 1 and node.values[0].arguments is not None)
            return f"{_name(node.field)} {node.op} {listed if alone else f'({listed})'}"
        case Not():
            return f"not {_rendered(node.part, bare=False)}"
        case And() | Or():
            word = " and " if isinstance(node, And) else " or "
            text = word.join(_rendered(part, bare=False) for part in node.parts)
            return text if bare else f"({text})"


def _name(field_: str) -> str:
    return quoted(field_) if field_ in _RESERVED or not field_ else worded(field_)


class _Parser(Reader):
    """Recursive descent: OR over AND over NOT over clauses."""

    _depth = 0

    def query(self) -> Query:
        where = self._either()
        order = self._orders() if self.is_word("order") else ()
        if self.peek() is not None:
            raise self.unexpected("AND, OR, ORDER BY or the end of the query")
        return Query(where=where, order=order)

    def _either(self) -> Node:
        parts = [self._all_of()]
        while self.is_word("or") or self.is_op("||", "|"):
            self.skip()
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all_of(self) -> Node:
        parts = [self._term()]
        while self.is_word("and") or self.is_op("&&", "&"):
            self.skip()
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _term(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.unexpected(f"at most {MAX_DEPTH} levels")
        found: Node
        if self.is_word("not") or self.is_op("!"):
            self.skip()
            found = Not(self._term())
        elif self.is_op("("):
            self.skip()
            found = self._either()
            self.skip_op(")")
        else:
            found = self._clause()
        self._depth -= 1
        return found

    def _clause(self) -> Clause:
        name = self.name("the name of a field")
        op = self._operator()
        values = self.values() if op in ("in", "not in") else (self.value(),)
        return Clause(field=name.text.lower(), op=op, values=values, at=name.at)

    def _operator(self) -> str:
        found = self.peek()
        if found is not None and found.kind == "op" and found.text in _SYMBOLS:
            self.skip()
            return found.text
        if self.is_word("in"):
            self.skip()
            return "in"
        if self.is_word("not") and self.is_word("in", ahead=1):
            self.skip(2)
            return "not in"
        raise self.unexpected(f"an operator ({', '.join(OPERATORS)})")

    def _orders(self) -> tuple[Order, ...]:
        self.skip()
        if not self.is_word("by"):
            raise self.unexpected("'by'")
        found: list[Order] = []
        while not found or self.is_op(","):
            self.skip()
            if len(found) == MAX_ORDERS:
                raise self.unexpected(f"at most {MAX_ORDERS} fields to order by")
            name = self.name("the name of a field").text.lower()
            descending = self.is_word("desc")
            if descending or self.is_word("asc"):
                self.skip()
            found.append(Order(name, descending))
        return tuple(found)
