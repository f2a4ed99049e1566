"""What a whole proof does with apps that have something to show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forgesim.claims.kit import Outcome
from forgesim.ledger.read import Ledger
from forgesim.manifest.load import load_app
from forgesim.proof.prove import Proof, prove
from forgesim.sandbox.open import open_sandbox
from tests.conftest import TRUST


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with open_sandbox() as opened:
        yield opened


@pytest.fixture
def proved(make_app: Any, sandbox: Any) -> Any:
    def of(body: str, *, trials: int = 1, trust: str = TRUST, name: str = "bare", **options: Any) -> Proof:
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        app = load_app(make_app(f'@resolver.define("call")\nasync def call(request):\n{lines}', trust=trust, name=name))
        return prove(app, sandbox=lambda: sandbox, trials=trials, **options)

    return of


def outcomes(proof: Proof) -> dict[str, Outcome]:
    return {verdict.claim: verdict.outcome for verdict in proof.verdicts}


FALLBACKS = """\
from forgesim.sdk import ForgeKvsAPIError
try:
    await kvs.get("one")
except ForgeKvsAPIError:
    try:
        await kvs.get("two")
    except ForgeKvsAPIError:
        await kvs.get("three")
"""


def faults(ledger: Ledger) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for crossing in ledger.crossings:
        if crossing.answered is not None and crossing.answered.fault is not None:
            found.setdefault(crossing.decided.target, set()).add(crossing.answered.fault)
    return found


def test_what_only_failures_reveal_fails_in_its_turn(proved: Any) -> None:
    """``three`` is met only where both calls before it fail: each of the three meets each failure."""
    proof = proved(FALLBACKS, trials=0)
    assert set(faults(proof.ledger)) == {"one", "two", "three"}
    assert {len(each) for each in faults(proof.ledger).values()} == {6}
    assert proof.ledger.coverage is not None
    assert len(proof.ledger.coverage.hit) == len(proof.ledger.header.units)


def test_each_place_meets_each_failure_once(proved: Any) -> None:
    proof = proved('await kvs.get("one")\nawait kvs.get("one")', trials=0)
    runs = [run.label for run in proof.ledger.runs.values() if run.cause == "fault"]
    assert len(runs) == len(set(runs)) == 12
    assert [run.label for run in proof.ledger.runs.values() if run.cause != "fault"] == [
        "alice calls",
        "alice calls: years later",
        "every call: as ines: locale 'de-DE': zone 'Asia/Tokyo'",
        "every call: 2 times and once more: comment of size 3: body of size 40000: one process",
        "every call: fields that hold no texts are empty",
        "every call: all fields are empty",
        "every call, each key of its payload a hostile text: one process",
        "every call, each key of its payload a value of another type: one process",
        "every call, each key of its payload another id: one process",
        "alice calls: without storage:app",
        "what the platform would refuse",
        "alice, and then bob",
        "bob, and then alice",
        "alice calls: then the app is uninstalled",
    ]


def test_probes_are_recorded_as_such_and_perform_nothing(proved: Any) -> None:
    ledger = proved("return 1", trials=0).ledger
    probes = [crossing for crossing in ledger.crossings if crossing.decided.cause == "probe"]
    assert len(probes) > 100
    assert all(crossing.answered is None for crossing in probes)
    probe_runs = {number for number, run in ledger.runs.items() if run.cause == "probe"}
    assert {crossing.decided.run for crossing in probes} == probe_runs


def test_an_app_that_does_not_repeat_is_unproven_and_not_broken(proved: Any) -> None:
    """The time since the machine started is nothing that a seed decides."""
    proof = proved("import os\nawait kvs.set('count', int(os.times().elapsed * 100) % 1000)", trials=4)
    trials = [trial for trial in proof.ledger.trials if trial.channel == "stored"]
    assert any(trial.again is not None and trial.a != trial.again for trial in trials)
    assert outcomes(proof)["stores_only_aggregates"] is Outcome.UNPROVEN


def test_seeded_randomness_repeats_and_does_not_differ_between_twins(proved: Any) -> None:
    proof = proved("import random, uuid\nuuid.uuid4()\nawait kvs.set('count', random.randrange(1000))", trials=3)
    whole = [trial for trial in proof.ledger.trials if " answers " not in trial.scenario]
    trials = [trial for trial in whole if trial.channel == "stored"]
    assert len(trials) == 3
    assert {trial.a == trial.b for trial in trials} == {True}
    assert {trial.again for trial in trials} <= {None, trials[0].a}


def test_what_an_invocation_is_called_is_the_same_for_twins(proved: Any) -> None:
    body = "print(api.get_app_context() if hasattr(api, 'get_app_context') else request.context)"
    trials = [trial for trial in proved(body, trials=2).ledger.trials if trial.channel == "logged"]
    assert {(trial.crossings > 0, trial.a == trial.b) for trial in trials} == {(True, True)}


def test_an_unmet_expectation_is_an_error(proved: Any) -> None:
    proof = proved("raise ValueError('no')", trials=0)
    assert outcomes(proof)["stores_only_aggregates"] is Outcome.ERROR
    broken = {name for name, outcome in outcomes(proof).items() if outcome is Outcome.BROKEN}
    assert broken <= {"asks_least_scopes"}, "the scopes that nothing uses are seen without an invocation"
    expected = TRUST.replace("pageId: $page}}", "pageId: $page}, expect: error}")
    again = proved("raise ValueError('no')", trials=0, trust=expected, name="expected")
    assert Outcome.ERROR not in outcomes(again).values()


def test_an_import_that_never_ends_is_an_error_in_no_time(make_app: Any, sandbox: Any) -> None:
    app = load_app(make_app("import os\nos._exit(1)\n"))
    proof = prove(app, sandbox=lambda: sandbox, trials=2)
    assert set(outcomes(proof).values()) <= {Outcome.ERROR, Outcome.NOT_APPLICABLE}


def test_a_ledger_of_real_content_is_kept_without_it_and_judged_with_it(
    make_app: Any, sandbox: Any, tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for number in range(6):
        (docs / f"page{number}.md").write_text(f"# Persimmon {number}\n\nThe quince of chapter {number} is ripe.\n")
    leak = (
        '@resolver.define("call")\nasync def call(request):\n'
        '    answer = await api.as_user().request_confluence(route("/wiki/api/v2/pages"))\n'
        '    pages = (await answer.json())["results"]\n'
        '    await kvs.set("count", pages[0]["title"])\n'
        '    await kvs.get("k:" + pages[0]["title"].replace(" ", "-"))\n'
        '    await api.fetch("https://" + pages[0]["title"].split()[0] + ".example/")\n'
        '    print(pages[0]["title"])\n'
        '    raise ValueError(pages[0]["title"])\n'
    )  # fmt: skip
    trust = TRUST.replace("site: demo", "site: ../docs").replace("pageId: $page}}", "pageId: $page}, expect: error}")
    app, file = load_app(make_app(leak, trust=trust)), tmp_path / "x.jsonl"
    proof = prove(app, sandbox=lambda: sandbox, trials=1, ledger=file)
    text = file.read_text().lower()
    assert "persimmon" not in text
    assert "quince" not in text
    assert outcomes(proof)["stores_only_aggregates"] is Outcome.BROKEN
    assert any("Persimmon" in item.why or item.at for verdict in proof.verdicts for item in verdict.evidence)
    kept = tmp_path / "y.jsonl"
    prove(app, sandbox=lambda: sandbox, trials=0, ledger=kept, bodies=True)
    assert "persimmon" in kept.read_text().lower()
