"""Three sprints small enough to be worked out with a pencil; every expected number was."""

from __future__ import annotations

from typing import Any

import pytest
from syncup_hand import BOARD, DOING, DONE, done, issue, moves, ms, starts  # type: ignore[import-not-found]

from syncup.health import health
from syncup.numbers import mean, percentile
from syncup.passage import Passage, Window, pass_through
from syncup.report import burndown, say_do, sprint_row, team_size
from syncup.timeline import DAY_MS, Board, read_board

LINES = {
    1: issue(3, moves(-1, "", "1"), starts(1), done(2)),
    2: issue(5, moves(-1, "", "1"), starts(0.5), done(3.5)),
    3: issue(2, moves(-1, "", "1"), moves(5, "1", "1, 2"), starts(7.5), done(8)),
    4: issue(8, moves(-1, "", "1"), moves(2, "1", "")),
    5: issue(1, moves(1, "", "1"), starts(3), done(4)),
    6: issue(13, moves(-3, "", "1"), starts(-3), done(-2)),
    7: issue(5, moves(-1, "", "1"), starts(2), (2.5, "points", "3", "5"), done(4.5)),
    8: issue(None, moves(6, "", "2"), starts(8), done(9)),
    9: issue(3, moves(6, "", "2"), starts(8), done(8.5), (9.5, "status", DONE, DOING), done(11)),
    10: issue(5, starts(10), done(11.5), created=8, sprint=2),
    11: issue(1, moves(6, "", "2"), starts(7.25), done(7.75)),
    12: issue(
        2, moves(9, "", "2"), moves(10, "2", ""), moves(11, "", "2"), starts(11), moves(12, "2", "2, 3"), done(16)
    ),
    13: issue(3, moves(13, "", "3"), starts(14.5)),
    14: issue(5, moves(13, "", "3"), starts(15), done(17)),
    15: issue(8, moves(13, "", "3")),
    16: issue(1, moves(15.5, "", "3")),
}
WINDOWS = {
    1: Window(sprint=1, start_ms=ms(0), end_ms=ms(5), planned_ms=ms(5)),
    2: Window(sprint=2, start_ms=ms(7), end_ms=ms(12), planned_ms=ms(12)),
    3: Window(sprint=3, start_ms=ms(14), end_ms=ms(18), planned_ms=ms(24)),
}
TOTALS: dict[int, dict[str, dict[str, Any]]] = {
    # 3, 5, 2, 8 and 3 points are in at the start; the one with 13 was done before. 1 comes, 8 goes, 3 becomes 5.
    1: {
        "issues": {"committed": 5, "added": 1, "removed": 1, "completed": 4, "carried": 1, "kept": 3},
        "points": {"committed": 21, "added": 1, "removed": 8, "completed": 14, "carried": 2, "kept": 11},
    },
    # 2, none, 3 and 1 at the start; 5 is created in the sprint; 2 comes, goes and comes again: added once.
    2: {
        "issues": {"committed": 4, "added": 2, "removed": 0, "completed": 5, "carried": 1, "kept": 4},
        "points": {"committed": 6, "added": 7, "removed": 0, "completed": 11, "carried": 2, "kept": 6},
    },
    # Four days in: 2, 3, 5 and 8 at the start, 1 comes; 2 and 5 are done.
    3: {
        "issues": {"committed": 4, "added": 1, "removed": 0, "completed": 2, "carried": 3, "kept": 2},
        "points": {"committed": 18, "added": 1, "removed": 0, "completed": 7, "carried": 12, "kept": 7},
    },
}
REESTIMATED = {1: 2, 2: 0, 3: 0}
DAILY = {1: [0, 0, 3, 5, 6], 2: [1, 2, 0, 0, 8], 3: [0, 0, 2, 5]}
BURNDOWN = {1: [21, 22, 11, 13, 7, 2], 2: [6, 8, 7, 8, 7, 2], 3: [18, 18, 17, 12, 12]}
SAY_DO = {1: 52, 2: 100, 3: 39}
HEALTH = {
    1: (83, [9, 8]),  # 9/21 of 20 for the scope; 2 of 16 points left: 1/8 of 60
    2: (67, [20, 9, 2, 2]),  # more added than committed; 2/13 of 60; 1/6 of 10, twice
    3: (97, [2, 1]),  # 12 of 19 points left with 6 of 10 days: 0.0316 of 60; 1/18 of 20
}


def passages(sprint: int) -> list[Passage]:
    return [passage for line in LINES.values() for passage in pass_through(line, WINDOWS[sprint], BOARD)]


