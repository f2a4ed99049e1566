"""The claims together: an honest app, everything that must never hold, and runs that went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from forgesim.claims.catalog import CATALOG

ENFORCED = {"only_reads_content", "reads_only_when_asked", "reaches_only_declared", "encrypted_in_transit"}
INAPPLICABLE = {"ai_stays_on_platform", "rendering_keeps_nothing"}
RESTS_ON_RUNS = {
    "reads_only_its_purpose", "stores_only_aggregates", "keeps_no_personal_data", "sends_only_declared",
    "logs_hold_no_content", "stays_in_region", "shows_only_what_viewer_may", "tenants_are_apart", "uninstall_forgets",
}  # fmt: skip


def test_every_claim_holds_for_an_honest_app(honest: Any) -> None:
    assert {n: (v.outcome.value, v.strength and v.strength.value) for n, v in honest.verdicts().items()} == {
        "only_reads_content": ("HOLDS", "enforced"),
        "asks_least_scopes": ("HOLDS", "enforced"),
        "reads_only_when_asked": ("HOLDS", "enforced"),
        "reads_only_its_purpose": ("HOLDS", "observed"),
        "shows_only_what_viewer_may": ("HOLDS", "tested"),
        "stores_only_aggregates": ("HOLDS", "bounded"),
        "keeps_no_personal_data": ("HOLDS", "tested"),
        "reaches_only_declared": ("HOLDS", "enforced"),
        "sends_only_declared": ("HOLDS", "bounded"),
        "encrypted_in_transit": ("HOLDS", "enforced"),
        "ai_stays_on_platform": ("NOT_APPLICABLE", None),
        "logs_hold_no_content": ("HOLDS", "tested"),
        "rendering_keeps_nothing": ("NOT_APPLICABLE", None),
        "stays_in_region": ("HOLDS", "inherited"),
        "tenants_are_apart": ("HOLDS", "tested"),
        "uninstall_forgets": ("HOLDS", "inherited"),
    }


def never_invoked(book: Any) -> None:
    """No invocation at all."""


def only_404_reads(book: Any) -> None:
    book.run(first=True)
    book.call()
    book.read(status=404)


def only_refused_calls(book: Any) -> None:
    book.run(first=True)
    book.call()
    book.read(refused="scope")
    book.store("space:DOCS:score", {"score": 1, "pages": 1}, refused="scope")
    book.send(refused="analytics-off")


def one_trivial_read(book: Any) -> None:
    book.run(first=True)
    book.call()
    book.read()


def raises_at_import(book: Any) -> None:
    book.run(first=True)
    book.call()
    book.ledger.invocations[book.inv].close = msgspec.structs.replace(
        book.ledger.invocations[book.inv].close, outcome="error", type="ImportError"
    )
    book.step("error", met=False)


@pytest.mark.parametrize(
    "behave", [never_invoked, only_404_reads, only_refused_calls, one_trivial_read, raises_at_import]
)
def test_silence_holds_nothing_but_what_the_platform_enforces(blank: Any, behave: Callable[[Any], None]) -> None:
    behave(blank)
    blank.finish()
    blank.cover(0) if behave in (raises_at_import, never_invoked) else None
    holding = {name: v.strength.value for name, v in blank.verdicts().items() if v.outcome.value == "HOLDS"}
    assert set(holding) <= ENFORCED
    assert set(holding.values()) <= {"enforced"}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(lambda b: setattr(b, "sandbox", "none"), "unconfined", id="unconfined"),
        pytest.param(lambda b: b.cover(0), "never ran", id="a branch that never ran"),
        pytest.param(lambda b: setattr(b.ledger, "coverage", None), "no coverage", id="no coverage recorded"),
        pytest.param(lambda b: b.cover(0, 1, dynamic=("src/x.py:3",)), "run time", id="code made at run time"),
        pytest.param(lambda b: b.trial("stored", again="y"), "not deterministic", id="a run that did not repeat"),
    ],
)
def test_what_rests_on_what_ran_is_unproven_where_that_says_too_little(
    honest: Any, spoil: Callable[[Any], object], reason: str
) -> None:
    spoil(honest)
    verdicts = honest.verdicts()
    for name in RESTS_ON_RUNS - {"reads_only_its_purpose", "stays_in_region"}:
        assert verdicts[name].outcome.value == "UNPROVEN"
        assert any(reason in item.why for item in verdicts[name].evidence)
    assert verdicts["only_reads_content"].outcome.value == "HOLDS"


def test_a_service_that_nobody_emulates_leaves_every_claim_open(honest: Any) -> None:
    """It may have written content or reached a host: no control that was probed says anything of it."""
    honest.cross("platform", "POST", "/graphql", unsupported="stargate /graphql", refused="not-emulated")
    verdicts = honest.verdicts()
    assert {verdict.outcome.value for verdict in verdicts.values()} == {"UNPROVEN", "NOT_APPLICABLE"}
    open_ = [verdict for verdict in verdicts.values() if verdict.outcome.value == "UNPROVEN"]
    assert all(any("does not emulate" in item.why for item in verdict.evidence) for verdict in open_)


def test_a_missed_unit_is_named_with_its_line(honest: Any) -> None:
    honest.cover(0)
    evidence = honest.verdicts()["stores_only_aggregates"].evidence
    assert [(item.at, item.why) for item in evidence] == [
        ("src/index.py:41", "app code that never ran: if (src/index.py:41:8 if)")
    ]


@pytest.mark.parametrize("ending", ["killed", "protocol"])
def test_a_kill_is_an_error_and_no_verdict(honest: Any, ending: str) -> None:
    honest.ledger.invocations[honest.inv].close = msgspec.structs.replace(
        honest.ledger.invocations[honest.inv].close, outcome=ending
    )
    assert {name for name, outcome in honest.outcomes().items() if outcome != "ERROR"} == INAPPLICABLE


def test_a_break_outweighs_a_kill(honest: Any) -> None:
    honest.ledger.invocations[honest.inv].close = msgspec.structs.replace(
        honest.ledger.invocations[honest.inv].close, outcome="killed"
    )
    honest.send(url="https://evil.example/")
    assert honest.outcomes()["reaches_only_declared"] == "BROKEN"


def test_an_unmet_expectation_is_an_error_but_for_what_the_platform_enforces(honest: Any) -> None:
    honest.step("error", met=False)
    outcomes = honest.outcomes()
    assert {name for name, outcome in outcomes.items() if outcome == "ERROR"} == RESTS_ON_RUNS


def test_a_claim_that_raises_is_an_error_and_does_not_hide_the_others(honest: Any) -> None:
    honest.manifest["modules"] = "nonsense"
    verdicts = honest.verdicts()
    assert verdicts["only_reads_content"].outcome.value == "HOLDS"
    assert verdicts["reaches_only_declared"].outcome.value == "ERROR"
    assert "InputError" in verdicts["reaches_only_declared"].says


def test_a_claim_that_trust_yml_leaves_out_is_judged_all_the_same(honest: Any) -> None:
    honest.trust_text = honest.trust_text.replace("claims: all", "claims: [only_reads_content]")
    assert {name for name, verdict in honest.verdicts().items() if verdict.claimed} == {"only_reads_content"}
    assert len(honest.verdicts()) == len(CATALOG)


def test_what_the_probes_and_the_harness_do_is_never_the_apps(honest: Any) -> None:
    honest.run("control")
    honest.call()
    honest.send(url="https://elsewhere.example/")
    honest.witness("kernel", "connect", "127.0.0.1:9")
    assert honest.broken() == {}


def test_equal_evidence_is_said_once_and_at_most_twenty_items(honest: Any) -> None:
    for _ in range(3):
        honest.send(url="https://evil.example/")
    assert len(honest.broken()["reaches_only_declared"].evidence) == 1
    for number in range(40):
        honest.send(url=f"https://evil{number}.example/")
    assert len(honest.broken()["reaches_only_declared"].evidence) == 20


def test_without_bodies_claims_about_content_are_unproven(honest: Any) -> None:
    for crossing in honest.ledger.crossings:
        if crossing.decided.body is not None:
            body = msgspec.structs.replace(crossing.decided.body, text=None, digest="0" * 32)
            crossing.decided = msgspec.structs.replace(crossing.decided, body=body)
    outcomes = honest.outcomes()
    assert outcomes["stores_only_aggregates"] == outcomes["sends_only_declared"] == "UNPROVEN"
    assert {outcomes[name] for name in ENFORCED} == {"HOLDS"}
