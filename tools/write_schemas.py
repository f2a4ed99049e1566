"""Writes docs/*.schema.json from the code that reads and writes such files: ``python -m tools.write_schemas``."""

from __future__ import annotations

from pathlib import Path

from forgesim.manifest import schema
from forgesim.report import models
from forgesim.site.file.schema import write_schema

DOCS = Path(__file__).parents[1] / "docs"

if __name__ == "__main__":
    schema.write_schemas(DOCS)
    models.write_schemas(DOCS)
    write_schema(DOCS)
