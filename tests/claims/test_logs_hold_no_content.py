"""logs_hold_no_content"""

from __future__ import annotations

import json
from typing import Any

import pytest

from forgesim.claims.judge import broken

NAME = "logs_hold_no_content"


def silent(book: Any) -> None:
    book.trust_text = book.trust_text.replace("logs: metadata", "logs: nothing")


@pytest.mark.parametrize("verb", ["info", "stderr", "service"])
def test_a_title_in_a_line_breaks_it_alone(honest: Any, page_title: str, verb: str) -> None:
    honest.log(f"scanned {page_title!r}", verb=verb, line="src/index.py:7")
    assert list(honest.broken()) == [NAME]
    (evidence,) = honest.broken()[NAME].evidence
    assert (evidence.why.partition(" (")[0], evidence.at) == ("logs the title of page/101", "src/index.py:7")


def test_a_single_run_sees_it_too(honest: Any, page_title: str) -> None:
    honest.log(f"scanned {page_title!r}")
    assert [verdict.claim for verdict in broken(honest.ledger, honest.trust())] == [NAME]


def test_a_title_in_an_errors_text_breaks_it(honest: Any, page_title: str) -> None:
    raised = json.dumps({"type": "ValueError", "message": f"cannot read {page_title}", "at": None, "stack": []})
    honest.cross("error", "raise", "", body=raised)
    assert list(honest.broken()) == [NAME]


def test_twins_that_log_otherwise_break_it_alone(honest: Any) -> None:
    honest.trial("logged", pair=9, b="y")
    assert list(honest.broken()) == [NAME]


def test_a_line_where_nothing_is_declared_breaks_it_alone(honest: Any) -> None:
    silent(honest)
    assert list(honest.broken()) == [NAME]
    assert honest.broken()[NAME].says.startswith("the app logs though")


def test_a_services_line_is_as_its_own_declaration_has_it(honest: Any) -> None:
    honest.log("START 1f", verb="service")
    assert honest.broken() == {}
    honest.trust_text = honest.trust_text.replace(
        "{kind: posthog}", "{kind: aws-lambda, handler: service.render, logs: nothing}"
    )
    assert list(honest.broken()) == [NAME]


def test_an_apps_own_line_is_no_services_whatever_it_calls_it(honest: Any) -> None:
    silent(honest)
    _forget_logs(honest)
    honest.cross("log", "service", "", writes=True, body="hello")
    assert NAME in honest.broken()


def test_each_service_is_held_to_its_own_word(honest: Any) -> None:
    talks = "  - {name: B, hosts: [b.example], purpose: p, location: Japan, retention: none, receives: usage,"
    talks += " service: {kind: aws-lambda, handler: other.render, region: ap-northeast-1, logs: metadata}}\nreads:"
    honest.trust_text = honest.trust_text.replace(
        "{kind: posthog}", "{kind: aws-lambda, handler: service.render, logs: nothing}"
    ).replace("reads:", talks)
    honest.log("START", verb="service")
    assert NAME in honest.broken()


def test_an_app_without_functions_cannot_log(honest: Any) -> None:
    honest.manifest["modules"] = {"confluence:spacePage": [{"key": "p", "title": "P", "route": "p", "resource": "r"}]}
    honest.ledger.crossings = [c for c in honest.ledger.crossings if c.decided.channel != "log"]
    assert honest.outcomes()[NAME] == "NOT_APPLICABLE"


def _forget_logs(book: Any) -> None:
    book.ledger.crossings = [c for c in book.ledger.crossings if c.decided.channel != "log"]
    book.ledger.trials = [trial for trial in book.ledger.trials if trial.channel != "logged"]


def test_metadata_that_was_never_logged_is_unproven(honest: Any) -> None:
    _forget_logs(honest)
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.says) == ("UNPROVEN", "the app logged nothing")


@pytest.mark.parametrize(("hit", "outcome"), [((0, 1), "HOLDS"), ((0,), "UNPROVEN")])
def test_an_app_that_logs_nothing_holds_where_all_its_code_ran(honest: Any, hit: tuple[int, ...], outcome: str) -> None:
    silent(honest)
    _forget_logs(honest)
    honest.cross("result", "return", "", body="{}")
    honest.cover(*hit)
    verdict = honest.verdicts()[NAME]
    assert verdict.outcome.value == outcome
    assert verdict.strength is None or verdict.strength.value == "observed"


def test_it_holds_with_lines_of_numbers_and_twins_that_agree(honest: Any) -> None:
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value, verdict.crossings) == ("HOLDS", "tested", 1)
    assert verdict.says.endswith("at 95 %")


def test_it_says_how_many_numbers_twins_may_log_differently(honest: Any) -> None:
    honest.trial("logged", sizes=4)
    assert honest.verdicts()[NAME].says.count("apart from 4 numbers that are sizes in a service's answers") == 1


def test_a_title_in_code_points_a_few_a_line_breaks_it_alone(honest: Any, page_title: str) -> None:
    for start in range(0, len(page_title), 4):
        honest.log("sizes " + " ".join(str(ord(letter)) for letter in page_title[start : start + 4]))
    assert list(honest.broken()) == [NAME]
