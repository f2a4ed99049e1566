"""``forgesim conformance`` and what ``doctor`` says of Forge."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from forgesim.cli.conformance import exit_code
from forgesim.cli.main import app
from forgesim.conformance.case import Case, Expect, Source, Step
from forgesim.conformance.compare import Seen
from forgesim.conformance.emulated import Emulated, emulated
from forgesim.conformance.play import Bench, Row
from forgesim.errors import InputError
from forgesim.report.conformance import conformance_lines, emulated_lines
from forgesim.report.models import Conformance


def test_the_last_line_is_the_score() -> None:
    said = CliRunner().invoke(app, ["conformance", "--only", "secrets"])
    assert re.fullmatch(r"(\d+) of \1 measured, (\d+) of \2 documented", said.stdout.splitlines()[-1])
    assert said.exit_code == 0


@pytest.mark.parametrize(("source", "code"), [("measured", 1), ("documented", 0), ("choice", 0)])
def test_only_a_measured_answer_that_differs_fails(source: Source, code: int) -> None:
    case = Case(id="x", says="x", source=source, page="ours", ask=Step(to="kvs get"), expect=Expect(status=200))
    row = Row(case, Seen(status=404), ["status 404"])
    assert exit_code([row]) == code
    lines = list(conformance_lines([row]))
    assert "NOT THE SAME" in lines[1]
    assert lines[-1].startswith(f"0 of {int(source == 'measured')} measured")


def test_json_has_the_published_shape() -> None:
    said = CliRunner().invoke(app, ["conformance", "--only", "egress", "--json"])
    found = Conformance.model_validate_json(said.stdout)
    assert {row.area for row in found.rows} == {"egress"}
    assert found.documented.all == sum(row.source == "documented" for row in found.rows)


def test_an_unknown_area_is_told_with_those_there_are() -> None:
    said = CliRunner().invoke(app, ["conformance", "--only", "nothing"])
    assert isinstance(said.exception, InputError)
    assert "there are: kvs, secrets" in str(said.exception)


def test_doctor_tells_what_answers_501(bench: Bench) -> None:
    told = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)["emulated"]
    found = {each["name"]: each for each in told}
    assert found["Realtime"] == {"name": "Realtime", "served": [], "unserved": ["type realtime POST /"]}
    assert found["Secrets"]["unserved"] == []
    assert list(found) == [service.name for service in emulated(bench)]


def test_a_service_in_part_is_told_in_numbers() -> None:
    whole = Emulated(name="Whole", served=("a",), unserved=())
    part = Emulated(name="Part", served=("a",), unserved=("b",))
    assert list(emulated_lines([whole, part])) == [
        "emulated: Whole; Part (1 of 2 operations)",
        "answers 501: Part (1 of 2 operations)",
    ]
