"""Proof sites hold what apps may leak: one that logs or keeps such a text is found out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from forgesim.claims.kit import Outcome
from forgesim.manifest.load import load_app
from forgesim.proof.prove import prove
from forgesim.sandbox.open import open_sandbox
from tests.conftest import MANIFEST, TRUST

OF_JIRA = MANIFEST.replace("confluence:spacePage", "jira:projectPage").replace(
    "[read:page:confluence, read:space:confluence,", '["read:jira-work",'
)
TRUST_OF_JIRA = TRUST.replace("call: spaces, pages", "call: issues, projects").replace(
    "{spaceId: $space.id, pageId: $page}", "{key: $issue}"
)
LEAKY = """\
@resolver.define("call")
async def call(request):
    answer = await api.as_user().REQUEST
    found = (await answer.json()) if answer.ok else {}
    said = str(WHAT)
    WRITE
    return {}
"""
LOGS = 'log.info("told " + said)'
KEEPS = 'await kvs.set("count", len(said) and ord(said[0]) - 32)'
SPACE = 'request_confluence(route("/wiki/api/v2/spaces/{id}/blogposts", id=request.payload["spaceId"]))'
TASKS = 'request_confluence(route("/wiki/api/v2/tasks", query={"body-format": "storage"}))'
ISSUE = 'request_jira(route("/rest/api/3/issue/{key}REST", key=request.payload["key"]))'
WORK = ISSUE.replace("REST", "/worklog")
WORDS = '"".join(str(each.get("comment")) for each in found.get("worklogs", []))'
LEAKS = {
    "a blog post's title in a log": (
        SPACE, '"".join(each["title"] for each in found.get("results", []))', LOGS, "logs_hold_no_content",
    ),
    "a task's text in a log": (
        TASKS, '"".join(str(each.get("body")) for each in found.get("results", []))', LOGS, "logs_hold_no_content",
    ),
    "a worklog's comment in a log": (WORK, WORDS, LOGS, "logs_hold_no_content"),
    "a letter of a worklog's comment in a number": (
        WORK, WORDS.replace('str(each.get("comment"))', "str(each).partition(\"'text': '\")[2][:1]"), KEEPS,
        "stores_only_aggregates",
    ),
    "a link's title in a log": (
        ISSUE.replace("REST", "/remotelink"),
        '"".join(each["object"]["title"] for each in found or [])', LOGS, "logs_hold_no_content",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Any]:
    with open_sandbox() as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize(("request_", "what", "write", "claim"), LEAKS.values(), ids=LEAKS)
def test_a_leak_of_what_the_site_holds_breaks_its_claim(
    make_app: Any, sandbox: Any, request_: str, what: str, write: str, claim: str
) -> None:
    body = LEAKY.replace("REQUEST", request_).replace("WHAT", what).replace("WRITE", write)
    jira = request_.startswith("request_jira")
    manifest = (
        OF_JIRA if jira else MANIFEST.replace("read:page:confluence", "read:page:confluence, read:task:confluence")
    )
    app = make_app(body, manifest=manifest, trust=TRUST_OF_JIRA if jira else TRUST)
    proof = prove(load_app(app), sandbox=lambda: sandbox, trials=2)
    assert next(each.outcome for each in proof.verdicts if each.claim == claim) is Outcome.BROKEN
