"""A bare app that keeps account ids: honest, and twins that forget to report, to erase, or to look again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forgesim.claims.kit import Verdict
from forgesim.testing.kit import Forge

MakeApp = Callable[..., Path]

NAME = "keeps_no_personal_data"

MANIFEST = """\
app:
  id: ari:cloud:ecosystem::app/5d4f7a0e-1111-4222-8333-444455556688
  runtime: {name: nodejs22.x}
modules:
  confluence:spacePage:
    - {key: page, title: Bare, route: bare, resource: main, resolver: {function: resolver}}
  scheduledTrigger:
    - {key: weekly, function: report, interval: week}
  function:
    - {key: resolver, handler: index.handler}
    - {key: report, handler: index.weekly}
resources:
  - {key: main, path: static}
permissions:
  scopes: ["storage:app", "report:personal-data"]
"""

TRUST = """\
app: bare
vendor: forgesim reference app
modelled_on: nothing
purpose: a test
subprocessors: []
reads: {call: , report: }
stores:
  - in: kvs
    key: "last"
    value: {by: id account, at: time}
sends: {}
logs: metadata
claims: all
sentences: []
scenarios:
  - name: alice calls
    site: demo
    steps:
      - {as: alice, call: call}
      - {schedule: weekly}
"""

APP = """\
from datetime import UTC, datetime

from forgesim.sdk import privacy


def now():
    return round(datetime.now(UTC).timestamp() * 1000)


@resolver.define("call")
async def call(request):
    await kvs.set("last", {"by": request.context.account_id, "at": now()})
    log.info("kept")
    return {}


async def weekly(event, context):
    row = await kvs.get("last")
    if row is None:
        return
    at = datetime.fromtimestamp(row["at"] / 1000, UTC).isoformat()
    for told in REPORT:
        if told["status"] == "closed":
            CLOSED
        else:
            UPDATED
"""

REPORT = 'await privacy.report_personal_data([{"accountId": row["by"], "updatedAt": at}])'
CLOSED = 'await kvs.delete("last")'
UPDATED = 'await kvs.set("last", {**row, "at": now()})'


def proved(forge: Forge, make_app: MakeApp, **parts: str) -> Verdict:
    body = APP
    for name, code in {"REPORT": REPORT, "CLOSED": CLOSED, "UPDATED": UPDATED, **parts}.items():
        body = body.replace(name, code)
    app = make_app(body, manifest=MANIFEST, trust=TRUST)
    verdicts = {verdict.claim: verdict for verdict in forge.prove(app, trials=1, plays=0)}
    assert {name for name, verdict in verdicts.items() if verdict.outcome.value == "BROKEN"} <= {NAME}, verdicts
    return verdicts[NAME]


@pytest.mark.slow
def test_who_reports_erases_and_refreshes_may_keep_declared_ids(forge: Forge, make_app: MakeApp) -> None:
    verdict = proved(forge, make_app)
    assert verdict.outcome.value == "HOLDS", verdict
    assert "which are reported and erased" in verdict.says


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"CLOSED": 'log.info("closed")'}, "though it was told that the account is closed"),
        ({"UPDATED": 'log.info("updated")'}, "though it was told that the account was updated"),
    ],
    ids=["keeps a closed account", "goes on with an old profile"],
)
def test_who_is_told_and_does_nothing_is_broken(
    forge: Forge, make_app: MakeApp, parts: dict[str, str], reason: str
) -> None:
    verdict = proved(forge, make_app, **parts)
    assert verdict.outcome.value == "BROKEN", verdict
    assert any(reason in item.why and item.at == "src/index.py:28" for item in verdict.evidence), verdict.evidence


@pytest.mark.slow
def test_who_never_asks_is_unproven(forge: Forge, make_app: MakeApp) -> None:
    verdict = proved(forge, make_app, REPORT="[]")
    assert verdict.outcome.value == "UNPROVEN", verdict
    assert any("was kept for a week and not reported" in item.why for item in verdict.evidence)
