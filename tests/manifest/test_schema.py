from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from forgesim.manifest.claim_names import CLAIM_NAMES
from forgesim.manifest.schema import SCHEMAS, trust_schema, write_schemas
from forgesim.manifest.trust_file import TRUST_FIELDS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_in_docs_is_the_generated_one(name: str, tmp_path: Path) -> None:
    write_schemas(tmp_path)
    again = "from forgesim.manifest.schema import write_schemas; write_schemas(Path('docs'))"
    assert (DOCS / name).read_bytes() == (tmp_path / name).read_bytes(), f"generate it again: {again}"


def test_the_schema_of_trust_knows_every_field_and_claim() -> None:
    schema = trust_schema()
    assert tuple(schema["properties"]) == TRUST_FIELDS
    assert schema["properties"]["sentences"]["items"]["properties"]["claims"]["items"] == {"enum": list(CLAIM_NAMES)}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_pattern_compiles_and_every_reference_leads_somewhere(name: str) -> None:
    schema = SCHEMAS[name]()
    found: dict[str, list[str]] = {"pattern": [], "$ref": []}
    collect(schema, found)
    for pattern in found["pattern"]:
        re.compile(pattern)
    assert {ref.removeprefix("#/$defs/") for ref in found["$ref"]} <= set(schema.get("$defs", ()))


def collect(schema: Any, found: dict[str, list[str]]) -> None:
    if isinstance(schema, list):
        for item in schema:
            collect(item, found)
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in found and isinstance(value, str):
                found[key].append(value)
            collect(value, found)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("int 0..5", True),
        ("number -1.5..2 step 0.5?", True),
        ("enum a|b", True),
        ("list 7 of id page", True),
        ("id person", False),
        ("integer", False),
        ("int 5", False),
    ],
)
def test_the_pattern_of_types_agrees_with_the_grammar(text: str, fits: bool) -> None:
    pattern = trust_schema()["$defs"]["type"]["anyOf"][0]["pattern"]
    assert (re.search(pattern, text) is not None) is fits
