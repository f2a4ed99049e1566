"""Where issues with a value are, for queries that name one: no query looks at issues that its index rules out.

The index is built when a query first needs it, and again after a write; it says where matches can only be, and the
matcher then tests what is left, so an answer is the same with it and without.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from forgesim.products.jira.jql_held import INDEXED, REFS
from forgesim.site.jira_model import Issue
from forgesim.site.model import Site

__all__ = ["JqlIndex"]


class JqlIndex:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._postings: dict[str, dict[str, list[Issue]]] = {}
        self._linked: dict[str, list[tuple[str, str]]] = {}
        self._size = -1

    def stale(self) -> None:
        """Something was written."""
        self._size = -1

    def holding(self, field: str, value: str) -> Sequence[Issue]:
        """The issues that hold ``value`` in one of INDEXED, or in ``key``."""
        if field == "key":
            found = self._site.issues.get(value)
            return (found,) if found is not None else ()
        self._freshen()
        if field not in self._postings:
            self._postings[field] = self._posted(field)
        return self._postings[field].get(value, ())

    def links(self, issue: Issue) -> Sequence[tuple[str, str]]:
        """Type id and other issue's id of every link that leads to the issue."""
        self._freshen()
        if not self._linked:
            self._linked = {"": []}
            for each in self._site.issues.values():
                for link in each.links:
                    self._linked.setdefault(link.target, []).append((link.type_id, each.id))
        return self._linked.get(issue.id, ())

    @staticmethod
    def covers(field: str) -> bool:
        return field == "key" or field in INDEXED

    def _freshen(self) -> None:
        if self._size != len(self._site.issues):
            self._postings, self._linked, self._size = {}, {}, len(self._site.issues)

    def _posted(self, field: str) -> dict[str, list[Issue]]:
        held, postings = REFS[field], defaultdict[str, list[Issue]](list)
        for issue in self._site.issues.values():
            for value in dict.fromkeys(held(issue)):
                postings[value].append(issue)
        return postings
