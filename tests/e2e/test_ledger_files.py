"""A ledger file and trust.yml are all that ``judge`` needs, and damage is noticed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.test_bad_input import ROOT, change, forgesim

Proved = tuple[Path, dict[str, object]]


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Proved:
    folder = tmp_path_factory.mktemp("proved")
    ran = forgesim("prove", "pulse", "--trials", "2", "--json", "--ledger", str(folder / "pulse.jsonl"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    shutil.copy(ROOT / "apps" / "pulse" / "trust.yml", folder / "trust.yml")
    return folder, json.loads(ran.stdout)


def judged(folder: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return forgesim("judge", str(folder / "pulse.jsonl"), "--trust", str(folder / "trust.yml"), "--json", cwd=cwd)


def copy(proved: Proved, tmp_path: Path) -> Path:
    return Path(shutil.copytree(proved[0], tmp_path / "copy"))


@pytest.mark.slow
def test_judge_gives_the_same_verdicts_from_the_two_files_alone(proved: Proved, tmp_path: Path) -> None:
    folder = copy(proved, tmp_path)
    ran = judged(folder, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["verdicts"] == proved[1]["verdicts"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "claim"),
    [
        ("hosts: [us.i.posthog.com]", "hosts: []", "reaches_only_declared"),
        ("us.i.posthog.com", "eu.i.posthog.com", "reaches_only_declared"),
        ("pages: int 0..10000", "pages: int 0..1", "stores_only_aggregates"),
    ],
    ids=["the host is deleted", "another host is declared", "a stored number is narrowed"],
)  # fmt: skip
def test_judge_says_broken_when_trust_says_less(proved: Proved, tmp_path: Path, old: str, new: str, claim: str) -> None:
    folder = change(copy(proved, tmp_path), "trust.yml", old, new)
    ran = judged(folder, tmp_path)
    outcomes = {v["claim"]: v["outcome"] for v in json.loads(ran.stdout)["verdicts"]}
    assert (ran.returncode, outcomes[claim]) == (1, "BROKEN")


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["flip", "cut", "drop"])
def test_a_damaged_ledger_is_exit_2(proved: Proved, tmp_path: Path, damage: str) -> None:
    folder = copy(proved, tmp_path)
    path = folder / "pulse.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    middle = len(lines) // 2
    if damage == "flip":
        lines[middle] = lines[middle].replace(b'"allow":true', b'"allow":false').replace(b'"at":1', b'"at":2')
    elif damage == "cut":
        lines = lines[:-1]
    else:
        del lines[middle]
    path.write_bytes(b"".join(lines))
    ran = judged(folder, tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "pulse.jsonl:" in ran.stderr


@pytest.mark.slow
def test_two_runs_of_the_same_thing_differ_in_nothing_but_what_the_header_declares(tmp_path: Path) -> None:
    texts = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}.jsonl"
        ran = forgesim("run", "pulse", "--ledger", str(path), "--seed", "3")
        assert ran.returncode == 0, ran.stderr
        lines = path.read_bytes().splitlines()
        header = json.loads(lines[0])
        for field in header["volatile"]:
            del header[field]
        texts.append([header, *(line.split(b'",', 1)[1] for line in lines[1:-1])])
    assert texts[0] == texts[1]


def test_the_command_line_needs_no_home_and_no_terminal() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "forgesim", "--help"],
        env={"PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "prove" in ran.stdout


@pytest.mark.slow
def test_the_readme_shows_what_prove_says(proved: Proved) -> None:
    readme = (ROOT / "README.md").read_text()
    rows = re.findall(r"^(\w+) +(HOLDS|NOT_APPLICABLE) +(\w+|–) +(.+) …$", readme, re.MULTILINE)
    found = json.loads(json.dumps(proved[1]))
    assert len(rows) == len(found["verdicts"])
    for row, verdict in zip(rows, found["verdicts"], strict=True):
        assert row[:3] == (verdict["claim"], verdict["outcome"], verdict["strength"] or "–")
        assert verdict["says"].startswith(row[3])
    assert f"app code: {found['coverage']['units']} units, 0 never ran" in readme
