"""What depends on the virtual clock: queries that lag behind, lives that end late, rates."""

from __future__ import annotations

import json

from tests.platform.storage import Storage, storage

from forgesim.platform.kvs.service import Kvs, Regions

LAG = 500
HOUR = 3_600_000


def listed(store: Storage) -> list[str]:
    return [row["key"] for row in store.ask("query", {})[1]["data"]]


def test_a_query_sees_a_write_once_the_lag_is_over_and_a_get_at_once() -> None:
    with storage(query_lag_ms=LAG) as store:
        store.ask("set", {"key": "a", "value": 1})
        store.put("e", age=1)
        assert store.ask("get", {"key": "a"})[0] == 200
        store.now += LAG - 1
        assert (listed(store), store.keys()) == ([], [])
        store.now += 1
        assert (listed(store), store.keys()) == (["a"], ["e"])


def test_a_query_sees_what_was_before_a_change_and_a_deletion() -> None:
    with storage(query_lag_ms=LAG) as store:
        store.put("a", team="red", age=1)
        store.put("b", team="red", age=1)
        store.now += LAG
        store.put("a", team="red", age=2)
        store.put("a", team="red", age=3)
        store.ask("entity/delete", {"entityName": "employee", "key": "b"})
        whole = {"indexName": "by-team-age", "partition": ["red"]}
        three = {**whole, "range": {"condition": "GREATER_THAN", "values": [1]}}
        assert (store.keys(**whole), store.keys(**three)) == (["a", "b"], [])
        store.now += LAG
        assert (store.keys(**whole), store.keys(**three)) == (["a"], ["a"])


def test_what_lags_behind_is_at_rest_all_the_same() -> None:
    with storage(query_lag_ms=LAG) as store:
        store.ask("set", {"key": "a", "value": 1})
        store.ask("set", {"key": "b", "value": 1})
        store.now += LAG
        store.ask("set", {"key": "a", "value": 2})
        store.ask("delete", {"key": "b"})
        assert store.kvs.rows("one", "US") == [("kvs", "a", "2")]
        store.kvs.drop("one")
        assert (store.kvs.rows("one", "US"), listed(store)) == ([], [])


def test_a_transaction_lags_for_queries_and_not_for_conditions() -> None:
    with storage(query_lag_ms=LAG) as store:
        store.put("a", age=1)
        condition = {"and": [{"property": "age", "condition": "EQUAL_TO", "values": [1]}]}
        more = {"key": "a", "entityName": "employee", "value": {"age": 2}, "conditions": condition}
        assert store.ask("transaction", {"set": [more, {"key": "plain", "value": 1}]})[0] == 204
        assert store.refused("transaction", {"set": [more]}) == (400, "CONDITIONAL_CHECK_FAILED")
        assert listed(store) == []


def test_a_transaction_that_fails_leaves_what_lagged_as_it_was() -> None:
    """The transaction meets a row whose life is over, which is removed with it or not at all."""
    with storage(query_lag_ms=LAG) as store:
        store.ask("set", {"key": "old", "value": 1, "options": {"ttl": {"value": 1, "unit": "SECONDS"}}})
        store.now += 2_000
        store.ask("set", {"key": "late", "value": 1})
        store.now += LAG
        absent = {"entityName": "employee", "key": "x", "conditions": {"and": [
            {"property": "age", "condition": "EXISTS", "values": [True]}]}}  # fmt: skip
        both = {"set": [{"key": "old", "value": 2}], "check": [absent]}
        assert store.refused("transaction", both) == (400, "CONDITIONAL_CHECK_FAILED")
        assert store.ask("get", {"key": "late"})[0] == 200
        assert store.ask("get", {"key": "old"})[0] == 404
        assert listed(store) == ["late"]


def test_so_many_writes_that_no_query_asks_for_are_settled_by_themselves() -> None:
    with Regions(None) as regions:
        store = Storage(Kvs(regions, query_lag_ms=LAG))
        for number in range(2_500):
            store.now += 20
            store.ask("set", {"key": f"k{number % 7}", "value": number})
        assert regions.store("US").unsettled <= 1_001
        assert store.ask("query", {"limit": 1})[1]["data"] == [{"key": "k0", "value": 2_471}]


