"""What must hold of every sprint, and what must not move its numbers."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

from syncup.health import WEIGHTS, health
from syncup.numbers import ENOUGH
from syncup.passage import Passage, Window, pass_through
from syncup.report import UNITS, burndown, burnup, is_group, say_do, sprint_row, team_size
from syncup.timeline import DAY_MS, Board, IssueLine, Track

BOARD = Board(id=1, waiting=frozenset({"1"}), done=frozenset({"3"}), estimate="points")
WINDOW = Window(sprint=1, start_ms=10 * DAY_MS, end_ms=20 * DAY_MS, planned_ms=20 * DAY_MS)
HOUR_MS = 3_600_000


@st.composite
def tracks(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> Track[Any]:
    hours = draw(st.lists(st.integers(0, 30 * 24), max_size=5, unique=True))
    times = tuple(hour * HOUR_MS for hour in sorted(hours))
    return Track(times, tuple(draw(values) for _ in range(len(times) + 1)))


ISSUES = st.builds(
    IssueLine,
    created_ms=st.integers(0, 30 * 24).map(lambda hour: hour * HOUR_MS),
    sprints=tracks(st.frozensets(st.integers(1, 3), max_size=3)),
    status=tracks(st.sampled_from(["1", "2", "3"])),
    points=tracks(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 8.0])),
    hours=tracks(st.sampled_from([0.0, 0.5, 4.0, 16.0])),
    flag=tracks(st.booleans()),
    is_bug=st.booleans(),
)
SPRINTS = st.lists(ISSUES, max_size=8)


def through(lines: list[IssueLine], window: Window = WINDOW) -> list[Passage]:
    return [passage for line in lines for passage in pass_through(line, window, BOARD)]


def row_of(lines: list[IssueLine], window: Window = WINDOW) -> dict[str, Any]:
    return sprint_row(through(lines, window), window)


@given(SPRINTS)
def test_what_came_is_what_went_in_every_unit(lines: list[IssueLine]) -> None:
    row = row_of(lines)
    for unit in UNITS:
        t = row[unit]
        assert t["committed"] + t["added"] + t["reestimated"] == t["completed"] + t["carried"] + t["removed"]
        assert sum(t["daily"]) == t["completed"]


@given(SPRINTS)
def test_a_burndown_begins_with_what_was_committed_and_ends_with_what_is_carried(lines: list[IssueLine]) -> None:
    row, left = row_of(lines), burndown(through(lines), WINDOW, "points")
    assert (left[0], left[-1]) == (row["points"]["committed"], row["points"]["carried"])
    assert len(left) == len(row["points"]["daily"]) + 1


@given(SPRINTS, st.sampled_from([*UNITS]))
def test_a_burn_up_is_a_burn_down_seen_from_the_other_side(lines: list[IssueLine], unit: str) -> None:
    passages, totals = through(lines), row_of(lines)[unit]
    up, down = burnup(passages, WINDOW, unit), burndown(passages, WINDOW, unit)
    assert [scope - done for scope, done in zip(up["scope"], up["done"], strict=True)] == down
    assert (up["scope"][0], up["done"][-1]) == (totals["committed"], totals["completed"])
    days = zip(up["scope"], up["scope"][1:], up["came"], up["left"], up["grew"], strict=False)
    for before, after, came, left, grew in days:
        assert after == before + came - left + grew


@given(SPRINTS)
def test_nobody_is_faster_for_being_flagged(lines: list[IssueLine]) -> None:
    free = [line._replace(flag=Track((), (False,))) for line in lines]
    row, other = row_of(lines), row_of(free)
    assert row["efficiency"] <= other["efficiency"]
    assert row["blocked"] >= other["blocked"] == 0
    assert {**row, "efficiency": 0, "blocked": 0} == {**other, "efficiency": 0, "blocked": 0}


@given(SPRINTS)
def test_a_sprint_all_of_bugs_is_all_bugs(lines: list[IssueLine]) -> None:
    bugs = [line._replace(is_bug=True) for line in lines]
    assert row_of(bugs)["bugs"] == len(through(lines))


@given(SPRINTS)
def test_shares_and_health_stay_within_0_and_100(lines: list[IssueLine]) -> None:
    row = row_of(lines)
    for unit in UNITS:
        score, reasons = health(row, WINDOW, unit)
        assert 0 <= score <= 100
        assert score == 100 - sum(each["lost"] for each in reasons)
        assert 0 <= say_do(row[unit]) <= 100
    assert sum(WEIGHTS.values()) == 100


@given(SPRINTS, st.randoms(use_true_random=False))
def test_the_order_of_issues_does_not_matter(lines: list[IssueLine], dice: Any) -> None:
    mixed = dice.sample(lines, len(lines))
    assert row_of(mixed) == row_of(lines)


@given(SPRINTS, ISSUES)
def test_an_issue_of_other_sprints_does_not_matter(lines: list[IssueLine], other: IssueLine) -> None:
    elsewhere = other._replace(sprints=Track((), (frozenset({2}),)))
    assert row_of([*lines, elsewhere]) == row_of(lines)


@given(SPRINTS)
def test_doubled_estimates_double_points_and_leave_issues(lines: list[IssueLine]) -> None:
    doubled = [
        line._replace(points=Track(line.points.times, tuple(2 * each for each in line.points.values))) for line in lines
    ]
    row, other = row_of(lines), row_of(doubled)
    assert other["issues"] == row["issues"]
    assert {name: other["points"][name] for name in row["points"] if name != "daily"} == {
        name: 2 * value for name, value in row["points"].items() if name != "daily"
    }
    assert say_do(other["points"]) == say_do(row["points"])


def later(track: Track[Any], by_ms: int) -> Track[Any]:
    return Track(tuple(at + by_ms for at in track.times), track.values)


@given(SPRINTS, st.integers(-9, 400))
def test_the_same_sprint_at_another_time_has_the_same_numbers(lines: list[IssueLine], days: int) -> None:
    by = days * DAY_MS
    window = Window(sprint=1, start_ms=10 * DAY_MS + by, end_ms=20 * DAY_MS + by, planned_ms=20 * DAY_MS + by)
    moved = [
        line._replace(
            created_ms=line.created_ms + by,
            sprints=later(line.sprints, by),
            status=later(line.status, by),
            points=later(line.points, by),
            hours=later(line.hours, by),
            flag=later(line.flag, by),
        )
        for line in lines
    ]
    assert row_of(moved, window) == row_of(lines)


@given(SPRINTS)
def test_what_happens_after_a_sprint_does_not_change_it(lines: list[IssueLine]) -> None:
    cut = [
        line._replace(
            sprints=_until(line.sprints),
            status=_until(line.status),
            points=_until(line.points),
            hours=_until(line.hours),
            flag=_until(line.flag),
        )
        for line in lines
    ]
    row, other = row_of(lines), row_of(cut)
    assert other == row


def _until(track: Track[Any]) -> Track[Any]:
    times = tuple(at for at in track.times if at < WINDOW.end_ms)
    return Track(times, track.values[: len(times) + 1])


@given(SPRINTS)
def test_who_did_it_does_not_matter_once_there_are_enough(lines: list[IssueLine]) -> None:
    at = WINDOW.start_ms
    signed = [line._replace(authors=tuple((at, f"person {n}") for n in range(6))) for line in lines]
    assert row_of(signed) == row_of(lines)
    assert team_size(signed, WINDOW) == 6 * bool(lines)


def test_fewer_than_five_of_either_are_no_group() -> None:
    one = IssueLine(
        created_ms=0, sprints=Track((), (frozenset({1}),)), status=Track((), ("1",)), points=Track((), (1.0,))
    )
    five, four = through([one] * ENOUGH), through([one] * (ENOUGH - 1))
    assert [is_group(five, 5), is_group(five, 4), is_group(four, 5)] == [True, False, False]
