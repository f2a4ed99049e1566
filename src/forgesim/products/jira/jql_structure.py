"""The structure of a query as it is written: its words in their places, NOT where it stands (Atlassian's documents)."""

from __future__ import annotations

from forgesim.products.jira.jql import LISTS, PREDICATES, Parser, Value, encoded, read
from forgesim.products.jira.jql_history import is_empty
from forgesim.products.jira.serialise import Json

__all__ = ["structure"]


def structure(text: str) -> Json:
    """``where`` and ``orderBy``, those that the query has; for text that ``jql.parse`` reads."""
    return read(text, _Shapes).shape()


class _Shapes(Parser):
    """A parser that makes what is answered. The grammar of operators, operands and depth is that of its base."""

    def shape(self) -> Json:
        found: Json = {}
        if not self.is_word("order") and self.peek() is not None:
            found["where"] = self._some("or", "||", "|")
        if self.is_word("order"):
            self.skip(2)
            found["orderBy"] = {"fields": self._fields()}
        return found

    def _some(self, word: str, *signs: str) -> Json:
        """Parts between one operator; OR stands above AND."""
        parts = [self._part(word)]
        while self.is_word(word) or self.is_op(*signs):
            self.skip()
            parts.append(self._part(word))
        return parts[0] if len(parts) == 1 else {"operator": word, "clauses": parts}

    def _part(self, word: str) -> Json:
        return self._some("and", "&&", "&") if word == "or" else self._one()

    def _one(self) -> Json:
        if self.is_word("not") or self.is_op("!"):
            self.skip()
            return {"operator": "not", "clauses": [self._one()]}
        if self.is_op("("):
            self.skip()
            found = self._some("or", "||", "|")
            self.skip_op(")")
            return found
        return self._leaf()

    def _leaf(self) -> Json:
        field, op = _field(self.field()), self.operator()
        found: Json = {"field": field, "operator": op}
        if op != "changed":
            found["operand"] = self._operand(listed=op in LISTS)
        return found | {"predicates": self._when()} if op.startswith(("was", "changed")) else found

    def _operand(self, *, listed: bool) -> Json:
        """``listed``: a list or a function may stand here."""
        if not (listed and self.is_op("(")):
            return _value(self.value())
        values = self.values()
        return {"values": [_value(each) for each in values], "encodedOperand": f"({', '.join(map(str, values))})"}

    def _when(self) -> list[Json]:
        found = []
        while (word := self.peek()) is not None and self.is_word(*PREDICATES):
            self.skip()
            found.append({"operator": word.text.lower(), "operand": self._operand(listed=True)})
        return found

    def _fields(self) -> list[Json]:
        found: list[Json] = []
        while self.peek() is not None:
            self.skip(bool(found))  # the comma
            one: Json = {"field": _field(self.field())}
            if (way := self.peek()) is not None and self.is_word("asc", "desc"):
                self.skip()
                one["direction"] = way.text.lower()
            found.append(one)
        return found


def _field(name: str) -> Json:
    return {"name": name, "encodedName": encoded(name)}


def _value(of: Value) -> Json:
    if is_empty(of):
        return {"keyword": "empty"}
    if of.arguments is not None:
        return {"function": of.text, "arguments": list(of.arguments), "encodedOperand": str(of)}
    return {"value": of.text, "encodedValue": str(of)}
