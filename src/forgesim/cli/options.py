"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["JsonOption", "SeedOption"]

SeedOption = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of site, order and randomness.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
