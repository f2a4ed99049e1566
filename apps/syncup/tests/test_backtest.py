"""The forecast against what then came: teams made by dice that know nothing of SyncUp, and how often 85 % held."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest

from syncup.forecast import forecast, pools
from syncup.timeline import DAY_MS

MONDAY = 1_772_442_000_000
"""2026-03-02T09:00Z."""
SPRINT_DAYS, PAST = 14, 6


def days_of_a_team(dice: np.random.Generator, days: int) -> list[float]:
    """Points done on each day from a Monday on: a team's pace differs from another's, and its weeks from each other."""
    pace = dice.uniform(0.4, 2.0)
    weeks = pace * dice.gamma(12, 1 / 12, days // 7 + 1)
    stories = [dice.poisson(0.05 * pace if day % 7 >= 5 else weeks[day // 7]) for day in range(days)]
    return [float(sum(dice.choice([1, 2, 3, 5, 8], count))) for count in stories]


def held(team: int) -> dict[int, bool]:
    """Confidence → whether a sprint's work, forecast on its fourth day, was done when it was said to be."""
    dice = np.random.default_rng(team)
    daily = days_of_a_team(dice, SPRINT_DAYS * (PAST + 8))
    today = SPRINT_DAYS * PAST + 4
    past = [daily[SPRINT_DAYS * each : SPRINT_DAYS * (each + 1)] for each in range(PAST)]
    left = max(1.0, round(float(np.mean([sum(each) for each in past])) * dice.uniform(0.4, 1.2)))
    ends = next(day for day, done in enumerate(accumulate(daily[today:], initial=0.0)) if done >= left)
    history = [(MONDAY + SPRINT_DAYS * number * DAY_MS, each) for number, each in enumerate(past)]
    now_ms = MONDAY + today * DAY_MS
    found = forecast(left, pools(history), now_ms=now_ms, planned_ms=now_ms + 10 * DAY_MS, seed=team)
    return {each["confidence"]: ends <= each["days"] for each in found["finish"]}


def test_how_often_forecasts_held(capsys: pytest.CaptureFixture[str]) -> None:
    teams = [held(team) for team in range(200)]
    shares = {confidence: sum(each[confidence] for each in teams) for confidence in (50, 85, 95)}
    with capsys.disabled():
        said = (f"the {each} % forecast held {count} of {len(teams)} times" for each, count in shares.items())
        print(", ".join(said))  # noqa: T201 -- how often it held is for people to read
    # By chance alone 85 % of 200 lies within 170 ± 15 in 997 of 1,000 cases.
    assert 155 <= shares[85] <= 190
    assert shares[50] < shares[85] < shares[95]
