"""Boards come and go: over the issues of one project, for those who administer Jira to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forgesim.site.jira_parts import Filter
from forgesim.site.model import Site

Ask = Callable[..., Any]
BOARDS = "/rest/agile/1.0/board"
NEW = {"name": "New", "type": "kanban", "filterId": 701, "location": {"type": "project", "projectKeyOrId": "OPEN"}}


@pytest.fixture
def ask(site: Site, ask: Ask) -> Ask:
    for id_, jql, viewers in (
        ("701", "project = OPEN order by rank", ("signedIn",)),
        ("702", "project = OPEN and status = Done", ("signedIn",)),
        ("703", "project = OPEN", ()),
        ("704", "project = SEC", ("signedIn",)),
        ("705", "project = OPEN order by key", ("signedIn",)),
    ):
        site.jira.filters[id_] = Filter(id=id_, name=id_, owner="712020:alice", jql=jql, viewers=viewers)
    return ask


def test_a_new_board_shows_the_issues_of_its_project(ask: Ask) -> None:
    made = ask("POST", BOARDS, NEW, by="bob")
    assert (made.status, made.json["name"], made.json["type"]) == (201, "New", "kanban")
    assert made.events == ["created:board"]
    board = f"{BOARDS}/{made.json['id']}"
    assert ask("GET", f"{board}/configuration").json["filter"]["id"] == "701"
    assert ask("GET", f"{board}/issue", by="bob").json["total"] == 6


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"name": "x" * 255}, {"type": "simple"}, {"filterId": 999}, {"filterId": "701"}, {"filterId": 703},
     {"filterId": 704}, {"location": {"type": "team"}}, {"location": {"type": "project", "projectKeyOrId": "SEC"}}],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_or_hidden_is_a_400(ask: Ask, site: Site, change: Any) -> None:
    before = set(site.boards)
    assert ask("POST", BOARDS, NEW | change, by="bob").status == 400
    assert set(site.boards) == before


@pytest.mark.parametrize(
    "change",
    [{"type": "agility"}, {"filterId": 702}, {"filterId": 703}, {"filterId": 704}, {"filterId": 705},
     {"location": None}, {"location": {"type": "user"}}],
    ids=str,
)  # fmt: skip
def test_a_board_of_another_kind_is_not_emulated(ask: Ask, site: Site, change: Any) -> None:
    before = set(site.boards)
    got = ask("POST", BOARDS, NEW | change)
    assert (got.status, got.unsupported[:31]) == (501, "POST /rest/agile/1.0/board with"[:31])
    assert set(site.boards) == before


def test_a_board_is_deleted_by_who_administers_jira(ask: Ask, site: Site) -> None:
    id_ = next(iter(site.boards))
    assert ask("DELETE", f"{BOARDS}/{id_}", by="bob").status == 501
    assert ask("DELETE", f"{BOARDS}/{id_}", by="alice").events == ["deleted:board"]
    assert id_ not in site.boards
    assert ask("DELETE", f"{BOARDS}/{id_}", by="alice").status == 404
    assert ask("GET", f"{BOARDS}/{id_}").status == 404
    found = ask("POST", "/rest/api/3/search/jql", {"jql": "sprint = 2", "fields": ["*all"]}, by="bob")
    assert found.status == 200
    assert found.json["issues"]


def test_what_is_hidden_or_team_managed_stays(ask: Ask, site: Site) -> None:
    id_ = next(iter(site.boards))
    project = site.projects[site.boards[id_].project_id]
    project.kind = "team"
    assert ask("DELETE", f"{BOARDS}/{id_}", by="alice").status == 403
    project.viewers = ["712020:alice"]
    assert ask("DELETE", f"{BOARDS}/{id_}", by="bob").status == 404
    assert id_ in site.boards
