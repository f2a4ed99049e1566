"""``forgesim lint`` as people and scripts meet it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.lint.cases import ENTRY, entry
from tests.lint.conftest import MANIFEST

from forgesim.report.models import Linted

ROOT = Path(__file__).parents[2]


def forgesim(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "forgesim", "lint", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_json_is_one_object_of_the_published_shape() -> None:
    ran = forgesim("pulse", "--against", "apps/xpress", "--json")
    found = Linted.model_validate_json(ran.stdout, strict=True)
    assert (ran.returncode, list(json.loads(ran.stdout))) == (0, ["app", "findings", "eligibility", "csp", "major"])
    assert found.major is not None
    assert (found.app, found.major.version, len(found.csp)) == ("pulse", "major", 2)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (MANIFEST, 0, "0 errors, 0 warnings\n"),
        (MANIFEST.replace(ENTRY, f"{ENTRY}{ENTRY}"), 0, "1 warning\n"),
        (MANIFEST.replace(ENTRY, entry("a.b")), 1, "[subprocessor-undeclared]"),
        (MANIFEST.replace("https://us", "http://us"), 1, "1 error, 0 warnings\n"),
        ("x: [", 1, "not valid YAML"),
    ],
    ids=["tidy", "a warning", "an error", "an address that is none", "no YAML"],
)
def test_the_exit_code_is_one_on_an_error(app: Path, text: str, code: int, says: str) -> None:
    (app / "manifest.yml").write_text(text)
    ran = forgesim(str(app))
    assert (ran.returncode, ran.stderr) == (code, "")
    assert says in ran.stdout


@pytest.mark.parametrize(
    "arguments", [("nothing",), ("pulse", "--against", "nothing"), ("pulse", "--against", "README.md")]
)
def test_bad_input_is_two_with_nothing_on_stdout(arguments: tuple[str, ...]) -> None:
    ran = forgesim(*arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("forgesim: ")
    assert "Traceback" not in ran.stderr


def test_the_policy_and_the_reasons_are_printed(app: Path) -> None:
    out = forgesim(str(app), "--csp", "--against", str(app)).stdout
    assert "Runs on Atlassian: eligible by its manifest\n  for: " in out
    assert f"next version, against {app}: minor\n" in out
    assert "Content-Security-Policy of static/index.html:\n  default-src 'self' https://" in out


def test_text_of_the_app_cannot_steer_a_terminal(app: Path) -> None:
    (app / "manifest.yml").write_text(MANIFEST.replace(ENTRY, entry('"a.b\\e[31m"')))
    assert "\x1b" not in forgesim(str(app)).stdout


def test_the_page_of_the_rules_is_what_the_checks_say() -> None:
    spec = importlib.util.spec_from_file_location("lint_docs", ROOT / "tools" / "write_lint_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "lint.md").read_text() == module.page()
