"""An app that waits for a date behaves in every run of the year in which it is proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.attacks.conftest import Judge

WAITS = """\
import datetime
late = datetime.datetime.now().year > 2027
await kvs.set(["count", "leak"][late], [5, text][late])
"""
AFTER = """\
from forgesim.seam import Fetch, pack
own = asyncio.get_running_loop()._host
said = own.current.invoke
for number, kind in ((0, "result"), (9, "kvs")):
    own._queue(Fetch(number, said.inv, said.token, {"type": kind}, "/api/v1/set", "POST"), b"{}")
own.flush()
"""


def test_what_waits_for_a_year_is_seen_in_that_year(judged: Judge) -> None:
    verdict = judged(WAITS)["stores_only_aggregates"]
    assert verdict.outcome.value == "BROKEN"
    assert "the body of page" in verdict.evidence[0].why


def test_a_request_after_the_result_leaves_claims_open(judged: Judge) -> None:
    verdict = judged(AFTER)["stores_only_aggregates"]
    assert verdict.outcome.value == "UNPROVEN"
    assert any("is asked for after the result" in item.why for item in verdict.evidence)
