"""``filter = NAME``: the query of a saved filter inside another (Atlassian's reference of JQL).

It is read as whoever asks, of what they may see. A filter that leads back to itself is a 400.
"""

from __future__ import annotations

from forgesim.products.jira.errors import UnsupportedError, bad_request
from forgesim.products.jira.jql import And, Clause, Node, Not, Or, parse
from forgesim.products.jira.jql_fields import NAMES
from forgesim.products.jira.world import World
from forgesim.site.jira_access import may_see_filter
from forgesim.site.jira_parts import Filter

__all__ = ["with_saved"]

MOST_FILTERS, MOST_DEEP = 50, 5
"""Filters in one query, those in filters counted, and how deep in one another; our choice, so that no query grows
without bound."""


def with_saved(world: World, account: str | None, node: Node) -> Node:
    """The query with what filters say in the place of their names. Raises Refused, UnsupportedError."""
    return _Saved(world, account).filled(node, ())


class _Saved:
    def __init__(self, world: World, account: str | None) -> None:
        self._world, self._account, self._count = world, account, 0

    def filled(self, node: Node, inside: tuple[str, ...]) -> Node:
        """``inside``: ids of the filters that this is part of."""
        if isinstance(node, Clause):
            return self._clause(node, inside) if NAMES.get(node.field, node.field) == "filter" else node
        if isinstance(node, Not):
            return Not(self.filled(node.part, inside))
        return type(node)(tuple(self.filled(part, inside) for part in node.parts))

    def _clause(self, clause: Clause, inside: tuple[str, ...]) -> Node:
        if clause.op not in ("=", "!=", "in", "not in"):
            raise bad_request(f"The operator '{clause.op}' is not supported by the '{clause.field}' field.")
        found = [part for value in clause.values for part in self._named(clause, value.text, value.arguments)]
        either = Or(tuple(self._query(each, inside) for each in found))
        return Not(either) if clause.op in ("!=", "not in") else either

    def _named(self, clause: Clause, text: str, arguments: tuple[str, ...] | None) -> list[Filter]:
        if arguments is not None:
            raise UnsupportedError(f"JQL function {text}() for {clause.field}")
        held = self._world.site.jira.filters.values()
        seen = [each for each in held if may_see_filter(self._world.site, self._account, each)]
        low = text.casefold()
        found = [each for each in seen if each.id == text] or [each for each in seen if each.name.casefold() == low]
        if not found:
            raise bad_request(f"The value '{text}' does not exist for the field '{clause.field}'.")
        return found

    def _query(self, of: Filter, inside: tuple[str, ...]) -> Node:
        self._count += 1
        if self._count > MOST_FILTERS or len(inside) >= MOST_DEEP:
            raise UnsupportedError(
                f"JQL of more than {MOST_FILTERS} filters, or of more than {MOST_DEEP} in one another"
            )
        if of.id in inside:
            raise bad_request(f"Field 'filter' with value '{of.name}' matches filter '{of.name}' and causes a cyclical "
                              "reference, this query can not be executed and should be edited.")  # fmt: skip
        where = parse(of.jql).where
        # A filter that restricts nothing has every issue.
        return And(()) if where is None else self.filled(where, (*inside, of.id))
