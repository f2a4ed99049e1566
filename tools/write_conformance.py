"""Writes docs/conformance.md and docs/emulated.md: ``python -m tools.write_conformance``. Tests compare the files with
what this makes."""

from __future__ import annotations

from pathlib import Path

from forgesim.conformance.case import load_cases
from forgesim.conformance.emulated import emulated, events
from forgesim.conformance.play import opened_bench
from forgesim.report.conformance import conformance_page, emulated_page

DOCS = Path(__file__).parents[1] / "docs"


def pages() -> dict[str, str]:
    """File name → text."""
    with opened_bench() as bench:
        return {
            "conformance.md": conformance_page(bench.play_all(load_cases())),
            "emulated.md": emulated_page(emulated(bench), events()),
        }


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
