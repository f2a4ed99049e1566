"""A board without sprints, week by week: with a pencil, by another way of counting, and what must not move it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from syncup_hand import DOING, DONE, done, flags, frees, issue, ms, starts  # type: ignore[import-not-found]
from test_laws import ISSUES, later  # type: ignore[import-not-found]

from syncup.anomaly import LEAST_WEEKS, outside
from syncup.forecast import weeks
from syncup.numbers import total
from syncup.passage import Passage, Window, pass_through
from syncup.timeline import ALL, DAY_MS, Board, IssueLine
from syncup.weeks import WEEK_MS, Week, daily_of, signs_of, weeks_of

BOARD = Board(id=1, waiting=frozenset({"1"}), done=frozenset({"3"}), estimate="points", kind="kanban")
WINDOW = Window(sprint=ALL, start_ms=ms(0), end_ms=ms(21), planned_ms=0)
LINES = [
    issue(None, starts(1), done(3)),  # done in the first week after two days
    issue(None, starts(5), done(9)),  # in progress as the first ends, done in the second
    issue(None, starts(8), flags(10), frees(16), done(20)),  # flagged for four days, and for two of the third week
    issue(None, starts(2), done(4), (15, "status", DONE, DOING)),  # done, and then not: counts nowhere as done
    issue(None, created=8),  # came in the second week and waits
    issue(None, flags(-3), created=-9),  # flagged for as long as the board is looked at, and not begun
    issue(None, starts(-8), done(-2), created=-9),  # done before
    issue(None, starts(19), created=18),  # came in the third week, in progress
]  # fmt: skip
BY_HAND = [
    {"issues done": 1, "issues that came": 0, "in progress": 1, "blocked days": 7},
    {"issues done": 1, "issues that came": 1, "in progress": 1, "blocked days": 11},
    {"issues done": 1, "issues that came": 1, "in progress": 2, "blocked days": 9},
]


def through(lines: list[IssueLine], window: Window = WINDOW) -> list[Passage]:
    return [passage for line in lines for passage in pass_through(line, window, BOARD)]


def signs(lines: list[IssueLine], window: Window = WINDOW) -> list[dict[str, float]]:
    return [signs_of(week) for week in weeks_of(through(lines, window), window)]


def test_three_weeks() -> None:
    assert signs(LINES) == BY_HAND


def test_five_issues_done_in_a_week_have_cycle_times_and_four_have_none() -> None:
    lines = [issue(None, starts(day), done(6)) for day in (5.5, 5, 4, 3, 2)]
    # Half a day, 1, 2, 3 and 4: the median is the third; 85 % lies four tenths from 3 to 4, 95 % eight tenths.
    assert signs(lines)[0] | {"blocked days": 0} == {
        "issues done": 5, "issues that came": 0, "in progress": 0, "blocked days": 0,
        "cycle days p50": 2, "cycle days p85": 3.4, "cycle days p95": 3.8,
    }  # fmt: skip
    assert "cycle days p50" not in signs(lines[1:])[0]


def test_a_young_board_has_the_weeks_since_its_first_issue() -> None:
    lines = [issue(None, starts(9), done(10), created=8), issue(None, created=15)]
    assert [each["issues that came"] for each in signs(lines)] == [1, 1]
    assert len(signs([issue(None, created=20.9)])) == 1


def test_what_was_done_day_by_day_ends_with_the_window() -> None:
    assert daily_of(through(LINES), WINDOW, 3) == [0, 0, 0, 1] + [0] * 5 + [1] + [0] * 10 + [1]
    assert daily_of(through(LINES), WINDOW, 2) == [0, 0, 1] + [0] * 10 + [1]
    assert weeks([(WINDOW.start_ms, daily_of(through(LINES), WINDOW, 1))])[0] == [0, 0, 0, 0, 0, 0, 1]


def hour_by_hour(lines: list[IssueLine]) -> list[dict[str, float]]:
    """The same by asking every issue at every hour."""
    found = []
    hours = range(WINDOW.start_ms, WINDOW.end_ms, 3_600_000)

    def is_open(line: IssueLine, at: int) -> bool:
        return at >= line.created_ms and line.status.at(at) not in BOARD.done

    for start in range(WINDOW.start_ms, WINDOW.end_ms, WEEK_MS):
        last = start + WEEK_MS - 3_600_000
        week = range(start, start + WEEK_MS, 3_600_000)
        ends = [
            next(at for at in reversed(hours) if at == hours[0] or is_open(line, at - 3_600_000))
            for line in lines
            if not is_open(line, hours[-1]) and hours[-1] >= line.created_ms and any(is_open(line, at) for at in hours)
        ]
        firsts = [next((at for at in hours if is_open(line, at)), -1) for line in lines]
        found.append({
            "issues done": sum(at in week for at in ends),
            "issues that came": sum(at in week and at != hours[0] for at in firsts),
            "in progress": sum(is_open(line, last) and line.status.at(last) not in BOARD.waiting for line in lines),
            "blocked days": total([sum(is_open(line, at) and line.flag.at(at) for line in lines for at in week) / 24]),
        })  # fmt: skip
    return found


def hourly(line: IssueLine) -> IssueLine:
    """Moved to where the window lies: its instants are whole hours there. No issue changes before it is created."""
    by = WINDOW.start_ms - 5 * DAY_MS
    line = line._replace(created_ms=min([line.created_ms, *(at - 3_600_000 for at in line.status.times)]))
    return line._replace(
        created_ms=line.created_ms + by, status=later(line.status, by), flag=later(line.flag, by),
        sprints=later(line.sprints, by), points=later(line.points, by), hours=later(line.hours, by),
    )  # fmt: skip


BOARDS = st.lists(ISSUES.map(hourly), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None)
@given(BOARDS)
def test_weeks_are_what_every_hour_says(lines: list[IssueLine]) -> None:
    mine = [{key: each[key] for key in BY_HAND[0]} for each in signs(lines)]
    empty = {"issues done": 0, "issues that came": 0, "in progress": 0, "blocked days": 0}
    assert [*[empty] * (3 - len(mine)), *mine] == hour_by_hour(lines)


@given(BOARDS, st.randoms(use_true_random=False))
def test_the_order_of_issues_does_not_matter(lines: list[IssueLine], dice: Any) -> None:
    assert signs(dice.sample(lines, len(lines))) == signs(lines)


@given(BOARDS)
def test_every_issue_twice_is_every_number_twice(lines: list[IssueLine]) -> None:
    once, twice = (weeks_of(through(some), WINDOW) for some in (lines, [*lines, *lines]))
    doubled = [
        Week(2 * each.came, sorted([*each.cycle_days] * 2), 2 * each.in_progress, 2 * each.blocked_ms) for each in once
    ]
    assert doubled == [each._replace(cycle_days=sorted(each.cycle_days)) for each in twice]


@given(BOARDS)
def test_a_week_later_the_weeks_are_the_same_but_one(lines: list[IssueLine]) -> None:
    """What came is not: what was there as the second week began did not come in it."""
    shorter = WINDOW._replace(start_ms=WINDOW.start_ms + WEEK_MS)
    long, short = signs(lines), signs(lines, shorter)
    keep = ("in progress", "blocked days", "issues done")
    assert [[each[key] for key in keep] for each in long[len(long) - len(short) :]] == [
        [each[key] for key in keep] for each in short
    ]


@given(BOARDS)
def test_nobody_is_less_blocked_for_being_flagged(lines: list[IssueLine]) -> None:
    free = [line._replace(flag=LINES[0].flag) for line in lines]
    pairs = zip(signs(lines), signs(free), strict=True)
    assert all(mine["blocked days"] >= other["blocked days"] == 0 for mine, other in pairs)


def week(count: int, came: int = 5, busy: int = 6, blocked_days: float = 0) -> dict[str, float]:
    return signs_of(Week(came, [2.0] * count, busy, round(blocked_days * DAY_MS)))


def test_what_is_unusual_is_so_by_the_board_s_own_weeks() -> None:
    before = [week(count) for count in (4, 5, 6, 6, 7, 8, 9, 10)]
    # Quartiles of 4 to 10: 5.75 and 8.25, 2.5 apart; the median is 6.5. So 5.75 - 6.25, and 8.25 + 6.25.
    expected = {"sign": "issues done", "value": 15, "usual": 6.5, "low": -0.5, "high": 14.5}
    assert outside(week(15), before, LEAST_WEEKS) == [expected]
    assert outside(week(14), before, LEAST_WEEKS) == []
    assert outside(week(99), before[1:], LEAST_WEEKS) == [], "seven weeks are no past"


@pytest.mark.parametrize(
    ("last", "sign"),
    [
        ({"came": 30}, "issues that came"),
        ({"busy": 20}, "in progress"),
        ({"blocked_days": 4}, "blocked days"),
        ({"count": 30}, "issues done"),
    ],
)
def test_each_sign_speaks_for_itself(last: dict[str, Any], sign: str) -> None:
    before = [week(6)] * LEAST_WEEKS
    assert [each["sign"] for each in outside(week(**{"count": 6, **last}), before, LEAST_WEEKS)] == [sign]


def test_how_often_an_ordinary_week_is_called_unusual(capsys: pytest.CaptureFixture[str]) -> None:
    """Of teams that never change one sign in fifty speaks; of a week with three times as much done most do."""
    dice = np.random.default_rng(11)
    false = found = 0
    for _ in range(2000):
        pace = dice.uniform(3, 20)
        past = [{"issues done": float(count)} for count in dice.poisson(pace, 12)]
        false += len(outside({"issues done": float(dice.poisson(pace))}, past, LEAST_WEEKS))
        found += len(outside({"issues done": float(dice.poisson(3 * pace))}, past, LEAST_WEEKS))
    with capsys.disabled():
        print(f"of 2,000 ordinary weeks {false} were called unusual, of 2,000 with thrice as much {found}")  # noqa: T201
    assert false <= 40
    assert found >= 1500
