"""The key-value store answers as Forge does: codes, statuses, times, pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from forgesim.platform.kvs.rules import KvsCall, identify
from forgesim.platform.kvs.service import Kvs, Regions

NOW = 1_767_603_600_000
HOUR = 3_600_000


@pytest.fixture
def kvs() -> Iterator[Kvs]:
    with Regions(None) as regions:
        yield Kvs(regions)


def call(kvs: Kvs, verb: str, body: object, *, at: int = NOW, who: str = "one", region: str = "US") -> tuple[int, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = kvs.perform(who, region, f"/api/v1/{verb}", raw, at)
    return answer.status, json.loads(answer.body) if answer.body else None


def begins_with(prefix: str, **more: object) -> dict[str, object]:
    return {"where": [{"property": "key", "condition": "BEGINS_WITH", "values": [prefix]}], **more}


def fill(kvs: Kvs, *keys: str, **options: Any) -> None:
    for key in keys:
        assert call(kvs, "set", {"key": key, "value": 1}, **options)[0] == 204


def test_what_was_set_is_what_get_answers(kvs: Kvs) -> None:
    value = {"score": 83.25, "pages": [1, 2], "ok": True, "none": None, "ü": "\u2028"}
    assert call(kvs, "set", {"key": "a b:1._-#", "value": value}) == (204, None)
    assert call(kvs, "get", {"key": "a b:1._-#"}) == (200, {"key": "a b:1._-#", "value": value})


def test_an_absent_key_is_404_for_get_and_delete(kvs: Kvs) -> None:
    absent = (404, {"code": "KEY_NOT_FOUND", "message": "There is no key a"})
    assert call(kvs, "get", {"key": "a"}) == absent
    assert call(kvs, "delete", {"key": "a"}) == absent


def test_a_deleted_key_is_gone(kvs: Kvs) -> None:
    fill(kvs, "a")
    assert call(kvs, "delete", {"key": "a"}) == (204, None)
    assert call(kvs, "get", {"key": "a"})[0] == 404


def test_secrets_are_a_namespace_of_their_own_and_no_query_shows_them(kvs: Kvs) -> None:
    fill(kvs, "a")
    call(kvs, "secret/set", {"key": "a", "value": "hush"})
    call(kvs, "secret/set", {"key": "b", "value": "hush"})
    assert call(kvs, "secret/get", {"key": "a"})[1]["value"] == "hush"
    assert call(kvs, "query", {}) == (200, {"data": [{"key": "a", "value": 1}]})
    assert kvs.rows("one", "US") == [("kvs", "a", "1"), ("secret", "a", '"hush"'), ("secret", "b", '"hush"')]


def test_installations_and_regions_never_share_a_row(kvs: Kvs) -> None:
    fill(kvs, "a")
    assert call(kvs, "get", {"key": "a"}, who="two")[0] == 404
    assert call(kvs, "get", {"key": "a"}, region="EU")[0] == 404
    assert call(kvs, "query", {}, who="two") == (200, {"data": []})


def test_metadata_comes_when_asked_for_and_creation_survives_an_overwrite(kvs: Kvs) -> None:
    fields = {"metadataFields": ["CREATED_AT", "UPDATED_AT", "EXPIRE_TIME"]}
    fill(kvs, "a")
    call(kvs, "set", {"key": "a", "value": 2, "options": {"ttl": {"value": 1, "unit": "HOURS"}}}, at=NOW + 5)
    assert call(kvs, "get", {"key": "a", "options": fields}, at=NOW + 9)[1] == {
        "key": "a", "value": 2, "createdAt": NOW, "updatedAt": NOW + 5, "expireTime": "2026-01-05T10:00:00.005Z",
    }  # fmt: skip


def test_a_row_expires_on_the_virtual_clock_and_can_then_be_created_anew(kvs: Kvs) -> None:
    hour = {"ttl": {"value": 60, "unit": "MINUTES"}}
    call(kvs, "set", {"key": "a", "value": 1, "options": hour})
    assert call(kvs, "get", {"key": "a"}, at=NOW + HOUR - 1)[0] == 200
    assert call(kvs, "query", {}, at=NOW + HOUR) == (200, {"data": []})
    assert kvs.rows("one", "US") == []
    call(kvs, "set", {"key": "a", "value": 1, "options": hour})
    once = {"keyPolicy": "FAIL_IF_EXISTS"}
    assert call(kvs, "set", {"key": "a", "value": 2, "options": once}, at=NOW + HOUR)[0] == 204


def test_an_overwrite_of_an_expired_row_is_a_creation(kvs: Kvs) -> None:
    call(kvs, "set", {"key": "a", "value": 1, "options": {"ttl": {"value": 1, "unit": "SECONDS"}}})
    fill(kvs, "a", at=NOW + HOUR)
    asked = {"key": "a", "options": {"metadataFields": ["CREATED_AT"]}}
    assert call(kvs, "get", asked, at=NOW + HOUR)[1]["createdAt"] == NOW + HOUR


def test_fail_if_exists_answers_409_and_keeps_the_old_value(kvs: Kvs) -> None:
    fill(kvs, "a")
    status, error = call(kvs, "set", {"key": "a", "value": 2, "options": {"keyPolicy": "FAIL_IF_EXISTS"}})
    assert (status, error["code"]) == (409, "KEY_CONFLICT")
    assert error["message"] == "Provided key already exists and cannot be overwritten"
    assert call(kvs, "get", {"key": "a"})[1]["value"] == 1


def test_a_set_can_hand_back_what_was_or_what_is(kvs: Kvs) -> None:
    fill(kvs, "a")
    previous = call(kvs, "set", {"key": "a", "value": 2, "options": {"returnValue": "PREVIOUS"}}, at=NOW + 1)
    latest = call(kvs, "set", {"key": "a", "value": 3, "options": {"returnValue": "LATEST"}}, at=NOW + 2)
    assert previous == (200, {"key": "a", "value": 1, "createdAt": NOW, "updatedAt": NOW})
    assert latest == (200, {"key": "a", "value": 3, "createdAt": NOW, "updatedAt": NOW + 2})


def test_a_query_pages_in_key_order_and_ends_without_a_cursor(kvs: Kvs) -> None:
    fill(kvs, "a:3", "b:1", "a:1", "a:20", "a:2", "a")
    status, first = call(kvs, "query", begins_with("a:", limit=2))
    assert status == 200
    assert [row["key"] for row in first["data"]] == ["a:1", "a:2"]
    _, second = call(kvs, "query", begins_with("a:", limit=2, after=first["cursor"]))
    assert [row["key"] for row in second["data"]] == ["a:20", "a:3"]
    assert "cursor" not in second


def test_a_page_has_ten_rows_unless_asked(kvs: Kvs) -> None:
    fill(kvs, *(f"k{number:03}" for number in range(101)))
    assert len(call(kvs, "query", {})[1]["data"]) == 10
    assert len(call(kvs, "query", {"limit": 100})[1]["data"]) == 100


def test_a_page_of_large_values_is_cut_to_fit_a_frame(kvs: Kvs) -> None:
    for number in range(40):
        call(kvs, "set", {"key": f"k{number:02}", "value": "x" * 200_000})
    _, page = call(kvs, "query", {"limit": 40})
    _, rest = call(kvs, "query", {"limit": 40, "after": page["cursor"]})
    assert 0 < len(page["data"]) < 40
    assert len(page["data"]) + len(rest["data"]) == 40


@pytest.mark.parametrize("other", [begins_with("b"), {}, begins_with("a", limit=1)])
def test_a_cursor_holds_for_its_own_condition_only(kvs: Kvs, other: dict[str, object]) -> None:
    fill(kvs, "a1", "a2", "a3")
    cursor = call(kvs, "query", begins_with("a", limit=1))[1]["cursor"]
    same = "where" in other and other["where"] == begins_with("a")["where"]
    assert call(kvs, "query", {**other, "after": cursor})[0] == (200 if same else 400)


def test_a_cursor_does_not_hold_for_another_installation(kvs: Kvs) -> None:
    fill(kvs, "a1", "a2")
    cursor = call(kvs, "query", {"limit": 1})[1]["cursor"]
    assert call(kvs, "query", {"after": cursor}, who="two")[1]["code"] == "BAD_REQUEST"


NESTED: Any = 1
for _ in range(32):
    NESTED = [NESTED]

KEYS = [
    pytest.param("", "KEY_TOO_SHORT", id="empty"),
    pytest.param("x" * 500, None, id="500 characters"),
    pytest.param("x" * 501, "KEY_TOO_LONG", id="501 characters"),
    pytest.param("a/b", "INVALID_KEY", id="slash"),
    pytest.param("a@b", "INVALID_KEY", id="at"),
    pytest.param("ä", "INVALID_KEY", id="letter beyond ASCII"),
    pytest.param("  \t", "INVALID_KEY", id="blanks only"),
    pytest.param("a\n", None, id="line break at the end"),
    pytest.param("\ufeffa", None, id="U+FEFF is a blank to JavaScript"),
    pytest.param("a\x1cb", "INVALID_KEY", id="U+001C is one to Python only"),
    pytest.param("a\x85b", "INVALID_KEY", id="U+0085 is one to Python only"),
    pytest.param(7, "INVALID_KEY", id="number"),
    pytest.param(None, "INVALID_KEY", id="null"),
]


@pytest.mark.parametrize(("key", "code"), KEYS)
def test_keys(kvs: Kvs, key: object, code: str | None) -> None:
    status, error = call(kvs, "set", {"key": key, "value": 1})
    assert (status, error and error["code"]) == ((204, None) if code is None else (400, code))


VALUES = [
    pytest.param({"value": "x" * (240 * 1024 - 2)}, None, id="240 KiB"),
    pytest.param({"value": "x" * (240 * 1024 - 1)}, "MAX_SIZE", id="a byte over 240 KiB"),
    pytest.param({"value": "ü" * (120 * 1024)}, "MAX_SIZE", id="bytes count, not characters"),
    pytest.param({"value": NESTED[0]}, None, id="31 levels"),
    pytest.param({"value": NESTED}, "MAX_DEPTH", id="32 levels"),
    pytest.param({"value": {"a": NESTED[0]}}, "MAX_DEPTH", id="32 levels, one an object"),
    pytest.param({"value": [[1]] * 100}, None, id="many brackets, two levels"),
    pytest.param({"value": None}, "BAD_REQUEST", id="null"),
    pytest.param({}, "BAD_REQUEST", id="no value"),
    pytest.param({"value": False}, None, id="false"),
    pytest.param({"value": ""}, None, id="empty text"),
]


@pytest.mark.parametrize(("value", "code"), VALUES)
def test_values(kvs: Kvs, value: dict[str, object], code: str | None) -> None:
    status, error = call(kvs, "set", {"key": "a", **value})
    assert (status, error and error["code"]) == ((204, None) if code is None else (400, code))


OPTIONS = [
    ({"keyPolicy": "OVERRIDE"}, None),
    ({"keyPolicy": "NEVER"}, "BAD_REQUEST"),
    ({"keyPolicy": ["OVERRIDE"]}, "BAD_REQUEST"),
    ({"returnValue": "BOTH"}, "BAD_REQUEST"),
    ({"keyPolicy": "FAIL_IF_EXISTS", "returnValue": "LATEST"}, "INVALID_KEY_POLICY_RETURN_VALUE_COMBINATION"),
    ({"returnMetadataFields": ["CREATED_AT"]}, "BAD_REQUEST"),
    ({"ttl": {"value": 365, "unit": "DAYS"}}, None),
    ({"ttl": {"value": 366, "unit": "DAYS"}}, "INVALID_TTL"),
    ({"ttl": {"value": 0, "unit": "DAYS"}}, "INVALID_TTL"),
    ({"ttl": {"value": -1, "unit": "DAYS"}}, "INVALID_TTL"),
    ({"ttl": {"value": True, "unit": "DAYS"}}, "INVALID_TTL"),
    ({"ttl": {"value": 1, "unit": "WEEKS"}}, "INVALID_TTL"),
    ({"ttl": {"value": 1}}, "INVALID_TTL"),
    ({"ttl": 5}, "INVALID_TTL"),
    ([], "BAD_REQUEST"),
]


@pytest.mark.parametrize(("options", "code"), OPTIONS, ids=str)
def test_options_of_set(kvs: Kvs, options: object, code: str | None) -> None:
    status, error = call(kvs, "set", {"key": "a", "value": 1, "options": options})
    assert (status, error and error["code"]) == ((204, None) if code is None else (400, code))


QUERIES = [
    ({"limit": 0}, "BAD_REQUEST"),
    ({"limit": "5"}, "BAD_REQUEST"),
    ({"limit": True}, "BAD_REQUEST"),
    ({"limit": 101}, "LIST_QUERY_LIMIT_EXCEEDED"),
    ({"where": {}}, "QUERY_WHERE_INVALID"),
    ({"where": [1]}, "QUERY_WHERE_INVALID"),
    ({"where": begins_with("a")["where"] * 2}, "QUERY_WHERE_INVALID"),  # type: ignore[operator]
    ({"where": [{"property": "value"}]}, "QUERY_WHERE_FIELD_INVALID"),
    ({"where": [{"property": "key", "condition": "EQUAL_TO", "values": ["a"]}]}, "INVALID_FILTER_CONDITION"),
    ({"where": [{"property": "key", "condition": "BEGINS_WITH"}]}, "INVALID_FILTER_VALUES"),
    (begins_with(""), "INVALID_FILTER_VALUES"),
    ({"where": [{"property": "key", "condition": "BEGINS_WITH", "values": [1]}]}, "INVALID_FILTER_VALUES"),
    ({"after": "Zm9v"}, "BAD_REQUEST"),
    ({"after": "ü"}, "BAD_REQUEST"),
    ({"after": 5}, "BAD_REQUEST"),
    ({"options": {"metadataFields": ["OWNER"]}}, "BAD_REQUEST"),
]


@pytest.mark.parametrize(("query", "code"), QUERIES, ids=str)
def test_malformed_queries(kvs: Kvs, query: dict[str, object], code: str) -> None:
    status, error = call(kvs, "query", query)
    assert (status, error["code"]) == (400, code)


MALFORMED = [
    pytest.param(b"", id="empty"),
    pytest.param(b"{", id="cut off"),
    pytest.param(b"[]", id="an array"),
    pytest.param(b'"a"', id="a text"),
    pytest.param(b"\xff\xfe", id="not UTF-8"),
    pytest.param(b'{"key":"a","value":NaN}', id="NaN"),
    pytest.param(b'{"key":"a","value":1e999}', id="a number over every limit"),
    pytest.param(b'{"key":"a","value":"\\ud800"}', id="half a surrogate pair"),
    pytest.param(b'{"key":"a","key":"b","value":1}', id="a member twice"),
    pytest.param(b'{"key":"a","value":{"n":"page text","n":5}}', id="a member twice inside the value"),
    pytest.param(b'{"key": "a", "value": {"n": [{"x": 1, "x": 1}]}}', id="a member twice, deep, with blanks"),
    pytest.param(b'{"key":"a","value":' + b"9" * 10_000 + b"}", id="a number of 10,000 digits"),
]


@pytest.mark.parametrize("verb", ["set", "get", "delete", "query", "secret/set"])
@pytest.mark.parametrize("body", MALFORMED)
def test_malformed_bodies_are_refused_in_the_platforms_words(kvs: Kvs, verb: str, body: bytes) -> None:
    status, error = call(kvs, verb, body)
    assert (status, error["code"]) == (400, "BAD_REQUEST")
    assert kvs.rows("one", "US") == []


def test_a_body_nested_beyond_every_parser_is_refused(kvs: Kvs) -> None:
    status, error = call(kvs, "set", b'{"key":"a","value":' + b"[" * 1_000_000)
    assert (status, error["code"]) == (400, "MAX_DEPTH")


def test_a_path_that_forge_does_not_have_is_404(kvs: Kvs) -> None:
    assert kvs.perform("one", "US", "/api/v1/steal", b"{}", NOW).status == 404


def test_a_closed_store_is_dropped_with_everything_in_it(kvs: Kvs) -> None:
    fill(kvs, "a")
    fill(kvs, "b", who="two")
    fill(kvs, "c", region="EU")
    kvs.drop("one")
    assert (kvs.rows("one", "US"), kvs.rows("one", "EU")) == ([], [])
    assert kvs.rows("two", "US") == [("kvs", "b", "1")]


IDENTIFIED = [
    ("/api/v1/set", b'{"key":"a","value":1}', KvsCall("kvs", "set", ("a",))),
    ("/api/v1/secret/get", b'{"key":"a"}', KvsCall("secret", "get", ("a",))),
    ("/api/v1/query", json.dumps(begins_with("a:")).encode(), KvsCall("kvs", "query", ("a:",))),
    ("/api/v1/query", b"{}", KvsCall("kvs", "query")),
    ("/api/v1/query", b'{"where":[{"values":"ab"}]}', KvsCall("kvs", "query")),
    ("/api/v1/batch/set", b'[{"key":"a"},{"key":"b"},7]', KvsCall("kvs", "set", ("a", "b"))),
    ("/api/v1/transaction", b'{"set":[{"key":"a"}],"check":[{"key":"b"}]}', KvsCall("kvs", "set", ("a", "b"))),
    ("/api/v1/entity/query", b'{"entityName":"e"}', KvsCall("entity", "query")),
    ("/api/v1/set", b"\xff", KvsCall("kvs", "set")),
    ("/api/v1/set", b"[" * 100_000, KvsCall("kvs", "set")),
    ("/nowhere", b"5", KvsCall("kvs", "set")),
]


@pytest.mark.parametrize(("path", "body", "expected"), IDENTIFIED, ids=lambda value: str(value)[:40])
def test_a_call_is_named_for_the_record_whatever_it_holds(path: str, body: bytes, expected: KvsCall) -> None:
    assert identify(path, body) == expected
