"""What is no proper request gets the platform's refusal from every service, never a traceback and never a 200."""

from __future__ import annotations

import msgspec
import pytest

from forgesim.conformance.case import Case
from forgesim.conformance.play import Bench

MALFORMED = {
    "nothing": "",
    "half an object": '{"key": ',
    "two values": '{"key": "a"} {}',
    "a number": "7",
    "null": "null",
    "NaN": '{"key": NaN, "queueName": NaN, "messages": NaN, "query": NaN}',
    "an infinite number": '{"key": 1e999, "queueName": 1e999, "messages": 1e999, "query": 1e999}',
    "half of a surrogate pair": r'{"key": "\ud800", "queueName": "\ud800", "messages": "\ud800"}',
    "a member twice": '{"key": "a", "key": "b", "queueName": 1, "messages": 1}',
    "100,000 levels": {"$repeat": ["[", 100_000]},
    "100,000 levels of objects": {"$repeat": ['{"key":', 100_000]},
    "a megabyte of blanks": {"$repeat": [" ", 1_000_000]},
    "numbers for everything": '{"key": 1, "entityName": 2, "value": 3, "options": 4, "where": 5, "filters": 6}',
    "wrong types": '{"key": [], "value": null, "set": 1, "delete": {}, "check": "x", "payload": 1, "messages": {}}',
    "wrong items": '[1, "a", null, [], {"key": 5}]',
}
ASKED = [
    *(f"kvs {path}" for path in ("get", "set", "delete", "secret/get", "secret/set", "secret/delete")),
    *(f"kvs entity/{path}" for path in ("get", "set", "delete", "query")),
    *(f"kvs batch/{path}" for path in ("get", "set", "delete")),
    "kvs transaction",
    *(f"queue {path}" for path in ("publish", "stats", "cancel")),
    "llm chat claude-haiku-4-5-20251001",
    "app stargate POST /forge/events/v1/app-events",
]


@pytest.mark.parametrize("what", MALFORMED)
@pytest.mark.parametrize("to", ASKED)
def test_what_is_malformed_is_refused_in_the_platforms_words(bench: Bench, to: str, what: str) -> None:
    about = {"id": what, "says": what, "source": "choice", "page": "ours", "expect": {"status": 200}}
    seen = bench.play(msgspec.convert({**about, "ask": {"to": to, "text": MALFORMED[what]}}, Case)).seen
    assert seen.status is not None
    assert 400 <= seen.status < 500
    assert isinstance(seen.body, dict)
