"""``--anyway``: an app whose manifest Forge refuses today runs, and every report and ledger says why it is refused.
And what no emulation calls is said by its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.test_bad_input import forgesim

from forgesim.ledger.read import read
from tests.conftest import MANIFEST

QUIET = '@resolver.define("call")\nasync def call(request):\n    return 7\n'
WHY = "app.runtime.name cannot be 'nodejs18.x'"
VALIDATOR = "  jira:workflowValidator:\n    - {key: v, name: V, description: d, function: checks}\n  function:\n"


@pytest.fixture
def old(make_app: Callable[..., Path]) -> str:
    """An app on a runtime that Forge takes no more."""
    return str(make_app(QUIET, manifest=MANIFEST.replace("nodejs22.x", "nodejs18.x")))


def test_without_it_the_app_is_refused(old: str) -> None:
    ran = forgesim("run", old, "call")
    assert ran.returncode == 2
    assert WHY in ran.stderr


def test_a_run_and_its_ledger_say_why_forge_refuses_the_manifest(old: str, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    ran = forgesim("run", old, "call", "--anyway", "--json", "--ledger", str(ledger))
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert (told["result"], told["undeployable"]) == (7, [WHY])
    assert read(ledger).header.undeployable == (WHY,)
    words = " ".join(forgesim("run", old, "call", "--anyway").stdout.split())
    assert f"Forge refuses this manifest today, and it was run anyway: {WHY}" in words


def test_a_proof_can_be_judged_again_from_its_ledger(old: str, tmp_path: Path) -> None:
    ledger, page = tmp_path / "ledger.jsonl", tmp_path / "page.html"
    proved = forgesim("prove", old, "--anyway", "--trials", "0", "--json", "--ledger", str(ledger), "--html", str(page))
    judged = forgesim("judge", str(ledger), "--trust", f"{old}/trust.yml", "--json")
    assert proved.returncode == judged.returncode != 2, proved.stderr + judged.stderr
    first, again = json.loads(proved.stdout), json.loads(judged.stdout)
    assert first["undeployable"] == again["undeployable"] == [WHY]
    assert first["verdicts"] == again["verdicts"]
    assert "Forge refuses it today" in page.read_text()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_fuzzer_attacks_it_and_says_so(old: str, tmp_path: Path, workers: str) -> None:
    asked = ["fuzz", old, "payloads", "--seconds", "1", "--workers", workers, "--corpus", str(tmp_path / "corpus")]
    refused, taken = forgesim(*asked), forgesim(*asked, "--anyway", "--json")
    assert (refused.returncode, WHY in refused.stderr) == (2, True)
    assert taken.returncode == 0, taken.stderr
    told = json.loads(taken.stdout)
    assert told["undeployable"] == [WHY]
    assert told["campaigns"][0]["tried"] > 0


def test_a_draft_is_made_of_it_that_says_so(old: str) -> None:
    trust = Path(old) / "trust.yml"
    trust.unlink()
    refused, drafted = forgesim("init", old), forgesim("init", old, "--anyway")
    assert (refused.returncode, WHY in refused.stderr) == (2, True)
    assert drafted.returncode == 0, drafted.stderr
    words = " ".join(drafted.stdout.split())
    assert f"Forge refuses this manifest today, and it was rehearsed anyway: {WHY}" in words
    assert words.endswith(f"forgesim prove {old} --anyway")
    trust.unlink()
    assert json.loads(forgesim("init", old, "--anyway", "--json").stdout)["undeployable"] == [WHY]


def test_a_trust_centre_says_so_too(old: str, tmp_path: Path) -> None:
    ledger = str(tmp_path / "ledger.jsonl")
    forgesim("prove", old, "--anyway", "--trials", "0", "--ledger", ledger)
    refused = forgesim("trust", old, "--ledger", ledger)
    assert (refused.returncode, WHY in refused.stderr) == (2, True)
    taken = forgesim("trust", old, "--ledger", ledger, "--anyway", "--json")
    assert json.loads(taken.stdout)["undeployable"] == [WHY]
    words = " ".join(forgesim("trust", old, "--ledger", ledger, "--anyway").stdout.split())
    assert f"Forge refuses this manifest today, and it was run anyway: {WHY}" in words


def test_lint_calls_it_a_warning(old: str) -> None:
    refused, taken = forgesim("lint", old), forgesim("lint", old, "--anyway")
    assert refused.returncode == 1
    assert WHY in refused.stdout
    assert WHY in taken.stdout
    assert "0 errors" in taken.stdout


def test_an_app_without_a_runtime_runs_too(make_app: Callable[..., Path]) -> None:
    app = make_app(QUIET, manifest=MANIFEST.replace("  runtime:\n    name: nodejs22.x\n", ""))
    ran = forgesim("run", str(app), "call", "--anyway", "--json")
    assert json.loads(ran.stdout)["undeployable"] == ["app lacks runtime"]


def test_what_is_no_manifest_is_none_anyway(make_app: Callable[..., Path]) -> None:
    app = make_app(QUIET)
    (app / "manifest.yml").write_text("[]")
    ran = forgesim("run", str(app), "call", "--anyway")
    assert (ran.returncode, "the manifest must be a map" in ran.stderr) == (2, True)


def test_a_function_that_only_an_unemulated_module_runs_is_said_by_the_modules_name(
    make_app: Callable[..., Path],
) -> None:
    manifest = MANIFEST.replace("  function:\n", VALIDATOR)
    manifest = manifest.replace("  function:\n", "  function:\n    - {key: checks, handler: index.handler}\n")
    app = make_app(QUIET, manifest=manifest)
    ran = forgesim("run", str(app), "checks")
    assert ran.returncode == 2
    assert "not emulated: jira:workflowValidator, which alone runs 'checks'" in ran.stderr
    assert forgesim("run", str(app), "resolver/call").returncode == 0
