"""Every coverage unit is found again in the source, with what it takes to get there."""

from __future__ import annotations

from pathlib import Path

import pytest

from forgesim.manifest.load import load_app
from forgesim.sandbox.image import build_image
from forgesim.source.guards import Map
from forgesim.source.keys import payload_keys
from forgesim.source.program import Program
from tests.conftest import ROOT


@pytest.mark.parametrize("name", ["pulse", "xpress", "syncup"])
def test_places_are_the_units_that_coverage_counts(name: str) -> None:
    app = load_app(Path(ROOT, "apps", name))
    units = {unit.partition(" #")[0] for unit in build_image(app, coverage=True).units}
    missing = units - set(Map(Program(app.sources)).places)
    assert {unit for unit in missing if not unit.endswith(("compare 3", "assert message"))} == set()


def test_an_early_return_guards_what_follows() -> None:
    where = Map(Program({"a.py": "def f(x):\n    if x == 1:\n        return\n    leak(x)\n"}))
    (guard,) = where.places["a.py:4:4"].guards
    assert (guard.wanted, guard.unit) == (False, "a.py:2:4 else")


def test_keys_of_payloads_are_found_through_names_and_objects() -> None:
    source = (
        "class Errand:\n    def __init__(self, request):\n        self.payload = request.payload\n\n\n"
        "async def call(request):\n    errand = Errand(request)\n    options = request.payload.get('options') or {}\n"
        "    return errand.payload['pageId'], options.get('deep')\n"
    )
    assert set(payload_keys(Program({"a.py": source}))) == {("options",), ("pageId",), ("options", "deep")}
