"""JQL text → a tree of clauses, and back. What Jira would not parse is a 400 (Atlassian's reference of JQL)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from forgesim.products.jira.errors import Refused, UnsupportedError, bad_request
from forgesim.products.lexemes import Reader, Value, lexemes, quoted, worded

__all__ = [
    "LISTS", "PREDICATES", "And", "Clause", "Node", "Not", "Or", "Order", "Parser", "Predicate", "Query", "Value",
    "encoded", "parse", "read", "render",
]  # fmt: skip

MAX_LENGTH, MAX_DEPTH, MAX_ORDERS = 20_000, 60, 7

_SYMBOLS = ("=", "!=", "~", "!~", "<", ">", "<=", ">=")
_PAIRS = (("=", "!="), ("~", "!~"), ("in", "not in"), ("<", ">="), (">", "<="), ("is", "is not"), ("was", "was not"),
          ("was in", "was not in"), ("changed", "not changed"))  # fmt: skip
_NEGATED = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
LISTS = ("in", "not in", "was in", "was not in")
PREDICATES = ("after", "before", "on", "during", "by", "from", "to")
_PROPERTY = re.compile(r"\w+\.property\[")
"""How the name of a property begins that an app has Jira index."""
_RESERVED = frozenset(("and", "or", "not", "order"))


class Predicate(NamedTuple):
    """What narrows ``was`` and ``changed``; ``name`` is one of PREDICATES."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """``field`` in lower case; ``op`` one of = != ~ !~ < > <= >= in, not in, is, is not, was, was not, was in, was not
    in, changed, not changed. The last two have no values."""

    field: str
    op: str
    values: tuple[Value, ...] = ()
    predicates: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """All that ``part`` does not match: what is not in a saved filter. NOT of a query's own text is in its clauses."""

    part: Node


Node = Clause | And | Or | Not


class Order(NamedTuple):
    field: str
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """``where`` is None when nothing restricts the query."""

    where: Node | None
    order: tuple[Order, ...]


P = TypeVar("P", bound="Parser")


def parse(text: str) -> Query:
    """The query that ``text`` means. Raises Refused (400)."""
    return read(text, Parser).query()


def read(text: str, kind: type[P]) -> P:
    """A parser of that kind at the beginning of ``text``. Raises Refused (400)."""
    if len(text) > MAX_LENGTH:
        raise bad_request(f"The JQL query is longer than {MAX_LENGTH} characters.")
    return kind(lexemes(text, _error), _error)


def _error(problem: str, at: int) -> Refused:
    return bad_request(f"Error in the JQL Query: {problem}. (line 1, character {at + 1})")


def render(query: Query) -> str:
    """JQL that ``parse`` reads as ``query``."""
    text = _rendered(query.where, bare=True) if query.where is not None else ""
    orders = [f"{encoded(each.field)} {'desc' if each.descending else 'asc'}" for each in query.order]
    return f"{text} order by {', '.join(orders)}".lstrip() if orders else text


def _rendered(node: Node, *, bare: bool) -> str:
    if isinstance(node, Clause):
        return _clause(node)
    if isinstance(node, Not):
        return f"not ({_rendered(node.part, bare=True)})"
    word = " and " if isinstance(node, And) else " or "
    text = word.join(_rendered(part, bare=False) for part in node.parts)
    return text if bare else f"({text})"


def _clause(clause: Clause) -> str:
    field, op = encoded(clause.field), clause.op
    told = "".join(f" {each.name} {_operands(each.values)}" for each in clause.predicates)
    if op in ("changed", "not changed"):
        return f"{'not ' if op == 'not changed' else ''}{field} changed{told}"
    return f"{field} {op} {_operands(clause.values, listed=op in LISTS)}{told}"


def _operands(values: tuple[Value, ...], *, listed: bool = False) -> str:
    text = ", ".join(map(str, values))
    alone = len(values) == 1 and (not listed or values[0].arguments is not None)
    return text if alone else f"({text})"


