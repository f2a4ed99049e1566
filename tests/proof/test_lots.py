"""What is played in pairs: shared by processes, drawn after the first pairs, more of it for more trials."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from forgesim.claims.kit import Outcome
from forgesim.ledger.records import Trial
from forgesim.manifest.load import load_app
from forgesim.proof.pairs import TENANTS, VIEWERS, WARM, share_of
from forgesim.proof.prove import prove
from forgesim.proof.trials import HOUR_MS, PLAIN, Ground
from forgesim.sandbox.open import open_sandbox
from forgesim.site.drawn import as_json, from_json
from forgesim.site.generate import demo
from forgesim.site.original import Original

PAGE = """\
@resolver.define("call")
async def call(request):
    r = await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"]))
    page = await r.json()
"""

COUNTS = '    log.info("seen")\n    await kvs.set("count", 1 if r.ok else 0)\n'

ARCHIVED = '    if page.get("status") == "archived":\n        await kvs.set("count", ord(page["title"][0]))\n'
"""Another letter on a twin; on the site as it is generated the page is a current one."""


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with open_sandbox() as opened:
        yield opened


def lines(path: Path) -> list[str]:
    """The records without what each run has of its own: when it was made, and so the chain."""
    text = path.read_text(encoding="utf-8")
    return [re.sub(r'"(prev|created|head)":"[^"]*",?', "", line) for line in text.splitlines()]


def test_the_ledger_is_the_same_however_many_processes_made_it(make_app: Any, sandbox: Any, tmp_path: Path) -> None:
    app = load_app(make_app(PAGE + COUNTS))
    ledgers = []
    for hands in (1, 3):
        ledgers.append(tmp_path / f"{hands}.jsonl")
        prove(app, sandbox=lambda: sandbox, ledger=ledgers[-1], trials=7, hands=lambda: hands)  # noqa: B023 - at once
    alone, shared = map(lines, ledgers)
    assert alone == shared
    assert sum('"kind":"trial"' in line for line in alone) > 3 * 7


def test_what_waits_for_an_odd_site_is_met_on_a_drawn_one(make_app: Any, sandbox: Any) -> None:
    app = load_app(make_app(PAGE + ARCHIVED))
    proof = prove(app, sandbox=lambda: sandbox, trials=16)
    stored = [t for t in proof.ledger.trials if t.channel == "stored" and t.scenario == "alice calls"]
    found = [trial for trial in stored if trial.a == trial.again != trial.b]
    assert found
    assert all(trial.pair >= PLAIN for trial in found)
    assert all("archive page" in str(recipe_of(trial)) for trial in found)
    sites = [str((trial.first or {}).get("site")) for trial in found]
    assert all("of the pages and issues are there" in site and "after its last change" in site for site in sites)
    stores = next(verdict for verdict in proof.verdicts if verdict.claim == "stores_only_aggregates")
    assert any(sites[0] in item.why for item in stores.evidence)
    outcomes = {verdict.claim: verdict.outcome for verdict in proof.verdicts}
    assert outcomes["stores_only_aggregates"] is Outcome.BROKEN


def recipe_of(trial: Trial) -> object:
    """The edits that the differing pair's site was drawn by; it can be made again from them."""
    assert trial.first is not None
    edits = trial.first["recipe"]
    assert from_json(edits)
    return edits


RECIPE = from_json([{"do": "archive page", "page": "101"}])


def test_a_record_tells_a_generated_site_in_words_and_of_a_real_one_the_recipe_alone() -> None:
    site = demo(1, jira=False)
    a = Original(site)
    drawn = Ground(a, a, RECIPE, later_ms=49 * HOUR_MS)
    real = drawn._replace(a=Original(replace(site, synthetic=False)))
    assert drawn.record()["site"] == "page 101 is archived; played 2 days and 1 hour after its last change"
    assert drawn.record()["recipe"] == real.record()["recipe"] == as_json(RECIPE)
    assert "site" not in real.record()
    assert Ground(a, a).record() == {}


@pytest.mark.parametrize(
    ("trials", "warm", "viewers"),
    [(0, 0, 0), (1, 1, 1), (20, 5, 2), (200, 10, 10), (10_000, 500, 500)],
)
def test_more_trials_play_more_viewers_tenants_and_requests(trials: int, warm: int, viewers: int) -> None:
    assert share_of(WARM, trials) == warm
    assert share_of(VIEWERS, trials) == share_of(TENANTS, trials) == viewers


SEASON = """\
    from datetime import UTC, datetime
    if r.ok:
        month = datetime.now(UTC).month
        await kvs.set("count", [1, ord(page["title"][0])][month % 4 == 3])
"""


def test_what_waits_for_a_month_is_met_in_a_drawn_hour(make_app: Any, sandbox: Any) -> None:
    """No branch tells: coverage is whole on every day, and the site's own clock stands in January."""
    proof = prove(load_app(make_app(PAGE + SEASON)), sandbox=lambda: sandbox, trials=20)
    found = [trial for trial in proof.ledger.trials if trial.channel == "stored" and trial.a == trial.again != trial.b]
    assert found
    assert all((trial.first or {}).get("hours") for trial in found)
