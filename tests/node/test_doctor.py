"""``forgesim doctor`` says what this machine has for JavaScript apps; that something lacks is no failure of its."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from forgesim.cli.main import app
from forgesim.sandbox.javascript.doctor import node_report
from forgesim.sandbox.javascript.node import LEAST

pytestmark = pytest.mark.node


def _doctor(*options: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *options])


def test_it_starts_node_behind_walls_and_says_so() -> None:
    said = _doctor("--json")
    told = json.loads(said.stdout)
    node = told["node"]
    assert int(node["version"].partition(".")[0]) >= LEAST
    assert Path(node["path"]).is_file()
    confines = told["tier"] in ("full", "full+ns")
    assert (node["confined"], node["why"] is None) == (confines, confines)
    if confines:
        assert "JavaScript apps can be confined\n" in _doctor().stdout


@pytest.mark.parametrize("node", ["/nowhere/node", "/bin/true"], ids=["missing", "another program"])
def test_a_machine_without_node_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, node: str) -> None:
    before = _doctor("--json").exit_code
    monkeypatch.setenv("FORGESIM_NODE", node)
    said = _doctor()
    assert said.exit_code == before
    assert "JavaScript apps cannot be run confined: " in said.stdout
    assert "FORGESIM_NODE" in said.stdout


def test_without_a_witness_node_is_not_run(tmp_path: Path) -> None:
    found = node_report("full-no-witness", tmp_path)
    assert (found.confined, found.path is not None) == (False, True)
    assert "witness" in str(found.why)


def test_it_names_the_esbuild_that_apps_get(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.defpath)
    monkeypatch.setenv("FORGESIM_ESBUILD", "/nowhere/esbuild")
    assert "esbuild: none here; an app may bring its own" in _doctor().stdout

    named = tmp_path / "esbuild"
    named.symlink_to("/bin/true")
    monkeypatch.setenv("FORGESIM_ESBUILD", str(named))
    assert f"esbuild: {named}\n" in _doctor().stdout
