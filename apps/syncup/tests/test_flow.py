"""How work flows, with a pencil: burn-up, idle and blocked time, age, bugs, hours of sub-tasks, two sprints at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from syncup_hand import (  # type: ignore[import-not-found]
    BOARD,
    DOING,
    DONE,
    done,
    flags,
    frees,
    issue,
    moves,
    ms,
    raw,
    starts,
)

from syncup.anomaly import NARROWEST, REACH, anomalies
from syncup.flow import flow_of, wip
from syncup.look import lines_of
from syncup.passage import Passage, Window, pass_through
from syncup.report import KEPT_DAYS, burnup, sprint_row
from syncup.timeline import ALL, IssueLine

IN = moves(-1, "", "1")
LINES = [
    issue(3, IN, starts(2), done(6)),
    issue(5, IN, starts(1), flags(3), frees(5), done(8), kind="Bug"),
    issue(2, moves(4, "", "1"), starts(5)),
    issue(1, IN, flags(6), frees(9)),
    issue(8, IN, starts(1), moves(7, "1", "")),
    issue(None, IN, starts(0.5), done(9), kind="バグ"),
]


def window(sprint: int = 1, start: float = 0, end: float = 10) -> Window:
    return Window(sprint=sprint, start_ms=ms(start), end_ms=ms(end), planned_ms=ms(end))


def through(lines: list[IssueLine], of: Window | None = None) -> list[Passage]:
    return [passage for line in lines for passage in pass_through(line, of or window(), BOARD)]


def row(lines: list[IssueLine], of: Window | None = None) -> dict[str, Any]:
    return sprint_row(through(lines, of), of or window())


def test_a_burn_up_day_by_day() -> None:
    up = burnup(through(LINES), window(), "points")
    assert up["scope"] == [17, 17, 17, 17, 19, 19, 19, 11, 11, 11, 11]
    assert up["done"] == [0, 0, 0, 0, 0, 0, 3, 3, 8, 8, 8]
    assert up["came"] == [0, 0, 0, 2, 0, 0, 0, 0, 0, 0]
    assert up["left"] == [0, 0, 0, 0, 0, 0, 8, 0, 0, 0]
    assert up["grew"] == [0] * 10


def test_an_estimate_that_grows_is_no_scope_that_came() -> None:
    line = issue(8, IN, (3.5, "points", "3", "8"), starts(4))
    up = burnup(through([line]), window(), "points")
    assert (up["scope"][3], up["scope"][4], up["grew"], sum(up["came"])) == (3, 8, [0, 0, 0, 5, 0, 0, 0, 0, 0, 0], 0)


def test_idle_and_blocked_time() -> None:
    # Open and begun: 6, 8, 6, 7 and 9 days; idle of these 2, 1 + 2 flagged, 1, 1 and half a day: 7.5 of 36.
    # Flagged: two days of the second, and three of the fourth, which nobody has begun.
    assert flow_of(through(LINES), ms(10)) == {"efficiency": 79, "blocked": 5.0}


def test_what_is_in_progress_and_how_old_five_of_them_are() -> None:
    assert wip(through(LINES), window()) == {"issues": 1, "ageDays": {}}
    five = [issue(1, IN, starts(day)) for day in (0, 2, 4, 6, 8)]
    # Ages 2, 4, 6, 8 and 10: the median is the third; 85 % lies four tenths from 8 to 10, 95 % eight tenths.
    assert wip(through(five), window()) == {"issues": 5, "ageDays": {"p50": 6, "p85": 8.8, "p95": 9.6}}


@pytest.mark.parametrize(
    "name",
    ["Bug", "Błąd", "Ошибка", "Σφάλμα", "באג", "خطأ", "बग", "ข้อผิดพลาด", "バグ", "버그", "缺陷", "Lỗi"],
)
def test_bugs_are_bugs_in_twelve_scripts(name: str) -> None:
    assert issue(1, kind=name).is_bug
    assert not issue(1, kind=f"{name} 2").is_bug


def test_two_bugs_of_six() -> None:
    assert row(LINES)["bugs"] == 2


STORY = raw(3, IN, starts(1), done(6), hours=4, key="1")
PARTS = [
    raw(9, IN, starts(1), done(2), hours=6, key="2", parent="1"),
    raw(None, IN, (3, "timeoriginalestimate", "7200", "10800"), hours=3, key="3", parent="1"),
    raw(None, created=5, hours=1, key="4", parent="1"),
]


def test_sub_tasks_add_hours_to_their_parent_and_are_no_issues() -> None:
    lines = lines_of([PARTS[0], STORY, *PARTS[1:]], BOARD)
    assert [line.hours.at(ms(day)) for line in lines for day in (-9, 2.9, 3, 5)] == [12, 12, 13, 14]
    totals = row(lines)
    assert {unit: totals[unit]["committed"] for unit in ("issues", "points", "hours")} == {
        "issues": 1,
        "points": 3,
        "hours": 12,
    }
    assert (totals["hours"]["reestimated"], totals["hours"]["completed"]) == (2, 14)


def test_it_does_not_matter_how_hours_are_split() -> None:
    whole = raw(3, IN, starts(1), done(6), hours=10, key="1")
    assert row(lines_of([STORY, PARTS[0]], BOARD)) == row(lines_of([whole], BOARD))


def test_a_sub_task_whose_parent_is_elsewhere_is_nothing() -> None:
    assert lines_of(PARTS, BOARD) == []


def test_sprints_that_overlap_count_an_issue_each_in_its_time() -> None:
    line = issue(5, IN, starts(1), moves(5, "1", "2"), done(8))
    first, second = row([line], window(1, 0, 10))["points"], row([line], window(2, 3, 12))["points"]
    assert (first["committed"], first["removed"], first["completed"]) == (5, 5, 0)
    assert (second["committed"], second["added"], second["completed"]) == (0, 5, 5)


def test_a_whole_board_has_what_no_sprint_holds() -> None:
    lines = [issue(None, starts(1), done(3)), issue(None, created=4), issue(None, starts(-5), done(-2))]
    totals = row(lines, window(ALL))["issues"]
    assert (totals["committed"], totals["added"], totals["completed"], totals["carried"]) == (1, 1, 1, 1)
    assert totals["daily"] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_of_a_long_sprint_the_first_days_are_kept_and_nothing_is_heaped_on_the_last() -> None:
    lines = [issue(2, IN, starts(1), done(day)) for day in (3.5, 30.5, 35.5, 49)]
    kept = row(lines, window(end=50))["points"]
    assert (kept["completed"], len(kept["daily"]), sum(kept["daily"]), kept["daily"][30]) == (8, KEPT_DAYS, 4, 2)


TOTALS = {"committed": 20, "added": 1, "removed": 1, "kept": 15}


def told(*, efficiency: int, blocked: float = 0, **totals: float) -> dict[str, Any]:
    """A row as storage keeps it."""
    return {
        "issues": TOTALS | totals,
        "bugs": 3,
        "reopened": 0,
        "efficiency": efficiency,
        "blocked": blocked,
        "cycle": {"p85": 4.0},
    }


def test_what_is_unusual_is_so_by_the_team_s_own_sprints() -> None:
    past = [told(efficiency=each) for each in (60, 62, 64, 66, 80)]
    # Quartiles 62 and 66; a tenth of the median and one is 7.4, which is wider: 62 - 18.5 and 66 + 18.5.
    expected = {"sign": "flow efficiency", "value": 43, "usual": 64, "low": 43.5, "high": 84.5}
    assert anomalies(told(efficiency=43), past, "issues") == [expected]
    assert anomalies(told(efficiency=44), past, "issues") == []
    assert anomalies(told(efficiency=1), past[1:], "issues") == [], "four sprints are no past"


def test_of_a_sprint_that_runs_only_what_is_high_already_is_unusual() -> None:
    past = [told(efficiency=60)] * 5
    runs = told(efficiency=10, blocked=9, kept=0)
    assert [each["sign"] for each in anomalies(runs, past, "issues", ended=False)] == ["blocked days"]
    assert [each["sign"] for each in anomalies(runs, past, "issues")] == ["say/do", "flow efficiency", "blocked days"]


@given(st.lists(st.integers(0, 100), min_size=5, max_size=12), st.integers(0, 100))
def test_the_fences_are_numpy_s_quartiles(values: list[int], value: int) -> None:
    first, median, third = np.percentile(values, [25, 50, 75])
    reach = REACH * max(NARROWEST * median + 1, third - first)
    outside = not round(first - reach, 1) <= value <= round(third + reach, 1)
    found = anomalies(told(efficiency=value), [told(efficiency=each) for each in values], "issues")
    assert [each["sign"] for each in found] == ["flow efficiency"] * outside


def test_done_again_in_a_sprint_is_counted_once() -> None:
    line = issue(3, IN, starts(1), done(2), (3, "status", DONE, DOING), done(6))
    up = burnup(through([line]), window(), "issues")
    assert up["done"] == [0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1]
    assert row([line])["reopened"] == 1
