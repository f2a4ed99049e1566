"""When an answer is the expected one, and what is said where it is not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from forgesim.conformance.address import address
from forgesim.conformance.case import Expect
from forgesim.conformance.compare import Seen, differences, expected_words
from forgesim.conformance.values import expand

BODY = {"key": "a", "value": {"n": 1}, "at": "2026-01-05T09:00:00.000Z", "rows": [{"k": 1}, {"k": 2}]}


def seen(body: Any = None, status: int = 200, raw: bytes | None = None, **headers: str) -> Seen:
    return Seen(status=status, headers=headers, raw=msgspec.json.encode(body) if raw is None else raw)


@pytest.mark.parametrize(
    ("expect", "unlike"),
    [
        ({"status": 200}, []),
        ({"status": [200, 204]}, []),
        ({"status": 404}, ["status 200"]),
        ({"body": {"value": {"n": 1}}}, []),
        ({"body": {"value": {"n": 2}}}, ["body.value.n 1"]),
        ({"body": {"value": {"n": True}}}, ["body.value.n 1"]),
        ({"body": {"value": {"m": 1}}}, ["no body.value.m"]),
        ({"body": {"rows": [{"k": 1}]}}, ['body.rows [{"k":1},{"k":2}]']),
        ({"body": {"rows": [{}, {"k": 2}]}}, []),
        ({"body": {"at": {"$is": "time"}, "cursor": {"$is": "absent"}}}, []),
        ({"body": {"key": {"$is": "absent"}}}, ['body.key "a"']),
        ({"body": {"key": {"$is": "integer"}}}, ['body.key "a"']),
        ({"body": {"key": {"$like": "[a-c]"}}}, []),
        ({"body": {"key": {"$like": "[b-c]"}}}, ['body.key "a"']),
        ({"empty": True}, [f"a body of {len(msgspec.json.encode(BODY))} bytes"]),
        ({"headers": {"X": "1"}}, ["X: None"]),
        ({"code": "KEY_NOT_FOUND"}, ["code None"]),
    ],
    ids=str,
)
def test_members_that_are_given_must_be_there(expect: dict[str, Any], unlike: list[str]) -> None:
    assert differences(msgspec.convert(expect, Expect), seen(BODY)) == unlike


def test_lines_come_in_their_order() -> None:
    raw = b'{"a":1}\n{"b":2}\n'
    assert differences(Expect(lines=[{"a": 1}, {"b": 2}]), seen(raw=raw)) == []
    assert differences(Expect(lines=[{"b": 2}, {"a": 1}]), seen(raw=raw)) == ['no line with {"a":1}']
    assert differences(Expect(lines=[{}]), seen(raw=b"{")) == ["a body that is no JSON lines"]


def test_an_expectation_is_told_in_few_words() -> None:
    expect = Expect(status=[400, 422], code="CODE", body={"at": {"$is": "time"}})
    assert expected_words(expect) == '400 or 422 CODE {"at":<time>}'


def test_long_values_are_written_short() -> None:
    assert expand({"$repeat": ["ab", 2]}) == "abab"
    assert expand({"$nest": 3}) == [[[]]]
    assert expand({"$each": [{"key": "k{n}"}, 2]}) == [{"key": "k0"}, {"key": "k1"}]
    with pytest.raises(ValueError, match=r"\$time is no word"):
        expand([{"$time": 1}])


@pytest.mark.parametrize(
    ("line", "kind", "path", "method"),
    [
        ("kvs batch/get", "kvs", "/api/v1/batch/get", "POST"),
        ("llm chat claude-x", "llm", "https://llm/claude-x", "POST"),
        ("llm list", "llm", "https://llm", "GET"),
        ("user jira GET /rest/api/3/myself", "fpp", "/rest/api/3/myself", "GET"),
        ("fetch GET https://a.example/b c", "external", "https://a.example/b c", "GET"),
        ("type sql POST /api/v1/execute", "sql", "/api/v1/execute", "POST"),
        ("user:x jira GET /rest/api/3/myself", "fpp", "/rest/api/3/myself", "GET"),
        ("queue stats", "fpp", "/webhook/queue/stats/{contextAri}/{environmentId}/{appId}/{appVersion}", "POST"),
    ],
)
def test_a_line_is_an_address(line: str, kind: str, path: str, method: str) -> None:
    found = address(line)
    assert (found.descriptor["type"], found.path, found.method) == (kind, path, method)
