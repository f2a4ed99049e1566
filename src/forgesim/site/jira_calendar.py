"""Working time: Monday to Friday, eight hours a day from 08:00 UTC, without free days."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta

__all__ = ["DAY_MS", "HOUR_MS", "Calendar", "day_number", "free_days"]

HOUR_MS = 3_600_000
DAY_MS = 86_400_000
_HOURS = 8
_OPENS_MS = 8 * HOUR_MS


def free_days(year: int) -> frozenset[date]:
    """The company's holidays of a year: New Year, Good Friday, Easter Monday, 1 May, Christmas, New Year's Eve."""
    easter = _easter(year)
    fixed = {date(year, 1, 1), date(year, 5, 1), easter - timedelta(2), easter + timedelta(1)}
    return frozenset(fixed | {date(year, 12, day) for day in (24, 25, 26, 31)})


def _easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar, by the method of Gauss with its two exceptions."""
    golden, century = year % 19, year // 100
    skew = (15 - (13 + 8 * century) // 25 + century - century // 4) % 30
    moon = (19 * golden + skew) % 30
    week = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + (4 + century - century // 4) % 7) % 7
    if (moon, week) == (29, 6):
        days = 28
    elif (moon, week) == (28, 6) and golden > 10:
        days = 27
    else:
        days = moon + week
    return date(year, 3, 22) + timedelta(days)


class Calendar:
    """One person's working time between two instants; ``away`` are days (since the epoch) they do not work."""

    def __init__(self, start_ms: int, end_ms: int, away: frozenset[int]) -> None:
        first, last = start_ms // DAY_MS, end_ms // DAY_MS
        # 1970-01-01 was a Thursday: day + 3 counts from a Monday.
        self._days = [day * DAY_MS for day in range(first, last) if (day + 3) % 7 < 5 and day not in away]

    def hours_at(self, at_ms: int) -> float:
        """Working hours from the calendar's start to ``at_ms``."""
        place = bisect_right(self._days, at_ms) - 1
        if place < 0:
            return 0.0
        within = (at_ms - self._days[place] - _OPENS_MS) / HOUR_MS
        return place * _HOURS + min(max(within, 0.0), float(_HOURS))

    def snapped(self, at_ms: int) -> int:
        """``at_ms`` itself in working time, else where it next begins."""
        return max(self.at(self.hours_at(at_ms)), at_ms - at_ms % 1000)

    def at(self, hours: float) -> int:
        """The instant, on a whole second, at which so many hours are worked; the calendar's end for more."""
        place = int(hours // _HOURS)
        if place >= len(self._days):
            return self._days[-1] + DAY_MS if self._days else 0
        return self._days[place] + _OPENS_MS + int((hours - place * _HOURS) * 3600) * 1000


def day_number(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) // 86_400
