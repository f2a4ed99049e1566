"""sends_only_declared"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

NAME = "sends_only_declared"
HOST = "https://us.i.posthog.com"


def why(book: Any) -> str:
    return " | ".join(item.why for item in book.broken()[NAME].evidence)


def test_a_title_sent_breaks_it_alone_and_is_named(honest: Any, event: Callable[..., Any], page_title: str) -> None:
    honest.send(event(distinct_id=page_title), line="src/index.py:9")
    assert list(honest.broken()) == [NAME]
    assert "sends the title of page/101" in why(honest)
    assert "body.distinct_id" in why(honest)
    assert {item.at for item in honest.broken()[NAME].evidence} == {"src/index.py:9"}


@pytest.mark.parametrize(
    ("url", "more", "reason"),
    [
        ("/capture/?x=1", {}, "query: 'x' is not declared"),
        ("/e/", {}, "path"),
        ("/capture/", {"headers": (("X-Title", "a"),)}, "headers: 'x-title' is not declared"),
        ("/capture/", {"body": {"api_key": "phc_demo"}}, "body"),
        ("/capture/", {"body": "plain"}, "body: is no JSON"),
        ("/capture/", {"body": '{"api_key": "phc_demo", "api_key": "x"}'}, "written twice"),
        ("/capture/", {"body": None}, "body: is missing"),
    ],
)
def test_every_part_of_the_request_is_declared(honest: Any, url: str, more: dict[str, Any], reason: str) -> None:
    honest.send(url=HOST + url, **more)
    assert list(honest.broken()) == [NAME]
    assert reason in why(honest)


def test_a_refused_request_breaks_it_too(honest: Any, event: Callable[..., Any]) -> None:
    honest.send(event(properties={"count": 1001}), refused="analytics-off")
    assert "1001 is over 1000; the platform refused it (analytics-off)" in why(honest)


def test_content_in_a_free_header_is_found(honest: Any, page_title: str) -> None:
    honest.send(headers=(("accept", page_title),))
    assert "the title of page/101" in why(honest)


def test_requests_to_other_hosts_are_another_claims_matter(honest: Any, page_title: str) -> None:
    honest.send({"t": page_title}, url="https://evil.example/")
    assert list(honest.broken()) == ["reaches_only_declared"]


def test_twins_that_send_differently_break_it_alone(honest: Any) -> None:
    honest.trial("sent", pair=9, b="y")
    assert list(honest.broken()) == [NAME]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"address": HOST, "inScopeEUD": False}, "not of category analytics"),
        ({"address": HOST, "category": "analytics"}, "does not say inScopeEUD: false"),
        ({"address": HOST, "category": "analytics", "inScopeEUD": True}, "does not say inScopeEUD: false"),
    ],
)
def test_a_wrong_entry_in_the_manifest_breaks_it_alone(honest: Any, entry: dict[str, Any], reason: str) -> None:
    honest.manifest["permissions"]["external"]["fetch"]["backend"] = [entry]
    assert list(honest.broken()) == [NAME]
    assert reason in why(honest)


def _only(book: Any, keep: Callable[[Any], bool]) -> None:
    book.ledger.crossings = [c for c in book.ledger.crossings if c.decided.channel != "egress" or keep(c.decided)]


@pytest.mark.parametrize(
    ("keep", "reason"),
    [
        (
            lambda asked: asked.cause == "probe" or asked.decision.allow,
            "never ran with the admin's analytics switch off",
        ),
        (
            lambda asked: asked.cause == "probe" or not asked.decision.allow,
            "nothing that the app sent reached a subprocessor",
        ),
    ],
    ids=["never off", "never on"],
)
def test_both_positions_of_the_switch_are_needed(honest: Any, keep: Any, reason: str) -> None:
    _only(honest, keep)
    runs = honest.ledger.runs
    honest.ledger.runs = {number: replace(run, analytics=True) for number, run in runs.items()}
    verdict = honest.verdicts()[NAME]
    assert verdict.outcome.value == "UNPROVEN"
    assert reason in verdict.says


def test_it_says_how_many_bits_an_event_carries(honest: Any) -> None:
    assert "usage: at most 11 bits an event" in honest.verdicts()[NAME].says


@pytest.fixture
def rendering(honest: Any) -> Any:
    """An app that sends page text to a renderer, as it declares."""
    text = honest.trust_text
    start, end = text.index("    body: {api_key"), text.index("logs:")
    honest.trust_text = f"{text[:start]}    body: {{html: content}}\n{text[end:]}".replace("posthog}", "aws-lambda}")
    honest.trust_text = honest.trust_text.replace("us.i.posthog.com", "render.example")
    honest.trust_text = honest.trust_text.replace("retention: Counts only", "retention: none")
    entry = {"address": "https://render.example"}
    honest.manifest["permissions"]["external"]["fetch"]["backend"] = [entry]
    _only(honest, lambda asked: asked.cause == "probe")
    return honest


def test_declared_content_may_be_sent_by_a_users_action(rendering: Any, page_text: str) -> None:
    rendering.send({"html": page_text}, url="https://render.example/capture/")
    verdict = rendering.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value) == ("HOLDS", "tested")
    assert "usage: without bound an event" in verdict.says


def test_declared_content_sent_by_a_schedule_breaks_it(rendering: Any, page_text: str) -> None:
    rendering.call("schedule", principal=None)
    rendering.send({"html": page_text}, url="https://render.example/capture/")
    assert list(rendering.broken()) == [NAME]
    assert "no user asked" in why(rendering)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [({"inScopeEUD": False}, "says inScopeEUD: false"), ({"category": "analytics"}, "category analytics")],
)
def test_content_to_an_entry_that_says_there_is_none_breaks_it(rendering: Any, entry: Any, reason: str) -> None:
    rendering.manifest["permissions"]["external"]["fetch"]["backend"][0] |= entry
    rendering.send({"html": "x"}, url="https://render.example/capture/")
    assert reason in why(rendering)


def test_a_body_as_json_text_of_another_spelling_is_the_same_event(honest: Any, event: Callable[..., Any]) -> None:
    honest.send(json.dumps(event(), separators=(",", ":"), sort_keys=True))
    assert honest.broken() == {}
