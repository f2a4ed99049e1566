"""``privacy.report_personal_data``: the wire shape, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.sdk import privacy
from forgesim.sdk.privacy import ReportRefusedError

ACCOUNT = {"accountId": "712020:a", "updatedAt": "2026-01-05T09:00:00Z"}


def test_a_report_goes_to_the_platform_as_the_app(wire: Any, run: Any) -> None:
    wire.answer(204)
    assert run(privacy.report_personal_data([ACCOUNT])) == []
    descriptor, path, init = wire.sent[0]
    assert (descriptor, path) == ({"type": "fpp", "provider": "app", "remote": "stargate"}, "/app/report-accounts")
    assert (init.method, wire.body) == ("POST", {"accounts": [ACCOUNT]})


def test_ninety_accounts_go_at_a_time_and_the_answers_are_one_list(wire: Any, run: Any) -> None:
    wire.answer(200, {"accounts": [{"accountId": "1", "status": "closed"}]})
    wire.answer(200, {"accounts": [{"accountId": "2", "status": "updated"}]})
    found = run(privacy.report_personal_data([ACCOUNT] * 91))
    assert [each["accountId"] for each in found] == ["1", "2"]
    assert (len(wire.sent), len(wire.body["accounts"])) == (2, 1)


def test_any_other_answer_is_raised_with_the_response(wire: Any, run: Any) -> None:
    wire.answer(400, {"message": "no"})
    with pytest.raises(ReportRefusedError, match="not reported: 400") as caught:
        run(privacy.report_personal_data([ACCOUNT]))
    assert caught.value.response.status == 400
