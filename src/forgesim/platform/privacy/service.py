"""Answering a report: which of the accounts were closed, and which say something else since then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from forgesim.platform.privacy.rules import Reported, ReportError, reported
from forgesim.seam import Answer

__all__ = ["Account", "answer"]

_JSON = (("content-type", "application/json"),)


class Account(NamedTuple):
    """An account as the platform knows it: whether it is closed, and when it last changed (epoch milliseconds)."""

    closed: bool
    updated_ms: int


def answer(body: bytes, known: Mapping[str, Account]) -> Answer:
    """200 with the accounts that the app must act on, 204 where there are none, 400 for what is no report.

    An account that nobody ever had needs no answer: nothing is told of it.
    """
    try:
        found = [told for each in reported(body) if (told := _told(each, known.get(each.account))) is not None]
    except ReportError as error:
        return Answer(400, msgspec.json.encode({"code": 400, "message": str(error)}), _JSON)
    return Answer(200, msgspec.json.encode({"accounts": found}), _JSON) if found else Answer(204)


def _told(report: Reported, account: Account | None) -> dict[str, str] | None:
    if account is None:
        return None
    if account.closed:
        return {"accountId": report.account, "status": "closed"}
    return {"accountId": report.account, "status": "updated"} if account.updated_ms > report.updated_ms else None
