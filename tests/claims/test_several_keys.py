"""Entities, batches and transactions: several keys in one crossing, judged one by one."""

from __future__ import annotations

import json
from typing import Any

import pytest

STORES = "stores_only_aggregates"
SHOWS = "shows_only_what_viewer_may"
EXERCISED_BY_WRITES = (STORES, "keeps_no_personal_data", "stays_in_region", "uninstall_forgets")
ENTITY = """  - in: entity notes
    key: "note:{int 0..9}"
    value: {n: int 0..9}
    audience: same-viewer
"""
NOTE = {"key": "note:1", "entityName": "notes", "value": {"n": 1}}
SCORE = {"key": "space:DOCS:score", "value": {"score": 1, "pages": 1}}
CONDITIONS = {"and": [{"property": "n", "condition": "EQUAL_TO", "values": [1]}]}


@pytest.fixture
def book(honest: Any) -> Any:
    honest.trust_text = honest.trust_text.replace("sends:\n", f"{ENTITY}sends:\n", 1)
    return honest


def ask(book: Any, path: str, body: object, **more: Any) -> int:
    channel = path.partition("/")[0] if path.startswith(("entity", "secret")) else "kvs"
    verb = "set" if path == "transaction" else path.rpartition("/")[2]
    writes = verb in ("set", "delete")
    seq: int = book.cross(channel, verb, "", op=f"/api/v1/{path}", op_class="storage", writes=writes, body=body, **more)
    return seq


def passed(*items: dict[str, Any], failed: tuple[dict[str, Any], ...] = ()) -> str:
    return json.dumps({"successfulKeys": items, "failedKeys": failed})


FITTING = [
    pytest.param("entity/set", NOTE, id="entity"),
    pytest.param("batch/set", [NOTE, SCORE], id="batch"),
    pytest.param("transaction", {"set": [NOTE, SCORE], "delete": [{"key": "old"}]}, id="transaction"),
    pytest.param("transaction", {"set": [{**NOTE, "conditions": CONDITIONS}]}, id="conditions"),
    pytest.param("entity/query", {"entityName": "notes", "filters": {"and": ["a page's title"]}}, id="a filter"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body"), FITTING)
def test_what_is_declared_may_be_stored_and_a_query_stores_nothing(book: Any, path: str, body: Any) -> None:
    ask(book, path, body)
    assert book.broken() == {}


SNEAKED = [
    pytest.param("transaction", {"set": [SCORE], "note": "a title"}, "beside its operations it carries 'note'",
                 id="beside the operations"),
    pytest.param("transaction", {"set": [{**SCORE, "note": "a title"}]}, "it carries 'note'", id="beside an item"),
    pytest.param("transaction", {"set": [{**NOTE, "conditions": {"and": "a title"}}]}, "its conditions are none",
                 id="conditions that are none"),
    pytest.param("transaction", {"set": [{**NOTE, "conditions": {**CONDITIONS, "note": "a title"}}]},
                 "its conditions are none", id="beside the conditions"),
    pytest.param("set", {**SCORE, "conditions": CONDITIONS}, "its conditions are none", id="conditions of a set"),
    pytest.param("set", {**SCORE, "entityName": "a title"}, "it carries 'entityName'", id="an entity of a plain set"),
    pytest.param("set", {"key": "note:1", "entityName": "notes", "value": {"n": 1}}, "it carries 'entityName'",
                 id="a plain row as if of an entity"),
    pytest.param("entity/set", {**SCORE, "entityName": ["a title"]}, "its entityName is no text",
                 id="an entity's name that is none"),
    pytest.param("entity/set", SCORE, "it names no entity", id="no entity"),
    pytest.param("batch/set", [SCORE, {**NOTE, "entityName": {"a": "title"}}], "its entityName is no text",
                 id="in a batch"),
    pytest.param("entity/set", {**NOTE, "entityName": "other"}, "nothing in entity other", id="an undeclared entity"),
    pytest.param("entity/set", {**NOTE, "value": {"n": 1, "any": "a title"}}, "has a field that is not declared: 'any'",
                 id="an attribute that is not declared"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "why"), SNEAKED)
def test_there_is_no_room_beside_declared_rows(book: Any, path: str, body: object, why: str) -> None:
    ask(book, path, body, line="src/index.py:88")
    verdict = book.broken()[STORES]
    assert any(why in item.why and item.at == "src/index.py:88" for item in verdict.evidence)


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("batch/set", [SCORE], passed(failed=({"key": "space:DOCS:score"},))),
        ("transaction", {"check": [{**NOTE, "conditions": CONDITIONS}]}, ""),
        ("transaction", {"delete": [{"key": "a"}]}, ""),
    ],
    ids=["a batch that fails", "checks alone", "deletions alone"],
)
def test_a_call_that_stored_nothing_exercises_nothing(blank: Any, path: str, body: object, answer: str) -> None:
    blank.run(first=True)
    blank.call()
    ask(blank, path, body, answer=answer)
    found = blank.verdicts()
    told = {name: (found[name].outcome.value, found[name].crossings) for name in EXERCISED_BY_WRITES}
    assert told == dict.fromkeys(EXERCISED_BY_WRITES, ("UNPROVEN", 0))


