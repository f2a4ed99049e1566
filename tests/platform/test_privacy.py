"""Personal data reporting: what a report must be, and who is told what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forgesim.platform.privacy.limits import MAX_ACCOUNTS
from forgesim.platform.privacy.service import Account, answer

KNOWN = {"a": Account(closed=False, updated_ms=0), "gone": Account(closed=True, updated_ms=5),
         "new": Account(closed=False, updated_ms=1_800_000_000_000)}  # fmt: skip


def report(*names: str, at: object = "2026-01-05T09:00:00Z") -> bytes:
    return json.dumps({"accounts": [{"accountId": name, "updatedAt": at} for name in names]}).encode()


def test_those_that_were_closed_or_changed_since_are_told() -> None:
    told = answer(report("a", "gone", "new", "nobody"), KNOWN)
    assert told.status == 200
    assert json.loads(told.body) == {
        "accounts": [{"accountId": "gone", "status": "closed"}, {"accountId": "new", "status": "updated"}]
    }


def test_where_there_is_nothing_to_do_there_is_no_content() -> None:
    told = answer(report("a"), KNOWN)
    assert (told.status, told.body) == (204, b"")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "at least one account"),
        (b'{"accounts": []}', "at least one account"),
        (report(*["a"] * (MAX_ACCOUNTS + 1)), "at most 90"),
        (report(""), "accountId must be"),
        (report("a", at="soon"), "updatedAt must be a time"),
        (report("a", at=5), "updatedAt must be a time"),
    ],
)
def test_what_is_no_report_is_refused_in_words(body: bytes, words: str) -> None:
    told: Any = answer(body, KNOWN)
    assert told.status == 400
    assert words in json.loads(told.body)["message"]
