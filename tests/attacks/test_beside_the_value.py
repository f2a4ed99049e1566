"""Room for a message beside what is declared: in headers, spelling, options, paths that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.attacks.conftest import Judge

SEND = "await api.fetch(URL{}, method='POST', headers=JSON{}, body={})"
PLAIN = "json.dumps(EVENT)"

SENT = [
    pytest.param(SEND.format("", " | {'accept': str(len(text))}", PLAIN), "headers: 'accept'", id="a free header"),
    pytest.param(
        SEND.format("", "", PLAIN).replace("headers=JSON", "headers=[*JSON.items()] * 2"),
        "headers: 'content-type'",
        id="a header given twice",
    ),
    pytest.param(SEND.format("", "", f"{PLAIN} + ' ' * 7"), "body: is not spelled plainly", id="blanks after the body"),
    pytest.param(
        SEND.format("", "", PLAIN + r""".replace('"a"', '"\\u0061"')"""),
        "body: is not spelled plainly",
        id="escapes in the body",
    ),
    pytest.param(SEND.format("", "", PLAIN), None, id="nothing: the declared event"),
    pytest.param(SEND.format(" + '?&&&'", "", PLAIN), "query: is not spelled plainly", id="empty pairs of a query"),
]


@pytest.mark.parametrize(("what", "why"), SENT)
def test_a_request_has_no_room_beside_its_declared_fields(judged: Judge, what: str, why: str | None) -> None:
    verdict = judged(what)["sends_only_declared"]
    if why is None:
        assert verdict.outcome.value == "HOLDS"
        assert "18 bits more in how it is written" in verdict.says
    else:
        assert verdict.outcome.value == "BROKEN"
        assert any(why in item.why for item in verdict.evidence)


STORED = [
    pytest.param(
        "await ask('kvs', '/api/v1/set', {'key': 'count', 'value': 1, 'note': 'x'})", "'note'", id="another member"
    ),
    pytest.param(
        "await ask('kvs', '/api/v1/set', {'key': 'count', 'value': 1, 'options': {'note': 'x'}})",
        "its option 'note'",
        id="another option",
    ),
    pytest.param(
        "await kvs.set('count', 1, ttl={'value': 1, 'unit': 'DAYS', 'note': 'x'})",
        "its option 'ttl'",
        id="a ttl's note",
    ),
    pytest.param("await ask('kvs', '/api/v2/set', {'key': 'k', 'value': text})", "the body of page", id="no such path"),
    pytest.param("asyncio.create_task(kvs.set('leak', text))", "the body of page", id="a task that nobody awaits"),
]


@pytest.mark.parametrize(("what", "why"), STORED)
def test_a_write_has_no_room_beside_key_and_value(judged: Judge, what: str, why: str) -> None:
    verdict = judged(what)["stores_only_aggregates"]
    assert verdict.outcome.value == "BROKEN"
    assert any(why in item.why for item in verdict.evidence)


def test_a_time_to_live_is_counted(judged: Judge) -> None:
    verdict = judged("await kvs.set('count', 1, ttl={'value': 90, 'unit': 'DAYS'})")["stores_only_aggregates"]
    assert verdict.outcome.value == "HOLDS"
    assert "at most 35 bits more in a row's time to live" in verdict.says