READS = [
    pytest.param("entity/get", {"entityName": "notes", "key": "note:1"}, {"key": "note:1", "value": {"n": 1}},
                 id="get"),
    pytest.param("entity/query", {"entityName": "notes", "indexName": "by-key"},
                 {"data": [{"key": "note:1", "value": {"n": 1}}]}, id="query"),
    pytest.param("batch/get", [{"key": "note:1", "entityName": "notes"}],
                 {"successfulKeys": [NOTE], "failedKeys": []}, id="batch"),
    pytest.param("entity/set", {**NOTE, "options": {"returnValue": "PREVIOUS"}}, {"key": "note:1", "value": {"n": 1}},
                 id="what was there before"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "answer"), READS)
def test_a_row_of_an_entity_is_read_for_its_audience_only(book: Any, path: str, body: object, answer: object) -> None:
    book.call(principal="alice")
    ask(book, "entity/set", NOTE)
    ask(book, path, body, answer=json.dumps(answer))
    assert book.broken() == {}
    book.call(principal="bob")
    ask(book, path, body, answer=json.dumps(answer))
    assert "reads the row note:1 of entity notes for another viewer" in book.broken()[SHOWS].evidence[0].why


def test_who_failed_to_write_a_row_did_not_make_it(book: Any) -> None:
    book.call(principal="alice")
    ask(book, "entity/set", NOTE)
    book.call(principal="bob")
    ask(book, "batch/set", [NOTE], answer=passed(failed=({"key": "note:1", "entityName": "notes"},)))
    ask(book, "entity/get", NOTE, answer=json.dumps({"key": "note:1", "value": {"n": 1}}))
    assert "for another viewer" in book.broken()[SHOWS].evidence[0].why


def test_a_time_that_a_batch_says_it_lacks_is_not_one_that_was_read(honest: Any) -> None:
    """Else an app asks for a key of its own choice, and stores that as a time."""
    lacks = {"key": "2019-03-04T05:06:07Z", "error": {"code": "KEY_NOT_FOUND", "message": "no 2019-03-04T05:06:07Z"}}
    ask(honest, "batch/get", [{"key": lacks["key"]}], answer=passed({"key": "a", "value": 1}, failed=(lacks,)))
    honest.store("seen:101", {"at": "2019-03-04T05:06:07Z"})
    assert any("neither now nor a time that was read" in item.why for item in honest.broken()[STORES].evidence)


def test_a_time_that_a_batch_reads_is_one_that_was_read(honest: Any) -> None:
    row = {"key": "seen:101", "value": {"at": "2026-01-01T05:06:07Z"}}
    ask(honest, "batch/get", [{"key": "seen:101"}], answer=passed(row))
    honest.store("seen:102", row["value"])
    assert honest.broken() == {}
