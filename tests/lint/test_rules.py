"""Every rule by a line that breaks it, and by one close to it that does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.lint.cases import CASES, Case, changed
from tests.lint.conftest import FILES, MANIFEST, SOURCE, TRUST, write_app

from forgesim.lint import official
from forgesim.lint.check import RULES, inspect, lint, lint_folder
from forgesim.manifest.load import load_app


def name_of(case: Case) -> str:
    return f"{case.rule}: {case.words}"


def write(folder: Path, files: dict[str, str]) -> Path:
    write_app(folder)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    return folder


def test_a_tidy_app_has_no_findings(app: Path) -> None:
    assert lint(load_app(app)) == []


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_rule_is_told_at_its_line(tmp_path: Path, case: Case) -> None:
    folder = write(tmp_path, changed(case, case.bad))
    told = [each for each in lint_folder(folder) if each.rule == case.rule and case.words in each.what]
    place = str(folder / (case.told_in or case.file)) if case.rule != "app-files" else None
    assert [(each.file, each.line, each.severity) for each in told] == [(place, case.line, case.severity)]
    assert told[0].hint or told[0].rule in ("manifest", "trust")


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_what_is_close_to_it_is_not_told(tmp_path: Path, case: Case) -> None:
    folder = write(tmp_path, changed(case, case.good))
    told = [each for each in lint_folder(folder) if each.rule == case.rule]
    assert told == []


def test_every_rule_has_a_case_and_every_finding_a_rule(tmp_path: Path) -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    assert set(names) == {case.rule for case in CASES} | {rule.name for rule in official.RULES}
    folders = (write(tmp_path / str(number), changed(case, case.bad)) for number, case in enumerate(CASES))
    assert {finding.rule for folder in folders for finding in lint_folder(folder)} <= set(names)


CALLED = {
    "a key of one function's": ({}, "resolver/scan"),
    "a key that stands only at run time": ({"src/index.py": SOURCE.replace('"scan"', "NAME")}, "any"),
    "a define of another name": ({"src/other.py": "from index import resolver\nkey = resolver.define\n"}, "any"),
    "a file that is no Python": ({"src/other.py": "("}, "any"),
}


@pytest.mark.parametrize(("files", "name"), CALLED.values(), ids=CALLED.keys())
def test_a_call_is_never_called_unknown_where_it_may_be_known(tmp_path: Path, files: dict[str, str], name: str) -> None:
    folder = write(tmp_path, {"trust.yml": TRUST.replace("call: scan", "call: scam")})
    assert "call-unknown" in {each.rule for each in lint_folder(folder)}
    write_app(folder, {"trust.yml": TRUST.replace("call: scan", f"call: {name}"), **files})
    assert "call-unknown" not in {each.rule for each in lint_folder(folder)}


HIDDEN = {
    "a call that is not literal": {"src/index.py": SOURCE.replace('"/wiki/api/v2/pages/{id}"', "request.payload")},
    "a front end that calls": {"static/tiny.js": "bridge.requestConfluence('/x')"},
    "a file that is no Python": {"src/other.py": "("},
}


@pytest.mark.parametrize("files", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_scope_is_never_called_unused_where_a_use_may_hide(tmp_path: Path, files: dict[str, str]) -> None:
    manifest = MANIFEST.replace("read:page:confluence,", "read:page:confluence, read:space:confluence,")
    folder = write(tmp_path, {"manifest.yml": manifest})
    assert "scope-unused" in {each.rule for each in lint_folder(folder)}
    write_app(folder, {"manifest.yml": manifest, **files})
    assert "scope-unused" not in {each.rule for each in lint_folder(folder)}


def test_what_cannot_be_loaded_is_told_all_at_once(app: Path) -> None:
    (app / "trust.yml").unlink()
    (app / "manifest.yml").write_text(FILES["manifest.yml"].replace("https://us", "http://us").replace("node", "n"))
    found = inspect(app)
    assert {each.rule for each in found.findings} == {"manifest", "egress-scheme", "trust"}
    assert (found.eligibility, found.csp, found.major, found.errors) == (None, (), None, 3)


@pytest.mark.parametrize("name", ["pulse", "syncup", "xpress"])
def test_the_three_apps_have_no_errors_and_no_warnings(name: str) -> None:
    found = lint_folder(Path(__file__).parents[2] / "apps" / name)
    told = {each.rule for each in found}
    assert told == ({"residency-not-pinned"} if name == "xpress" else set())
