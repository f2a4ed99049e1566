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
def test_prove_holds_what_ran_and_finds_what_a_module_keeps(js_app: MakeApp) -> None:
    status, proof = _prove(js_app("jobs"))

    found = {verdict["claim"]: verdict for verdict in proof["verdicts"]}
    assert status == 1
    # A counter in a module outlives an invocation: it says what another tenant did, and what went on before a removal.
    broken = {claim for claim, verdict in found.items() if verdict["outcome"] == "BROKEN"}
    assert broken == {"tenants_are_apart", "uninstall_forgets"}
    assert (found["only_reads_content"]["outcome"], found["only_reads_content"]["strength"]) == ("HOLDS", "enforced")
    assert (found["stores_only_aggregates"]["outcome"], found["stores_only_aggregates"]["strength"]) == (
        "HOLDS",
        "bounded",
    )
    assert proof["coverage"]["units"] > 0
    assert proof["coverage"]["missed"] == []