def test_a_value_may_be_kept_for_48_hours_after_its_life() -> None:
    with storage(lazy_ttl=True) as store:
        store.ask("set", {"key": "a", "value": 1, "options": {"ttl": {"value": 1, "unit": "HOURS"}}})
        store.now += 49 * HOUR - 1
        once = {"key": "a", "value": 2, "options": {"keyPolicy": "FAIL_IF_EXISTS"}}
        assert (store.ask("get", {"key": "a"})[0], listed(store)) == (200, ["a"])
        assert store.refused("set", once) == (409, "KEY_CONFLICT")
        store.now += 1
        assert (store.ask("get", {"key": "a"})[0], listed(store)) == (404, [])


# --- rates ---------------------------------------------------------------------------------------------------------


def test_the_request_after_a_thousand_in_a_second_is_refused() -> None:
    with storage() as store:
        for _ in range(1_000):
            store.ask("get", {"key": "a"})
        answer = store.send("get", {"key": "a"})
        assert (answer.status, json.loads(answer.body)["code"]) == (429, "RATE_LIMIT_EXCEEDED")
        assert ("retry-after", "1") in answer.headers
        assert store.refused("transaction", {"delete": [{"key": "a"}]}) == (429, "TOO_MANY_REQUESTS")
        store.now += 1_000
        assert store.refused("get", {"key": "a"}) == (404, "KEY_NOT_FOUND")


def spent(store: Storage, path: str, body: object) -> int:
    """How many of these calls a minute has room for, at 100 a second."""
    for count in range(1, 4_002):
        store.now += 10
        answer = store.send(path, body)
        if answer.status == 429:
            return count - 1
    raise AssertionError("no limit was met")


def test_a_minute_has_4000_units_of_writing_and_65_kb_are_7() -> None:
    with storage() as store:
        keys = iter(range(10_000))
        done = 0
        while store.send("set", {"key": f"k{next(keys)}", "value": "x" * 65_000}).status == 204:
            done += 1
            store.now += 20
        assert done == 4_000 // 7
        assert store.refused("set", {"key": "small", "value": "x" * 65_000}) == (429, "RATE_LIMIT_EXCEEDED")
        assert store.ask("set", {"key": "small", "value": 1})[0] == 204
        assert store.ask("get", {"key": "small"})[0] == 200
        store.now += 60_000
        assert store.ask("set", {"key": "next", "value": "x" * 65_000})[0] == 204


def test_a_transaction_is_one_write_and_a_batch_is_rounded_once() -> None:
    items = [{"key": f"k{number}", "value": "x" * 1_000} for number in range(20)]
    with storage() as store:
        assert spent(store, "transaction", {"set": items}) == 4_000
    with storage() as store:
        assert spent(store, "batch/set", items) == 4_000 // 2


def test_a_minute_has_4000_units_of_reading_and_an_absent_key_takes_one() -> None:
    with storage() as store:
        assert spent(store, "get", {"key": "a"}) == 4_000
        assert store.refused("query", {}) == (429, "RATE_LIMIT_EXCEEDED")
        assert store.ask("set", {"key": "a", "value": 1})[0] == 204


def test_one_key_may_be_written_with_a_megabyte_a_second() -> None:
    with storage() as store:
        big = {"key": "a", "value": "x" * 200_000}
        assert [store.send("set", big).status for _ in range(6)] == [204] * 5 + [429]
        assert store.ask("set", {"key": "b", "value": "x" * 200_000})[0] == 204
        store.now += 1_000
        assert store.ask("set", big)[0] == 204


def test_installations_have_rates_of_their_own() -> None:
    with storage() as store:
        for _ in range(1_001):
            store.send("get", {"key": "a"})
        other = store.kvs.perform("two", "US", "/api/v1/get", b'{"key":"a"}', store.now)
        assert other.status == 404
