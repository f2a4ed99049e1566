"""Every emulated operation answers as its OpenAPI document says, or as a deviation with a reason says."""

from __future__ import annotations

import pytest
from tests.openapi import documented
from tests.products.openapi.conversation import EMULATED, outcome
from tests.products.openapi.deviations import Deviation, deviations, reason_of

from forgesim.scopes.table import operations


@pytest.mark.parametrize("name", EMULATED)
def test_answers_are_what_the_document_says(name: str) -> None:
    """Where nothing succeeds, the operation needs a body, a query or a thing in calls.py."""
    found = outcome(name)
    assert {finding: request for finding, request in found.items() if reason_of(name, finding) is None} == {}


def test_what_is_emulated_is_documented() -> None:
    assert set(EMULATED) <= set(documented())
    assert len(EMULATED) == len(set(EMULATED)) < len(operations())


@pytest.mark.parametrize("row", deviations(), ids=lambda row: f"{row.operations[0]}: {row.what[0]}")
def test_a_deviation_that_no_longer_occurs_is_struck_out(row: Deviation) -> None:
    seen = [(name, finding) for name in EMULATED for finding in outcome(name)]
    unused = [each for each in row.operations if not _met(row, [each], row.what, seen)]
    unused += [each for each in row.what if not _met(row, row.operations, [each], seen)]
    assert unused == []


def _met(row: Deviation, operations: list[str] | tuple[str, ...], what: list[str] | tuple[str, ...],
         seen: list[tuple[str, str]]) -> bool:  # fmt: skip
    part = Deviation(tuple(operations), tuple(what), row.reason)
    return any(part.covers(*each) for each in seen)
