"""What wants make of the fields of the things that a scenario names."""

from __future__ import annotations

import pytest

from forgesim.manifest.model import Scenario, Step
from forgesim.proof.alter import alter_structure, told
from forgesim.proof.named import named, scattered
from forgesim.site.facts import clone
from forgesim.site.generate import proof
from forgesim.site.model import Site
from forgesim.source.solve import Want

BASE = proof(1, jira=True)
EMPTY, FACTS, FULL = Want("empty"), Want("empty", ("facts",)), Want("filled")


def altered(*wants: Want) -> Site:
    site = clone(BASE)
    alter_structure(site, SCENARIO, wants)
    return site


def looking(**payload: str) -> Scenario:
    return Scenario(name="a look", site="demo", steps=(Step(kind="call", data={"with": payload}),))


SCENARIO = looking(key="$issue", page="$page")


def test_facts_go_and_texts_and_places_stay() -> None:
    ((page,), (issue,)) = named(altered(FACTS), SCENARIO)
    before = BASE.issues[issue.id]
    assert (issue.priority_id, issue.assignee, issue.reporter, issue.points) == (None, None, None, None)
    assert (issue.description, issue.sprints, issue.parent_id) == (before.description, before.sprints, before.parent_id)
    assert (page.owner, page.labels, page.body) == (None, [], BASE.pages[page.id].body)


def test_everything_goes_but_what_another_want_names() -> None:
    ((page,), (issue,)) = named(altered(EMPTY, Want("filled", ("reporter",))), SCENARIO)
    assert (issue.priority_id, issue.description, page.body) == (None, None, "")
    assert issue.reporter == BASE.issues[issue.id].reporter


def test_everything_is_there_but_what_another_want_names() -> None:
    ((page,), (issue,)) = named(altered(FULL, Want("empty", ("labels",))), SCENARIO)
    assert issue.due
    assert issue.assignee
    assert page.versions[-1].message
    assert (issue.labels, page.labels) == ((), [])


@pytest.mark.parametrize("name", ["$project", "$project.id", "$board"])
def test_a_scenario_that_names_a_project_or_a_board_names_some_of_its_issues(name: str) -> None:
    _, issues = named(BASE, looking(where=name))
    assert issues[0].key == BASE.variables["issue"]
    assert {issue.project_id for issue in issues} == {BASE.variables["project.id"]}
    assert len(issues) == 5


def test_of_a_project_every_second_issue_is_altered_and_of_a_space_every_second_page() -> None:
    pages, issues = scattered(BASE, looking(project="$project", space="$space"))
    ours = [each for each in BASE.issues.values() if each.project_id == BASE.variables["project.id"]]
    theirs = [each for each in BASE.pages.values() if each.space_id == BASE.variables["space.id"]]
    assert abs(len(issues) - len(ours) / 2) <= 4
    assert abs(len(pages) - len(theirs) / 2) <= 4
    assert {issue.status_id for issue in issues} == {issue.status_id for issue in ours}
    assert scattered(BASE, SCENARIO) == named(BASE, SCENARIO)


@pytest.mark.parametrize(
    ("want", "says"),
    [
        (EMPTY, "all fields are empty"),
        (FACTS, "fields that hold no texts are empty"),
        (FULL, "all fields are filled"),
        (Want("empty", ("priority",)), "without priority"),
        (Want("filled", ("owner",)), "with owner"),
        (Want("filled", ("priority",), "Highest"), "with priority 'Highest'"),
    ],
)
def test_a_want_is_told_in_words(want: Want, says: str) -> None:
    assert told(want) == says
