"""What the SDK sends, byte for byte as Forge's own packages send it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from forgesim.sdk import Filter, FilterConditions, Queue, WhereConditions, api, kvs, llm, route

if TYPE_CHECKING:
    from tests.sdk.conftest import Run, Wire

KVS = {"type": "kvs", "provider": "app", "remote": "kvs"}
EVERYTHING = (
    kvs.entity("emp")
    .query()
    .index("by-x", partition=["a", 1])
    .where(WhereConditions.between(1, 2))
    .sort("DESC")
    .cursor("cc")
    .limit(7)
    .filters(Filter().and_("n", FilterConditions.exists()).and_("m", FilterConditions.equal_to(3)))
)

STORAGE: list[tuple[Callable[[], Awaitable[Any]], str, str]] = [
    (
        lambda: kvs.get("k", metadata_fields=["CREATED_AT"]),
        "/api/v1/get",
        '{"key":"k","options":{"metadataFields":["CREATED_AT"]}}',
    ),
    (
        lambda: kvs.set("k", {"a": 1}, ttl={"value": 1, "unit": "DAYS"}, key_policy="FAIL_IF_EXISTS"),
        "/api/v1/set",
        '{"key":"k","value":{"a":1},"options":{"ttl":{"value":1,"unit":"DAYS"},"keyPolicy":"FAIL_IF_EXISTS"}}',
    ),
    (lambda: kvs.delete("k"), "/api/v1/delete", '{"key":"k"}'),
    (lambda: kvs.get_secret("k"), "/api/v1/secret/get", '{"key":"k"}'),
    (lambda: kvs.set_secret("k", 1), "/api/v1/secret/set", '{"key":"k","value":1}'),
    (lambda: kvs.delete_secret("k"), "/api/v1/secret/delete", '{"key":"k"}'),
    (lambda: kvs.entity("emp").get("k"), "/api/v1/entity/get", '{"entityName":"emp","key":"k"}'),
    (
        lambda: kvs.query().limit(5).cursor("c").where("key", WhereConditions.begins_with("a")).get_many(),
        "/api/v1/query",
        '{"limit":5,"after":"c","where":[{"property":"key","condition":"BEGINS_WITH","values":["a"]}]}',
    ),
    (
        EVERYTHING.get_many,
        "/api/v1/entity/query",
        '{"entityName":"emp","indexName":"by-x","partition":["a",1],"range":{"condition":"BETWEEN","values":[1,2]},'
        '"sort":"DESC","cursor":"cc","limit":7,"filters":{"and":[{"property":"n","condition":"EXISTS","values":[true]},'
        '{"property":"m","condition":"EQUAL_TO","values":[3]}]}}',
    ),
    (
        lambda: (
            kvs.transact()
            .set("a", 1)
            .delete("b")
            .check("c", entity_name="emp", conditions=Filter().or_("x", FilterConditions.greater_than(1)))
            .execute()
        ),
        "/api/v1/transaction",
        '{"set":[{"key":"a","value":1}],"delete":[{"key":"b"}],"check":[{"key":"c","entityName":"emp","conditions":'
        '{"or":[{"property":"x","condition":"GREATER_THAN","values":[1]}]}}]}',
    ),
    (lambda: kvs.batch_set([{"key": "a", "value": 1}]), "/api/v1/batch/set", '[{"key":"a","value":1}]'),
    (lambda: kvs.batch_get([{"key": "a"}]), "/api/v1/batch/get", '[{"key":"a"}]'),
    (
        lambda: kvs.batch_delete([{"key": "a", "entityName": "emp"}]),
        "/api/v1/batch/delete",
        '[{"key":"a","entityName":"emp"}]',
    ),
]


@pytest.mark.parametrize(("act", "path", "body"), STORAGE, ids=[path for _, path, _ in STORAGE])
def test_storage_calls_are_json_posts_to_their_path(
    wire: Wire, run: Run, act: Callable[[], Awaitable[Any]], path: str, body: str
) -> None:
    wire.answer(200, {"data": []})
    run(act())
    descriptor, sent_path, init = wire.sent[0]
    assert (descriptor, sent_path, init.method, init.body.decode()) == (KVS, path, "POST", body)
    assert init.headers == [("content-type", "application/json")]


PRODUCTS = [
    (lambda r: api.as_user().request_jira(r), {"type": "fpp", "provider": "user", "remote": "jira"}),
    (
        lambda r: api.as_user("acc").request_jira(r),
        {"type": "fpp", "provider": "user", "remote": "jira", "accountId": "acc"},
    ),
    (lambda r: api.as_app().request_confluence(r), {"type": "fpp", "provider": "app", "remote": "confluence"}),
    (api.request_confluence, {"type": "fpp", "provider": "none", "remote": "confluence"}),
]


@pytest.mark.parametrize(("act", "descriptor"), PRODUCTS, ids=["user", "another user", "app", "nobody"])
def test_product_calls_name_the_provider(wire: Wire, run: Run, act: Any, descriptor: dict[str, str]) -> None:
    run(act(route("/rest/api/3/myself")))
    assert wire.sent[0][:2] == (descriptor, "/rest/api/3/myself")
    assert (wire.sent[0][2].method, wire.sent[0][2].headers, wire.sent[0][2].body) == ("GET", [], b"")


def test_an_external_fetch_carries_the_url_as_the_app_gave_it(wire: Wire, run: Run) -> None:
    run(api.fetch("HTTPS://Evil.com\\@x/", method="POST", headers={"X-A": "1"}, json={"a": dt.date(2026, 1, 5)}))
    descriptor, path, init = wire.sent[0]
    assert (descriptor, path) == ({"type": "external"}, "HTTPS://Evil.com\\@x/")
    assert init.headers == [("X-A", "1"), ("content-type", "application/json")]
    assert init.body == b'{"a":"2026-01-05"}'


def test_a_chat_names_its_model_in_descriptor_and_path(wire: Wire, run: Run) -> None:
    run(llm.chat(model="claude/x", messages=[{"role": "user", "content": "hi"}], temperature=0.5))
    descriptor, path, init = wire.sent[0]
    assert (descriptor, path, init.method) == ({"type": "llm", "model": "claude/x"}, "https://llm/claude%2Fx", "POST")
    assert init.body == b'{"messages":[{"role":"user","content":"hi"}],"temperature":0.5,"stream":false}'


def test_the_list_of_models_is_a_get(wire: Wire, run: Run) -> None:
    wire.answer(200, {"models": [{"model": "echo", "status": "active"}]})
    assert run(llm.list()) == {"models": [{"model": "echo", "status": "active"}]}
    assert (wire.sent[0][0], wire.sent[0][1], wire.sent[0][2].method) == ({"type": "llm"}, "https://llm", "GET")


def test_a_push_sends_literal_braces_and_a_job_id_of_its_own(wire: Wire, run: Run) -> None:
    wire.answer(201)
    job = run(Queue("q1").push({"body": {"a": 1}, "delayInSeconds": 5, "concurrency": {"key": "k", "limit": 1}}))
    descriptor, path, _ = wire.sent[0]
    assert descriptor == {"type": "fpp", "provider": "app", "remote": "stargate"}
    assert path == "/webhook/queue/publish/{contextAri}/{environmentId}/{appId}/{appVersion}"
    time = wire.body.pop("time")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time)
    assert wire.body == {
        "queueName": "q1",
        "jobId": job["jobId"],
        "type": "avi:forge:app:event",
        "schema": "ari:cloud:ecosystem::forge/app-event-2",
        "payload": [{"body": {"a": 1}, "delayInSeconds": 5, "concurrency": {"key": "k", "limit": 1}}],
        "time": time,
    }
