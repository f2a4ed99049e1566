"""docs/conformance.md and docs/emulated.md are what the gateway answers today."""

from __future__ import annotations

from pathlib import Path

from tools.write_conformance import pages

DOCS = Path(__file__).parents[2] / "docs"


def test_the_pages_are_what_the_gateway_answers() -> None:
    now = pages()
    assert now == {name: (DOCS / name).read_text(encoding="utf-8") for name in now}
