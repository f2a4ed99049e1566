"""A proof of an app with triggers: what it was sent counts, and what nothing could send leaves claims open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forgesim.claims.judge import judge
from forgesim.ledger.read import read
from forgesim.manifest.load import load_app
from forgesim.proof.prove import prove
from forgesim.sandbox.open import open_sandbox
from tests.conftest import MANIFEST, TRUST

SOURCE = """\
@resolver.define("call")
async def call(request):
    await kvs.set("count", 2)


async def on_event(event, context):
    await kvs.set("count", 1)
"""
MODULES = """\
  trigger:
    - {key: watcher, function: watch, events: ["EVENT"]}
  function:
    - {key: watch, handler: index.on_event}
"""
SCOPES = 'scopes: [read:page:confluence, read:space:confluence, "storage:app"]'
SUMMARY = "read:confluence-content.summary"


@pytest.fixture
def proved(make_app: Any, tmp_path: Path) -> Any:
    """Claim → outcome and what is said, of an app whose trigger waits for an event, as its ledger's file has them."""

    def of(event: str, step: str = "{call: call}") -> dict[str, tuple[str, str]]:
        manifest = MANIFEST.replace("  function:\n", MODULES.replace("EVENT", event))
        manifest = manifest.replace(SCOPES, f'scopes: [{SUMMARY}, "storage:app"]')
        trust = TRUST.split("      - {as:")[0] + f"      - {step}\n"
        app = load_app(make_app(SOURCE, manifest=manifest, trust=trust))
        with open_sandbox() as sandbox:
            proof = prove(app, sandbox=lambda: sandbox, trials=2, ledger=tmp_path / "ledger.jsonl")
        again = judge(read(tmp_path / "ledger.jsonl"), app.trust)
        assert again == proof.verdicts
        return {verdict.claim: (verdict.outcome.value, verdict.says) for verdict in again}

    return of


@pytest.mark.parametrize("step", ["{call: call}", "{edit: $page, title: A}"], ids=["made up", "edited"])
def test_a_scope_that_only_an_event_needs_is_one_that_the_app_needs(proved: Any, step: str) -> None:
    outcome, says = proved("avi:confluence:updated:page", step)["asks_least_scopes"]
    assert outcome == "HOLDS"
    assert "withholds an event" in says


def test_an_event_that_nothing_raises_leaves_open_what_rests_on_runs(proved: Any) -> None:
    found = proved("avi:confluence:liked:page")
    why = "the trigger 'watcher' waits for avi:confluence:liked:page, and ran on what forgesim made up"
    assert found["stores_only_aggregates"] == ("UNPROVEN", why)
    assert found["asks_least_scopes"][0] == "UNPROVEN"


def test_an_event_that_a_scenario_gives_is_tested_as_it_is_given(proved: Any) -> None:
    found = proved("avi:confluence:liked:page", "{trigger: 'avi:confluence:liked:page', with: {content: {id: $page}}}")
    assert (found["stores_only_aggregates"][0], found["asks_least_scopes"][0]) == ("HOLDS", "HOLDS")
