"""Rows that the app reads back, from Forge storage and from content properties, and rows that it got stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from forgesim.claims.case import succeeded
from forgesim.claims.wire import BATCHES, Write, body_text, canonical, passed_of, strict_json, writes_of
from forgesim.ledger.read import Crossing

__all__ = ["STORES", "Row", "kept_of", "rows_read", "took_effect"]

STORES = frozenset({"kvs", "secret", "entity"})
PRODUCTS = frozenset({"confluence", "jira"})
READS = frozenset({"get", "query"})
SEVERAL = BATCHES | {"/api/v1/transaction"}
"""Calls that may succeed and store nothing: of a batch all items may fail, a transaction may only check."""


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
    if asked.channel in STORES and (asked.verb in READS or _hands_back(crossing)):
        place = _place(crossing)
    elif asked.channel in PRODUCTS and asked.op_class == "app-data" and not asked.writes:
        place = "property"
    else:
        return
    for row in _listed(body_text(answer.body)):
        if isinstance(row, dict) and isinstance(row.get("key"), str) and "value" in row:
            entity = row.get("entityName") if asked.op in BATCHES else None
            where = f"entity {entity}" if isinstance(entity, str) else place
            yield Row(where, row["key"], canonical(row["value"]))


def kept_of(crossing: Crossing) -> Iterator[Write]:
    """The writes that the platform took: none of a call that failed, of a batch those that passed."""
    if not succeeded(crossing):
        return
    asked, answer = crossing.decided, crossing.answered
    if asked.op not in BATCHES or answer is None:
        yield from writes_of(crossing)
        return
    passed = {(each.get("key"), each.get("entityName")) for each in passed_of(body_text(answer.body))}
    for write in writes_of(crossing):
        if (write.key, write.place.partition(" ")[2] or None) in passed:
            yield write


def took_effect(crossing: Crossing) -> bool:
    """Whether a call succeeded and anything came of it, as far as the ledger has it: of a batch an item passed, a
    transaction stored something."""
    asked, answer = crossing.decided, crossing.answered
    if not succeeded(crossing) or answer is None or asked.op not in SEVERAL:
        return succeeded(crossing)
    body = answer.body if asked.op in BATCHES else asked.body
    if body is not None and body.digest is not None:
        return True
    return bool(passed_of(body_text(body))) if asked.op in BATCHES else any(True for _ in writes_of(crossing))


def _asked(crossing: Crossing) -> Mapping[str, Any]:
    try:
        asked = strict_json(body_text(crossing.decided.body))
    except (ValueError, RecursionError):
        return {}
    return asked if isinstance(asked, dict) else {}


def _place(crossing: Crossing) -> str:
    """Where a call reads; a batch names it item by item."""
    asked = crossing.decided
    return f"entity {_asked(crossing).get('entityName')}" if asked.channel == "entity" else asked.channel


def _hands_back(crossing: Crossing) -> bool:
    """Whether a set shows what was there before."""
    if crossing.decided.verb != "set":
        return False
    options = _asked(crossing).get("options")
    return isinstance(options, dict) and options.get("returnValue") == "PREVIOUS"


def _listed(text: str) -> list[Any]:
    """One row, or those of a query (``data``), a batch (``successfulKeys``) or a list of properties (``results``)."""
    try:
        shown = strict_json(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(shown, dict):
        return []
    for name in ("data", "successfulKeys", "results"):
        if isinstance(shown.get(name), list):
            return list(shown[name])
    return [shown]
