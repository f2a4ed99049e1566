"""asks_least_scopes"""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.scopes.needs import operation_named

NAME = "asks_least_scopes"


def ask_for(book: Any, *scopes: str) -> None:
    book.manifest["permissions"]["scopes"] = list(scopes)


def test_a_scope_that_nothing_needs_breaks_it_alone(honest: Any) -> None:
    ask_for(honest, "read:page:confluence", "storage:app", "read:space:confluence")
    assert list(honest.broken()) == [NAME]
    assert [item.why for item in honest.broken()[NAME].evidence] == [
        "nothing that the app does needs read:space:confluence"
    ]


def test_a_scope_without_which_nothing_is_refused_breaks_it(blank: Any) -> None:
    """The classic scope opens what the granular ones open: either way, one of the two is too many."""
    operation = operation_named("GET /rest/api/3/issue/{issueIdOrKey}")
    assert operation is not None
    (classic,), granular = operation.alternatives
    ask_for(blank, classic, *granular)
    for lacking in (None, classic, granular[0]):
        left = tuple(scope for scope in (classic, *granular) if scope != lacking)
        blank.run("ablation" if lacking else "scenario", first=not lacking, scopes=left)
        blank.call()
        blank.cross("jira", "GET", "/rest/api/3/issue/A-1", op=operation.name, op_class="content")
    blank.cover(0, 1)
    assert {item.why.partition(" is not needed")[0] for item in blank.broken()[NAME].evidence} == {classic, granular[0]}


SUMMARY, EVENT = "read:confluence-content.summary", "avi:confluence:created:page"
WORK, SPRINTS, SPRINT = "read:jira-work", "read:sprint:jira-software", "avi:jira-software:started:sprint"


def hear(book: Any, event: str, *scopes: str, sent: tuple[tuple[str, ...], ...] | None, guess: bool = False) -> Any:
    """What becomes of scopes that only an event may need, where a trigger got it like this."""
    ask_for(book, "read:page:confluence", "storage:app", *scopes)
    book.await_(event)
    book.behave()
    book.cover(0, 1)
    if sent is not None:
        book.hear(event, *sent, guess=guess)
    for scope in ("read:page:confluence", "storage:app"):
        book.ablate(scope)
    return book.verdicts()[NAME]


def test_a_scope_that_only_an_event_needs_is_used_once_it_was_sent(blank: Any) -> None:
    verdict = hear(blank, EVENT, SUMMARY, sent=((SUMMARY,),))
    assert (verdict.outcome.value, verdict.crossings) == ("HOLDS", 3)
    assert "each of 3 scopes is used: without it the platform refuses something that the app does or wi" in verdict.says


def test_a_scope_that_another_one_makes_needless_for_an_event_breaks_it(blank: Any) -> None:
    verdict = hear(blank, SPRINT, WORK, SPRINTS, sent=((WORK,), (SPRINTS,)))
    assert verdict.outcome.value == "BROKEN"
    assert [item.why.partition(" is not needed")[0] for item in verdict.evidence] == [WORK, SPRINTS]


def test_a_scope_that_no_event_needs_breaks_it_though_events_were_sent(blank: Any) -> None:
    verdict = hear(blank, EVENT, SUMMARY, "read:space:confluence", sent=((SUMMARY,),))
    assert [item.why for item in verdict.evidence] == ["nothing that the app does needs read:space:confluence"]
    assert verdict.outcome.value == "BROKEN"


@pytest.mark.parametrize(
    ("sent", "guess"), [(((SUMMARY,),), True), ((), False), (None, False)], ids=["made up", "not let through", "never"]
)
def test_a_scope_of_an_event_is_open_where_it_was_not_sent_as_the_platform_sends_it(
    blank: Any, sent: Any, guess: bool
) -> None:
    verdict = hear(blank, EVENT, SUMMARY, sent=sent, guess=guess)
    assert verdict.outcome.value == "UNPROVEN"
    assert verdict.says == f"{SUMMARY} is not used; {EVENT}, which the trigger 't' waits for, may ask for it"


def test_an_event_of_a_run_without_some_scope_uses_none(blank: Any) -> None:
    hear(blank, EVENT, SUMMARY, sent=None)
    blank.run("ablation", scopes=(SUMMARY,))
    blank.hear(EVENT, (SUMMARY,))
    assert blank.outcomes()[NAME] == "UNPROVEN"


def test_without_a_scope_an_app_with_a_trigger_has_none_too_many(honest: Any) -> None:
    ask_for(honest)
    honest.await_("avi:forge:installed:app")
    honest.hear("avi:forge:installed:app", ())
    assert honest.outcomes()[NAME] == "NOT_APPLICABLE"


def test_an_app_without_scopes_has_none_too_many(honest: Any) -> None:
    ask_for(honest)
    assert honest.outcomes()[NAME] == "NOT_APPLICABLE"


@pytest.mark.parametrize("missing", ["code that did not run", "an event that may ask for it"])
def test_an_unused_scope_is_open_where_something_unseen_may_need_it(blank: Any, missing: str) -> None:
    ask_for(blank, "read:page:confluence", "storage:app", "read:space:confluence")
    blank.behave()
    blank.finish()
    if missing == "code that did not run":
        blank.cover(0)
    else:
        module = {"key": "t", "function": "resolver", "events": ["avi:confluence:created:page"]}
        blank.manifest["modules"]["trigger"] = [module]
    verdict = blank.verdicts()[NAME]
    assert verdict.outcome.value == "UNPROVEN"
    assert verdict.says.startswith("read:space:confluence")


def test_a_used_scope_that_was_not_taken_away_is_unproven(blank: Any) -> None:
    blank.behave()
    blank.ablate("storage:app")
    blank.cover(0, 1)
    verdict = blank.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.says) == (
        "UNPROVEN",
        "read:page:confluence is used, but the app was not tried without it",
    )


def test_it_holds_where_each_scope_is_missed(honest: Any) -> None:
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value, verdict.crossings) == ("HOLDS", "enforced", 2)
    assert "each of 2 scopes is used" in verdict.says
