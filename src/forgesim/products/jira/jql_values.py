"""What the operands of JQL mean: instants, periods, and the functions that stand for people, sprints and times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forgesim.products.jira.errors import Refused, UnsupportedError, bad_request
from forgesim.products.jira.jql import Value

__all__ = ["instant", "zone"]

_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?")
_PERIOD = re.compile(r"([+-]?)((?:\d{1,6}[wdhm]\s*)+)")
_PART = re.compile(r"(\d+)([wdhm])")
_UNITS_MS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000}
_STARTS = ("startofday", "startofweek", "startofmonth", "startofyear")
_ENDS = ("endofday", "endofweek", "endofmonth", "endofyear")


def zone(name: str) -> tzinfo:
    """The time zone in which a person's JQL dates are meant; UTC where it is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def instant(field: str, value: Value, now_ms: int, where: tzinfo) -> int:
    """Epoch milliseconds of a date, a period before or after now, or a time function. Raises Refused."""
    if value.arguments is not None:
        return _function(value, now_ms, where)
    text = value.text.strip()
    period = _period(text)
    if period is not None:
        return now_ms + period
    found = _DATE.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        year, month, day, hour, minute = (int(part or 0) for part in found.groups())
        return round(datetime(year, month, day, hour, minute, tzinfo=where).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise _no_date(field, value.text) from None


def _no_date(field: str, text: str) -> Refused:
    return bad_request(
        f"Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
    )


def _period(text: str) -> int | None:
    found = _PERIOD.fullmatch(text)
    if found is None:
        return None
    size = sum(int(number) * _UNITS_MS[unit] for number, unit in _PART.findall(found[2]))
    return -size if found[1] == "-" else size


def _function(value: Value, now_ms: int, where: tzinfo) -> int:
    name, arguments = value.text.lower(), value.arguments or ()
    if name == "now" and not arguments:
        return now_ms
    if name not in (*_STARTS, *_ENDS) or arguments:
        shown = f"{value.text}({', '.join(arguments)})"
        raise UnsupportedError(f"JQL function {shown}")
    day = datetime.fromtimestamp(now_ms / 1000, where).replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = _span(name, day)
    edge = start if name in _STARTS else end - timedelta(milliseconds=1)
    return round(edge.timestamp() * 1000)


def _span(name: str, day: datetime) -> tuple[datetime, datetime]:
    """First and following midnight of the day, week (from Sunday on), month or year of ``day``."""
    if name.endswith("day"):
        return day, day + timedelta(days=1)
    if name.endswith("week"):
        start = day - timedelta(days=(day.weekday() + 1) % 7)
        return start, start + timedelta(days=7)
    if name.endswith("month"):
        start = day.replace(day=1)
        return start, (start + timedelta(days=32)).replace(day=1)
    start = day.replace(month=1, day=1)
    return start, start.replace(year=start.year + 1)
