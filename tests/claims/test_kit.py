"""Verdicts that cannot be built, and the description that each claim gives of itself."""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.claims.catalog import CATALOG
from forgesim.claims.kit import Evidence, Outcome, Strength, Verdict, grouped
from forgesim.manifest.claim_names import CLAIM_NAMES

ONE = (Evidence(1, "it did", "src/index.py:1"),)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"outcome": Outcome.HOLDS, "strength": Strength.TESTED, "crossings": 0}, "nothing exercised it"),
        ({"outcome": Outcome.HOLDS, "crossings": 1}, "a strength goes with HOLDS"),
        ({"outcome": Outcome.UNPROVEN, "strength": Strength.TESTED}, "a strength goes with HOLDS"),
        ({"outcome": Outcome.BROKEN}, "without evidence"),
        ({"outcome": Outcome.BROKEN, "evidence": ONE * 21}, "over 20"),
    ],
)
def test_a_verdict_that_says_more_than_it_has_cannot_be_built(parts: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Verdict(claim="c", claimed=True, says="", **parts)


def test_evidence_is_grouped_by_line_and_words_and_keeps_the_first_crossing() -> None:
    again = [Evidence(7, "it did", "a.py:1"), Evidence(9, "it did", "a.py:1"), Evidence(11, "it did", "a.py:2")]
    assert [item.seq for item in grouped(again)] == [7, 11]


def test_the_catalog_has_the_claims_that_trust_yml_may_name() -> None:
    assert {claim.name for claim in CATALOG} == set(CLAIM_NAMES)


@pytest.mark.parametrize("claim", CATALOG, ids=lambda claim: claim.name)
def test_a_claim_lives_in_the_module_of_its_name_and_describes_itself(claim: Any) -> None:
    assert claim.judge.__module__ == f"forgesim.claims.catalog.{claim.name}"
    assert all((claim.statement, claim.why, claim.exercised_by, claim.broken_by, claim.limits))
