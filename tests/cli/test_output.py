"""What the commands print and end with: shapes, exit codes, files, and nothing where it does not belong."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forgesim import __version__
from forgesim.claims.catalog import CATALOG_VERSION
from tests.conftest import ROOT, TRUST

SOURCE = """\
@resolver.define("call")
async def call(request):
    page = await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"]))
    await kvs.set("count", 3)
    return {"status": page.status}


@resolver.define("file")
async def file(request):
    return {"fileName": "a.bin", "contentType": "application/octet-stream", "data": "AP9oaQ=="}


@resolver.define("steal")
async def steal(request):
    await api.fetch("https://evil.example/")
    raise ValueError("no luck \\x1b[31m")


@resolver.define("fails")
async def fails(request):
    raise ValueError("no luck")


@resolver.define("hangs")
async def hangs(request):
    import asyncio
    await asyncio.sleep(99)


@resolver.define("rows")
async def rows(request):
    return [{"name": "a", "score": 1.5}, {"name": "b", "score": 2}]


def never():
    return 1
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(make_app: Any, tmp_path: Path) -> Run:
    """Runs forgesim where ``bare`` is an app folder, ``other`` one that leaks, ``sound`` one without gaps."""
    make_app(SOURCE)
    make_app(
        SOURCE,
        name="other",
        trust=TRUST.replace("app: bare", "app: other").replace("call: call, with", "call: steal, expect: error, with"),
    )
    make_app(
        SOURCE,
        name="unmet",
        trust=TRUST.replace("app: bare", "app: unmet").replace("call: call, with", "call: fails, with"),
    )

    def forgesim(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "forgesim", *arguments],
            capture_output=True, text=True, cwd=tmp_path, check=False, env=os.environ | environment,
        )  # fmt: skip

    return forgesim


CODES = {
    "a run that works": (("run", "./bare", "rows"), 0),
    "a function that raises": (("run", "./bare", "fails"), 5),
    "a function that times out": (("run", "./bare", "hangs"), 5),
    "a claim broken goes before a function that raises": (("run", "./bare", "steal"), 1),
    "bad input goes before all": (("run", "./bare", "nothing"), 2),
    "an unknown option": (("run", "./bare", "rows", "--nothing"), 2),
    "no arguments": (("prove",), 2),
    "a command that is none": (("frobnicate",), 2),
    "broken by what no scenario calls": (("prove", "./bare", "--trials", "1"), 1),
    "unproven": (("prove", str(ROOT / "apps" / "syncup"), "--trials", "0"), 3),
    "broken": (("prove", "./other", "--trials", "1"), 1),
    "broken goes before unproven": (("prove", "./bare", "./other", "./bare", "--trials", "0"), 1),
    "bad input goes before broken": (("prove", "./other", "./none", "--trials", "0"), 2),
    "several apps, one ledger": (("prove", "./bare", "./other", "--ledger", "x.jsonl"), 2),
    "twice one app, one ledger": (("prove", "./bare", "./bare", "--ledger", "x-{app}.jsonl"), 2),
    "a ledger that cannot be": (("prove", "./bare", "--ledger", "no/x.jsonl"), 2),
    "an output that cannot be": (("run", "./bare", "file", "--out", "no/x.bin"), 2),
    "an output that is a folder": (("run", "./bare", "file", "--out", "bare"), 2),
    "fewer than no trials": (("prove", "./bare", "--trials", "-1"), 2),
    "a machine that confines": (("doctor",), 0),
    "files without errors": (("lint", str(ROOT / "apps" / "pulse")), 0),
    "a source that fetches from an undeclared host": (("lint", "./bare"), 1),
}


@pytest.mark.parametrize(("arguments", "code"), CODES.values(), ids=CODES.keys())
def test_a_command_ends_with_its_code(run: Run, arguments: tuple[str, ...], code: int) -> None:
    ran = run(*arguments)
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    assert (ran.stdout == "") is (code == 2)
    assert bool(ran.stderr) is (code == 2)


