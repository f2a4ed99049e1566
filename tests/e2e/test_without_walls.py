"""On a machine that lacks a wall the command line refuses to run; asked to run without walls, it proves nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.test_bad_input import ROOT

from tests.conftest import MANIFEST

MACHINE = """\
import os, sys
from forgesim.sandbox import bpf, kernel
policy = {name: bpf.errno_action(1) for name in sys.argv[1].split()}
kernel.forbid_privileges()
kernel.install_filter(bpf.assemble(bpf.compile_policy(policy, bpf.ALLOW, os.uname().machine)), listener=False)
sys.argv[:2] = ["forgesim"]
from forgesim.__main__ import main
main()
"""
"""forgesim on a machine whose kernel refuses some calls: a filter hides them."""

HIDDEN = {"landlock": "landlock_create_ruleset", "seccomp": "seccomp"}
COMMANDS = {
    "run": ["run", "pulse", "scanSpace", "--with", '{"spaceId": "$space.id"}'],
    "prove": ["prove", "pulse", "--trials", "0"],
}


def forgesim_without(wall: str, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", MACHINE, HIDDEN[wall], *arguments], capture_output=True, text=True, cwd=cwd, check=False
    )


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
@pytest.mark.parametrize("wall", HIDDEN)
def test_without_a_wall_nothing_runs(wall: str, command: list[str], tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    ran = forgesim_without(wall, *command, "--ledger", str(ledger))
    assert (ran.returncode, ran.stdout) == (4, "")
    assert wall in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not ledger.exists()


READ_ONE = 'await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"]))'


@pytest.mark.slow
@pytest.mark.parametrize("wall", HIDDEN)
def test_a_proof_without_walls_ends_unproven(wall: str, make_app: Callable[..., Path], tmp_path: Path) -> None:
    body = f'@resolver.define("call")\nasync def call(request):\n    {READ_ONE}\n'
    app = make_app(body, manifest=MANIFEST.replace(', read:space:confluence, "storage:app"', ""))
    ledger = tmp_path / "ledger"
    options = ["--trials", "0", "--allow-unconfined", "--json", "--ledger", str(ledger)]
    ran = forgesim_without(wall, "prove", str(app), *options)
    assert ran.returncode == 3, ran.stdout + ran.stderr
    outcomes = {verdict["claim"]: verdict["outcome"] for verdict in json.loads(ran.stdout)["verdicts"]}
    assert outcomes["reaches_only_declared"] == "UNPROVEN"
    header = json.loads(ledger.read_text().split("\n", 1)[0])
    assert (header["sandbox"], header["confined"]) == ("none", False)


@pytest.mark.parametrize("wall", HIDDEN)
def test_the_doctor_names_the_wall_that_is_missing(wall: str) -> None:
    ran = forgesim_without(wall, "doctor", "--json")
    found = json.loads(ran.stdout)
    assert ran.returncode == 4
    assert [each["name"] for each in found["walls"] if each["name"] == wall and not each["ok"]] == [wall]
