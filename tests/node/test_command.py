"""``forgesim run`` and ``forgesim prove`` of a JavaScript app, as somebody types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.node.conftest import MakeApp

pytestmark = pytest.mark.node


def _forgesim(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "forgesim", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)


def _prove(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    done = _forgesim("prove", str(folder), "--trials", "1", "--json", *words)
    return done.returncode, json.loads(done.stdout)


def test_run_gives_the_result_and_the_ledger_names_the_walls(js_app: MakeApp, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"

    done = _forgesim("run", str(js_app("notes")), "--json", "--ledger", str(ledger))

    told = json.loads(done.stdout)
    header = json.loads(ledger.read_text().splitlines()[0])
    assert (done.returncode, told["error"], told["broken"]) == (0, None, [])
    assert told["crossings"] == {"read": 1, "write": 1, "egress": 0, "refused": 0}
    assert (header["confined"], header["sandbox"] in ("full", "full+ns")) == (True, True)


def test_without_walls_it_says_so(js_app: MakeApp, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"

    done = _forgesim("run", str(js_app("notes")), "--json", "--ledger", str(ledger), "--allow-unconfined")

    header = json.loads(ledger.read_text().splitlines()[0])
    assert done.returncode == 0
    assert (header["confined"], header["sandbox"]) == (False, "none")


@pytest.mark.slow
def test_prove_holds_what_the_platform_enforces_and_nothing_that_needs_coverage(js_app: MakeApp) -> None:
    status, proof = _prove(js_app("jobs"))

    found = {verdict["claim"]: verdict for verdict in proof["verdicts"]}
    assert status == 1
    assert found["only_reads_content"]["outcome"] == "HOLDS"
    assert found["reaches_only_declared"]["outcome"] == "HOLDS"
    # A counter in a module outlives an invocation, and says what another tenant did.
    assert found["tenants_are_apart"]["outcome"] == "BROKEN"
    assert found["stores_only_aggregates"]["outcome"] == "UNPROVEN"
    assert "no coverage was recorded" in json.dumps(found["stores_only_aggregates"]["evidence"])
    assert all(verdict["strength"] in (None, "enforced", "inherited") for verdict in found.values())
