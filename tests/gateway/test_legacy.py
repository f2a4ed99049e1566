"""Storage before KVS: requests in GraphQL are the store's own calls, on the record as in what they bring about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forgesim.gateway.legacy import PATH

STARGATE = {"type": "fpp", "provider": "app", "remote": "stargate"}
GET = "query q($key: ID!) { appStoredEntity(contextAri: $contextAri, key: $key, encrypted: $encrypted) { key value } }"
SET = "mutation m($input: I!) { appStorage { setAppStoredEntity(input: $input) { success errors { message } } } }"
DELETE = "mutation m($input: I!) { appStorage{ deleteAppStoredEntity(input: $input) { success } } }"
LIST = (
    "query q { appStoredEntities(contextAri: $a, where: $where, after: $cursor, first: $limit) { edges { cursor } } }"
)


@pytest.fixture
def desk(make_desk: Any) -> Any:
    return make_desk(scopes={"storage:app"})


def ask(desk: Any, query: str, **variables: Any) -> tuple[int, Any]:
    answer = desk.ask(STARGATE, PATH, {"query": query, "variables": variables}, method="POST").answer
    return answer.status, json.loads(answer.body) if answer.body else None


def put(desk: Any, key: str, value: Any, *, encrypted: bool = False) -> Any:
    return ask(desk, SET, input={"contextAri": "a", "key": key, "value": value, "encrypted": encrypted})


def get(desk: Any, key: str, *, encrypted: bool = False) -> Any:
    return ask(desk, GET, contextAri="a", key=key, encrypted=encrypted)[1]["data"]["appStoredEntity"]["value"]


def test_what_is_set_can_be_got_and_deleted(desk: Any) -> None:
    assert put(desk, "a", {"n": 1}) == (
        200,
        {"data": {"appStorage": {"setAppStoredEntity": {"success": True, "errors": None}}}},
    )
    assert get(desk, "a") == {"n": 1}
    ask(desk, DELETE, input={"contextAri": "a", "key": "a", "encrypted": False})

    assert get(desk, "a") is None
    assert [(each.channel, each.verb, each.target) for each in desk.decided] == [
        ("kvs", "set", "a"), ("kvs", "get", "a"), ("kvs", "delete", "a"), ("kvs", "get", "a"),
    ]  # fmt: skip
    assert json.loads(desk.decided[0].body.text) == {"key": "a", "value": {"n": 1}}


def test_secrets_are_apart(desk: Any) -> None:
    put(desk, "a", "s", encrypted=True)

    assert (get(desk, "a"), get(desk, "a", encrypted=True)) == (None, "s")
    assert [each.channel for each in desk.decided] == ["secret", "kvs", "secret"]


def test_pages_go_on_to_an_empty_one(desk: Any) -> None:
    for number in range(3):
        put(desk, f"k:{number}", number)
    put(desk, "other", 0)
    where = [{"field": "key", "condition": "STARTS_WITH", "value": "k:"}]
    cursor, pages = None, []
    for _ in range(4):
        _, told = ask(desk, LIST, contextAri="a", where=where, cursor=cursor, limit=2)
        edges = told["data"]["appStoredEntities"]["edges"]
        pages.append([edge["node"]["value"] for edge in edges])
        if not edges:
            break
        cursor = edges[-1]["cursor"]

    assert pages == [[0, 1], [2], []]


def test_what_the_store_refuses_is_an_error_of_graphql(desk: Any) -> None:
    _, told = put(desk, "/", 1)

    done = told["data"]["appStorage"]["setAppStoredEntity"]
    assert done["success"] is False
    assert done["errors"][0]["extensions"] == {"errorType": "INVALID_KEY", "statusCode": 400}


def test_without_the_scope_nothing_is_stored(make_desk: Any) -> None:
    desk = make_desk(scopes=set())

    assert put(desk, "a", 1)[0] == 401
    assert [each.decision.allow for each in desk.decided] == [False]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        {"query": "query { other(x: 1) }", "variables": {}},
        {"query": GET},
        {"query": 1, "variables": 2},
        {"query": GET, "variables": {}},
        {"query": LIST, "variables": {"where": [1]}},
        {"query": SET, "variables": {"input": []}},
    ],
)
def test_what_is_none_of_it_is_left_to_others(desk: Any, body: object) -> None:
    assert desk.ask(STARGATE, PATH, body, method="POST").answer.status in (401, 403, 404, 501)
    assert [each.channel for each in desk.decided] != ["kvs"]
