"""The stranger's apps are judged as docs/strangers.md says: some of them, or with ``FORGESIM_TWINS=all`` all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.twins.mutants.cases import Case
from tests.twins.mutants.prove import Effort, prove_case
from tests.twins.strangers_list import GROUPS, strangers

from forgesim.testing.kit import Forge

RECORD = json.loads((Path(__file__).parents[2] / "docs" / "strangers.json").read_text())
SOME = ("gist-once", "pinned-issues", "comment-triage", "top-pages", "status-matrix")
"""Some of those that something had to be mended for."""


def chosen() -> list[Case]:
    every = os.environ.get("FORGESIM_TWINS") == "all"
    return [case for case in strangers() if every or case.name.removeprefix("stranger ") in SOME]


def test_there_are_forty_leaky_ones_and_ten_honest_ones() -> None:
    groups = [case.group for case in strangers()]
    assert {group: groups.count(group) for group in GROUPS} == {"leaky": 40, "honest": 10}
    assert {case.name for case in strangers()} == RECORD["now"].keys() == RECORD["first"].keys()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("case", chosen(), ids=lambda case: case.name)
def test_a_strangers_app_is_judged_as_the_page_says(forge: Forge, case: Case) -> None:
    result = prove_case(case, forge, Effort(RECORD["trials"]))
    assert result["score"] == RECORD["now"][case.name], result["says"]
