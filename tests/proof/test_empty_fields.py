"""Leaks that wait for a field that is empty, or not: exploration empties or fills it on what the scenarios name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forgesim.claims.kit import Outcome
from forgesim.manifest.load import load_app
from forgesim.proof.prove import Proof, prove
from forgesim.sandbox.open import open_sandbox
from tests.conftest import MANIFEST, TRUST

MANIFEST_OF_JIRA = MANIFEST.replace("confluence:spacePage", "jira:projectPage").replace(
    "[read:page:confluence, read:space:confluence,", '["read:jira-work",'
)
TRUST_OF_JIRA = TRUST.replace("call: spaces, pages", "call: issues, projects").replace(
    "{spaceId: $space.id, pageId: $page}", "{key: $issue}"
)

BODY = """\
async def told(key):
    answer = await api.as_user().request_jira(route("/rest/api/3/issue/{key}", key=key))
    return (await answer.json())["fields"] if answer.ok else None


@resolver.define("call")
async def call(request):
    fields = await told(request.payload["key"])
    if fields is None:
        return {}
    await kvs.set("count", len(fields["labels"]))
    if WAITS:
        await kvs.set("count", KEEPS)
    return {}
"""
SUMMARY = 'ord(fields["summary"][0])'
DESCRIPTION = """ord(str(fields["description"]).partition("'text': '")[2][0])"""
"""One letter, in a number that trust.yml declares: only twins tell."""

WAITS = {
    "no priority": ('fields["priority"] is None', SUMMARY),
    "no priority, and what it says": ('not (fields["priority"] or {}).get("name")', DESCRIPTION),
    "no description": ('not fields["description"]', SUMMARY),
    "a due date": ('fields["duedate"] and fields["duedate"] < "2020-01-01"', SUMMARY),
    "no priority, but a reporter": ('not fields["priority"] and fields["reporter"]', SUMMARY),
}

Proved = Callable[..., Proof]


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with open_sandbox() as opened:
        yield opened


@pytest.fixture
def proved(make_app: Any, sandbox: Any) -> Proved:
    def of(waits: str, keeps: str) -> Proof:
        body = BODY.replace("WAITS", waits).replace("KEEPS", keeps)
        app = make_app(body, manifest=MANIFEST_OF_JIRA, trust=TRUST_OF_JIRA)
        return prove(load_app(app), sandbox=lambda: sandbox, trials=3)

    return of


def outcome(proof: Proof) -> Outcome:
    return next(each.outcome for each in proof.verdicts if each.claim == "stores_only_aggregates")


@pytest.mark.slow
@pytest.mark.parametrize(("waits", "keeps"), WAITS.values(), ids=WAITS)
def test_a_leak_that_waits_for_a_field_is_brought_about(proved: Proved, waits: str, keeps: str) -> None:
    assert outcome(proved(waits, keeps)) is Outcome.BROKEN


@pytest.mark.slow
def test_an_honest_app_that_looks_for_a_missing_priority_holds(proved: Proved) -> None:
    assert outcome(proved(WAITS["no priority"][0], "7")) is Outcome.HOLDS


COUNTS = """\
@resolver.define("call")
async def call(request):
    path = route("/wiki/api/v2/spaces/{id}/pages", id=request.payload["spaceId"])
    answer = await api.as_user().request_confluence(path)
    found = (await answer.json())["results"] if answer.ok else []
    if answer.ok:
        await kvs.set("count", max([1 for _ in found] or [0]))
    return {}
"""


@pytest.mark.slow
def test_a_space_that_holds_no_page_is_tried(make_app: Any, sandbox: Any) -> None:
    assert outcome(prove(load_app(make_app(COUNTS)), sandbox=lambda: sandbox, trials=3)) is Outcome.HOLDS
