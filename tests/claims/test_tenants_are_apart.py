"""tenants_are_apart"""

from __future__ import annotations

from typing import Any

NAME = "tenants_are_apart"


def test_a_crossing_that_depends_on_another_tenant_breaks_it_alone(honest: Any) -> None:
    honest.trial("tenant", pair=7, b="y")
    assert list(honest.broken()) == [NAME]
    (evidence,) = honest.broken()[NAME].evidence
    assert "once the process has served another tenant" in evidence.why
    assert evidence.at == "src/index.py:41"


def test_one_that_does_not_repeat_leaves_it_open(honest: Any) -> None:
    honest.trial("tenant", pair=7, again="z", b="y")
    assert (honest.broken(), honest.outcomes()[NAME]) == ({}, "UNPROVEN")


def test_an_app_without_code_on_the_platform_has_no_tenants_to_mix(blank: Any) -> None:
    blank.manifest["modules"] = {
        "confluence:spacePage": [{"key": "p", "title": "P", "route": "p", "resource": "r"}],
    }
    assert blank.outcomes()[NAME] == "NOT_APPLICABLE"


def test_without_a_process_that_served_two_it_is_unproven(honest: Any) -> None:
    honest.ledger.trials = [trial for trial in honest.ledger.trials if trial.channel != "tenant"]
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.says) == ("UNPROVEN", "no process served two tenants")


def test_an_app_that_got_nothing_has_nothing_to_remember(blank: Any) -> None:
    blank.run(first=True)
    blank.call()
    blank.read(status=404)
    blank.finish()
    blank.trial("tenant")
    verdict = blank.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.says) == ("UNPROVEN", "the app got nothing that it could remember")


def test_code_that_never_ran_leaves_it_open(honest: Any) -> None:
    honest.cover(0)
    assert honest.outcomes()[NAME] == "UNPROVEN"


def test_it_holds_where_a_used_process_does_what_a_fresh_one_does(honest: Any) -> None:
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value, verdict.crossings) == ("HOLDS", "tested", 9)
    assert "9 crossings of 1 scenario compared" in verdict.says


def test_an_app_that_tells_nobody_anything_shows_no_wall(honest: Any) -> None:
    quiet = ("log", "error", "egress", "llm", "result")
    honest.ledger.crossings = [
        each for each in honest.ledger.crossings if each.decided.channel not in quiet and not each.decided.writes
    ]
    assert honest.verdicts()[NAME].says.startswith("the app told nobody anything")
