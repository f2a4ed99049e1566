"""A storage to ask in tests: one installation with an entity that has every type of attribute and form of index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from forgesim.manifest.entities import Entity, Index
from forgesim.platform.kvs.service import Kvs, Regions
from forgesim.seam import Answer

NOW = 1_767_603_600_000

EMPLOYEE = Entity(
    name="employee",
    attributes={"name": "string", "team": "string", "age": "integer", "rate": "float", "away": "boolean",
                "note": "any"},
    indexes=(
        Index(name="name", range="name"),
        Index(name="by-team-age", range="age", partition=("team",)),
        Index(name="by-team-away-rate", range="rate", partition=("team", "away")),
        Index(name="by-away", range="away"),
        Index(name="by-note", range="note"),
    ),
)  # fmt: skip
ENTITIES = {EMPLOYEE.name: EMPLOYEE}


class Storage:
    """Asks as one installation; ``now`` moves as told."""

    def __init__(self, kvs: Kvs, entities: dict[str, Entity] | None = None) -> None:
        self.kvs = kvs
        self.now = NOW
        self.entities = ENTITIES if entities is None else entities

    def send(self, path: str, body: object) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.kvs.perform("one", "US", f"/api/v1/{path}", raw, self.now, entities=self.entities)

    def ask(self, path: str, body: object) -> tuple[int, Any]:
        answer = self.send(path, body)
        return answer.status, json.loads(answer.body) if answer.body else None

    def refused(self, path: str, body: object) -> tuple[int, str]:
        """Status and code of a call that is refused."""
        status, error = self.ask(path, body)
        assert set(error) == {"code", "message"}
        return status, error["code"]

    def put(self, key: str, **value: object) -> None:
        body = {"entityName": "employee", "key": key, "value": value}
        assert self.ask("entity/set", body)[0] == 204

    def page(self, query: object, *, region: str) -> Any:
        """A page of a query of the entity in a region."""
        answer = self.kvs.perform(
            "one", region, "/api/v1/entity/query", json.dumps(query).encode(), self.now, entities=self.entities
        )
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def keys(self, **query: object) -> list[str]:
        """The keys of one page of a query of the entity."""
        status, page = self.ask("entity/query", {"entityName": "employee", "indexName": "by-key", **query})
        assert status == 200, page
        return [row["key"] for row in page["data"]]


@contextmanager
def storage(**options: Any) -> Iterator[Storage]:
    with Regions(None) as regions:
        yield Storage(Kvs(regions, **options))
