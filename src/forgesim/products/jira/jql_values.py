"""What the operands of JQL mean: instants, periods and spans of work."""

from __future__ import annotations

import re
from datetime import tzinfo

from forgesim.products.jira.errors import Refused, UnsupportedError, bad_request
from forgesim.products.jira.jql import Value
from forgesim.products.moments import FUNCTIONS, date_ms, function_ms, zone

__all__ = ["day_of", "instant", "work_seconds", "zone"]

_PERIOD = re.compile(r"([+-]?)((?:\d{1,6}[wdhm]\s*)+)", re.ASCII)
_PART = re.compile(r"(\d+)([wdhm])", re.ASCII)
_UNITS_MS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000}
_WORK_SECONDS = {"w": 5 * 8 * 3600, "d": 8 * 3600, "h": 3600, "m": 60}
"""Jira's own defaults: a day of eight hours, a week of five days."""


def instant(field: str, value: Value, now_ms: int, where: tzinfo) -> int:
    """Epoch milliseconds of a date, a period before or after now, or a time function. Raises Refused."""
    try:
        if value.arguments is not None:
            if value.text.lower() not in FUNCTIONS:
                raise UnsupportedError(f"JQL function {value.text}({', '.join(value.arguments)})")
            return function_ms(value.text.lower(), value.arguments, now_ms, where)
        period = _period(value.text.strip())
        return now_ms + period if period is not None else date_ms(value.text, where)
    except (ValueError, OverflowError):
        raise _no_date(field, str(value) if value.arguments is not None else value.text) from None


def day_of(at_ms: int, where: tzinfo) -> tuple[int, int]:
    """First and last millisecond of the day of an instant; outside the calendar's years, of a day from it on."""
    try:
        return function_ms("startofday", (), at_ms, where), function_ms("endofday", (), at_ms, where)
    except (ValueError, OverflowError, OSError):
        return at_ms, at_ms + _UNITS_MS["d"] - 1


def work_seconds(field: str, value: Value) -> float:
    """Seconds of ``1d 4h``; a bare number is minutes. Raises Refused."""
    text = value.text.strip()
    if value.arguments is None and text.isascii() and text.isdigit():
        return int(text[:12]) * 60
    found = _PERIOD.fullmatch(text) if value.arguments is None else None
    if found is None or found[1]:
        raise bad_request(f"Duration value '{value.text}' for field '{field}' is invalid. Use a format like '2d 4h'.")
    return sum(int(number) * _WORK_SECONDS[unit] for number, unit in _PART.findall(found[2]))


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
