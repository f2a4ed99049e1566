"""Batches answer item by item; transactions do all or nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.platform.storage import NOW, Storage, storage


@pytest.fixture
def store() -> Iterator[Storage]:
    with storage() as made:
        yield made


def age(condition: str, *values: object) -> dict[str, object]:
    return {"and": [{"property": "age", "condition": condition, "values": list(values)}]}


def of(key: str, **more: object) -> dict[str, object]:
    return {"key": key, "entityName": "employee", **more}


# --- batches -------------------------------------------------------------------------------------------------------


def test_a_batch_sets_gets_and_deletes_plain_keys_and_entities(store: Storage) -> None:
    items = [{"key": "a", "value": 1}, of("a", value={"age": 2})]
    names = [{"key": "a"}, of("a")]
    assert store.ask("batch/set", items) == (200, {"successfulKeys": names, "failedKeys": []})
    assert store.ask("batch/get", names) == (200, {"successfulKeys": [
        {"key": "a", "value": 1}, {"key": "a", "entityName": "employee", "value": {"age": 2}},
    ], "failedKeys": []})  # fmt: skip
    assert store.ask("batch/delete", names) == (200, {"successfulKeys": names, "failedKeys": []})
    assert store.kvs.rows("one", "US") == []


@pytest.mark.parametrize("path", ["batch/get", "batch/delete"])
def test_a_missing_key_of_a_batch_is_among_those_that_failed(store: Storage, path: str) -> None:
    store.ask("set", {"key": "a", "value": 1})
    _, told = store.ask(path, [{"key": "b"}, {"key": "a"}, of("a")])
    assert [item["key"] for item in told["successfulKeys"]] == ["a"]
    assert told["failedKeys"] == [
        {"key": "b", "error": {"code": "KEY_NOT_FOUND", "message": "There is no key b"}},
        {"key": "a", "entityName": "employee", "error": {"code": "KEY_NOT_FOUND", "message": "There is no key a"}},
    ]


def test_metadata_of_a_batch_get_comes_when_asked_for(store: Storage) -> None:
    store.ask("batch/set", [{"key": "a", "value": 1, "options": {"ttl": {"value": 1, "unit": "HOURS"}}}])
    fields = {"metadataFields": ["CREATED_AT", "EXPIRE_TIME"]}
    _, told = store.ask("batch/get", [{"key": "a", "options": fields}])
    expected = {"key": "a", "value": 1, "createdAt": NOW, "expireTime": "2026-01-05T10:00:00.000Z"}
    assert told["successfulKeys"] == [expected]


FAILING = [
    pytest.param({"key": "a/b", "value": 1}, "INVALID_KEY", id="a key"),
    pytest.param({"value": 1}, "INVALID_KEY", id="no key"),
    pytest.param({"key": "b"}, "BAD_REQUEST", id="no value"),
    pytest.param({"key": "b", "value": "x" * 240 * 1024}, "MAX_SIZE", id="a value"),
    pytest.param(of("b", value={"age": "5"}), "INCORRECT_PROPERTY_TYPE", id="a type"),
    pytest.param({"key": "b", "value": 1, "entityName": "nobody"}, "SCHEMA_NOT_FOUND", id="an entity"),
    pytest.param({"key": "b", "value": 1, "options": {"ttl": {"value": 0, "unit": "DAYS"}}}, "INVALID_TTL", id="a ttl"),
    pytest.param({"key": "b", "value": 1, "options": {"keyPolicy": "OVERRIDE"}}, "BAD_REQUEST", id="another option"),
]


@pytest.mark.parametrize(("item", "code"), FAILING)
def test_an_item_that_is_wrong_fails_alone(store: Storage, item: dict[str, object], code: str) -> None:
    status, told = store.ask("batch/set", [item, {"key": "good", "value": 1}])
    assert (status, told["successfulKeys"]) == (200, [{"key": "good"}])
    assert [failed["error"]["code"] for failed in told["failedKeys"]] == [code]
    assert store.kvs.rows("one", "US") == [("kvs", "good", "1")]


def many(count: int) -> list[dict[str, object]]:
    return [{"key": f"k{number}", "value": 1} for number in range(count)]


WHOLE = [
    pytest.param([], "BAD_REQUEST", id="empty"),
    pytest.param(many(26), "TOO_MANY_BATCH_ENTITIES", id="26"),
    pytest.param([{"key": "a", "value": 1}] * 2, "KEY_DUPLICATION_ERROR", id="a key twice"),
    pytest.param([7], "BAD_REQUEST", id="no object"),
    pytest.param({"key": "a", "value": 1}, "BAD_REQUEST", id="no list"),
    pytest.param([{"key": f"k{number}", "value": "x" * 200_000} for number in range(22)], "MAX_SIZE", id="over 4 MB"),
    pytest.param(b'[{"key":"a","value":{"x":1,"x":2}}]', "BAD_REQUEST", id="a member twice"),
]


@pytest.mark.parametrize("path", ["batch/set", "batch/get", "batch/delete"])
@pytest.mark.parametrize(("items", "code"), WHOLE)
def test_a_batch_that_is_none_fails_whole(store: Storage, path: str, items: object, code: str) -> None:
    assert store.refused(path, items) == (400, code)
    assert store.kvs.rows("one", "US") == []


def test_a_batch_may_have_25_items_and_a_key_in_each_store(store: Storage) -> None:
    _, told = store.ask("batch/set", [*many(24), of("k0", value={"age": 1})])
    assert (len(told["successfulKeys"]), told["failedKeys"]) == (25, [])


# --- transactions --------------------------------------------------------------------------------------------------


def test_a_transaction_sets_deletes_and_checks_together(store: Storage) -> None:
    store.put("a", age=1)
    store.put("b", age=2)
    asked = {
        "set": [{"key": "plain", "value": 1}, of("a", value={"age": 5}, conditions=age("EQUAL_TO", 1))],
        "delete": [{"key": "absent"}],
        "check": [of("b", conditions=age("GREATER_THAN", 1))],
    }
    assert store.ask("transaction", asked) == (204, None)
    assert store.kvs.rows("one", "US") == [
        ("entity employee", "a", '{"age":5}'), ("entity employee", "b", '{"age":2}'), ("kvs", "plain", "1"),
    ]  # fmt: skip


CONDITIONS = [
    pytest.param({"check": [of("a", conditions=age("EQUAL_TO", 2))]}, id="a check that is false"),
    pytest.param({"check": [of("z", conditions=age("EQUAL_TO", 2))]}, id="a check of an absent key"),
    pytest.param({"check": [of("z", conditions=age("NOT_EXISTS", True))]}, id="an absent key meets nothing"),
    pytest.param({"set": [of("a", value={}, conditions=age("EQUAL_TO", 2))]}, id="a set"),
    pytest.param({"delete": [of("a", conditions=age("EQUAL_TO", 2))]}, id="a delete"),
]


@pytest.mark.parametrize("asked", CONDITIONS)
def test_a_condition_that_does_not_hold_leaves_all_as_it_was(store: Storage, asked: dict[str, list[object]]) -> None:
    store.put("a", age=1)
    more = {"set": [{"key": "new", "value": 1}, *asked.get("set", [])]}
    assert store.refused("transaction", {**asked, **more}) == (400, "CONDITIONAL_CHECK_FAILED")
    assert store.kvs.rows("one", "US") == [("entity employee", "a", '{"age":1}')]


def test_a_value_that_is_wrong_leaves_all_as_it_was(store: Storage) -> None:
    asked = {"set": [{"key": "new", "value": 1}, of("a", value={"age": "5"})]}
    assert store.refused("transaction", asked) == (400, "INCORRECT_PROPERTY_TYPE")
    assert store.kvs.rows("one", "US") == []


TRANSACTIONS = [
    pytest.param({}, 400, "INVALID_TRANSACTION_REQUEST", id="empty"),
    pytest.param({"set": [], "check": []}, 400, "INVALID_TRANSACTION_REQUEST", id="empty lists"),
    pytest.param({"set": {"key": "a"}}, 400, "INVALID_TRANSACTION_REQUEST", id="no list"),
    pytest.param({"delete": ["a"]}, 400, "INVALID_TRANSACTION_REQUEST", id="no object"),
    pytest.param({"set": many(26)}, 422, "UNPROCESSABLE_ENTITY", id="26"),
    pytest.param({"set": many(20), "delete": [{"key": f"d{n}"} for n in range(6)]}, 422, "UNPROCESSABLE_ENTITY",
                 id="26 of two kinds"),
    pytest.param({"set": many(1) * 2}, 400, "KEY_DUPLICATION_ERROR", id="a key twice"),
    pytest.param({"set": many(1), "delete": [{"key": "k0"}]}, 400, "KEY_DUPLICATION_ERROR", id="set and deleted"),
    pytest.param({"check": [of("a")]}, 400, "INVALID_TRANSACTION_REQUEST", id="a check without conditions"),
    pytest.param({"check": [{"key": "a", "conditions": age("EXISTS", True)}]}, 400, "INVALID_TRANSACTION_REQUEST",
                 id="conditions without an entity"),
    pytest.param({"check": [of("a", conditions={})]}, 400, "EMPTY_FILTER_OPERATOR", id="no condition"),
    pytest.param({"check": [of("a", conditions={"and": [{"property": "note", "condition": "EXISTS", "values": [True]}]})
                            ]}, 422, "UNPROCESSABLE_ENTITY", id="a condition on any"),
    pytest.param({"set": [{"key": "a", "value": 1, "entityName": "nobody"}]}, 404, "SCHEMA_NOT_FOUND", id="an entity"),
    pytest.param({"set": [{"key": "a", "value": 1, "options": {"keyPolicy": "OVERRIDE"}}]}, 400, "BAD_REQUEST",
                 id="another option"),
    pytest.param({"set": [{"key": "", "value": 1}]}, 400, "KEY_TOO_SHORT", id="a key"),
    pytest.param({"set": [{"key": f"k{n}", "value": "x" * 200_000} for n in range(22)]}, 400, "MAX_SIZE",
                 id="over 4 MB"),
    pytest.param([], 400, "BAD_REQUEST", id="an array"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "status", "code"), TRANSACTIONS)
def test_malformed_transactions(store: Storage, asked: object, status: int, code: str) -> None:
    assert store.refused("transaction", asked) == (status, code)
    assert store.kvs.rows("one", "US") == []


def test_a_transaction_may_give_a_life(store: Storage) -> None:
    ttl = {"ttl": {"value": 1, "unit": "SECONDS"}}
    store.ask("transaction", {"set": [{"key": "a", "value": 1, "options": ttl}]})
    store.now += 1_000
    assert store.refused("get", {"key": "a"}) == (404, "KEY_NOT_FOUND")
