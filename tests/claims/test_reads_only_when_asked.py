"""reads_only_when_asked"""

from __future__ import annotations

from typing import Any

import pytest

NAME = "reads_only_when_asked"


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("event", "an event"),
        ("schedule", "a schedule"),
        ("webtrigger", "a web trigger"),
        ("import", "the loading of its code"),
    ],
)
@pytest.mark.parametrize("refused", [None, "scope"])
def test_a_read_that_goes_back_to_no_user_breaks_it_alone(honest: Any, cause: str, words: str, refused: Any) -> None:
    honest.call(cause, principal=None)
    honest.read(acts_as="app", account="app", refused=refused)
    assert list(honest.broken()) == [NAME]
    assert words in honest.broken()[NAME].evidence[0].why


def test_a_queue_job_that_a_user_caused_reads_when_asked(honest: Any) -> None:
    honest.call("queue", parent=honest.inv)
    honest.read()
    assert honest.broken() == {}


def test_a_read_as_another_user_breaks_it(honest: Any) -> None:
    honest.call(principal="alice")
    honest.read(account="bob")
    assert "another user" in honest.broken()[NAME].evidence[0].why


def test_a_read_as_the_app_in_a_users_action_counts_as_asked(honest: Any) -> None:
    honest.call(principal="alice")
    honest.read(acts_as="app", account="app-account")
    assert honest.broken() == {}


@pytest.mark.parametrize(("late_ms", "broken"), [(14 * 60_000, False), (15 * 60_000 + 1, True)])
def test_a_read_is_asked_for_for_fifteen_virtual_minutes(honest: Any, late_ms: int, broken: bool) -> None:
    honest.call()
    honest.at += late_ms
    honest.read()
    assert (NAME in honest.broken()) is broken


def test_reading_the_apps_own_properties_is_no_content(honest: Any) -> None:
    honest.call("schedule", principal=None)
    honest.cross("confluence", "GET", "/x/properties", op="GET /x/properties", op_class="app-data")
    assert honest.broken() == {}


@pytest.mark.parametrize(
    "module",
    [
        {"trigger": [{"key": "t", "function": "resolver", "events": ["avi:confluence:created:page"]}]},
        {"scheduledTrigger": [{"key": "s", "function": "resolver", "interval": "hour"}]},
        {"consumer": [{"key": "c", "queue": "q", "function": "resolver"}]},
        {"webtrigger": [{"key": "w", "function": "resolver"}]},
    ],
    ids=lambda module: next(iter(module)),
)
def test_with_a_module_that_runs_by_itself_it_rests_on_what_was_seen(honest: Any, module: dict[str, Any]) -> None:
    honest.manifest["modules"] |= module
    if "trigger" in module:
        honest.hear("avi:confluence:created:page", ("read:confluence-content.summary",))
    assert honest.verdicts()[NAME].strength.value == "observed"
    honest.cover(0)
    assert honest.outcomes()[NAME] == "UNPROVEN"


def test_impersonation_makes_it_no_control_of_the_platform(honest: Any) -> None:
    honest.manifest["permissions"]["scopes"] = {"read:page:confluence": {"allowImpersonation": True}, "storage:app": {}}
    assert honest.verdicts()[NAME].strength.value == "observed"


TOLD = {"eventType": "avi:confluence:updated:page", "content": {"id": "101", "type": "page", "title": "Plan"}}


@pytest.mark.parametrize(
    ("cause", "given", "broken"),
    [
        ("event", TOLD, True),
        ("event", TOLD | {"content": {"id": "101"}}, False),
        ("event", {"eventType": "avi:jira:updated:issue", "issue": {"fields": {"summary": "Plan"}}}, True),
        ("event", {"eventType": "avi:forge:installed:app", "app": {"name": "pulse"}}, False),
        ("user", TOLD, False),
    ],
)
def test_an_event_whose_body_shows_content_was_not_asked_for(
    honest: Any, cause: str, given: dict[str, Any], broken: bool
) -> None:
    honest.call(cause, principal="alice" if cause == "user" else None, given=given)
    assert (NAME in honest.broken()) is broken
