"""What is kept of products' answers changes nothing but how long they take."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from forgesim.errors import InternalError
from forgesim.gateway.answers import Answers, Shelf
from forgesim.products.answer import ProductAnswer
from forgesim.seam import Answer

LATER = (0, 1, 70_000, 40 * 86_400_000)
READS = [
    ("confluence", "/wiki/api/v2/pages?limit=3"),
    ("confluence", "/wiki/api/v2/pages/{page}?body-format=storage"),
    ("confluence", "/wiki/rest/api/search?cql=type=page&limit=2"),
    ("confluence", "/wiki/rest/api/search?cql=lastmodified%20%3E%20now(%22-4w%22)&limit=2"),
    ("confluence", "/wiki/rest/api/search?cql=not%20(created%20%3C%20startOfMonth())&limit=2"),
    ("jira", "/rest/api/3/search/jql?jql=project={project}&maxResults=3&fields=summary&expand=changelog"),
    ("jira", "/rest/api/3/search/jql?jql=updated%20%3E%20-2w&maxResults=3&fields=updated"),
    ("jira", "/rest/api/3/search/jql?jql=duedate%20%3C%20now()&maxResults=3&fields=duedate"),
    ("jira", "/rest/api/3/search/jql?jql=assignee=currentUser()&maxResults=3"),
    ("jira", "/rest/agile/1.0/board/{board}/issue?maxResults=3&fields=status"),
    ("jira", "/rest/api/3/project/{project}/versions"),
    ("jira", "/rest/api/3/serverInfo"),
]
WRITES = [
    ("confluence", "/wiki/api/v2/pages/{page}/properties", {"key": "seen", "value": 1}),
    ("jira", "/rest/api/3/issue/{issue}/properties/seen", 1),
]
CALLS = st.tuples(st.sampled_from(READS), st.sampled_from(("alice", "bob")), st.sampled_from(LATER))
STEPS = st.lists(CALLS | st.sampled_from(WRITES) | st.just("edit"), min_size=2, max_size=12)


def played(desk: Any, steps: list[Any]) -> list[object]:
    """What the app got, and what the ledger has of it."""
    said: list[object] = []
    for step in steps:
        if step == "edit":
            desk.site.pages[desk.page].title += "!"
            desk.installation.look_again()
        elif len(step[0]) == 2:
            (remote, path), who, later = step
            desk.clock.advance(later)
            desk.invocation.principal = desk.people[who]
            said.append(desk.product(path.format(**desk.site.variables), remote=remote).answer)
        else:
            remote, path, body = step
            method = "PUT" if remote == "jira" else "POST"
            path = path.format(**desk.site.variables)
            said.append(desk.product(path, remote=remote, method=method, body=body).answer)
    return [*said, *desk.answered]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=STEPS, steps=STEPS)
def test_answers_are_those_of_an_installation_that_keeps_none(
    make_desk: Any, before: list[Any], steps: list[Any]
) -> None:
    answers, other, keeps, without = Answers(), make_desk(), make_desk(), make_desk()
    other.installation.answers = keeps.installation.answers = answers
    played(other, before)
    assert played(keeps, steps) == played(without, steps)


@pytest.mark.parametrize("path", [path for remote, path in READS if remote == "jira"])
def test_the_same_call_about_the_same_site_is_answered_from_what_is_kept(make_desk: Any, path: str) -> None:
    answers, first, second = Answers(), make_desk(), make_desk()
    first.installation.answers = second.installation.answers = answers
    got = first.product(path.format(**first.site.variables), remote="jira").answer
    second.installation.jira = None  # nobody is there to be asked
    assert second.product(path.format(**second.site.variables), remote="jira").answer == got
    assert got.status == 200


@pytest.mark.parametrize(
    ("remote", "path", "later", "same"),
    [
        ("jira", "/rest/api/3/serverInfo", 1, False),
        ("jira", "/rest/api/3/search/jql?jql=updated%20%3E%20-2w&maxResults=3", 1, True),
        ("jira", "/rest/api/3/search/jql?jql=updated%20%3E%20-2w&maxResults=3", 60_000, False),
        ("jira", "/rest/api/3/search/jql?jql=project={project}&maxResults=3", 60_000, True),
        ("confluence", "/wiki/rest/api/search?cql=created%20%3E%20now(%22-4w%22)", 60_000, False),
        ("confluence", "/wiki/rest/api/search?cql=type=page", 60_000, True),
    ],
)
def test_an_answer_is_kept_for_as_long_as_it_stands(
    make_desk: Any, remote: str, path: str, later: int, same: bool
) -> None:
    desk = make_desk()
    desk.installation.answers = Answers()
    desk.product(path.format(**desk.site.variables), remote=remote)
    desk.clock.advance(later)
    desk.installation.confluence = desk.installation.jira = None  # nobody is there to be asked
    with contextlib.nullcontext() if same else pytest.raises(InternalError):
        desk.product(path.format(**desk.site.variables), remote=remote)


def test_what_a_write_or_an_edit_comes_before_is_not_kept(make_desk: Any) -> None:
    desk = make_desk()
    answers = desk.installation.answers = Answers()
    desk.product("/wiki/api/v2/spaces", method="POST", body={"key": "NEW", "name": "New"})
    assert desk.installation.answers is None
    desk.installation.answers = answers
    desk.installation.look_again()
    assert desk.installation.answers is None


def test_a_shelf_has_answers_by_site_and_forgets_the_one_that_was_not_asked_for_longest() -> None:
    shelf = Shelf()
    first = shelf.about("a")
    assert shelf.about("a") is first
    for name in "bcdefg":
        shelf.about(name)
    assert shelf.about("a") is not first


@pytest.mark.parametrize(("sizes", "anew"), [((0,) * 5, 1), ((9_000, 0), 1), ((8_000, 500, 0), 2), ((500, 500), 0)])
def test_answers_are_kept_up_to_their_room_and_empty_ones_take_some(
    monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...], anew: int
) -> None:
    monkeypatch.setattr("forgesim.gateway.answers.MOST_BYTES", 11_000)
    monkeypatch.setattr("forgesim.gateway.answers.EACH_BYTES", 2_500)
    answers = Answers()
    asked: list[int] = []

    def make(number: int) -> ProductAnswer:
        asked.append(number)
        return ProductAnswer(Answer(200, b"x" * sizes[number], ()))

    for _ in range(2):
        for number in range(len(sizes)):
            answers.of((number,), 0, partial(make, number))
    assert len(asked) - len(sizes) == anew
