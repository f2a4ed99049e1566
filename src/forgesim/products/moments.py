"""Instants as JQL and CQL write them: dates, periods, and functions such as ``startOfWeek("-1w")``.

All are meant in the time zone of the person who asks. Weeks start on Sunday. (Atlassian's references of JQL and CQL.)
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["FUNCTIONS", "date_ms", "function_ms", "has_time", "increment_ms", "zone"]

_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?", re.ASCII)
_INCREMENT = re.compile(r"([+-]?)(\d{1,6})([yMwdhm]?)", re.ASCII)
_UNITS = {"day": "d", "week": "w", "month": "M", "year": "y"}
FUNCTIONS = frozenset(("now", *(f"{edge}of{unit}" for edge in ("start", "end") for unit in _UNITS)))
"""Names of the functions that stand for an instant, in lower case."""


def zone(name: str) -> tzinfo:
    """The time zone of that name; UTC where it is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def date_ms(text: str, where: tzinfo) -> int:
    """Epoch milliseconds of ``2026-01-05``, ``2026/01/05 09:00`` and such. Raises ValueError."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute = (int(part or 0) for part in found.groups())
    return _ms(datetime(year, month, day, hour, minute, tzinfo=where))


def has_time(text: str) -> bool:
    return ":" in text


def function_ms(name: str, arguments: tuple[str, ...], now_ms: int, where: tzinfo) -> int:
    """Epoch milliseconds of one of FUNCTIONS, with at most one increment: ``("-4w",)``. Raises ValueError."""
    if len(arguments) > 1:
        raise ValueError(arguments)
    now = datetime.fromtimestamp(now_ms / 1000, where)
    unit = next((each for each in _UNITS if name.endswith(each)), None)
    moved = increment_ms(arguments[0], now, _UNITS[unit] if unit else "") if arguments else now
    if unit is None:
        return now_ms if moved == now else _ms(moved)
    start, after = _span(unit, moved.replace(hour=0, minute=0, second=0, microsecond=0))
    return _ms(start) if name.startswith("start") else _ms(after - timedelta(milliseconds=1))


def increment_ms(text: str, start: datetime, unit: str) -> datetime:
    """``start`` moved by ``(+/-)nn(y|M|w|d|h|m)``; ``unit`` is that of a number without one. Raises ValueError."""
    found = _INCREMENT.fullmatch(text.strip())
    if found is None or not (found[3] or unit):
        raise ValueError(text)
    count = int(found[2]) * (-1 if found[1] == "-" else 1)
    try:
        match found[3] or unit:
            case "y":
                return _months(start, 12 * count)
            case "M":
                return _months(start, count)
            case "h":
                return (start.astimezone(UTC) + timedelta(hours=count)).astimezone(start.tzinfo)
            case "m":
                return (start.astimezone(UTC) + timedelta(minutes=count)).astimezone(start.tzinfo)
            case days:
                return start + timedelta(days=count * (7 if days == "w" else 1))
    except OverflowError:
        raise ValueError(text) from None


def _months(start: datetime, count: int) -> datetime:
    """The same day ``count`` months on, or the last of that month where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    first = start.replace(year=year, month=month + 1, day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first.replace(day=min(start.day, (following - timedelta(days=1)).day))


def _span(unit: str, day: datetime) -> tuple[datetime, datetime]:
    """First and following midnight of the day, week, month or year of ``day``. Raises ValueError at the end of time."""
    try:
        if unit == "day":
            return day, day + timedelta(days=1)
        if unit == "week":
            start = day - timedelta(days=(day.weekday() + 1) % 7)
            return start, start + timedelta(days=7)
        if unit == "month":
            start = day.replace(day=1)
            return start, (start + timedelta(days=32)).replace(day=1)
        start = day.replace(month=1, day=1)
        return start, start.replace(year=start.year + 1)
    except OverflowError:
        raise ValueError(unit) from None


def _ms(moment: datetime) -> int:
    try:
        return round(moment.timestamp() * 1000)
    except (OverflowError, OSError):
        raise ValueError(moment) from None
