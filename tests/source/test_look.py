"""Notes for readers of an app's source: each line is one that a reader should see, and honest apps have few."""

from __future__ import annotations

from pathlib import Path

import pytest

from forgesim.manifest.load import load_app
from forgesim.source.guards import Map
from forgesim.source.look import look
from forgesim.source.program import Program
from tests.conftest import ROOT

NOTED = [
    ("if hashlib.sha256(t.encode()).hexdigest()[0] == '0':\n        await kvs.set('a', t)", "depends on a hash"),
    ("if datetime.now().hour == 3:\n        await kvs.set('a', t)", "depends on the time"),
    ("if random.random() < 0.1:\n        await api.fetch('https://x.example/')", "depends on chance"),
    ("coded = base64.b64encode(t)\n    await kvs.set('a', coded)", "b64encode encodes"),
    ("await kvs.set('a', zlib.compress(t))", "compress encodes"),
]


def says(source: str) -> list[str]:
    where = Map(Program({"src/index.py": source}))
    return [f"{note.line} {note.says}" for note in look(where, handlers=["call"])]


@pytest.mark.parametrize(("body", "told"), NOTED, ids=[told for _, told in NOTED])
def test_what_steers_or_hides_what_leaves_is_noted_with_its_line(body: str, told: str) -> None:
    assert any(
        told in note and note.startswith("src/index.py:2 ") for note in says(f"async def call(t):\n    {body}\n")
    )


def test_a_call_that_nothing_reaches_is_noted() -> None:
    (note,) = says("async def call(t):\n    pass\n\n\nasync def later(t):\n    await kvs.set('a', t)\n")
    assert note == "src/index.py:6 later is never called by name, and data can leave here"


def test_plain_code_has_no_notes() -> None:
    assert says("async def call(t):\n    if len(t) > 3:\n        await kvs.set('a', len(t))\n") == []


@pytest.mark.parametrize("name", ["pulse", "xpress", "syncup"])
def test_the_apps_have_no_notes(name: str) -> None:
    app = load_app(Path(ROOT, "apps", name))
    handlers = [function.handler.rpartition(".")[2] for function in app.manifest.functions.values()]
    assert look(Map(Program(app.sources)), handlers=handlers) == []
