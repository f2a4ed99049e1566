"""Several apps at once: as though one had been proved after the other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.e2e.test_bad_input import ROOT, forgesim

from tests.conftest import TRUST

CALL = '@resolver.define("call")\nasync def call(request):\n    await kvs.set("count", 1)\n'
FEW = ("--trials", "1", "--json")


def trust(name: str, text: str = TRUST) -> str:
    return text.replace("app: bare", f"app: {name}")


def test_several_apps_are_reported_in_their_order_with_a_ledger_each(make_app: Any, tmp_path: Path) -> None:
    apps = [make_app(CALL, name=name, trust=trust(name)) for name in ("first", "second", "third")]
    ledger = tmp_path / "{app}.jsonl"
    files = ("--junit", str(tmp_path / "j.xml"), "--html", str(tmp_path / "h.html"), "--ledger", str(ledger))
    ran = forgesim("prove", *map(str, apps), *FEW, *files)
    assert ran.stderr == ""
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [each["app"] for each in told] == ["first", "second", "third"]
    for each in told:
        trust_file = tmp_path / each["app"] / "trust.yml"
        again = forgesim("judge", str(ledger).format(app=each["app"]), "--trust", str(trust_file), "--json")
        assert json.loads(again.stdout) == each
        assert again.returncode == ran.returncode
    assert (tmp_path / "j.xml").read_text().count("<testsuite ") == 3


def test_what_is_wrong_with_one_app_is_told_once(make_app: Any, tmp_path: Path) -> None:
    wrong = trust("second", TRUST.replace("$page", "$nothing"))
    apps = [make_app(CALL, name="first", trust=trust("first")), make_app(CALL, name="second", trust=wrong)]
    ran = forgesim("prove", *map(str, apps), *FEW, "--ledger", str(tmp_path / "{app}.jsonl"))
    assert ran.returncode == 2
    assert [json.loads(line)["app"] for line in ran.stdout.splitlines()] == ["first"]
    assert ran.stderr.startswith("forgesim: site ")
    assert "has no $nothing" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert sorted(path.name for path in tmp_path.glob("*.jsonl*")) == ["first.jsonl"]


def test_an_interruption_ends_every_process_and_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "forgesim", "prove", "pulse", "syncup", "--ledger", str(tmp_path / "{app}.jsonl")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, cwd=ROOT, start_new_session=True) as process:
        with suppress(subprocess.TimeoutExpired):
            process.wait(6)
        below = children(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert list(tmp_path.iterdir()) == []
    assert len(below) > 2
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]


def children(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    found = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*found, *(below for each in found for below in children(each))]
