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
