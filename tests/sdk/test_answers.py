"""What the SDK makes of the platform's answers."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from forgesim.sdk import (
    ForgeKvsAPIError,
    ForgeKvsError,
    ForgeLlmAPIError,
    InternalServerError,
    InvalidQueueNameError,
    InvocationLimitReachedError,
    JobDoesNotExistError,
    NeedsAuthenticationError,
    PartialSuccessError,
    PayloadTooBigError,
    PromptValidationError,
    ProxyRequestError,
    Queue,
    QueueError,
    RateLimitError,
    api,
    is_expected_error,
    is_forge_platform_error,
    is_hosted_code_error,
    kvs,
    llm,
    log,
    route,
)
from forgesim.sdk.conditions import Filter
from forgesim.sdk.errors import NotRunningError, ResponseDetails
from forgesim.sdk.rpc import KeyValue

if TYPE_CHECKING:
    from tests.sdk.conftest import Run, Wire

HELLO: Any = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


def test_a_missing_key_is_none(wire: Wire, run: Run) -> None:
    wire.answer(404, {"code": "KEY_NOT_FOUND", "message": "no"})
    assert run(kvs.get("k")) is None


def test_a_missing_key_may_be_deleted(wire: Wire, run: Run) -> None:
    wire.answer(404, {"code": "KEY_NOT_FOUND", "message": "no"})
    assert run(kvs.delete("k")) is None


def test_a_value_comes_bare_and_with_metadata_as_an_entry(wire: Wire, run: Run) -> None:
    wire.answer(200, {"key": "k", "value": [1]})
    wire.answer(200, {"key": "k", "value": [1], "createdAt": 5})
    assert run(kvs.get("k")) == [1]
    assert run(kvs.get("k", metadata_fields=["CREATED_AT"])) == KeyValue("k", [1], created_at=5)


def test_set_returns_what_was_asked_for_and_no_more(wire: Wire, run: Run) -> None:
    entry = {"key": "k", "value": 1, "createdAt": 5, "updatedAt": 6}
    wire.answer(200, entry)
    wire.answer(200, entry)
    asked = kvs.set("k", 2, return_value="PREVIOUS", return_metadata_fields=["UPDATED_AT"])
    assert run(asked) == KeyValue("k", 1, updated_at=6)
    assert run(kvs.set("k", 2)) is None


@pytest.mark.parametrize("status", [200, 204])
def test_a_write_may_answer_nothing(wire: Wire, run: Run, status: int) -> None:
    wire.answer(status)
    assert run(kvs.set("k", 1)) is None


def test_a_query_gives_a_page_with_a_cursor(wire: Wire, run: Run) -> None:
    wire.answer(200, {"data": [{"key": "a", "value": 1}], "cursor": "next"})
    page = run(kvs.query().get_many())
    assert (page.results, page.next_cursor) == ([KeyValue("a", 1)], "next")


def test_get_one_asks_for_one(wire: Wire, run: Run) -> None:
    wire.answer(200, {"data": []})
    assert run(kvs.query().get_one()) is None
    assert wire.body == {"limit": 1}


def test_a_batch_tells_item_by_item(wire: Wire, run: Run) -> None:
    failed = {"key": "b", "error": {"code": "KEY_NOT_FOUND", "message": "no"}}
    wire.answer(200, {"successfulKeys": [{"key": "a", "value": 1}], "failedKeys": [failed]})
    result = run(kvs.batch_get([{"key": "a"}, {"key": "b"}]))
    assert (result.successful_keys, result.failed_keys) == ([{"key": "a", "value": 1}], [failed])


def test_a_storage_error_has_code_message_context_and_details(wire: Wire, run: Run) -> None:
    body = {"code": "KEY_CONFLICT", "message": "taken", "context": {"a": 1}, "hint": "x"}
    wire.answer(409, body, headers=(("X-B3-TraceId", "t1"),))
    with pytest.raises(ForgeKvsAPIError, match="taken") as caught:
        run(kvs.set("k", 1))
    error = caught.value
    assert (error.code, error.message, error.context, error.name) == (
        "KEY_CONFLICT",
        "taken",
        {"a": 1, "hint": "x"},
        "ForgeKvsError",
    )
    details = error.response_details
    assert (details.status, details.status_text, details.trace_id) == (409, "Conflict", "t1")
    assert (details.http_method, details.http_path) == ("POST", "/api/v1/set")


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        pytest.param(403, None, (("forge-proxy-error", "FOO"),), id="a proxy error is not looked at"),
        pytest.param(500, b"<html>", (), id="an error that is no JSON"),
        pytest.param(400, {"message": "no code"}, (), id="an error without a code"),
        pytest.param(200, b"", (), id="a read that answers nothing"),
        pytest.param(200, b"nope", (), id="a success that is no JSON"),
    ],
)
def test_what_storage_says_unclearly_is_an_unknown_error(
    wire: Wire, run: Run, status: int, body: Any, headers: tuple[tuple[str, str], ...]
) -> None:
    wire.answer(status, body, headers=headers)
    with pytest.raises(ForgeKvsAPIError) as caught:
        run(kvs.get("k"))
    assert caught.value.code == "UNKNOWN_ERROR"


def test_a_filter_needs_a_condition_and_one_kind_of_join() -> None:
    from forgesim.sdk import FilterConditions

    with pytest.raises(ForgeKvsError, match="at least one condition"):
        Filter().to_json()
    with pytest.raises(ForgeKvsError, match="not by both"):
        Filter().and_("a", FilterConditions.exists()).or_("b", FilterConditions.exists())


PROXIED: list[Callable[[], Any]] = [
    lambda: api.as_user().request_confluence(route("/wiki/api/v2/pages")),
    lambda: api.as_app().request_graph("query{me}"),
    lambda: Queue("q").push({"body": {}}),
]


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize("act", PROXIED, ids=["product", "graph", "queue"])
def test_a_proxy_error_raises_whatever_the_status(wire: Wire, run: Run, act: Callable[[], Any], status: int) -> None:
    wire.answer(status, headers=(("Forge-Proxy-Error", "FOO"),))
    with pytest.raises(ProxyRequestError, match=f"{status} - FOO"):
        run(act())


def test_a_call_that_needs_consent_says_so(wire: Wire, run: Run) -> None:
    wire.answer(200, headers=(("forge-proxy-error", "NEEDS_AUTHENTICATION_ERR"),))
    with pytest.raises(NeedsAuthenticationError, match="Authentication Required") as caught:
        run(api.as_user().request_jira(route("/rest/api/3/myself")))
    assert (caught.value.service_key, caught.value.status) == ("atlassian-token-service-key", 401)


def test_a_blocked_external_fetch_resolves(wire: Wire, run: Run) -> None:
    wire.answer(403, headers=(("forge-proxy-error", "BLOCKED_EGRESS"),))
    response = run(api.fetch("https://evil.example/"))
    assert (response.ok, response.headers["Forge-Proxy-Error"]) == (False, "BLOCKED_EGRESS")


def test_a_response_has_what_a_web_response_has(wire: Wire, run: Run) -> None:
    wire.answer(404, {"a": "é"}, headers=(("Link", "<1>"), ("LINK", "<2>")))
    response = run(api.as_app().request_confluence(route("/wiki/x")))
    assert (response.status, response.ok, response.status_text) == (404, False, "Not Found")
    assert (response.headers.get("link"), response.headers.get("nope"), "LINK" in response.headers) == (
        "<1>, <2>",
        None,
        True,
    )
    assert run(response.json()) == {"a": "é"}
    assert run(response.bytes()) == (run(response.text())).encode("ascii")


def test_a_body_that_is_no_json_is_a_value_error(wire: Wire, run: Run) -> None:
    wire.answer(200, b"<html>")
    response = run(api.fetch("https://a.example/"))
    with pytest.raises(ValueError, match="not JSON"):
        run(response.json())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"model": ""}, "model", id="no model"),
        pytest.param({"temperature": 1.5}, "temperature", id="too hot"),
        pytest.param({"top_p": -1}, "top_p", id="no share"),
        pytest.param({"max_completion_tokens": 0}, "max_completion_tokens", id="no tokens"),
        pytest.param({"max_completion_tokens": True}, "max_completion_tokens", id="a bool is no number"),
        pytest.param({"messages": []}, "at least one message", id="no message"),
        pytest.param({"messages": [{"role": "robot", "content": ""}]}, "role", id="no such role"),
        pytest.param({"messages": [{"role": "user"}]}, "content", id="no content"),
    ],
)
def test_a_bad_prompt_is_refused_before_any_call(wire: Wire, run: Run, change: Any, problem: str) -> None:
    with pytest.raises(PromptValidationError, match=problem):
        run(llm.chat(**{**HELLO, **change}))
    assert wire.sent == []


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        pytest.param(
            {"code": "FORGE_LLMS_MODEL_FORBIDDEN", "message": "m"}, (), "FORGE_LLMS_MODEL_FORBIDDEN", id="own"
        ),
        pytest.param(b"text", (("forge-proxy-error", "FOO"),), "FOO", id="of the proxy"),
        pytest.param(b"text", (), "UNKNOWN_ERROR", id="none"),
    ],
)
def test_a_model_error_has_its_code(
    wire: Wire, run: Run, body: Any, headers: tuple[tuple[str, str], ...], code: str
) -> None:
    wire.answer(403, body, headers=headers)
    with pytest.raises(ForgeLlmAPIError) as caught:
        run(llm.chat(**HELLO))
    assert (caught.value.code, caught.value.status) == (code, 403)


def test_a_stream_gives_whole_lines_and_ends_quietly_where_it_breaks(wire: Wire, run: Run) -> None:
    async def chunks() -> list[Any]:
        return [chunk async for chunk in llm.stream(**HELLO)]

    wire.answer(200, b'{"choices":[1]}\n\n{"choices":[2]}\n{"cho')
    assert run(chunks()) == [{"choices": [1]}, {"choices": [2]}]
    assert wire.body["stream"] is True


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (202, {"failedEvents": [{"index": 0, "errorMessage": "x"}]}, PartialSuccessError),
        (413, {"errorMessage": "big"}, PayloadTooBigError),
        (429, None, RateLimitError),
        (405, None, InvocationLimitReachedError),
        (500, {"errorMessage": "x"}, InternalServerError),
    ],
)
def test_a_refused_push_raises_its_own_error(
    wire: Wire, run: Run, status: int, body: Any, error: type[QueueError]
) -> None:
    wire.answer(status, body)
    with pytest.raises(error):
        run(Queue("q").push({"body": {}}))


@pytest.mark.parametrize(
    ("events", "error"),
    [
        pytest.param([], QueueError, id="none"),
        pytest.param([{"body": {}}] * 51, QueueError, id="too many"),
        pytest.param([{"body": "text"}], QueueError, id="a body that is no object"),
        pytest.param(["text"], QueueError, id="an event that is no object"),
        pytest.param([{"body": {}, "delayInSeconds": 901}], QueueError, id="too late"),
        pytest.param([{"body": {"a": "x" * 204_800}}], PayloadTooBigError, id="too big"),
    ],
)
def test_a_bad_push_is_refused_before_any_call(wire: Wire, run: Run, events: Any, error: type[QueueError]) -> None:
    with pytest.raises(error):
        run(Queue("q").push(events))
    assert wire.sent == []


def test_a_job_has_counts_and_may_be_unknown(wire: Wire, run: Run) -> None:
    wire.answer(200, {"success": 1, "inProgress": 2, "failed": 3})
    wire.answer(404)
    job = Queue("q").get_job("j1")
    assert run(job.get_stats()) == {"success": 1, "inProgress": 2, "failed": 3}
    with pytest.raises(JobDoesNotExistError):
        run(job.cancel())


def test_a_queue_name_is_checked() -> None:
    with pytest.raises(InvalidQueueNameError):
        Queue("a b")


def test_json_and_body_exclude_each_other(wire: Wire, run: Run) -> None:
    with pytest.raises(TypeError, match="not both"):
        run(api.fetch("https://a.example/", json={}, body="x"))


def test_a_header_cannot_smuggle_a_line(wire: Wire, run: Run) -> None:
    with pytest.raises(ValueError, match="line break"):
        run(api.fetch("https://a.example/", headers={"x": "1\r\ny: 2"}))


def test_logs_join_their_values_as_json(wire: Wire) -> None:
    log.debug("a", 1)
    log.info("b", {"c": [None]})
    log.warn("d")
    log.error(object)
    assert wire.logged == [("debug", "a 1"), ("info", 'b {"c":[null]}'), ("warn", "d"), ("error", "<class 'object'>")]


def test_the_app_context_is_the_transports(wire: Wire) -> None:
    assert api.get_app_context()["invocationId"] == "i-1"


def test_outside_forgesim_calls_say_so_and_logs_go_to_stderr(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotRunningError, match="not running in forgesim"):
        run(kvs.get("k"))
    log.info("hello")
    assert capsys.readouterr().err == "info: hello\n"


ERRORS: list[Exception] = [
    NeedsAuthenticationError("m", "key", {"isExpectedError": True}),
    ProxyRequestError(403, "FOO"),
    ForgeKvsAPIError("C", "m", {"a": 1}, ResponseDetails(400, "Bad Request", None, "POST", "/", 0)),
    ForgeLlmAPIError("C", "m", 403, "Forbidden", None),
    PromptValidationError("a", "b"),
    PartialSuccessError("m", [{"index": 0}]),
    NotRunningError(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_survives_pickling(error: Exception) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), vars(copy)) == (str(error), vars(error))


def test_errors_are_told_apart_by_their_names() -> None:
    consent, refused = ERRORS[0], ERRORS[1]
    assert (is_forge_platform_error(consent), is_hosted_code_error(consent), is_expected_error(consent)) == (True,) * 3
    assert (is_forge_platform_error(refused), is_hosted_code_error(refused)) == (True, False)
    assert not is_forge_platform_error(ValueError())
