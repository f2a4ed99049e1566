"""What the platform keeps of an app at rest, as a ledger lists it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from forgesim.errors import InternalError
from forgesim.gateway.call import Installation, Services
from forgesim.ledger.records import StoredRow
from forgesim.ledger.write import body_of

__all__ = ["hosted", "stored"]


def hosted(services: Services, installation: Installation, region: str) -> list[tuple[str, str, str]]:
    """What is kept of the installation in a region, as place, key and JSON text; events are where the installation
    is."""
    rows = list(services.kvs.rows(installation.id, region))
    if region == installation.region:
        waiting = services.queue.waiting()
        rows += [("queue", each.queue, json.dumps(each.event.body, ensure_ascii=False)) for each in waiting]
    return rows


def stored(rows: Iterable[tuple[str, str, str]]) -> tuple[StoredRow, ...]:
    """The same as records."""
    return tuple(_row(*row) for row in rows)


def _row(store: str, key: str, text: str) -> StoredRow:
    body = body_of(text.encode())
    if body is None:
        raise InternalError(f"an empty stored value under {key!r}")
    return StoredRow(store, key, body)
