"""Leaks of the declared form that show on twins alone, where twins are seldom taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forgesim.testing.kit import Forge

HASH = """\
import hashlib


def digest(text):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % 1001


async def keep(number):
    await kvs.set("count", number)


@resolver.define("call")
async def call(request):
    r = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"], query={"body-format": "storage"})
    )
    text = await r.text()
"""
ONLY_IF_STORAGE_FAILS = (
    HASH
    + """\
    number = 5
    try:
        await kvs.get("count")
    except Exception:
        number = digest(text)
    await keep(number)
"""
)
ONLY_IN_ONE_SCENARIO = (
    HASH
    + """\
    await keep([5, digest(text)][request.payload.get("n") == 4])
"""
)
ONLY_ON_OTHER_SITES = (
    HASH
    + """\
    if r.ok and not any(f'"{page}"' in text for page in FIRST):
        await kvs.set("undeclared", text.count("<p>"))
    await keep(5 + 0 * digest(text))
"""
)


def with_scenarios(trust: str, count: int) -> str:
    head, _, one = trust.partition("scenarios:\n")
    more = (one.replace("alice calls", f"call {n}").replace("$page}", f"$page, n: {n}}}") for n in range(count))
    return f"{head}scenarios:\n{''.join(more)}"


@pytest.mark.parametrize(
    ("body", "scenarios"),
    [(ONLY_IF_STORAGE_FAILS, 1), (ONLY_IN_ONE_SCENARIO, 5)],
    ids=["only where a failure leads", "only in the last of the scenarios"],
)
def test_twins_are_taken_wherever_code_ran(
    forge: Forge, make_app: Callable[..., Path], body: str, scenarios: int
) -> None:
    trust = (Path(__file__).parents[1] / "conftest.py").read_text().split('TRUST = """\\\n')[1].split('"""')[0]
    app = make_app(body, trust=with_scenarios(trust, scenarios))
    verdict = {v.claim: v for v in forge.prove(app, trials=2, plays=0)}["stores_only_aggregates"]
    assert verdict.outcome.value == "BROKEN"
    assert "on a site of the same form with other words" in verdict.evidence[0].why


def test_code_that_ran_in_trials_only_has_not_run(forge: Forge, make_app: Callable[..., Path]) -> None:
    """On the site of the scenarios the app behaves; on those of the trials it stores what twins have in common."""
    seen = forge.site("proof", seed=0)
    app = make_app(ONLY_ON_OTHER_SITES.replace("FIRST", repr(sorted(seen.pages))))
    verdict = {v.claim: v for v in forge.prove(app, trials=2, plays=0)}["stores_only_aggregates"]
    assert verdict.outcome.value == "UNPROVEN"
    assert any("never ran" in item.why for item in verdict.evidence)
