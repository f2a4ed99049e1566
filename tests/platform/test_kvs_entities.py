"""Custom entities: typed attributes, indexes with partition and range, filters after the page is read, cursors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from tests.platform.storage import NOW, Storage, storage

from forgesim.manifest.entities import Entity, Index
from forgesim.platform.kvs.rows import BY_INDEX, SCHEMA
from forgesim.platform.kvs.service import Kvs, Regions


@pytest.fixture
def store() -> Iterator[Storage]:
    with storage() as made:
        yield made


@pytest.fixture
def staff(store: Storage) -> Storage:
    store.put("a", name="Ada", team="red", age=30, rate=1.5, away=False)
    store.put("b", name="Bo", team="red", age=20, rate=2, away=False, note={"x": 1})
    store.put("c", name="Cy", team="blue", age=25, rate=0, away=True)
    store.put("d", name="Di", team="red", age=20, away=True)
    store.put("e", name="El", age=40)
    return store


def by_team(**more: object) -> dict[str, object]:
    return {"indexName": "by-team-age", "partition": ["red"], **more}


def on(condition: str, *values: object) -> dict[str, object]:
    return {"condition": condition, "values": list(values)}


def test_an_entity_is_set_got_and_deleted_beside_a_plain_key_of_the_same_name(store: Storage) -> None:
    named = {"entityName": "employee", "key": "a"}
    store.put("a", name="Ada", note=[None, {"deep": 1}])
    store.ask("set", {"key": "a", "value": 7})
    assert store.ask("entity/get", named) == (200, {"key": "a", "value": {"name": "Ada", "note": [None, {"deep": 1}]}})
    assert store.ask("entity/delete", named) == (204, None)
    assert store.refused("entity/get", named) == (404, "KEY_NOT_FOUND")
    assert store.refused("entity/delete", named) == (404, "KEY_NOT_FOUND")
    assert store.ask("get", {"key": "a"})[1]["value"] == 7


def test_rows_of_an_entity_are_told_with_its_name(store: Storage) -> None:
    store.put("a", name="Ada")
    assert store.kvs.rows("one", "US") == [("entity employee", "a", '{"name":"Ada"}')]
    assert store.ask("query", {}) == (200, {"data": []})


def test_metadata_policies_and_lives_are_those_of_plain_keys(store: Storage) -> None:
    options = {"ttl": {"value": 1, "unit": "HOURS"}, "returnValue": "LATEST"}
    body = {"entityName": "employee", "key": "a", "value": {"age": 1}, "options": options}
    assert store.ask("entity/set", body)[1] == {
        "key": "a", "value": {"age": 1}, "createdAt": NOW, "updatedAt": NOW, "expireTime": "2026-01-05T10:00:00.000Z",
    }  # fmt: skip
    once = {**body, "options": {"keyPolicy": "FAIL_IF_EXISTS"}}
    assert store.refused("entity/set", once) == (409, "KEY_CONFLICT")
    store.now += 3_600_000
    assert store.keys() == []
    assert store.ask("entity/set", once)[0] == 204


QUERIES = [
    pytest.param({}, "abcde", id="by key"),
    pytest.param({"sort": "DESC"}, "edcba", id="by key, descending"),
    pytest.param({"range": on("BETWEEN", "b", "d")}, "bcd", id="part of the keys"),
    pytest.param({"range": on("BEGINS_WITH", "c")}, "c", id="keys with a beginning"),
    pytest.param({"indexName": "name"}, "abcde", id="an index that is an attribute"),
    pytest.param({"indexName": "name", "range": on("GREATER_THAN", "Cy")}, "de", id="over a text"),
    pytest.param({"indexName": "name", "range": on("BEGINS_WITH", "D")}, "d", id="a text that begins"),
    pytest.param(by_team(), "bda", id="a partition in the order of its range, then of keys"),
    pytest.param(by_team(sort="DESC"), "adb", id="a partition descending"),
    pytest.param(by_team(range=on("LESS_THAN", 30)), "bd", id="under"),
    pytest.param(by_team(range=on("LESS_THAN_EQUAL_TO", 30)), "bda", id="at most"),
    pytest.param(by_team(range=on("GREATER_THAN_EQUAL_TO", 30)), "a", id="at least"),
    pytest.param(by_team(range=on("EQUAL_TO", 20)), "bd", id="equal"),
    pytest.param(by_team(partition=["green"]), "", id="a partition without rows"),
    pytest.param({"indexName": "by-team-away-rate", "partition": ["red", False]}, "ab", id="two in a partition"),
    pytest.param({"indexName": "by-team-away-rate", "partition": ["blue", True], "range": on("EQUAL_TO", 0.0)}, "c",
                 id="0 and 0.0 are one float"),
    pytest.param({"indexName": "by-away", "range": on("EQUAL_TO", True)}, "cd", id="a boolean"),
    pytest.param({"indexName": "by-note"}, "", id="values of type any are in no index"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "keys"), QUERIES)
def test_queries(staff: Storage, query: dict[str, object], keys: str) -> None:
    assert "".join(staff.keys(**query)) == keys


def where(attribute: str, condition: str, *values: object) -> dict[str, object]:
    return {"property": attribute, "condition": condition, "values": list(values)}


FILTERS = [
    pytest.param(where("team", "EQUAL_TO", "red"), "abd", id="equal"),
    pytest.param(where("team", "NOT_EQUAL_TO", "red"), "ce", id="not equal, or absent"),
    pytest.param(where("team", "EXISTS", True), "abcd", id="there"),
    pytest.param(where("team", "NOT_EXISTS", True), "e", id="not there"),
    pytest.param(where("name", "CONTAINS", "d"), "a", id="contains"),
    pytest.param(where("name", "NOT_CONTAINS", "d"), "bcde", id="does not contain"),
    pytest.param(where("name", "BEGINS_WITH", "D"), "d", id="begins"),
    pytest.param(where("age", "BETWEEN", 20, 30), "abcd", id="between"),
    pytest.param(where("age", "GREATER_THAN", 30), "e", id="over"),
    pytest.param(where("age", "GREATER_THAN_EQUAL_TO", 30), "ae", id="at least"),
    pytest.param(where("age", "LESS_THAN", 25), "bd", id="under"),
    pytest.param(where("rate", "LESS_THAN_EQUAL_TO", 1.5), "ac", id="at most"),
    pytest.param(where("away", "EQUAL_TO", True), "cd", id="a boolean"),
]


@pytest.mark.parametrize(("condition", "keys"), FILTERS)
def test_filters(staff: Storage, condition: dict[str, object], keys: str) -> None:
    assert "".join(staff.keys(filters={"and": [condition]})) == keys


def test_conditions_are_joined_by_and_or_by_or(staff: Storage) -> None:
    both = [where("team", "EQUAL_TO", "red"), where("age", "EQUAL_TO", 20)]
    assert staff.keys(filters={"and": both}) == ["b", "d"]
    assert staff.keys(filters={"or": [*both, where("name", "EQUAL_TO", "El")]}) == ["a", "b", "d", "e"]


def test_a_filter_is_applied_to_the_page_which_may_be_empty_and_go_on(staff: Storage) -> None:
    asked: dict[str, Any] = {
        "entityName": "employee", "indexName": "by-key", "limit": 2, "filters": {"and": [where("age", "EQUAL_TO", 40)]},
    }  # fmt: skip
    pages = []
    while True:
        _, page = staff.ask("entity/query", asked)
        pages.append([row["key"] for row in page["data"]])
        if "cursor" not in page:
            break
        asked["cursor"] = page["cursor"]
    assert pages == [[], [], ["e"]]


@pytest.mark.parametrize("sort", ["ASC", "DESC"])
@pytest.mark.parametrize("index", [{"indexName": "by-key"}, by_team(), {"indexName": "by-away"}], ids=str)
def test_pages_put_together_are_the_whole(staff: Storage, index: dict[str, object], sort: str) -> None:
    whole = staff.keys(**index, sort=sort)
    asked = {"entityName": "employee", **index, "sort": sort, "limit": 1}
    found = []
    for _ in whole:
        _, page = staff.ask("entity/query", asked)
        found += [row["key"] for row in page["data"]]
        asked["cursor"] = page.get("cursor")
    assert (found, asked["cursor"]) == (whole, None)


@pytest.mark.parametrize(
    "other",
    [{"sort": "DESC"}, {"partition": ["blue"]}, {"range": on("GREATER_THAN", 1)},
     {"indexName": "name", "partition": []}, {"filters": {"and": [where("age", "EQUAL_TO", 1)]}}],
    ids=str,
)  # fmt: skip
def test_a_cursor_holds_for_its_own_query_and_installation(staff: Storage, other: dict[str, object]) -> None:
    asked = {"entityName": "employee", **by_team(), "limit": 1}
    cursor = staff.ask("entity/query", asked)[1]["cursor"]
    assert staff.refused("entity/query", {**asked, **other, "cursor": cursor}) == (400, "BAD_REQUEST")
    body = b'{"entityName":"employee","indexName":"by-team-age","partition":["red"],"cursor":"%s"}' % cursor.encode()
    other_installation = staff.kvs.perform("two", "US", "/api/v1/entity/query", body, NOW, entities=staff.entities)
    assert other_installation.status == 400


def test_a_row_that_changes_leaves_its_old_place_in_the_index(staff: Storage) -> None:
    staff.put("a", team="blue", age=30)
    assert staff.keys(**by_team()) == ["b", "d"]
    assert staff.keys(**by_team(partition=["blue"])) == ["c", "a"]
    staff.ask("entity/delete", {"entityName": "employee", "key": "c"})
    assert staff.keys(**by_team(partition=["blue"])) == ["a"]


NAMES = [
    (None, 400, "INVALID_ENTITY_TYPE"),
    (7, 400, "INVALID_ENTITY_TYPE"),
    ("", 400, "ENTITY_TYPE_TOO_SHORT"),
    ("ab", 400, "ENTITY_TYPE_TOO_SHORT"),
    ("a" * 61, 400, "ENTITY_TYPE_TOO_LARGE"),
    ("Employee", 400, "INVALID_ENTITY_TYPE"),
    ("nobody", 404, "SCHEMA_NOT_FOUND"),
]


@pytest.mark.parametrize("path", ["entity/get", "entity/set", "entity/delete", "entity/query"])
@pytest.mark.parametrize(("name", "status", "code"), NAMES, ids=str)
def test_names_of_entities(store: Storage, path: str, name: object, status: int, code: str) -> None:
    body = {"entityName": name, "key": "a", "value": {"age": 1}, "indexName": "by-key"}
    assert store.refused(path, body) == (status, code)


VALUES = [
    ({"age": 2**31}, "INCORRECT_PROPERTY_TYPE"),
    ({"age": -(2**31)}, None),
    ({"age": 2**31 - 1}, None),
    ({"age": "5"}, "INCORRECT_PROPERTY_TYPE"),
    ({"age": 5.5}, "INCORRECT_PROPERTY_TYPE"),
    ({"age": True}, "INCORRECT_PROPERTY_TYPE"),
    ({"age": None}, "INCORRECT_PROPERTY_TYPE"),
    ({"rate": 5}, None),
    ({"rate": 1e-131}, "INCORRECT_PROPERTY_TYPE"),
    ({"rate": -9.99e125}, None),
    ({"rate": 1e126}, "INCORRECT_PROPERTY_TYPE"),
    ({"rate": 12345678901234567890123456789012345678}, None),
    ({"rate": 123456789012345678901234567890123456789}, "INCORRECT_PROPERTY_TYPE"),
    ({"rate": False}, "INCORRECT_PROPERTY_TYPE"),
    ({"name": "x"}, None),
    ({"name": ""}, "INCORRECT_PROPERTY_TYPE"),
    ({"name": " \n"}, "INCORRECT_PROPERTY_TYPE"),
    ({"name": ["x"]}, "INCORRECT_PROPERTY_TYPE"),
    ({"away": 0}, "INCORRECT_PROPERTY_TYPE"),
    ({"note": None}, None),
    ({"note": {"a": [1, "x"]}}, None),
    ({"title": "x"}, "INVALID_ENTITY_ATTRIBUTE"),
    ({}, None),
    ([1], "INVALID_ENTITY_VALUE"),
    ("x", "INVALID_ENTITY_VALUE"),
    ({"note": "x" * 240 * 1024}, "MAX_SIZE"),
    (None, "BAD_REQUEST"),
]


@pytest.mark.parametrize(("value", "code"), VALUES, ids=lambda value: str(value)[:80])
def test_values_of_entities(store: Storage, value: object, code: str | None) -> None:
    status, error = store.ask("entity/set", {"entityName": "employee", "key": "a", "value": value})
    assert (status, error and error["code"]) == ((204, None) if code is None else (400, code))


BYTES: dict[str, tuple[dict[str, object], bool]] = {
    "900 of a range": ({"name": "x" * 900}, True),
    "901 of a range": ({"name": "x" * 901}, False),
    "900 of a range, two each": ({"name": "\u00e9" * 450}, True),
    "902 of a range, two each": ({"name": "\u00e9" * 451}, False),
    "1700 of a partition": ({"team": "x" * 1700, "age": 1}, True),
    "1701 of a partition": ({"team": "x" * 1701, "age": 1}, False),
    "1700 that JSON escapes": ({"team": '"' * 1700, "age": 1}, True),
    "1700, four each": ({"team": "\U0001f600" * 425, "age": 1}, True),
    "1704, four each": ({"team": "\U0001f600" * 426, "age": 1}, False),
    "1700 of two attributes": ({"team": "x" * 1696, "away": True, "rate": 1}, True),
    "1701 of two attributes": ({"team": "x" * 1697, "away": True, "rate": 1}, False),
}


@pytest.mark.parametrize(("value", "fits"), BYTES.values(), ids=BYTES)
def test_values_of_an_index_have_a_size(store: Storage, value: dict[str, object], fits: bool) -> None:
    answer = store.send("entity/set", {"entityName": "employee", "key": "a", "value": value})
    assert (answer.status, b"INVALID_ENTITY_VALUE" in answer.body) == ((204, False) if fits else (400, True))


def test_the_empty_key_of_an_entity_has_a_code_of_its_own(store: Storage) -> None:
    body = {"entityName": "employee", "key": "", "value": {}}
    assert store.refused("entity/set", body) == (400, "EMPTY_KEY")
    assert store.refused("entity/get", body) == (400, "EMPTY_KEY")


MALFORMED = [
    ({"indexName": None}, 400, "INVALID_ENTITY_INDEX"),
    ({"indexName": "by-nobody"}, 400, "INVALID_ENTITY_INDEX"),
    ({"indexName": ["by-key"]}, 400, "INVALID_ENTITY_INDEX"),
    (by_team(partition=None), 400, "INSUFFICIENT_FILTER_VALUES"),
    (by_team(partition=["red", 1]), 400, "INVALID_FILTER_VALUES"),
    (by_team(partition="red"), 400, "INVALID_FILTER_VALUES"),
    (by_team(partition=[5]), 400, "INVALID_FILTER_VALUES"),
    ({"partition": ["red"]}, 400, "INVALID_FILTER_VALUES"),
    (by_team(range=5), 400, "INVALID_FILTER_CONDITION"),
    (by_team(range={}), 400, "INVALID_FILTER_CONDITION"),
    (by_team(range=on("CONTAINS", 5)), 400, "INVALID_FILTER_CONDITION"),
    (by_team(range=on("BEGINS_WITH", 5)), 400, "INVALID_FILTER_CONDITION"),
    (by_team(range=on("BETWEEN", 5)), 400, "INSUFFICIENT_FILTER_VALUES"),
    (by_team(range=on("EQUAL_TO", 5, 6)), 400, "INVALID_FILTER_VALUES"),
    (by_team(range=on("EQUAL_TO", "5")), 400, "INVALID_FILTER_VALUES"),
    (by_team(range={"condition": "EQUAL_TO", "values": 5}), 400, "INVALID_FILTER_VALUES"),
    ({"indexName": "by-away", "range": on("LESS_THAN", True)}, 400, "INVALID_FILTER_CONDITION"),
    ({"indexName": "by-note", "range": on("EQUAL_TO", 1)}, 422, "UNPROCESSABLE_ENTITY"),
    ({"filters": {"and": [where("note", "EXISTS", True)]}}, 422, "UNPROCESSABLE_ENTITY"),
    ({"filters": {"and": [where("title", "EXISTS", True)]}}, 400, "INVALID_ENTITY_ATTRIBUTE"),
    ({"filters": {"and": [where("age", "EXISTS", 1)]}}, 400, "INVALID_FILTER_VALUES"),
    ({"filters": {"and": [where("age", "CONTAINS", "1")]}}, 400, "INVALID_FILTER_CONDITION"),
    ({"filters": {"and": [where("away", "BETWEEN", True, True)]}}, 400, "INVALID_FILTER_CONDITION"),
    ({"filters": {"and": [where("age", "LIKE", 1)]}}, 400, "INVALID_FILTER_CONDITION"),
    ({"filters": {"and": [7]}}, 400, "INVALID_FILTER_CONDITION"),
    ({"filters": {}}, 400, "EMPTY_FILTER_OPERATOR"),
    ({"filters": {"and": []}}, 400, "EMPTY_FILTER_OPERATOR"),
    ({"filters": [1]}, 400, "EMPTY_FILTER_OPERATOR"),
    ({"filters": {"and": [1], "or": [1]}}, 400, "INVALID_FILTER_OPERATORS_COMBINATION"),
    ({"filters": {"or": [where("age", "EQUAL_TO", 1)] * 101}}, 400, "BAD_REQUEST"),
    ({"limit": 0}, 400, "COMPLEX_QUERY_PAGE_LIMIT_NOT_IN_RANGE"),
    ({"limit": 101}, 400, "COMPLEX_QUERY_PAGE_LIMIT_NOT_IN_RANGE"),
    ({"limit": "5"}, 400, "COMPLEX_QUERY_PAGE_LIMIT_NOT_IN_RANGE"),
    ({"sort": "UP"}, 400, "BAD_REQUEST"),
    ({"sort": ["ASC"]}, 400, "BAD_REQUEST"),
    ({"cursor": "Zm9v"}, 400, "BAD_REQUEST"),
    ({"cursor": 5}, 400, "BAD_REQUEST"),
    ({"options": {"metadataFields": ["OWNER"]}}, 400, "BAD_REQUEST"),
]


@pytest.mark.parametrize(("query", "status", "code"), MALFORMED, ids=lambda value: str(value)[:150])
def test_malformed_queries(store: Storage, query: dict[str, object], status: int, code: str) -> None:
    body = {"entityName": "employee", "indexName": "by-key", **query}
    assert store.refused("entity/query", body) == (status, code)


def test_a_filter_may_have_100_conditions(staff: Storage) -> None:
    assert staff.keys(filters={"or": [where("age", "EQUAL_TO", 40)] * 100}) == ["e"]


PARTS = [
    pytest.param("", (), id="all"),
    pytest.param(" AND at >= ? AND at <= ?", (1, 2), id="a range"),
    pytest.param(" AND at > ? AND (at, key) > (?, ?)", (1, 2, "k"), id="by cursor"),
]


@pytest.mark.parametrize("order", ["ASC", "DESC"])
@pytest.mark.parametrize(("where", "values"), PARTS)
def test_a_query_reads_a_part_of_an_index_of_the_database(where: str, values: tuple[object, ...], order: str) -> None:
    database = sqlite3.connect(":memory:")
    for statement in SCHEMA:
        database.execute(statement)
    sql = "EXPLAIN QUERY PLAN " + BY_INDEX.format(where=where, order=order)
    plan = [told for *_, told in database.execute(sql, ("one", "entity e", "by-x", "[]", *values))]
    database.close()
    assert len(plan) == 2
    assert plan[0].startswith("SEARCH entries USING PRIMARY KEY (installation=? AND store=? AND name=? AND part=?")
    assert plan[1] == "SEARCH rows USING PRIMARY KEY (installation=? AND store=? AND key=?)"


@pytest.mark.parametrize(("one", "other"), [(5, 5.0), (0, -0.0)])
def test_numbers_that_are_equal_name_one_partition(one: float, other: float) -> None:
    rated = Entity(
        name="rated",
        attributes={"rate": "float", "age": "integer"},
        indexes=(Index(name="by-rate-age", range="age", partition=("rate",)),),
    )
    with Regions(None) as regions:
        store = Storage(Kvs(regions), {"rated": rated})
        for key, rate in (("a", one), ("b", other)):
            store.ask("entity/set", {"entityName": "rated", "key": key, "value": {"rate": rate, "age": 1}})
        for rate in (one, other):
            asked = {"entityName": "rated", "indexName": "by-rate-age", "partition": [rate]}
            assert [row["key"] for row in store.ask("entity/query", asked)[1]["data"]] == ["a", "b"]
