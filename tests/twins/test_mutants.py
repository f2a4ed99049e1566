"""Leaky twins are caught and honest variants hold: some of docs/twins.md, or with ``FORGESIM_TWINS=all`` all."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.twins.mutants.cases import GROUPS, Case, cases
from tests.twins.mutants.prove import LADDER, prove_case

from forgesim.testing.kit import Forge

RECORD = json.loads((Path(__file__).parents[2] / "docs" / "twins.json").read_text())
SOME = {"leaky": 9, "within": 3, "honest": 6}
"""How many of a group are proved unless all are asked for: on the bare apps, of those that the page says are right and
that took little effort."""

RIGHT = {"leaky": "caught", "within": "caught", "honest": "HOLDS"}


def chosen() -> Sequence[Case]:
    if os.environ.get("FORGESIM_TWINS") == "all":
        return [case for case in cases() if RECORD["scores"][case.key] != "not run"]
    rng = random.Random(6)
    right = [case for case in cases() if RECORD["scores"][case.key] == RIGHT.get(case.group)]
    bare = [case for case in right if case.pieces["base"].startswith("bare") and RECORD["trials"][case.key] < 20]
    of = {group: [case for case in bare if case.group == group] for group in SOME}
    return [case for group, n in SOME.items() for case in rng.sample(of[group], min(n, len(of[group])))]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("case", chosen(), ids=lambda case: case.name)
def test_a_twin_is_judged_as_the_page_says(forge: Forge, case: Case) -> None:
    assert case.group in GROUPS
    result = prove_case(case, forge, *LADDER[case.group])
    assert result["score"] == RECORD["scores"][case.key], result["says"]
