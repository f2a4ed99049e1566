from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from forgesim.sdk import Context, InvocationError, Request, Resolver
from forgesim.sdk.wire import encode

if TYPE_CHECKING:
    from tests.sdk.conftest import Run


def call(key: str, payload: Any = None, **context: Any) -> dict[str, Any]:
    return {"call": {"functionKey": key, "payload": payload}, "context": context}


def test_a_key_answers_with_payload_and_context(run: Run) -> None:
    resolver = Resolver()

    @resolver.define("scan")
    async def scan(request: Request) -> Any:
        return [request.payload["space"], request.context.account_id, request.context.extension["type"]]

    body = call("scan", {"space": "DOCS"}, extension={"type": "xen:macro"})
    assert run(resolver.handler(body, {"principal": {"accountId": "alice"}})) == ["DOCS", "alice", "xen:macro"]


def test_a_plain_function_answers_too_and_an_absent_payload_is_empty(run: Run) -> None:
    resolver = Resolver()
    resolver.define("echo")(lambda request: request.payload)
    assert run(resolver.handler(call("echo"))) == {}


def test_what_the_browser_says_of_the_caller_is_overridden(run: Run) -> None:
    resolver = Resolver()
    seen: list[Context] = []
    resolver.define("who")(lambda request: seen.append(request.context))
    lies = {"accountId": "mallory", "license": {"active": True}, "installContext": "x", "cloudId": "c", "localId": "l"}
    run(resolver.handler(call("who", **lies), {}))
    context = seen[0]
    assert (context.account_id, context.license, context.install_context, context.installation) == (None,) * 4
    assert (context.cloud_id, context.local_id, context.job_id, context.module_key) == ("c", "l", None, None)


def test_an_unknown_key_is_an_error_in_forges_words(run: Run) -> None:
    with pytest.raises(LookupError, match=r"^Resolver has no definition for 'nope'\.$"):
        run(Resolver().handler(call("nope")))


def test_a_key_is_defined_once() -> None:
    resolver = Resolver()
    resolver.define("a")(lambda request: None)
    with pytest.raises(ValueError, match="already exists"):
        resolver.define("a")(lambda request: None)
    assert resolver.keys == ("a",)


def test_object_results_take_the_way_through_json(run: Run) -> None:
    resolver = Resolver()
    resolver.define("a")(lambda request: {"at": dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC), "t": (1, float("nan"))})
    assert run(resolver.handler(call("a"))) == {"at": "2026-01-05T09:00:00Z", "t": [1, None]}


def test_a_result_that_is_no_json_is_a_type_error(run: Run) -> None:
    resolver = Resolver()
    resolver.define("a")(lambda request: {"f": lambda: None})
    with pytest.raises(TypeError, match="not JSON"):
        run(resolver.handler(call("a")))


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (InvocationError(), {"retryAfter": 1, "retryReason": "FUNCTION_RETRY_REQUEST"}),
        (InvocationError(retry_after=0.2), {"retryAfter": 1, "retryReason": "FUNCTION_RETRY_REQUEST"}),
        (
            InvocationError(retry_after=1000, retry_reason="FUNCTION_TIME_OUT", retry_data={"a": 1}),
            {"retryAfter": 1000, "retryReason": "FUNCTION_TIME_OUT", "retryData": {"a": 1}},
        ),
    ],
)
def test_asking_for_a_retry_is_a_result(error: InvocationError, options: dict[str, Any]) -> None:
    assert encode(error) == encode({"_retry": True, "retryOptions": options})
