"""Atlassian's own validator, where an app has it installed, and what lint tells of it; most packages here are ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conformance.conftest import PACKAGES, needed_node
from tests.lint.conftest import MANIFEST

from forgesim.lint.check import inspect
from forgesim.lint.finding import Finding

pytestmark = pytest.mark.node

ROOT = Path(__file__).parents[2]
RULES = ("forge-validator", "forge-validator-not-asked")
ERROR = "{message: 'no such\\n  thing', level: 'error', line: 3, column: 7}"
WARNING = "{message: 'old', level: 'warning', line: 0, column: 0}"
OUTSIDE = "the world outside"
Install = Callable[[str], None]


@pytest.fixture(autouse=True)
def _node() -> None:
    needed_node()


@pytest.fixture
def install(app: Path) -> Install:
    """Lays a package of the validator's name beside the app, with this as the body of its ``validate``."""

    def lay(body: str) -> None:
        package = app.parent / "node_modules" / "@forge" / "manifest"
        package.mkdir(parents=True)
        (package / "package.json").write_text(json.dumps({"name": "@forge/manifest", "version": "99.1.0"}))
        (package / "index.js").write_text(f"exports.validate = async () => {{ {body} }};\n")

    return lay


def told(app: Path, *, anyway: bool = False) -> list[Finding]:
    return [each for each in inspect(app, anyway=anyway).findings if each.rule in RULES]


def test_without_it_nothing_is_said(app: Path) -> None:
    assert told(app) == []


def test_its_words_come_with_its_version_and_lines(app: Path, install: Install) -> None:
    install(f"return {{success: false, errors: [{ERROR}, {WARNING}]}};")
    assert [(each.severity, each.what, each.line, each.column) for each in told(app)] == [
        ("warning", "@forge/manifest 99.1.0 says: old", None, None),
        ("error", "@forge/manifest 99.1.0 says: no such thing", 3, 7),
    ]
    assert {each.file for each in told(app)} == {str(app / "manifest.yml")}


def test_of_an_app_that_was_deployed_before_all_is_a_warning(app: Path, install: Install) -> None:
    install(f"return {{success: false, errors: [{ERROR}]}};")
    assert [each.severity for each in told(app, anyway=True)] == ["warning"]


def test_it_sees_the_app_with_a_script_beside_each_python_file(app: Path, install: Install) -> None:
    install(
        "const {existsSync, readFileSync} = require('fs');"
        "const files = ['manifest.yml', 'static/index.html', 'src/index.js'].filter(existsSync);"
        "return {errors: [{message: files.join() + readFileSync('manifest.yml').length, level: 'warning'}]};"
    )
    assert [each.what.partition("says: ")[2] for each in told(app)] == [
        f"manifest.yml,static/index.html,src/index.js{len(MANIFEST)}"
    ]
    assert sorted(path.name for path in (app / "src").iterdir()) == ["index.py"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("require('fs').writeFileSync('left.txt', '');", "Error: EACCES: permission denied, open 'left.txt'"),
        ("require('child_process').execFileSync('/bin/true');", "Error: spawnSync /bin/true E"),
        ("require('fs').readFileSync(process.argv[2] + '/../../../secret.txt');", "Error: EACCES: permission denied"),
        ("throw new TypeError('it is broken');", "TypeError: it is broken"),
        ("process.exit(3);", "no answer, or one of another shape (status 3)"),
        ("return {errors: 7};", "TypeError: "),
    ],
    ids=["writing", "another program", "a file beside the app", "an error", "the end", "another shape"],
)
def test_it_is_behind_walls_and_its_failure_is_told(app: Path, install: Install, body: str, says: str) -> None:
    (app.parent / "secret.txt").write_text(OUTSIDE)
    install(body)
    found = told(app)
    assert [(each.rule, each.severity) for each in found] == [("forge-validator-not-asked", "warning")]
    assert f"@forge/manifest says nothing: {says}" in found[0].what
    assert not list(app.parent.rglob("left.txt"))


def test_it_reaches_no_network(app: Path, install: Install) -> None:
    install("await fetch('http://127.0.0.1:9/');")
    assert "says nothing: TypeError: fetch failed" in told(app)[0].what


def test_without_a_node_it_is_not_asked(app: Path, install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("return {errors: []};")
    monkeypatch.setenv("FORGESIM_NODE", str(app / "no-node"))
    assert [each.rule for each in told(app)] == ["forge-validator-not-asked"]


@pytest.mark.parametrize("name", ["pulse", "xpress", "syncup"])
def test_the_real_one_has_nothing_against_our_apps(tmp_path: Path, name: str) -> None:
    if not (PACKAGES / "@forge" / "manifest").is_dir():
        pytest.skip(f"npm has not installed @forge/manifest into {PACKAGES}")
    (tmp_path / "node_modules").symlink_to(PACKAGES.resolve())
    (tmp_path / name).symlink_to(ROOT / "apps" / name)
    assert [each for each in told(tmp_path / name) if each.severity == "error"] == []
