"""Every mistake of the user's: one clear error on stderr, nothing on stdout, exit 2."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def forgesim(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "forgesim", *arguments], capture_output=True, text=True, cwd=cwd, check=False
    )


def change(folder: Path, file: str, old: str, new: str) -> Path:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return folder


COMMAND_LINES = {
    "unknown app": (["run", "nothing-here"], "nothing-here"),
    "unknown function": (["run", "pulse", "scanSpaces"], "did you mean 'scanSpace'"),
    "unknown user": (["run", "pulse", "scanSpace", "--as", "mallory"], "mallory"),
    "payload is not JSON": (["run", "pulse", "scanSpace", "--with", "{"], "not JSON"),
    "payload is not UTF-8": (["run", "pulse", "scanSpace", "--with", '"\udcff"'], "not UTF-8"),
    "payload with half a character": (["run", "pulse", "scanSpace", "--with", '"\\ud800"'], "not JSON"),
    "payload with a number that JSON lacks": (["run", "pulse", "scanSpace", "--with", "[NaN]"], "not JSON"),
    "payload too deep": (["run", "pulse", "scanSpace", "--with", "[" * 300 + "]" * 300], "levels deep"),
    "unknown variable": (["run", "pulse", "scanSpace", "--with", '{"spaceId": "$galaxy"}'], "galaxy"),
    "site that is not there": (["run", "pulse", "--site", "no/such/folder"], "no/such/folder"),
    "time that is none": (["run", "pulse", "--at", "yesterday"], "yesterday"),
    "time before computers": (["run", "pulse", "--at", "0001-01-01"], "1970"),
    "app without a name": (["run", ""], "no app ''"),
    "site without a name": (["run", "pulse", "--site", ""], "a site has a name"),
    "user without a name": (["run", "pulse", "scanSpace", "--as", ""], "no user ''"),
    "import of what is no folder": (["site", "import", "demo"], "does not exist"),
    "ledger that is a folder": (["run", "pulse", "--ledger", "apps"], "folder"),
    "result that is a folder": (["run", "pulse", "--out", "apps"], "folder"),
    "ledger that is a device": (["run", "pulse", "--ledger", "/dev/null"], "not a regular file"),
    "result that is a device": (["run", "pulse", "--out", "/dev/null"], "not a regular file"),
    "no command": ([], "Missing command"),
    "app that is the whole disk": (["run", "/"], "/manifest.yml: there is no such file"),
    "ledger that is none": (
        ["judge", "README.md", "--trust", "apps/pulse/trust.yml"],
        "README.md:1: this is no ledger",
    ),
    "draft into a folder": (["init", "pulse", "--out", "apps"], "apps: the result cannot be written: this is a folder"),
    "payload without function": (["run", "pulse", "--with", "{}"], "FUNCTION"),
    "ledger that is not there": (["judge", "no.jsonl", "--trust", "apps/pulse/trust.yml"], "no.jsonl"),
}


@pytest.mark.parametrize(("arguments", "says"), COMMAND_LINES.values(), ids=COMMAND_LINES.keys())
def test_a_wrong_command_line_is_told_once(arguments: list[str], says: str) -> None:
    ran = forgesim(*arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr


BROKEN_APPS = {
    "manifest missing": ("manifest.yml", None, "manifest.yml"),
    "manifest malformed": ("manifest.yml", ("modules:", "modules: ["), "manifest.yml:"),
    "handler missing": ("src/index.py", ("handler = ", "handlers = "), "handler"),
    "bad type": ("trust.yml", ("int 0..1000", "int 9..1"), "trust.yml:"),
    "unknown claim": ("trust.yml", ("claims: all", "claims: [only_reads_contents]"), "only_reads_content"),
    "overlapping keys": (
        "trust.yml",
        (
            'key: "count"\n    value: int 0..1000\n',
            'key: "a:{id}"\n    value: bool\n  - in: kvs\n    key: "a:{page}"\n    value: bool\n',
        ),
        "overlap",
    ),
}


@pytest.mark.parametrize(("file", "edit", "says"), BROKEN_APPS.values(), ids=BROKEN_APPS.keys())
def test_a_broken_app_folder_is_told_once(
    make_app: Callable[..., Path], file: str, edit: tuple[str, str] | None, says: str
) -> None:
    app = make_app('@resolver.define("call")\nasync def call(request):\n    return 1\n')
    if edit is None:
        (app / file).unlink()
    else:
        change(app, file, *edit)
    ran = forgesim("run", str(app), "call")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "forgesim", "lint", "pulse"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (
        2,
        "forgesim: standard output cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "terminated"])
def test_an_interrupted_proof_says_nothing_and_leaves_nothing(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    command = [sys.executable, "-m", "forgesim", "prove", "pulse", "--ledger", str(tmp_path / "ledger.jsonl")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, cwd=ROOT, start_new_session=True) as process:
        with suppress(subprocess.TimeoutExpired):
            process.wait(3)
        os.killpg(process.pid, sent)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (code, b"", b"")
    assert list(tmp_path.iterdir()) == []
