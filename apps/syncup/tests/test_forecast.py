"""Futures: the same for the same question, made of the team's own weeks, with numpy's percentiles."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, strategies as st

from syncup.forecast import FUTURES, HORIZON, NOTHING, at_least, finish_days, forecast, futures, weeks
from syncup.numbers import percentile
from syncup.timeline import DAY_MS

MONDAY = round(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp() * 1000)
THURSDAY = MONDAY + 3 * DAY_MS
KNOWN = weeks([(MONDAY, [3, 0, 5, 1, 8, 0, 0, 2, 2, 0, 4, 6]), (MONDAY + 14 * DAY_MS, [0, 5, 5, 0, 3, 1])])

amounts = st.floats(-1e6, 1e6, allow_nan=False)


def ends(left: float, seed: int, now_ms: int = MONDAY) -> list[int]:
    return finish_days(left, futures(KNOWN, now_ms=now_ms, seed=seed))


@given(st.lists(amounts, min_size=1, max_size=60), st.floats(0, 100))
def test_percentiles_are_those_of_numpy(values: list[float], percent: float) -> None:
    assert percentile(values, percent) == pytest.approx(float(np.percentile(values, percent)), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("percent", [50, 85, 95])
@pytest.mark.parametrize("seed", [41, 63, 93])
def test_the_confidences_of_a_forecast_are_numpy_s_of_the_same_draw(seed: int, percent: int) -> None:
    drawn = ends(31.5, seed)
    found = forecast(31.5, KNOWN, now_ms=MONDAY, planned_ms=MONDAY + 10 * DAY_MS, seed=seed)
    by_confidence = {each["confidence"]: each["days"] for each in found["finish"]}
    assert by_confidence[percent] == round(float(np.percentile(drawn, percent)), 1)
    assert found["chance"] == round(100 * float(np.mean(np.array(drawn) <= 10)))
    assert found["futures"] == np.bincount(drawn).tolist()


@pytest.mark.parametrize("now_ms", [MONDAY, THURSDAY])
def test_the_draw_is_the_one_that_the_text_describes(now_ms: int) -> None:
    """The same futures, made again one by one: from an urn of weeks, into which every week comes back twice."""
    dice = random.Random(7)
    per_week = [[dice.random() for _ in range(FUTURES)] for _ in range(HORIZON // 7 + 1)]
    by_hand = []
    for future in range(FUTURES):
        urn, left, day = [*KNOWN], 20.0, 0
        for rolls in per_week:
            week = urn[int(rolls[future] * len(urn))]
            urn.append(week)
            for _ in range(7):
                if left > 0 and day < HORIZON:
                    left -= week[(now_ms // DAY_MS + 3 + day) % 7]  # the epoch began on a Thursday
                    day += 1
        by_hand.append(day)
    assert ends(20.0, 7, now_ms) == sorted(by_hand)


def test_weeks_are_whole_and_what_they_lack_is_the_team_s_mean() -> None:
    # Seven days; five, without a weekend; six, without a Sunday: weekends have 0, 0 and 1.
    assert KNOWN == [[3, 0, 5, 1, 8, 0, 0], [2, 2, 0, 4, 6, 1 / 3, 1 / 3], [0, 5, 5, 0, 3, 1, 1 / 3]]


def test_a_week_that_begins_on_a_thursday_is_a_week() -> None:
    assert weeks([(THURSDAY, [1, 2, 3, 4, 5, 6, 7])]) == [[5, 6, 7, 1, 2, 3, 4]]


def test_bad_weeks_come_whole() -> None:
    """A team of which one week in two is lost: ten days of a mean week are never what is done."""
    known = weeks([(MONDAY, [2] * 5 + [0] * 9)] * 4)
    done = sorted({sum(each) for each in zip(*islice(futures(known, now_ms=MONDAY, seed=3), 14), strict=True)})
    assert done == [0, 10, 20]


def test_of_few_weeks_less_is_known() -> None:
    few, many = (
        [each["done"] for each in at_least(weeks([(MONDAY, [8] * 7 + [2] * 7)] * n), now_ms=MONDAY, ahead=28, seed=1)]
        for n in (1, 30)
    )
    assert (few[0], many[0]) == (140, 140)
    assert few[1] < many[1]


def test_weekends_come_on_weekends() -> None:
    idle = weeks([(MONDAY, [1, 1, 1, 1, 1, 0, 0])])
    days = [set(day) for day in islice(futures(idle, now_ms=THURSDAY, seed=1), 9)]
    assert days == [{1}, {1}, {0}, {0}, {1}, {1}, {1}, {1}, {1}]


def test_a_steady_team_takes_what_division_says() -> None:
    steady = weeks([(MONDAY, [2] * 7)])
    for left, days in ((12, 6), (11, 6), (0, 0), (HORIZON * 2, HORIZON), (HORIZON * 3, HORIZON)):
        assert set(finish_days(left, futures(steady, now_ms=MONDAY, seed=1))) == {days}


def test_a_team_without_a_past_does_not_finish() -> None:
    assert weeks([]) == NOTHING
    assert set(finish_days(1, futures(NOTHING, now_ms=MONDAY, seed=1))) == {HORIZON}


def test_another_sprint_has_other_futures_and_the_same_one_the_same() -> None:
    assert ends(31, 1) == ends(31, 1) != ends(31, 2)


@given(st.floats(0, 60), st.floats(0, 60), st.integers(0, 99))
def test_more_work_never_ends_earlier(one: float, other: float, seed: int) -> None:
    short, long = (ends(left, seed) for left in sorted((one, other)))
    assert len(short) == len(long) == FUTURES
    assert all(a <= b for a, b in zip(short, long, strict=True))


@given(st.integers(0, 20), st.integers(0, 20))
def test_more_time_never_lowers_the_chance(one: int, other: int) -> None:
    early, late = (
        forecast(25, KNOWN, now_ms=MONDAY, planned_ms=MONDAY + days * DAY_MS, seed=5)["chance"]
        for days in sorted((one, other))
    )
    assert early <= late


@given(st.integers(1, 9))
def test_a_team_that_does_twice_as_much_needs_the_same_time_for_twice_as_much(times: int) -> None:
    faster = [[times * amount for amount in week] for week in KNOWN]
    assert finish_days(30 * times, futures(faster, now_ms=MONDAY, seed=4)) == pytest.approx(ends(30, 4), abs=1)
