"""rendering_keeps_nothing"""

from __future__ import annotations

from typing import Any

import pytest

NAME = "rendering_keeps_nothing"


@pytest.fixture
def rendering(honest: Any) -> Any:
    """An honest app whose subprocessor runs code of the vendor's, tried warm."""
    honest.trust_text = honest.trust_text.replace(
        "{kind: posthog}", "{kind: aws-lambda, handler: service.render, region: us-east-1}"
    )
    for pair in range(3):
        honest.trial("rendered", pair=pair)
        honest.trial("kept", pair=pair)
    return honest


@pytest.mark.parametrize(
    ("channel", "reason"), [("rendered", "answers otherwise after another's request"), ("kept", "still has")]
)
def test_what_depends_on_an_earlier_request_breaks_it_alone(rendering: Any, channel: str, reason: str) -> None:
    rendering.trial(channel, pair=7, b="y")
    assert list(rendering.broken()) == [NAME]
    assert reason in rendering.broken()[NAME].evidence[0].why


def test_a_file_that_the_service_tries_to_write_breaks_it(rendering: Any) -> None:
    rendering.witness("audit", "open", "write /tmp/last.pdf", "service/__init__.py:9")
    assert list(rendering.broken()) == [NAME]


def test_without_a_service_that_runs_code_it_does_not_apply(honest: Any) -> None:
    assert honest.outcomes()[NAME] == "NOT_APPLICABLE"


def test_content_that_goes_to_code_that_does_not_run_here_is_unproven(honest: Any) -> None:
    honest.trust_text = honest.trust_text.replace("count: int 0..1000}", "count: content}")
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, "cannot be tried here" in verdict.evidence[0].why) == ("UNPROVEN", True)


@pytest.mark.parametrize(
    ("gone", "says"), [("rendered", "no warm request was made"), ("kept", "nobody looked at what is left")]
)
def test_without_warm_requests_or_a_look_inside_it_is_unproven(rendering: Any, gone: str, says: str) -> None:
    rendering.ledger.trials = [trial for trial in rendering.ledger.trials if trial.channel != gone]
    verdict = rendering.verdicts()[NAME]
    assert verdict.outcome.value == "UNPROVEN"
    assert says in verdict.says


def test_it_holds_where_warm_and_fresh_agree(rendering: Any) -> None:
    verdict = rendering.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value, verdict.crossings) == ("HOLDS", "tested", 9)
    assert "of 9 requests nothing was found" in verdict.says
