"""Rows that the app reads back: from Forge storage, and from content properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from forgesim.claims.wire import body_text, canonical, strict_json
from forgesim.ledger.read import Crossing

__all__ = ["Row", "rows_read"]

STORES = frozenset({"kvs", "secret"})
PRODUCTS = frozenset({"confluence", "jira"})
READS = frozenset({"get", "query"})


class Row(NamedTuple):
    """A row as an answer shows it: where it is stored, its key, its value as JSON text in one spelling."""

    place: str
    key: str
    text: str


def rows_read(crossing: Crossing) -> Iterator[Row]:
    """The rows that a crossing's answer shows; none where it was refused, failed, or is kept as a digest."""
    asked, answer = crossing.decided, crossing.answered
    if answer is None or answer.status >= 400 or answer.body is None or answer.body.digest is not None:
        return
    if asked.channel in STORES and asked.verb in READS:
        place: str = asked.channel
    elif asked.channel in PRODUCTS and asked.op_class == "app-data" and not asked.writes:
        place = "property"
    else:
        return
    try:
        shown = strict_json(body_text(answer.body))
    except (ValueError, RecursionError):
        return
    for row in _listed(shown):
        if isinstance(row, dict) and isinstance(row.get("key"), str) and "value" in row:
            yield Row(place, row["key"], canonical(row["value"]))


def _listed(shown: Any) -> list[Any]:
    """One row, or those of a query (``data``) or a list of properties (``results``)."""
    if not isinstance(shown, dict):
        return []
    for name in ("data", "results"):
        if isinstance(shown.get(name), list):
            return list(shown[name])
    return [shown]
