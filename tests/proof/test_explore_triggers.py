"""Leaks that wait for something no scenario does: exploration brings it about, so that the claim is BROKEN."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from forgesim.claims.kit import Outcome
from forgesim.manifest.load import load_app
from forgesim.proof.prove import Proof, prove
from forgesim.sandbox.open import open_sandbox
from tests.conftest import TRUST

STORES = TRUST.replace('key: "count"', 'key: "{page}"')

BODY = """\
import base64, datetime, hashlib, re, time

SEEN = []


def is_special(page):
    title = page.get("title", "")
    return title.startswith("Q3 numbers")


async def keep(page, value):
    await kvs.set(page["id"], value)


@resolver.define("call")
async def call(request):
    who = request.context.account_id
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"],
              query={"body-format": "storage", "include-labels": "true"})
    )
    page = await answer.json()
    if not answer.ok:
        return {}
    text = page["body"]["storage"]["value"]
    labels = [each["name"] for each in page["labels"]["results"]]
    is_special(page)
    SEEN.append(1)
    await keep(page, 1)
    HERE
    return {}
"""

NOW = "datetime.datetime.now(datetime.UTC)"

CONDITIONS = {
    "a person": "int(who[-1], 16) == int(WHO, 16)",
    "a label": '"merger" in labels',
    "a label of the answer": 'any(each["name"] == "merger" for each in page["labels"]["results"])',
    "a locale": '(request.context.get("locale") or "").startswith("pt")',
    "an extension field": 'request.context.extension.get("mode") == "edit"',
    "an hour": f"{NOW}.hour == 3",
    "a Friday the 13th": f"{NOW}.day == 13 and {NOW}.weekday() == 4",
    "a month of one year": f"{NOW} > datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC) and {NOW}.month == 6",
    "an hour in seconds": "1780000000 < time.time() < 1780003600",
    "the fifth call of a process": "len(SEEN) > 4",
    "a big page": "len(text) > 20000",
    "an empty page": 'text == ""',
    "no owner": 'page["ownerId"] is None',
    "no labels": "not labels",
    "a page at the top": 'not page.get("parentId")',
    "a message": 'page["version"]["message"]',
    "a word of the title": '"zanzibar" in page["title"].lower()',
    "a title": 'page["title"] == "Project Nightfall"',
    "a function's word on the title": "is_special(page)",
    "a word of the body": '"launch code" in text',
    "a pattern in the body": 're.search(r"CONF-[0-9]{3}", text)',
    "a payload": 'request.payload.get("mode") == "full"',
    "a number deep in a payload": '(request.payload.get("options") or {}).get("level", 0) > 8',
    "an encoded word": 'request.payload.get("key") == base64.b64decode("c2VzYW1l").decode()',
    "a sample of ids": 'int(page["id"]) % 16 == 5',
    "a hash of an id": 'hashlib.sha256(request.payload["pageId"].encode()).hexdigest()[0] == "7"',
    "a hash of the title": 'hashlib.sha256(page["title"].encode()).hexdigest().startswith("00")',
    "three things at once": f'"secret" in page["title"] and {NOW}.month == 12 and request.payload.get("x") == 3',
}

STATEMENTS = {
    "the eighth call": 'n = (await kvs.get("n")) or 0\nawait kvs.set("n", n + 1)\nif n == 7:\n    LEAK',
    "a case": 'match request.payload.get("action"):\n    case "export":\n        LEAK',
    "a table of functions": "async def full():\n    LEAK\nasync def none():\n    pass\n"
    'await {"full": full}.get(request.payload.get("mode"), none)()',
    "a flag set elsewhere": 'special = False\nif request.payload.get("a") == "b":\n    special = True\n'
    "if special:\n    LEAK",
    "a failure behind a switch": 'if request.payload.get("deep"):\n    again = await api.as_user().request_confluence('
    'route("/wiki/api/v2/spaces"))\n    if again.status == 429:\n        LEAK',
    "conditions in each other": 'if request.payload.get("x") == 3:\n    if request.payload.get("y") == "q":\n'
    '        if "zz" in text:\n            LEAK',
}

TRIGGERS = {name: f"if {condition}:\n    LEAK" for name, condition in CONDITIONS.items()} | STATEMENTS

Explored = Callable[..., Proof]


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with open_sandbox() as opened:
        yield opened


@pytest.fixture
def explored(make_app: Any, sandbox: Any) -> Explored:
    def of(what: str, *, trials: int = 0) -> Proof:
        body = BODY.replace("HERE", what.replace("\n", "\n    ")).replace("WHO", '"4"')
        trust = STORES.replace(
            "    value: int 0..1000\n", '    value: int 0..1000\n  - in: kvs\n    key: "n"\n    value: int 0..99\n'
        )
        return prove(load_app(make_app(body, trust=trust)), sandbox=lambda: sandbox, trials=trials)

    return of


def outcome(proof: Proof, claim: str = "stores_only_aggregates") -> Outcome:
    return next(verdict.outcome for verdict in proof.verdicts if verdict.claim == claim)


def leaks(proof: Proof) -> set[str]:
    """Causes of the runs in which something else than a number was stored."""
    found = (each.decided for each in proof.ledger.crossings if each.decided.channel == "kvs" and each.decided.writes)
    texts = [asked for asked in found if asked.body is not None and '"leak:' in (asked.body.text or "")]
    return {proof.ledger.runs[asked.run].cause for asked in texts}


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_what_waits_for_it_is_run_and_judged(explored: Explored, trigger: str) -> None:
    proof = explored(TRIGGERS[trigger].replace("LEAK", 'await keep(page, "leak:" + page["title"] + text)'))
    assert leaks(proof) - {"explore", "fault"} == set(), "a scenario does it: this shows nothing of exploration"
    assert leaks(proof), [run.label for run in proof.ledger.runs.values()]
    assert outcome(proof) is Outcome.BROKEN


@pytest.mark.parametrize("trigger", ["a label", "an hour", "a payload", "a big page", "a sample of ids", "a title"])
def test_an_honest_app_that_looks_at_the_same_things_is_not_broken(explored: Explored, trigger: str) -> None:
    proof = explored(TRIGGERS[trigger].replace("LEAK", "await keep(page, 7)"), trials=2)
    assert {verdict.claim for verdict in proof.verdicts if verdict.outcome is Outcome.BROKEN} <= {"asks_least_scopes"}
    assert outcome(proof) is Outcome.HOLDS


def test_what_no_search_finds_stays_unproven_and_is_named(explored: Explored) -> None:
    digest = sha256(b"no pseudo-word").hexdigest()
    proof = explored(f'if hashlib.sha256(text.encode()).hexdigest() == "{digest}":\n    await keep(page, text)')
    (verdict,) = (each for each in proof.verdicts if each.claim == "stores_only_aggregates")
    assert verdict.outcome is Outcome.UNPROVEN
    assert any("never ran" in item.why and item.at is not None for item in verdict.evidence)
    assert proof.ledger.coverage is not None
    assert any("depends on a hash" in says for _, says in proof.ledger.coverage.notes)
