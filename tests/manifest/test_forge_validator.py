"""The reader of manifests beside Atlassian's own validator, on manifests and changes of our own writing."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.conformance.conftest import PACKAGES, needed_node
from tests.manifest.forge.differences import DIFFERENCES, Difference
from tests.manifest.forge.examples import FILES, examples, values
from tests.manifest.forge.mutations import drawn, mutations, text_of

from forgesim.manifest.load import check_app
from forgesim.manifest.module_types import REQUIRED
from forgesim.scopes.table import known_scopes

VALIDATOR = PACKAGES / "@forge" / "manifest"
DRIVER = Path(__file__).parent / "forge" / "validate.cjs"
DRAWN = 900


class Verdicts(NamedTuple):
    """Why each refuses a manifest; nothing where it takes it."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Verdicts]:
    """Case → what both say. Skips where there is no Node, or npm has not installed the validator."""
    node = needed_node()
    if not VALIDATOR.is_dir():
        pytest.skip(f"npm has not installed @forge/manifest into {PACKAGES}: npm install in tests/conformance/node")
    folder = tmp_path_factory.mktemp("app")
    lay_out(folder)
    cases = texts()
    asked = "\n".join(map(json.dumps, cases.values()))
    command = [node.path, str(DRIVER), str(VALIDATOR.resolve()), str(folder)]
    said = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, timeout=300).stdout
    theirs = [json.loads(line) for line in said.splitlines()]
    return {
        name: Verdicts(
            ours=tuple(ours(folder, text)),
            theirs=tuple(each["message"] for each in all_said if each["level"] == "error"),
        )
        for (name, text), all_said in zip(cases.items(), theirs, strict=True)
    }


def lay_out(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def texts() -> dict[str, str]:
    """Name → manifest: the examples, values of ours in their places, and changes that are drawn."""
    whole = dict(examples())
    changed = {name: text for of, made in whole.items() for name, text in mutations(of, made, whole["base"])}
    valued = {name: text_of(made) for name, made in values()}
    return {name: text_of(made) for name, made in whole.items()} | valued | drawn(changed, DRAWN, seed=9)


def ours(folder: Path, text: str) -> Iterator[str]:
    (folder / "manifest.yml").write_text(text, encoding="utf-8")
    _, problems = check_app(folder, known_scopes=known_scopes())
    here = str(folder / "manifest.yml")
    return (problem.what for problem in problems if not problem.warning and problem.file == here)


def differing(verdicts: Mapping[str, Verdicts]) -> dict[str, Verdicts]:
    return {name: each for name, each in verdicts.items() if bool(each.ours) is not bool(each.theirs)}


def is_of(row: Difference, name: str, verdict: Verdicts) -> bool:
    return (row.forge == "refuses") is bool(verdict.theirs) and re.fullmatch(row.where, name) is not None


def test_every_module_type_has_an_example() -> None:
    used = {kind for _, made in examples() for kind in made["modules"]}
    assert used == set(REQUIRED)


def test_every_example_is_read(tmp_path: Path) -> None:
    lay_out(tmp_path)
    assert {name: told for name, made in examples() if (told := list(ours(tmp_path, text_of(made))))} == {}


@pytest.mark.node
def test_neither_refuses_an_example(verdicts: Mapping[str, Verdicts]) -> None:
    assert {name: verdicts[name] for name, _ in examples() if any(verdicts[name])} == {}


@pytest.mark.node
def test_where_they_differ_is_written_down(verdicts: Mapping[str, Verdicts]) -> None:
    unknown = {
        name: each
        for name, each in differing(verdicts).items()
        if not any(is_of(row, name, each) for row in DIFFERENCES)
    }
    assert unknown == {}


@pytest.mark.node
@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: row.where)
def test_what_is_written_down_still_differs(verdicts: Mapping[str, Verdicts], row: Difference) -> None:
    assert any(is_of(row, name, each) for name, each in differing(verdicts).items())


@pytest.mark.node
def test_both_refuse_and_both_take_hundreds(verdicts: Mapping[str, Verdicts]) -> None:
    refused = sum(bool(each.ours and each.theirs) for each in verdicts.values())
    taken = sum(not any(each) for each in verdicts.values())
    assert min(refused, taken) > 300
