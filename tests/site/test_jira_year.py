"""Every state of every issue follows from its history, and a year of sprints looks like one."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.clock import EPOCH_MS
from forgesim.site.access import APP_ACCOUNT, may_view_project
from forgesim.site.facts import clone, digest
from forgesim.site.generate import demo
from forgesim.site.jira_history import fields_at, fields_now, members_at, sprint_ids
from forgesim.site.jira_model import DONE, IN_PROGRESS, SPRINT_FIELD, STORY_POINTS_FIELD, TO_DO, Board, Issue, Sprint
from forgesim.site.model import Site

SEEDS = st.integers(0, 10_000)
site_of = cache(demo)


def replayed(issue: Issue, at: int) -> dict[str, str | None]:
    """Forwards from creation, where ``fields_at`` goes backwards from now."""
    fields = fields_now(issue)
    items = [(change.at, item) for change in issue.changes for item in change.items]
    for _, item in reversed(items):
        fields[item.field] = item.old
    for when, item in items:
        if when <= at:
            assert fields[item.field] == item.old
            fields[item.field] = item.new
    return fields


def sprints_of(site: Site, board: Board, *states: str) -> list[Sprint]:
    return [each for each in site.sprints.values() if each.board_id == board.id and each.state in states]


def issues_of(site: Site, board: Board) -> list[Issue]:
    return [each for each in site.issues.values() if each.project_id == board.project_id]


@given(SEEDS)
@settings(max_examples=12, deadline=None)
def test_replaying_the_history_from_creation_gives_the_current_fields(seed: int) -> None:
    for issue in demo(seed).issues.values():
        assert replayed(issue, EPOCH_MS) == fields_now(issue)
        assert replayed(issue, 0)["status"] == TO_DO
        times = [issue.created_at, *(change.at for change in issue.changes)]
        assert times == sorted(times)
        assert times[-1] <= issue.updated_at <= EPOCH_MS


@given(SEEDS, st.floats(0, 1))
@settings(max_examples=12, deadline=None)
def test_sprint_membership_is_known_at_any_instant(seed: int, where: float) -> None:
    site = demo(seed)
    for board in site.boards.values():
        issues = issues_of(site, board)
        for sprint in sprints_of(site, board, "closed", "active")[::7]:
            at = int(sprint.created_at + where * (EPOCH_MS - sprint.created_at))
            there = {
                issue.id
                for issue in issues
                if issue.created_at <= at and sprint.id in sprint_ids(replayed(issue, at)[SPRINT_FIELD])
            }
            assert {issue.id for issue in members_at(issues, sprint.id, at)} == there


@given(SEEDS)
@settings(max_examples=8, deadline=None)
def test_resolution_goes_with_done_and_what_is_done_stays_out_of_the_next_sprint(seed: int) -> None:
    site = demo(seed)
    for issue in site.issues.values():
        assert (issue.status_id == DONE) == (issue.resolution_id is not None) == (issue.resolved_at is not None)
        open_ = [each for each in issue.sprints if site.sprints[str(each)].state != "closed"]
        assert len(open_) <= 1
        for sprint in (site.sprints[str(each)] for each in issue.sprints[1:]):
            fields = fields_at(issue, (sprint.start_at or EPOCH_MS) - 1)
            assert fields is None or fields["status"] != DONE


@given(SEEDS)
@settings(max_examples=8, deadline=None)
def test_sprints_follow_each_other_for_a_year(seed: int) -> None:
    site = demo(seed)
    for board in site.boards.values():
        closed, (active,) = sprints_of(site, board, "closed"), sprints_of(site, board, "active")
        assert len(closed) == 26
        assert all(each.start_at is None and each.end_at is None for each in sprints_of(site, board, "future"))
        for before, after in zip(closed, [*closed[1:], active], strict=True):
            assert before.start_at < before.end_at <= before.complete_at < after.start_at  # type: ignore[operator]
            assert after.start_at - before.start_at == 14 * 86_400_000  # type: ignore[operator]
        assert active.start_at < EPOCH_MS < active.end_at  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(4))
def test_each_team_has_everything_that_a_sprint_report_must_cope_with(seed: int) -> None:
    site = site_of(seed)
    for board in site.boards.values():
        issues, seen = issues_of(site, board), set()
        for sprint in sprints_of(site, board, "closed"):
            start, end = sprint.start_at or 0, (sprint.complete_at or 0) - 1
            first = {each.id for each in members_at(issues, sprint.id, start)}
            last = {each.id for each in members_at(issues, sprint.id, end)}
            done = {i for i in last if (fields_at(site.issues[i], end) or {})["status"] == DONE}
            assert first
            assert done
            seen |= {"added"} if last - first else set()
            seen |= {"removed"} if first - last else set()
            seen |= {"carried over"} if last - done else set()
            seen |= {"few"} if len(done) < 5 else set()
            for issue in (site.issues[each] for each in last):
                for change in issue.changes:
                    if start < change.at <= end:
                        moves = {(item.field, item.old, item.new) for item in change.items}
                        seen |= {"reopened"} if ("status", DONE, IN_PROGRESS) in moves else set()
                        seen |= {"re-estimated"} if any(m[0] == STORY_POINTS_FIELD and m[1] for m in moves) else set()
                seen |= {"born in the sprint"} if start < issue.created_at and len(issue.sprints) else set()
                seen |= {"unestimated"} if issue.points is None else set()
        assert seen >= {
            "added", "removed", "carried over", "reopened", "re-estimated", "born in the sprint", "unestimated",
        }  # fmt: skip


def test_somewhere_a_group_is_smaller_than_five() -> None:
    site = site_of(1)
    core = site.boards["2"]
    since = EPOCH_MS - 60 * 86_400_000
    recent = {issue.assignee for issue in issues_of(site, core) if issue.assignee and issue.created_at > since}
    assert len(recent) == 4


@pytest.mark.parametrize("seed", range(4))
def test_christmas_lowers_what_a_team_plans(seed: int) -> None:
    site = site_of(seed)

    def planned(sprint: Sprint, board: Board) -> float:
        members = members_at(issues_of(site, board), sprint.id, sprint.start_at or 0)
        return sum(float((fields_at(each, sprint.start_at or 0) or {})[STORY_POINTS_FIELD] or 0) for each in members)

    totals = {"before": 0.0, "then": 0.0}
    for board in site.boards.values():
        closed = sprints_of(site, board, "closed")
        totals["then"] += planned(closed[-1], board)
        totals["before"] += planned(closed[5], board)
    assert totals["then"] < 0.85 * totals["before"]


def test_the_second_team_is_for_engineering_alone() -> None:
    site = site_of(1)
    people = {user.handle: user.account_id for user in site.users.values()}
    sees = {
        name: [project.key for project in site.projects.values() if may_view_project(site, account, project)]
        for name, account in {**people, "app": APP_ACCOUNT}.items()
    }
    assert sees["alice"] == sees["dmitri"] == ["WEB", "CORE"]
    assert sees["bob"] == sees["app"] == ["WEB"]
    assert sees["goran"] == []


def test_a_seed_fixes_everything_and_another_seed_changes_it() -> None:
    assert digest(demo(7)) == digest(demo(7))
    assert demo(7).issues != demo(8).issues
    assert clone(site_of(1)).issues == site_of(1).issues


def test_confluence_is_the_same_with_and_without_jira() -> None:
    with_it, without = demo(3), demo(3, jira=False)
    assert (with_it.pages, with_it.spaces, with_it.users) == (without.pages, without.spaces, without.users)
    assert not any((without.issues, without.projects, without.boards, without.sprints))
    assert with_it.variables.items() > without.variables.items()


def test_jira_is_the_same_with_and_without_confluence() -> None:
    with_it, without = demo(3), demo(3, confluence=False)
    assert (with_it.issues, with_it.boards, with_it.users) == (without.issues, without.boards, without.users)
    assert with_it.variables == without.variables
    assert set(without.pages) == {with_it.variables["page"], with_it.variables["page.pictured"]} < set(with_it.pages)


def test_variables_lead_to_things_that_everybody_sees() -> None:
    site = site_of(1)
    known = site.variables
    assert site.projects[known["project.id"]].key == known["project"] == known["project.key"]
    assert site.boards[known["board"]].project_id == known["project.id"]
    assert site.sprints[known["sprint"]].state == "closed"
    assert site.sprints[known["sprint.active"]].state == "active"
    assert site.issues[known["issue.id"]].key == known["issue"] == known["issue.key"]
    assert site.boards[known["board.private"]].project_id != known["project.id"]
