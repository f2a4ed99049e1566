"""Gives a generated site its Jira: two teams, their boards, and a year of sprints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count

from forgesim.site.jira_calendar import DAY_MS, HOUR_MS, Calendar, day_number, free_days
from forgesim.site.jira_draft import Draft, finished
from forgesim.site.jira_lives import add_work
from forgesim.site.jira_model import Board, Change, Project, Sprint
from forgesim.site.jira_teams import TEAMS, TeamPlan
from forgesim.site.jira_texts import Texts
from forgesim.site.jira_year import CLOSED, FUTURE, SPRINT_DAYS, TeamYear
from forgesim.site.model import Site
from forgesim.site.seeded import Dice, seeded

__all__ = ["add_jira", "jira_variables"]

_FIRST_ISSUE, _FIRST_CHANGE, _FIRST_COMMENT, _FIRST_SPRINT = 20_001, 40_001, 310_001, 41


def add_jira(site: Site, accounts: Mapping[str, str]) -> None:
    """Projects, boards, sprints and issues for ``site``, from its seed and clock; they extend its variables."""
    years = []
    calendars = _calendars(site)
    for place, plan in enumerate(TEAMS):
        dice = seeded("jira", site.seed, plan.key)
        texts = Texts(dice, plan)
        project = _project(site, plan, place, accounts)
        board = Board(
            id=place + 1, name=f"{plan.key} board", project_id=project.id, filter_id=str(10_001 + place)
        )  # fmt: skip
        site.projects[project.id], site.boards[str(board.id)] = project, board
        sprints = _sprints(site, plan, place, board, texts, dice)
        year = TeamYear(dice, plan, accounts, texts, calendars, now=site.clock_ms, sprints=sprints)
        year.run()
        years.append((project, year))
    site.sprints = {str(sprint.id): sprint for _, year in years for sprint in year.sprints}
    _number(site, [(project, draft) for project, year in years for draft in year.drafts])
    site.variables |= jira_variables(site)
    add_work(site, accounts)


def jira_variables(site: Site) -> dict[str, str]:
    """``project`` (a key), ``board`` (an id) and ``sprint`` (an id: the one closed last) of what everybody sees,
    ``issue`` (a key: the first of that sprint), each with ``.id`` and ``.key``; ``sprint.active``, ``sprint.future``;
    and ``board.private`` with its ``project.private`` and ``sprint.private``, which few may see. Boards
    without a closed sprint have no name."""
    found: dict[str, str] = {}
    for board in site.boards.values():
        project = site.projects[board.project_id]
        mark = ".private" if project.viewers is not None else ""
        if f"board{mark}" in found:
            continue
        sprints = [sprint for sprint in site.sprints.values() if sprint.board_id == board.id]
        closed = [sprint for sprint in sprints if sprint.state == "closed"]
        if not closed:
            continue
        found[f"project{mark}"], found[f"board{mark}"] = project.key, str(board.id)
        found[f"sprint{mark}"] = str(max(closed, key=lambda each: each.complete_at or 0).id)
        if not mark:
            found |= {"project.key": project.key, "project.id": project.id, "board.id": found["board"]}
            found["sprint.id"] = found["sprint"]
            found |= {f"sprint.{each.state}": str(each.id) for each in reversed(sprints) if each.state != "closed"}
            sprint = int(found["sprint"])
            issue = next((each for each in site.issues.values() if sprint in each.sprints), None)
            if issue is not None:
                found |= {"issue": issue.key, "issue.key": issue.key, "issue.id": issue.id}
    return found


def _project(site: Site, plan: TeamPlan, place: int, accounts: Mapping[str, str]) -> Project:
    return Project(
        id=str(10_001 + place),
        key=plan.key,
        name=plan.name,
        description=plan.description,
        lead=accounts[plan.members[0]],
        created_at=site.clock_ms - 1_100 * DAY_MS,
        viewers=None if plan.viewers is None else list(plan.viewers),
    )


def _sprints(site: Site, plan: TeamPlan, place: int, board: Board, texts: Texts, dice: Dice) -> list[Sprint]:
    midnight = site.clock_ms // DAY_MS * DAY_MS
    active = midnight + plan.active_start_day * DAY_MS + int(plan.start_hour * HOUR_MS)
    sprints = []
    for number in range(CLOSED + 1 + FUTURE):
        start = active + (number - CLOSED) * SPRINT_DAYS * DAY_MS
        sprint = Sprint(
            id=_FIRST_SPRINT + 2 * number + place,
            board_id=board.id,
            name=f"{plan.key} Sprint {number + 1}",
            goal=texts.goal(),
            created_at=min(start - 16 * DAY_MS, site.clock_ms - 3 * DAY_MS),
        )
        if number <= CLOSED:
            sprint.state, sprint.start_at = "active", start
            # The last working hour before the next sprint's first day.
            sprint.end_at = start // DAY_MS * DAY_MS + SPRINT_DAYS * DAY_MS + 8 * HOUR_MS
        if number < CLOSED:
            sprint.state = "closed"
            sprint.complete_at = start + SPRINT_DAYS * DAY_MS - dice.whole(12, 40) * 60_000
        sprints.append(sprint)
    return sprints


def _calendars(site: Site) -> dict[str, Calendar]:
    """Everybody's working days: without holidays, a holiday of their own in summer, and a week at another time."""
    year = datetime.fromtimestamp(site.clock_ms / 1000, UTC).year
    free = {day_number(day) for each in range(year - 2, year + 2) for day in free_days(each)}
    today = site.clock_ms // DAY_MS
    calendars = {}
    for handle in sorted({name for plan in TEAMS for name in (*plan.members, plan.leaver[0])}):
        dice = seeded("holidays", site.seed, handle)
        summer, other = today - dice.whole(145, 200), today - dice.whole(20, 340)
        away = {*range(summer, summer + dice.whole(12, 19)), *range(other, other + 5)}
        calendars[handle] = Calendar(site.clock_ms - 480 * DAY_MS, site.clock_ms + 120 * DAY_MS, frozenset(free | away))
    return calendars


def _number(site: Site, drafts: list[tuple[Project, Draft]]) -> None:
    """Ids and keys in order of creation, as Jira gives them; epics come before what lies in them."""
    change_ids, comment_ids = count(_FIRST_CHANGE), count(_FIRST_COMMENT, 3)
    drafts.sort(key=lambda each: each[1].created_at)
    for place, (project, draft) in enumerate(drafts):
        if draft.created_at > site.clock_ms:
            continue
        issue = finished(
            draft,
            id_=str(_FIRST_ISSUE + place),
            key=f"{project.key}-{project.next_number}",
            project_id=project.id,
            rank=f"0|i{place:05d}:",
            now=site.clock_ms,
        )
        project.next_number += 1
        issue.changes = [Change(str(next(change_ids)), each.at, each.author, each.items) for each in issue.changes]
        for comment in issue.comments:
            comment.id = str(next(comment_ids))
        draft.issue = issue
        site.issues[issue.id] = issue
