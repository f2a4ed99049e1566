"""App events and web trigger URLs, as the client packages send them and read what is answered."""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.sdk import Queue, app_events, web_trigger

URL = "https://x.hello.atlassian-dev.net/x1/abc?y"


def test_app_events_are_published_by_their_keys(wire: Any, run: Any) -> None:
    wire.answer(200, {"failedEvents": []})
    assert run(app_events.publish({"key": "a", "more": "b"})) == {"type": "success", "failedEvents": []}
    assert (wire.sent[0][1], wire.body) == ("/forge/events/v1/app-events", {"events": [{"key": "a"}]})


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (400, {"errorMessages": ["a", "b"]}, ("VALIDATION_ERROR", "a, b")),
        (429, {"errors": {"k": "v"}}, ("RATE_LIMIT", "k: v")),
        (418, {"x": 1}, ("OTHER", '{"x":1}')),
        (503, b"no json", ("SERVICE_UNAVAILABLE", "{}")),
    ],
)
def test_a_refused_app_event_is_told_and_not_raised(wire: Any, run: Any, status: int, body: Any, told: Any) -> None:
    wire.answer(status, body)
    error = run(app_events.publish([{"key": "a"}]))
    assert (error["type"], error["errorType"], error["errorMessage"]) == ("error", *told)


def test_a_url_is_asked_for_by_the_modules_key(wire: Any, run: Any) -> None:
    wire.answer(200, {"data": {"createWebTriggerUrl": {"url": URL}}})
    assert run(web_trigger.get_url("hook")) == URL
    assert wire.body["variables"]["input"]["triggerKey"] == "hook"
    assert wire.body["variables"]["forceCreate"] is False


def test_urls_are_listed_by_module(wire: Any, run: Any) -> None:
    urls = [{"triggerKey": key, "url": f"https://{key}"} for key in ("a", "b")]
    wire.answer(200, {"data": {"webTriggerUrlsByAppContext": urls}})
    assert run(web_trigger.query_urls("b")) == [{"moduleKey": "b", "url": "https://b"}]


def test_a_url_is_deleted_by_its_id(wire: Any, run: Any) -> None:
    wire.answer(200, {"data": {"deleteWebTriggerUrl": {"success": True}}})
    run(web_trigger.delete_url(URL))
    assert wire.body["variables"] == {"id": "abc"}
    with pytest.raises(ValueError, match="no web trigger URL"):
        run(web_trigger.delete_url("https://example.com"))


@pytest.mark.parametrize(
    "answer", [(500, {}), (200, {"data": None}), (200, {"data": {"createWebTriggerUrl": {}}}), (200, [])]
)
def test_a_url_that_cannot_be_had_is_an_error(wire: Any, run: Any, answer: Any) -> None:
    wire.answer(*answer)
    with pytest.raises(RuntimeError, match="failed to get web trigger URL"):
        run(web_trigger.get_url("hook"))


def test_a_job_is_asked_about_from_its_queue(wire: Any, run: Any) -> None:
    wire.answer(200, {"success": 1, "inProgress": 0, "failed": 2})
    assert run(Queue("q").get_stats("j")) == {"success": 1, "inProgress": 0, "failed": 2}
    wire.answer(204)
    run(Queue("q").cancel("j"))
    assert (wire.sent[1][1].split("/")[3], wire.body["jobId"]) == ("cancel", "j")