RUN_KEYS = ["app", "function", "user", "result", "error", "crossings", "broken"]
PROOF_KEYS = ["app", "version", "catalog", "covers", "confined", "sandbox", "coverage", "notes", "verdicts"]
VERDICT: dict[str, Any] = {
    "claim": str,
    "claimed": bool,
    "outcome": str,
    "strength": (str, type(None)),
    "crossings": int,
    "says": str,
    "evidence": list,
}
OUTCOMES = {"HOLDS", "BROKEN", "UNPROVEN", "NOT_APPLICABLE", "ERROR"}


def check_verdict(verdict: dict[str, Any]) -> None:
    assert list(verdict) == list(VERDICT)
    assert all(isinstance(verdict[name], kind) for name, kind in VERDICT.items())
    assert verdict["outcome"] in OUTCOMES
    assert (verdict["strength"] is None) is (verdict["outcome"] != "HOLDS")
    assert len(verdict["evidence"]) <= 20
    for item in verdict["evidence"]:
        assert list(item) == ["seq", "why", "at"]
        assert isinstance(item["seq"], int)
        assert isinstance(item["at"], str | None)


def test_run_json_is_one_object_of_the_documented_shape(run: Run) -> None:
    shown = json.loads(run("run", "./bare", "call", "--with", '{"pageId": "$page"}', "--json", "--as", "bob").stdout)
    assert list(shown) == RUN_KEYS
    assert shown == {
        "app": "bare", "function": "call", "user": "bob", "result": {"status": 200}, "error": None,
        "crossings": {"read": 1, "write": 1, "egress": 0, "refused": 0}, "broken": [],
    }  # fmt: skip
    scenario = json.loads(run("run", "./bare", "--json").stdout)
    assert (scenario["function"], scenario["user"], scenario["result"]) == ("call", "alice", {"status": 200})


def test_run_json_tells_what_went_wrong(run: Run) -> None:
    ran = run("run", "./bare", "steal", "--json")
    shown = json.loads(ran.stdout)
    assert (ran.returncode, shown["result"], shown["crossings"]["refused"]) == (1, None, 1)
    assert shown["error"] == {"type": "ValueError", "message": "no luck \x1b[31m", "at": "src/index.py:22"}
    assert [each["claim"] for each in shown["broken"]] == ["reaches_only_declared"]
    check_verdict(shown["broken"][0])
    assert shown["broken"][0]["evidence"][0]["at"] == "src/index.py:21"


def test_prove_json_is_one_object_a_line_for_each_app(run: Run) -> None:
    ran = run("prove", "./bare", "./other", "--trials", "1", "--json", "--ledger", "{app}.jsonl")
    shown = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [each["app"] for each in shown] == ["bare", "other"]
    for each in shown:
        assert list(each) == PROOF_KEYS
        assert (each["covers"], each["confined"], type(each["version"])) == ("backend", True, str)
        assert list(each["coverage"]) == ["units", "missed", "excluded"]
        assert 0 < len(each["coverage"]["missed"]) < each["coverage"]["units"]
        for verdict in each["verdicts"]:
            check_verdict(verdict)
    again = json.loads(run("judge", "bare.jsonl", "--trust", "bare/trust.yml", "--json").stdout)
    assert again == shown[0]


