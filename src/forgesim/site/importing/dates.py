"""Times as Jira writes them in exports: ISO 8601, or as people read them (``23/Apr/24 9:03 AM``)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from forgesim.clock import parse_time

__all__ = ["jira_date", "jira_time"]

_EARLIEST_MS, _LATEST_MS = 0, 4_102_444_800_000
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPOKEN = re.compile(
    r"(\d{1,2})[/ .-]([A-Za-z]{3})[a-z]*[/ .,-]+(\d{2}|\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?"
)
_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


def jira_time(text: str) -> int | None:
    """Epoch milliseconds between 1970 and 2100, or ``None``. A time without a zone is taken for UTC."""
    text = text.strip()
    try:
        at = _spoken(found) if (found := _SPOKEN.fullmatch(text)) else parse_time(_OFFSET.sub(r"\1:\2", text))
    except (ValueError, OverflowError):
        return None
    return at if _EARLIEST_MS <= at < _LATEST_MS else None


def jira_date(text: str) -> str | None:
    """The day of a time like ``2024-04-23``."""
    at = jira_time(text)
    return None if at is None else f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}"


def _spoken(found: re.Match[str]) -> int:
    day, month, year = int(found[1]), _MONTHS.index(found[2].lower()) + 1, int(found[3])
    hour, minute, second = (int(found[place] or 0) for place in (4, 5, 6))
    if found[7]:
        hour = hour % 12 + (12 if found[7].lower() == "pm" else 0)
    year += 2000 if year < 100 else 0
    return round(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp() * 1000)
