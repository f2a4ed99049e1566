"""What a report must look like. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from forgesim.clock import parse_time
from forgesim.platform.privacy.limits import MAX_ACCOUNTS
from forgesim.strict import strict

__all__ = ["PATH", "ReportError", "Reported", "reported"]

PATH = "/app/report-accounts"


class Reported(NamedTuple):
    """An account that the app keeps data of, and when it last fetched that data (epoch milliseconds)."""

    account: str
    updated_ms: int


class ReportError(ValueError):
    """A report that the service refuses, in words. Our words: the service's own are not documented."""


def reported(body: bytes) -> Sequence[Reported]:
    """The accounts of ``{"accounts": [{"accountId", "updatedAt"}]}``. Raises ReportError."""
    try:
        data = strict(body)
    except ValueError as error:
        raise ReportError(str(error)) from None
    accounts = data.get("accounts") if isinstance(data, dict) else None
    if not isinstance(accounts, list) or not accounts:
        raise ReportError("accounts must be a list with at least one account")
    if len(accounts) > MAX_ACCOUNTS:
        raise ReportError(f"at most {MAX_ACCOUNTS} accounts can be reported at once")
    return [_reported(each) for each in accounts]


def _reported(account: object) -> Reported:
    given = account if isinstance(account, dict) else {}
    name, at = given.get("accountId"), given.get("updatedAt")
    if not isinstance(name, str) or not name:
        raise ReportError("accountId must be an account id")
    try:
        return Reported(name, parse_time(at if isinstance(at, str) else ""))
    except (ValueError, OverflowError):
        raise ReportError("updatedAt must be a time as 2026-01-05T09:00:00Z") from None
