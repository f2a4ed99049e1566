"""Futures: the same for the same question, made of the team's own days, with numpy's percentiles."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, strategies as st

from syncup.forecast import FUTURES, HORIZON, finish_days, forecast, pools
from syncup.numbers import percentile
from syncup.timeline import DAY_MS

MONDAY = round(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp() * 1000)
WEEK = [False, False, False, False, False, True, True]
KINDS = (WEEK * 13)[:HORIZON]
DAYS = pools([(MONDAY, [3, 0, 5, 1, 8, 0, 0, 2, 2, 0, 4, 6]), (MONDAY + 14 * DAY_MS, [0, 5, 5, 0, 3, 1])])

amounts = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(amounts, min_size=1, max_size=60), st.floats(0, 100))
def test_percentiles_are_those_of_numpy(values: list[float], percent: float) -> None:
    assert percentile(values, percent) == pytest.approx(float(np.percentile(values, percent)), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("percent", [50, 85, 95])
@pytest.mark.parametrize("seed", [41, 63, 93])
def test_the_confidences_of_a_forecast_are_numpy_s_of_the_same_draw(seed: int, percent: int) -> None:
    ends = finish_days(31.5, KINDS, DAYS, seed)
    found = forecast(31.5, DAYS, now_ms=MONDAY, planned_ms=MONDAY + 10 * DAY_MS, seed=seed)
    by_confidence = {each["confidence"]: each["days"] for each in found["finish"]}
    assert by_confidence[percent] == round(float(np.percentile(ends, percent)), 1)
    assert found["chance"] == round(100 * float(np.mean(np.array(ends) <= 10)))
    assert found["futures"] == np.bincount(ends).tolist()


def test_the_draw_is_the_one_that_the_text_describes() -> None:
    """The same futures, made again in the most pedestrian way."""
    dice, ends = random.Random(7), []
    for _ in range(FUTURES):
        left, end = 20.0, HORIZON
        rolls = [dice.random() for _ in KINDS]
        for day, (kind, roll) in enumerate(zip(KINDS, rolls, strict=True), 1):
            left -= DAYS[kind][int(roll * len(DAYS[kind]))]
            if left <= 0:
                end = day
                break
        ends.append(end)
    assert finish_days(20.0, KINDS, DAYS, 7) == ends


def test_weekends_are_drawn_from_weekends() -> None:
    assert DAYS[True] == [0, 0, 1]
    assert len(DAYS[False]) == 15


def test_a_steady_team_takes_what_division_says() -> None:
    steady = {False: [2.0], True: [2.0]}
    assert set(finish_days(12, KINDS, steady, 1)) == {6}
    assert set(finish_days(0, KINDS, steady, 1)) == {0}


def test_a_team_without_a_past_does_not_finish() -> None:
    assert set(finish_days(1, KINDS, {False: [], True: []}, 1)) == {HORIZON}


def test_another_sprint_has_other_futures_and_the_same_one_the_same() -> None:
    one, other = (finish_days(31, KINDS, DAYS, seed) for seed in (1, 2))
    assert one == finish_days(31, KINDS, DAYS, 1)
    assert one != other


@given(st.floats(0, 60), st.floats(0, 60), st.integers(0, 99))
def test_more_work_never_ends_earlier(one: float, other: float, seed: int) -> None:
    short, long = (finish_days(left, KINDS[:20], DAYS, seed) for left in sorted((one, other)))
    assert all(a <= b for a, b in zip(short, long, strict=True))


@given(st.integers(0, 20), st.integers(0, 20))
def test_more_time_never_lowers_the_chance(one: int, other: int) -> None:
    early, late = (
        forecast(25, DAYS, now_ms=MONDAY, planned_ms=MONDAY + days * DAY_MS, seed=5)["chance"]
        for days in sorted((one, other))
    )
    assert early <= late
