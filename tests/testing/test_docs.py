"""The examples of docs/testing.md and README run as they stand."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.conftest import ROOT

BLOCK = re.compile(r"```python\n# (test_\w+\.py)\n(.*?)```", re.DOTALL)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_examples_of_the_docs_pass(pytester: pytest.Pytester) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "tests")
    shutil.copytree(ROOT / "apps" / "pulse", pytester.path / "apps" / "pulse", ignore=ignored)
    blocks = dict(BLOCK.findall((ROOT / "docs" / "testing.md").read_text()))
    readme = (ROOT / "README.md").read_text().split("## In pytest", 1)[1]
    blocks["test_readme.py"] = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[0]
    assert len(blocks) == 4
    for name, text in blocks.items():
        (pytester.path / name).write_text(text)
    tests = sum(text.count("def test_") for text in blocks.values())
    result = pytester.runpytest_subprocess("-p", "no:randomly", "--forgesim-trials=1", "--forgesim-html=page.html")
    result.assert_outcomes(passed=tests)
    assert (pytester.path / "page.html").is_file()


def test_every_option_mark_and_fixture_is_in_the_docs() -> None:
    source = (ROOT / "src" / "forgesim" / "pytest_plugin.py").read_text()
    names = re.findall(r'addoption\(\s*"([^"]+)"', source) + re.findall(r'addini\("([^"]+)"', source)
    names += [*re.findall(r"@pytest\.fixture\ndef (\w+)", source), "pytest.mark.claim"]
    docs = (ROOT / "docs" / "testing.md").read_text()
    assert len(names) >= 10
    assert [name for name in names if name not in docs] == []


def test_what_the_docs_link_to_is_there() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        links = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        assert [link for link in links if not (page.parent / link).exists()] == []
