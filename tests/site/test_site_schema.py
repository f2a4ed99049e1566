from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.site.maximal import maximal

from forgesim.site.file.plain import plain_site
from forgesim.site.file.schema import site_schema, write_schema

DOCS = Path(__file__).parents[2] / "docs"


def test_the_schema_in_docs_is_the_generated_one(tmp_path: Path) -> None:
    write_schema(tmp_path)
    again = "generate it again: python -m tools.write_schemas"
    assert (DOCS / "site.schema.json").read_bytes() == (tmp_path / "site.schema.json").read_bytes(), again


def test_the_schema_knows_every_field_that_a_file_may_have() -> None:
    schema = site_schema()
    for name, value in plain_site(maximal()).items():
        known = schema["properties"][name]
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict):
                record = schema["$defs"][known["items"]["$ref"].rpartition("/")[2]]
                assert item.keys() <= record["properties"].keys(), name


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    schema = site_schema()
    found: set[str] = set()
    collect(json.loads(json.dumps(schema)), found)
    assert found == {f"#/$defs/{name}" for name in schema["$defs"]}


def collect(schema: object, found: set[str]) -> None:
    if isinstance(schema, dict):
        found.update(value for key, value in schema.items() if key == "$ref")
        for value in schema.values():
            collect(value, found)
    elif isinstance(schema, list):
        for value in schema:
            collect(value, found)


@pytest.mark.parametrize("name", ["Page", "Issue", "Comment"])
def test_a_record_is_closed(name: str) -> None:
    assert site_schema()["$defs"][name]["additionalProperties"] is False
