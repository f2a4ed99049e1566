"""``forgesim fuzz`` end to end: on the reference apps, what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fuzz.conftest import HOLES, ROOT

from forgesim.cli.fuzz import fuzz
from forgesim.report.models import Fuzzed
from forgesim.sandbox.host import Sandbox


def command(*arguments: str, folder: Path) -> list[str]:
    return [sys.executable, "-m", "forgesim", "fuzz", *arguments, "--corpus", str(folder)]


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments, folder=folder), cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("app", ["pulse", "syncup"])
def test_a_reference_app_stands_an_attack_of_some_seconds(app: str, tmp_path: Path) -> None:
    ran = run(app, "--seconds", "8", "--json", folder=tmp_path)

    assert (ran.returncode, ran.stderr) == (0, "")
    found = Fuzzed.model_validate_json(ran.stdout, strict=True)  # which knows no sandbox without walls
    assert [each.campaign for each in found.campaigns] == ["egress", "sandbox", "payloads", "content"]
    assert all(each.cases and each.tried and not each.findings and each.ended == "time" for each in found.campaigns)


def test_two_workers_do_the_work_of_one_with_seeds_of_their_own(tmp_path: Path) -> None:
    ran = run("pulse", "egress", "--seconds", "3", "--workers", "2", "--json", folder=tmp_path)

    found = Fuzzed.model_validate_json(ran.stdout, strict=True)
    assert ran.returncode == 0
    assert found.workers == 2
    assert found.campaigns[0].cases > 1


def test_the_report_says_what_was_tried_and_that_it_proves_nothing(tmp_path: Path) -> None:
    ran = run("pulse", "egress", "--seconds", "1", folder=tmp_path)
    assert ran.returncode == 0
    assert "egress" in ran.stdout
    assert "let through" in ran.stdout
    assert "0 findings" in ran.stdout
    assert "has proved nothing" in ran.stdout


def test_what_is_found_is_printed_with_its_test_and_the_exit_code_is_1(
    confined: Sandbox, corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    rig, kind = HOLES["the end of a name without its dot"]

    def attack(*, as_json: bool, seconds: float) -> int:
        return fuzz(
            "pulse", "egress", seconds=seconds, seed=0, workers=1, corpus=corpus, sandbox=lambda: confined,
            as_json=as_json, rig=rig,
        )  # fmt: skip

    assert attack(as_json=True, seconds=6) == 1
    printed = json.loads(capsys.readouterr().out)
    hole = next(found for found in Fuzzed.model_validate(printed).campaigns[0].findings if found.kind == kind)
    assert "def test_egress_only_declared_places(forge):" in hole.pytest

    assert attack(as_json=False, seconds=0.1) == 1, "the corpus has it, and time for nothing else"
    text = capsys.readouterr().out
    assert f"BROKEN  {kind}" in text
    assert hole.pytest in text


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interruption_reports_what_there_is(workers: str, tmp_path: Path) -> None:
    arguments = command("pulse", "egress", "--seconds", "60", "--workers", workers, "--json", folder=tmp_path)
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(10)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (130, "")
    assert Fuzzed.model_validate_json(out, strict=True).campaigns[0].ended == "interrupted"


WRONG = {
    "no such campaign": (("pulse", "payload"), "there are: egress, sandbox, payloads, content, all"),
    "no such app": (("nothing",), "there is no app 'nothing'"),
    "no time": (("pulse", "--seconds", "0"), "--seconds 0"),
    "time without an end": (("pulse", "--seconds", "nan"), "--seconds nan"),
    "no workers": (("pulse", "--workers", "0"), "--workers 0"),
}


@pytest.mark.parametrize(("arguments", "says"), WRONG.values(), ids=WRONG)
def test_bad_input_is_one_message_and_exit_code_2(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    ran = run(*arguments, folder=tmp_path / "corpus")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_corpus_that_cannot_be_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = run("pulse", folder=tmp_path / "file")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "the corpus cannot be kept" in ran.stderr


def test_without_hypothesis_the_extra_is_named(tmp_path: Path) -> None:
    """An import that is refused stands for a package that is not installed."""
    code = "import sys; sys.modules['hypothesis'] = None; from forgesim.__main__ import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "fuzz", "pulse", "--corpus", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "forgesim[fuzz]" in ran.stderr


def test_nothing_is_left_where_the_command_was_called(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    arguments = command(str(ROOT / "apps" / "pulse"), "--seconds", "2", folder=tmp_path / "corpus")
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run(arguments, cwd=here, env=environment, capture_output=True, check=True)
    assert list(here.iterdir()) == []
    assert list(tmp_path.glob("forgesim-*")) == []
