"""Whatever becomes of an export: it is a site or one InputError, and nothing is written."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.site.exports import ENTITIES, ISSUES_CSV, answer, archive, issue_json
from tests.site.test_site_file import SMALL

from forgesim.errors import InputError
from forgesim.site.describe import describe
from forgesim.site.facts import digest
from forgesim.site.file.emit import file_text
from forgesim.site.file.load import load_site
from forgesim.site.file.plain import plain_site
from forgesim.site.model import Site
from forgesim.site.open import open_site

WHOLE = {
    "export.zip": archive({"entities.xml": ENTITIES, "attachments/22/71/2": b"picture"}),
    "entities.xml": ENTITIES,
    "issues.csv": ISSUES_CSV.encode(),
    "answer.json": answer(issue_json(), issue_json(key="OVEN-2", id="10002")),
    "site.yml": SMALL.encode(),
    "site.json": b"",
}
PIECES = [
    b"\0", b"\xff", b"<", b"&a;", b"]]>", b'"', b"'", b"{", b"[", b"-", b"*a", b"&a ", b"9" * 30, b"-1", b"null", b"\n",
    b"<!DOCTYPE x>", b"1e400", b"\\ud800", b"2", b":", b"id", b"24", b"OVEN-1", b"true", b"../", b"\xc3\xa9", b"~",
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _whole_json(request: pytest.FixtureRequest) -> None:
    site = load_site(SMALL.encode(), file="x", folder=Path("/nonexistent"))
    WHOLE["site.json"] = file_text(plain_site(site), as_json=True).encode()


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[str, float, float, bytes]]:
    places = st.floats(0, 1, exclude_max=True)
    edit = st.tuples(st.sampled_from(["put", "cut", "swap", "copy", "end"]), places, places, st.sampled_from(PIECES))
    return draw(st.lists(edit, min_size=1, max_size=4))


def changed(data: bytes, steps: list[tuple[str, float, float, bytes]]) -> bytes:
    for how, place, length, piece in steps:
        at = int(place * len(data))
        end = at + 1 + int(length * min(200, len(data)))
        match how:
            case "put":
                data = data[:at] + piece + data[at:]
            case "cut":
                data = data[:at] + data[end:]
            case "swap":
                data = data[:at] + piece + data[at + len(piece) :]
            case "copy":
                data = data[:end] + data[at:end] + data[end:]
            case _:
                data = data[:at]
    return data


@pytest.mark.parametrize("name", WHOLE)
def test_the_whole_export_is_a_site(name: str) -> None:
    assert isinstance(read(name, WHOLE[name]), Site)


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=edits())
def test_a_changed_export_is_a_site_or_one_clear_error(name: str, steps: list[tuple[str, float, float, bytes]]) -> None:
    try:
        site = read(name, changed(WHOLE[name], steps))
    except InputError:
        return
    again = load_site(file_text(plain_site(site), as_json=True).encode(), file="x", folder=Path("/nonexistent"))
    assert digest(again) == digest(site)
    assert describe(site)["people"]


def read(name: str, data: bytes) -> Site:
    """The site, with nothing beside the export afterwards."""
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / name).write_bytes(data)
        try:
            return open_site(name, seed=1, base=Path(place))
        finally:
            assert [each.name for each in Path(place).iterdir()] == [name]
