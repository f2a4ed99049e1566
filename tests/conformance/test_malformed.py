"""What is no proper request gets the platform's refusal from every service, never a traceback and never a 200."""

from __future__ import annotations

import msgspec
import pytest

from forgesim.conformance.address import address
from forgesim.conformance.case import Case
from forgesim.conformance.play import Bench, invocation_of
from forgesim.scopes.table import known_scopes
from forgesim.seam import Fetch

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
BEHIND_SCOPES = [
    "app stargate POST /app/report-accounts",
    "user confluence POST /wiki/api/v2/pages",
    "user confluence POST /wiki/api/v2/footer-comments",
    "user jira POST /rest/api/3/issue",
    "user jira POST /rest/api/3/search/jql",
]
NO_UTF_8 = b'{"key": "\xff", "queueName": "\xff", "messages": "\xff", "accounts": "\xff", "title": "\xff"}'


@pytest.mark.parametrize("what", MALFORMED)
@pytest.mark.parametrize("to", ASKED)
def test_what_is_malformed_is_refused_in_the_platforms_words(bench: Bench, to: str, what: str) -> None:
    seen = bench.play(sends(to, MALFORMED[what])).seen
    assert seen.status is not None
    assert 400 <= seen.status < 500
    assert isinstance(seen.body, dict)


@pytest.mark.parametrize("to", [*ASKED, *BEHIND_SCOPES])
def test_a_text_that_is_no_utf_8_is_the_apps_mistake_and_no_bug_of_ours(bench: Bench, to: str) -> None:
    where = address(to)
    with bench.stage(sends(to, "")) as before:
        before.stage.installation.scopes |= known_scopes()
        invocation = invocation_of(before.stage, "alice")
        fetch = Fetch(
            id=1,
            inv=invocation.id,
            token=invocation.token,
            descriptor=dict(where.descriptor),
            path=where.path,
            method=where.method,
            headers=[],
        )
        crossed = before.stage.gateway.cross(invocation, fetch, NO_UTF_8)
    assert (crossed.decision.allow, crossed.answer.status) == (True, 400)


@pytest.mark.parametrize(
    ("to", "text"),
    [
        (
            "llm chat claude-haiku-4-5-20251001",
            '{"messages": [{"role": "user", "content": "a"}], "messages": [{"role": "user", "content": "b"}]}',
        ),
        (
            "queue publish",
            '{"queueName": "work", "jobId": "j", "payload": [{"body": {"a": 1, "a": 2}}]}',
        ),
    ],
)
def test_a_member_twice_in_a_request_that_is_else_well_formed(bench: Bench, to: str, text: str) -> None:
    assert bench.play(sends(to, text)).seen.status == 400


def sends(to: str, text: object) -> Case:
    """A case that asks this."""
    about = {"id": "x", "says": "x", "source": "choice", "page": "ours", "expect": {"status": 200}}
    return msgspec.convert({**about, "ask": {"to": to, "text": text}}, Case)