def test_a_claim_that_is_not_made_is_judged_and_does_not_count(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "other" / "trust.yml"
    path.write_text(path.read_text().replace("claims: all", "claims: [only_reads_content]"))
    ran = run("prove", "./other", "--trials", "1", "--json")
    claimed = {each["claim"]: (each["claimed"], each["outcome"]) for each in json.loads(ran.stdout)["verdicts"]}
    assert claimed["reaches_only_declared"] == (False, "BROKEN")
    assert claimed["only_reads_content"][0]
    assert ran.returncode in (0, 3)


def test_doctor_lint_and_sites_print_json(run: Run) -> None:
    doctor = json.loads(run("doctor", "--json").stdout)
    assert doctor["tier"] in {"full+ns", "full", "full-no-witness", "none"}
    assert {wall["name"] for wall in doctor["walls"]}
    assert json.loads(run("lint", "./bare", "--json").stdout)["eligibility"]["eligible"] is True
    assert json.loads(run("site", "show", "demo", "--json").stdout) == json.loads(run("site", "show", "--json").stdout)


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1", "FORCE_COLOR": ""}, {"TERM": "xterm-256color"}])
def test_what_is_piped_has_no_escape_codes_whatever_the_app_says(run: Run, environment: dict[str, str]) -> None:
    for arguments in (("run", "./bare", "steal"), ("run", "./bare", "rows"), ("prove", "./bare", "--trials", "0")):
        assert "\x1b" not in (ran := run(*arguments, **environment)).stdout + ran.stderr
        assert ran.stdout


def test_a_file_in_the_result_is_written_as_its_bytes(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    target.write_bytes(b"older, and longer than what comes")
    target.chmod(0o600)
    before = sorted(tmp_path.iterdir())
    ran = run("run", "./bare", "file", "--out", "a.bin")
    assert (ran.returncode, target.read_bytes()) == (0, base64.b64decode("AP9oaQ=="))
    assert sorted(tmp_path.iterdir()) == before
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask
    assert run("run", "./bare", "rows", "--out", "rows.json").returncode == 0
    assert json.loads((tmp_path / "rows.json").read_text())[0] == {"name": "a", "score": 1.5}
    assert run("run", "./bare", "fails", "--out", "none.json").returncode == 5
    assert not (tmp_path / "none.json").exists()


@pytest.mark.parametrize(("arguments", "code"), [(("run", "./bare", "steal"), 1), (("prove", "./bare", "--json"), 1)])
def test_a_reader_that_goes_away_changes_no_exit_code(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "forgesim", *arguments, *(["--trials", "0"] if "prove" in arguments else [])]
    ran = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, cwd=tmp_path, check=False)
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (code, "")


def test_state_keeps_rows_between_runs(run: Run, tmp_path: Path) -> None:
    asked = ("run", "./bare", "call", "--with", '{"pageId": "$page"}', "--state", "state", "--ledger", "x.jsonl")
    for _ in range(2):
        assert run(*asked).returncode == 0
    assert (tmp_path / "state").is_dir()
    assert stat.S_IMODE((tmp_path / "x.jsonl").stat().st_mode) == 0o600


def test_the_version_is_told(run: Run) -> None:
    ran = run("--version")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"forgesim {__version__} · catalog of claims {CATALOG_VERSION} · ")
    assert run("-h").stdout == run("--help").stdout != ""


def test_an_earlier_call_that_fails_is_no_success(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "unmet" / "trust.yml"
    path.write_text(
        path.read_text()
        .replace("steps:", "steps:\n      - {as: bob, call: fails}", 1)
        .replace("call: fails, with", "call: rows, with")
    )
    ran = run("run", "./unmet")
    assert ran.returncode == 5, path.read_text()
    assert "unmet · fails as bob\nValueError: no luck at src/index.py:" in ran.stdout
    path.write_text(path.read_text().replace("call: fails}", "call: fails, expect: error}"))
    assert run("run", "./unmet").returncode == 0


def test_a_bug_of_ours_ends_with_70_and_one_line(run: Run, tmp_path: Path) -> None:
    code = (
        "import sys\nimport forgesim.cli.doctor as command\nfrom forgesim.cli.main import main\n"
        "def doctor(*, as_json):\n    raise KeyError('a bug')\n"
        "command.doctor = doctor\nsys.argv = ['forgesim', 'doctor']\nmain()\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (70, "", 1)
    assert "KeyError: 'a bug'" in ran.stderr
    assert "please report" in ran.stderr
