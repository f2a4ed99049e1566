"""Ledgers and proofs made by hand, with names that want out of where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from forgesim.claims.catalog import CATALOG
from forgesim.claims.kit import Evidence, Outcome, Strength, Verdict
from forgesim.decision import allow, deny
from forgesim.ledger.read import Crossing, Invocation, Ledger
from forgesim.ledger.records import Answered, Coverage, Decided, Header, Open, Run, Trial, Witness
from forgesim.manifest.load import load_manifest, load_trust
from forgesim.manifest.model import Manifest, Trust
from forgesim.report.proved import Proved, proved_of
from tests.conftest import MANIFEST, TRUST

HOSTILE = (
    "</script></style><img src=x onerror=\"document.title='owned'\">'&\u202e\u2066evil\x00\x1b[31m\ufffe\udc80 שלום"
)

TRUST_TEXT = TRUST.replace("purpose: a test", f"purpose: {'</p><b>bold</b>'!r}").replace(
    "subprocessors: []",
    "subprocessors:\n  - {name: 'Metrics & <Co>', hosts: [metrics.example], purpose: counts, "
    "location: Germany, retention: '<i>none</i>', receives: []}",
).replace(
    "sentences: []",
    "sentences:\n  - {says: 'It <b>only</b> reads', claims: [only_reads_content]}\n"
    "  - {says: It stays and stores, claims: [stays_in_region, stores_only_aggregates]}\n"
    "  - {says: It is audited, untestable: an audit is a document}",
)  # fmt: skip


def header(**changes: Any) -> Header:
    fields: dict[str, Any] = {
        "forgesim": "0.1.0", "catalog": "1", "created": "2026-01-05T09:00:00Z", "app": "bare", "app_version": "1.2.0",
        "app_digest": "ab" * 32, "manifest": {}, "trust_digest": "t", "sandbox": "full+ns", "confined": True,
        "bodies": True, "units": ("src/index.py:1:0 def a", "src/index.py:2:4 if"),
    }  # fmt: skip
    return Header(**{**fields, **changes})


def run(number: int = 1, cause: Any = "scenario", **changes: Any) -> Run:
    return Run(
        run=number, cause=cause, label="alice calls", seed=0, clock=0, site="s", site_digest="d", installation="i",
        region="US", scopes=(), egress=(), **changes,
    )  # fmt: skip


def crossing(
    seq: int, channel: Any, target: str = "t", *, passes: bool = True, status: int | None = 200, **changes: Any
) -> Crossing:
    """A crossing and its answer; ``reads`` goes to the answer, ``number`` is the run's."""
    reads, number = changes.pop("reads", ()), changes.pop("number", 1)
    decision = allow("rule") if passes else deny("rule", "no")
    fields = {"run": number, "inv": "i1", "seq": seq, "at": 0}
    asked = Decided(**fields, channel=channel, verb="v", target=target, decision=decision, **changes)
    return Crossing(asked, None if status is None else Answered(**fields, status=status, reads=reads))


def ledger(crossings: Sequence[Crossing] = (), *, runs: Sequence[Run] = (), **changes: Any) -> Ledger:
    made = Ledger(header(**changes), coverage=Coverage(hit=(0,)), head="c" * 64)
    made.runs = {each.run: each for each in (runs or [run()])}
    opened = Open(run=1, inv="i1", root="i1", function="resolver", resolver="call", cause="user", at=0, deadline=1)
    made.invocations = {"i1": Invocation(opened)}
    made.crossings = list(crossings)
    made.trials = [Trial(run=1, pair=1, seed=1, scenario="s", channel="stored", a="x", b="x", crossings=1)]
    return made


def verdict(claim: str, outcome: Outcome = Outcome.HOLDS, **changes: Any) -> Verdict:
    fields: dict[str, Any] = {"claim": claim, "claimed": True, "outcome": outcome, "says": f"what {claim} says"}
    if outcome is Outcome.HOLDS:
        fields |= {"strength": Strength.TESTED, "crossings": 3}
    if outcome is Outcome.BROKEN:
        fields |= {"evidence": (Evidence(1, "why", "src/index.py:3"), Evidence(0, "as a whole")), "crossings": 3}
    return Verdict(**{**fields, **changes})


def witness(**changes: Any) -> Witness:
    return Witness(run=1, inv="i1", seq=9, at=0, layer="kernel", call="connect", **changes)


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    (tmp_path / "trust.yml").write_text(TRUST_TEXT)
    return load_trust(tmp_path / "trust.yml")


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    external = "permissions:\n  external: {fetch: {backend: [{address: 'https://metrics.example'}]}}"
    (tmp_path / "manifest.yml").write_text(MANIFEST.replace("permissions:", external))
    return load_manifest(tmp_path / "manifest.yml")


@pytest.fixture
def hostile(trust: Trust) -> Proved:
    """An app with a name, targets and evidence that try to leave the page; every outcome is there."""
    of = {claim.name: verdict(claim.name) for claim in CATALOG}
    told = (Evidence(1, HOSTILE, HOSTILE), Evidence(0, "all"))
    of["only_reads_content"] = verdict("only_reads_content", Outcome.BROKEN, says=HOSTILE, evidence=told)
    of["asks_least_scopes"] = verdict("asks_least_scopes", Outcome.UNPROVEN)
    of["reads_only_when_asked"] = verdict("reads_only_when_asked", Outcome.ERROR)
    of["reads_only_its_purpose"] = verdict("reads_only_its_purpose", Outcome.NOT_APPLICABLE)
    of["stores_only_aggregates"] = verdict("stores_only_aggregates", Outcome.BROKEN, claimed=False)
    verdicts = [*of.values()]
    found = ledger(
        [
            crossing(1, "egress", "https://metrics.example/" + HOSTILE),
            crossing(2, "egress", f"https://evil.example/{HOSTILE}", passes=False),
            crossing(3, "confluence", "/pages", reads=("page/1", "page/2")),
            crossing(4, "kvs", HOSTILE, writes=True),
        ],
        app=HOSTILE,
        app_version=HOSTILE,
        units=(HOSTILE,),
        excluded=(HOSTILE,),
    )
    return proved_of(found, verdicts, trust)
