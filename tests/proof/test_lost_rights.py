"""An app that asks as its viewer shows what that viewer may see, also right after a right is lost; one that asks as
itself shows more."""

from __future__ import annotations

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
HONEST = """\
@resolver.define("call")
async def call(request):
    jql = "project = " + request.payload["key"].partition("-")[0]
    query = {"jql": jql, "fields": "summary", "maxResults": "20"}
    answer = await api.as_user().request_jira(route("/rest/api/3/search/jql", query=query))
    found = (await answer.json()) if answer.ok else {}
    return [each["fields"]["summary"] for each in found.get("issues", [])]
"""


@pytest.mark.slow
def test_a_search_that_was_made_before_a_right_was_lost_is_made_anew(make_app: Any) -> None:
    app = make_app(HONEST, manifest=OF_JIRA, trust=TRUST_OF_JIRA)
    with open_sandbox() as sandbox:
        proof = prove(load_app(app), sandbox=lambda: sandbox, trials=2)
    verdict = next(each for each in proof.verdicts if each.claim == "shows_only_what_viewer_may")
    assert verdict.outcome is not Outcome.BROKEN, verdict.evidence


@pytest.mark.slow
def test_an_app_that_searches_as_itself_shows_whoever_asks_what_it_may_see(make_app: Any) -> None:
    app = make_app(HONEST.replace("as_user", "as_app"), manifest=OF_JIRA, trust=TRUST_OF_JIRA)
    with open_sandbox() as sandbox:
        proof = prove(load_app(app), sandbox=lambda: sandbox, trials=2)
    verdict = next(each for each in proof.verdicts if each.claim == "shows_only_what_viewer_may")
    assert verdict.outcome is Outcome.BROKEN