def row(sprint: int) -> dict[str, Any]:
    return sprint_row(passages(sprint), WINDOWS[sprint])


@pytest.mark.parametrize("sprint", WINDOWS)
@pytest.mark.parametrize("unit", ["issues", "points"])
def test_totals(sprint: int, unit: str) -> None:
    totals = row(sprint)[unit]
    assert {name: totals[name] for name in TOTALS[sprint][unit]} == TOTALS[sprint][unit]


@pytest.mark.parametrize("sprint", WINDOWS)
def test_what_changed_in_size_and_what_was_done_each_day(sprint: int) -> None:
    assert row(sprint)["points"]["reestimated"] == REESTIMATED[sprint]
    assert row(sprint)["points"]["daily"] == DAILY[sprint]


def test_issues_done_each_day() -> None:
    assert row(2)["issues"]["daily"] == [1, 1, 1, 0, 2]


@pytest.mark.parametrize("sprint", WINDOWS)
def test_burndown(sprint: int) -> None:
    assert burndown(passages(sprint), WINDOWS[sprint], "points") == BURNDOWN[sprint]


@pytest.mark.parametrize("sprint", WINDOWS)
def test_say_do(sprint: int) -> None:
    assert say_do(row(sprint)["points"]) == SAY_DO[sprint]


@pytest.mark.parametrize("sprint", WINDOWS)
def test_health_and_what_it_lost(sprint: int) -> None:
    score, reasons = health(row(sprint), WINDOWS[sprint], "points")
    assert (score, [each["lost"] for each in reasons]) == HEALTH[sprint]


def test_five_issues_done_have_cycle_times_and_four_have_none() -> None:
    # 0.5, 0.5, 1, 1.5 and 3 days: the median is the third; 85 % is four tenths from 1.5 to 3, 95 % eight tenths.
    assert row(2)["cycle"] == {"p50": 1.0, "p85": 2.1, "p95": 2.7}
    assert row(1)["cycle"] == {}


def test_one_issue_was_reopened_and_one_has_no_estimate() -> None:
    assert [(row(sprint)["reopened"], row(sprint)["unestimated"]) for sprint in WINDOWS] == [(0, 0), (1, 1), (0, 0)]


def test_velocity_and_its_range() -> None:
    completed = [row(sprint)["points"]["completed"] for sprint in (1, 2)]
    spread = [round(percentile(completed, at), 1) for at in (10, 90)]
    assert (mean(completed), spread) == (12.5, [11.3, 13.7])


def test_people_are_counted_over_the_board_and_the_four_weeks_before() -> None:
    # The n-th change of each issue is by the same person; up to the end of the first sprint issue 7 has four.
    assert team_size(LINES.values(), WINDOWS[1]) == 4
    long_ago = Window(sprint=1, start_ms=ms(60), end_ms=ms(65), planned_ms=ms(65))
    assert team_size(LINES.values(), long_ago) == 0


def test_a_board_without_estimates_counts_issues_only() -> None:
    bare = read_board({"id": 9, "columnConfig": {"columns": [{"statuses": [{"id": 1}]}, {"statuses": [{"id": 3}]}]}})
    assert bare == Board(id=9, waiting=frozenset("1"), done=frozenset("3"), estimate="")


def test_a_day_is_a_day() -> None:
    assert ms(1) - ms(0) == DAY_MS


def test_what_is_done_at_the_very_end_is_late() -> None:
    late, just = (issue(3, moves(-1, "", "1"), starts(1), done(day)) for day in (5, 4.999))
    ends = [passage.completed for line in (late, just) for passage in pass_through(line, WINDOWS[1], BOARD)]
    assert ends == [False, True]


def test_what_is_opened_again_after_the_sprint_was_done_on_its_day() -> None:
    line = issue(3, moves(-1, "", "1"), starts(1), done(3.5), (6, "status", DONE, DOING), done(8))
    totals = sprint_row(pass_through(line, WINDOWS[1], BOARD), WINDOWS[1])["points"]
    assert totals["daily"] == [0, 0, 0, 3, 0]


def test_what_was_finished_elsewhere_counts_on_the_day_it_comes_in() -> None:
    line = issue(3, starts(0.5), done(1), moves(3, "", "1"))
    totals = sprint_row(pass_through(line, WINDOWS[1], BOARD), WINDOWS[1])["points"]
    assert (totals["added"], totals["completed"], totals["daily"]) == (3, 3, [0, 0, 0, 3, 0])