def encoded(field: str) -> str:
    return quoted(field) if field in _RESERVED or not field else worded(field)


class Parser(Reader):
    """Recursive descent: OR over AND over NOT over clauses. NOT is pushed into the clauses, as Jira does it."""

    depth = 0

    def query(self) -> Query:
        where = None
        if not self.is_word("order") and self.peek() is not None:
            where = self._either(False)
        order = self._orders() if self.is_word("order") else ()
        if self.peek() is not None:
            raise self.unexpected("end of the query")
        return Query(where=where, order=order)

    def _either(self, negated: bool) -> Node:
        parts = [self._all_of(negated)]
        while self.is_word("or") or self.is_op("||", "|"):
            self.skip()
            parts.append(self._all_of(negated))
        if len(parts) == 1:
            return parts[0]
        return And(tuple(parts)) if negated else Or(tuple(parts))

    def _all_of(self, negated: bool) -> Node:
        parts = [self._term(negated)]
        while self.is_word("and") or self.is_op("&&", "&"):
            self.skip()
            parts.append(self._term(negated))
        if len(parts) == 1:
            return parts[0]
        return Or(tuple(parts)) if negated else And(tuple(parts))

    def _term(self, negated: bool) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.unexpected(f"at most {MAX_DEPTH} levels")
        if self.is_word("not") or self.is_op("!"):
            self.skip()
            found = self._term(not negated)
        elif self.is_op("("):
            self.skip()
            found = self._either(negated)
            self.skip_op(")")
        else:
            found = self._clause(negated)
        self.depth -= 1
        return found

    def _clause(self, negated: bool) -> Clause:
        field = self.field().lower()
        op = self.operator()
        values: tuple[Value, ...] = ()
        if op != "changed":
            values = self.values() if op in LISTS else (self.value(),)
        predicates = self._predicates() if op.startswith(("was", "changed")) else ()
        return Clause(field=field, op=_NEGATED[op] if negated else op, values=values, predicates=predicates)

    def field(self) -> str:
        """The name of a field, as it is written. Raises UnsupportedError for a property of a thing."""
        found = self.name("the name of a field")
        if found.kind == "word" and _PROPERTY.match(found.text):
            raise UnsupportedError(f"JQL field {found.text}")
        return found.text

    def operator(self) -> str:
        found = self.peek()
        if found is not None and found.kind == "op" and found.text in _SYMBOLS:
            self.skip()
            return found.text
        for words in (("was", "not", "in"), ("was", "not"), ("was", "in"), ("was",), ("is", "not"), ("is",),
                      ("not", "in"), ("in",), ("changed",)):  # fmt: skip
            if all(self.is_word(word, ahead=ahead) for ahead, word in enumerate(words)):
                self.skip(len(words))
                return " ".join(words)
        raise self.unexpected("an operator: =, !=, ~, !~, <, >, <=, >=, in, not in, is, is not, was, changed,")

    def _predicates(self) -> tuple[Predicate, ...]:
        found = []
        while (word := self.peek()) is not None and self.is_word(*PREDICATES):
            self.skip()
            values = self.values() if self.is_op("(") else (self.value(),)
            found.append(Predicate(word.text.lower(), values))
        return tuple(found)

    def _orders(self) -> tuple[Order, ...]:
        self.skip()
        if not self.is_word("by"):
            raise self.unexpected("'by'")
        self.skip()
        found = [self._one_order()]
        while self.is_op(","):
            self.skip()
            found.append(self._one_order())
        if len(found) > MAX_ORDERS:
            raise bad_request(f"A query can be ordered by at most {MAX_ORDERS} fields.")
        return tuple(found)

    def _one_order(self) -> Order:
        field = self.field().lower()
        descending = self.is_word("desc")
        if descending or self.is_word("asc"):
            self.skip()
        return Order(field, descending)
