"""JQL text → a tree of clauses. What Jira would not parse is a 400; what forgesim does not emulate is told by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from forgesim.products.jira.errors import UnsupportedError, bad_request

__all__ = ["And", "Clause", "Node", "Or", "Order", "Query", "Value", "parse"]

MAX_LENGTH, MAX_DEPTH, MAX_ORDERS = 20_000, 60, 7

_TOKEN = re.compile(
    r"\s*(?:(?P<string>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<op>!=|!~|<=|>=|[=<>~(),!]|&&|\|\|?|&)"
    r"|(?P<word>(?:[^\s\"'=<>~(),!&|\\]|\\.)+))"
)
_NEGATED = {"=": "!=", "!=": "=", "in": "not in", "not in": "in", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
            "is": "is not", "is not": "is"}  # fmt: skip
_SYMBOLS = ("=", "!=", "<", ">", "<=", ">=")


class Value(NamedTuple):
    """An operand: its text, whether it was quoted, and its arguments where it is a function."""

    text: str
    quoted: bool = False
    arguments: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """``field`` in lower case; ``op`` one of = != < > <= >= in, not in, is, is not."""

    field: str
    op: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


Node = Clause | And | Or


class Order(NamedTuple):
    field: str
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """``where`` is None when nothing restricts the query."""

    where: Node | None
    order: tuple[Order, ...]


class _Lexeme(NamedTuple):
    kind: str
    text: str
    at: int


def parse(text: str) -> Query:
    """The query that ``text`` means. Raises Refused (400) and UnsupportedError."""
    if len(text) > MAX_LENGTH:
        raise bad_request(f"The JQL query is longer than {MAX_LENGTH} characters.")
    return _Parser(_lexemes(text)).query()


def _lexemes(text: str) -> list[_Lexeme]:
    found, at = [], 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _error(f"The character '{text[at:].lstrip()[:1]}' is not expected here", at)
        raw = match[match.lastgroup]
        if match.lastgroup == "string":
            raw = raw[1:-1]
        word = re.sub(r"\\(.)", r"\1", raw) if match.lastgroup != "op" else raw
        found.append(_Lexeme(match.lastgroup, word, match.start(match.lastgroup)))
        at = match.end()
    return found


def _error(problem: str, at: int) -> Exception:
    return bad_request(f"Error in the JQL Query: {problem}. (line 1, character {at + 1})")


class _Parser:
    """Recursive descent: OR over AND over NOT over clauses. NOT is pushed into the clauses, as Jira does it."""

    def __init__(self, lexemes: list[_Lexeme]) -> None:
        self._all = lexemes
        self._at = 0
        self._depth = 0

    def query(self) -> Query:
        where = None
        if not self._is_word("order") and self._peek() is not None:
            where = self._either(False)
        order = self._orders() if self._is_word("order") else ()
        if self._peek() is not None:
            raise self._unexpected("end of the query")
        return Query(where=where, order=order)

    # --- reading ---

    def _peek(self) -> _Lexeme | None:
        return self._all[self._at] if self._at < len(self._all) else None

    def _take(self, wanted: str) -> _Lexeme:
        found = self._peek()
        if found is None:
            raise self._unexpected(wanted)
        self._at += 1
        return found

    def _unexpected(self, wanted: str) -> Exception:
        found = self._peek()
        if found is None:
            last = self._all[-1] if self._all else _Lexeme("word", "", 0)
            return _error(f"Expecting {wanted} before the end of the query", last.at + len(last.text))
        return _error(f"Expecting {wanted} but got '{found.text}'", found.at)

    def _is_word(self, *words: str) -> bool:
        found = self._peek()
        return found is not None and found.kind == "word" and found.text.lower() in words

    def _is_op(self, *ops: str) -> bool:
        found = self._peek()
        return found is not None and found.kind == "op" and found.text in ops

    def _skip_op(self, op: str) -> None:
        if not self._is_op(op):
            raise self._unexpected(f"'{op}'")
        self._at += 1

    # --- grammar ---

    def _either(self, negated: bool) -> Node:
        parts = [self._all_of(negated)]
        while self._is_word("or") or self._is_op("||", "|"):
            self._at += 1
            parts.append(self._all_of(negated))
        if len(parts) == 1:
            return parts[0]
        return And(tuple(parts)) if negated else Or(tuple(parts))

    def _all_of(self, negated: bool) -> Node:
        parts = [self._term(negated)]
        while self._is_word("and") or self._is_op("&&", "&"):
            self._at += 1
            parts.append(self._term(negated))
        if len(parts) == 1:
            return parts[0]
        return Or(tuple(parts)) if negated else And(tuple(parts))

    def _term(self, negated: bool) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._unexpected(f"at most {MAX_DEPTH} levels")
        if self._is_word("not") or self._is_op("!"):
            self._at += 1
            found = self._term(not negated)
        elif self._is_op("("):
            self._at += 1
            found = self._either(negated)
            self._skip_op(")")
        else:
            found = self._clause(negated)
        self._depth -= 1
        return found

    def _clause(self, negated: bool) -> Clause:
        field = self._field()
        op = self._operator()
        values = self._list() if op in ("in", "not in") else (self._value(),)
        return Clause(field=field, op=_NEGATED[op] if negated else op, values=values)

    def _field(self) -> str:
        found = self._peek()
        if found is None or found.kind == "op":
            raise self._unexpected("the name of a field")
        self._at += 1
        return found.text.lower()

    def _operator(self) -> str:
        found = self._take("an operator")
        low = found.text.lower()
        if found.kind == "op" and found.text in _SYMBOLS:
            return found.text
        if found.kind == "op" and found.text in ("~", "!~"):
            raise UnsupportedError(f"JQL operator {found.text}")
        if found.kind == "word" and low in ("was", "changed"):
            raise UnsupportedError(f"JQL operator {low}")
        if found.kind == "word" and low == "in":
            return "in"
        if found.kind == "word" and low == "not" and self._is_word("in"):
            self._at += 1
            return "not in"
        if found.kind == "word" and low == "is":
            if not self._is_word("not"):
                return "is"
            self._at += 1
            return "is not"
        self._at -= 1
        raise self._unexpected("an operator: =, !=, <, >, <=, >=, in, not in, is, is not,")

    def _list(self) -> tuple[Value, ...]:
        if not self._is_op("("):
            value = self._value()
            if value.arguments is None:
                raise self._unexpected("a list in parentheses or a function")
            return (value,)
        self._skip_op("(")
        values = [self._value()]
        while self._is_op(","):
            self._at += 1
            values.append(self._value())
        self._skip_op(")")
        return tuple(values)

    def _value(self) -> Value:
        found = self._peek()
        if found is None or found.kind == "op":
            raise self._unexpected("a value")
        self._at += 1
        if found.kind == "word" and self._is_op("("):
            return Value(found.text, False, self._arguments())
        return Value(found.text, found.kind == "string")

    def _arguments(self) -> tuple[str, ...]:
        self._skip_op("(")
        found: list[str] = []
        while not self._is_op(")"):
            if found:
                self._skip_op(",")
            value = self._take("an argument")
            if value.kind == "op":
                self._at -= 1
                raise self._unexpected("an argument")
            found.append(value.text)
        self._skip_op(")")
        return tuple(found)

    def _orders(self) -> tuple[Order, ...]:
        self._at += 1
        if not self._is_word("by"):
            raise self._unexpected("'by'")
        self._at += 1
        found = [self._one_order()]
        while self._is_op(","):
            self._at += 1
            found.append(self._one_order())
        if len(found) > MAX_ORDERS:
            raise bad_request(f"A query can be ordered by at most {MAX_ORDERS} fields.")
        return tuple(found)

    def _one_order(self) -> Order:
        field = self._field()
        descending = self._is_word("desc")
        if descending or self._is_word("asc"):
            self._at += 1
        return Order(field, descending)
