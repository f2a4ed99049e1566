"""docs/twins.md is of the mutators that are here, and its sums add up."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from tests.twins.mutants.cases import GROUPS, Case, cases, list_digest
from tests.twins.mutants.prove import SCORES
from tools.write_twin_table import reason

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "twins.md").read_text()
RECORD = json.loads((DOCS / "twins.json").read_text())
KINDS = re.findall(r"^## By (.+)$", PAGE, re.MULTILINE)


def table(title: str) -> dict[str, list[int]]:
    """The rows of a table of counts: how many, and how many of each score."""
    lines = PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]
    return {row[0]: [int(cell) for cell in row[1:]] for row in rows}


def test_the_page_is_of_the_present_twins() -> None:
    assert f"Twin list `{list_digest()}`" in PAGE
    assert RECORD["twins"] == list_digest()
    assert RECORD["scores"].keys() == {case.key for case in cases()}


@pytest.mark.parametrize("title", ["Totals", *(f"By {kind}" for kind in KINDS)])
def test_each_row_and_each_table_adds_up(title: str) -> None:
    rows = table(title)
    whole = rows.pop("all")
    assert [sum(column) for column in zip(*rows.values(), strict=True)] == whole
    assert all(row[0] == sum(row[1:]) for row in (*rows.values(), whole))


def test_the_totals_are_those_of_the_record() -> None:
    counted = {
        group: Counter(RECORD["scores"][case.key] for case in cases() if case.group == group) for group in GROUPS
    }
    rows = table("Totals")
    assert {name: rows[GROUPS[name]][1:] for name in GROUPS} == {
        name: [scores[score] for score in SCORES] for name, scores in counted.items()
    }


def test_every_kind_of_pieces_has_a_table_of_everything_in_scope() -> None:
    in_scope = sum(case.group in ("leaky", "within") for case in cases())
    assert KINDS == ["base", "source", "encoding", "sink", "trigger", "shape"]
    assert {table(f"By {kind}")["all"][0] for kind in KINDS} == {in_scope}


@pytest.mark.parametrize(
    ("outcomes", "quoted"),
    [
        ({"wanted": "UNPROVEN", "other": "UNPROVEN"}, "of wanted"),
        ({"wanted": "UNPROVEN", "other": "BROKEN"}, "of other"),
        ({"wanted": "BROKEN", "other": "BROKEN"}, "of wanted"),
        ({"wanted": "HOLDS"}, "of wanted"),
        ({"other": "ERROR"}, "of other"),
        ({}, ""),
    ],
)
def test_a_row_quotes_what_is_broken_and_then_what_has_to_be(outcomes: dict[str, str], quoted: str) -> None:
    case = Case(name="a", group="leaky", make=dict, claims=frozenset({"wanted"}), pieces={}, why="")
    says = {claim: f"of {claim}" for claim in sorted(outcomes)}
    assert reason(case, {"outcomes": outcomes, "says": says}) == quoted
