"""Custom entities of a manifest: what the real server takes at deploy, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forgesim.errors import Problem
from forgesim.manifest.entities import Entity, Index
from forgesim.manifest.load import check_app, manifest_from_data
from forgesim.manifest.manifest_file import read_manifest
from forgesim.manifest.reading import Reader
from forgesim.manifest.tree import tree_of
from tests.conftest import MANIFEST

DATA: dict[str, Any] = {
    "app": {"id": "ari:cloud:ecosystem::app/5f0d7c1e-3c1b-4b4e-9a53-0f2f6f6a1d01", "runtime": {"name": "nodejs22.x"}},
    "modules": {"function": [{"key": "f", "handler": "index.f"}],
                "scheduledTrigger": [{"key": "s", "function": "f", "interval": "hour"}]},
}  # fmt: skip
ATTRIBUTES = {"team": {"type": "string"}, "age": {"type": "integer"}, "note": {"type": "any"}}


def manifest(*entities: object) -> dict[str, Any]:
    return {**DATA, "app": {**DATA["app"], "storage": {"entities": list(entities)}}}


def entity(**changes: object) -> dict[str, object]:
    return {"name": "employee", "attributes": ATTRIBUTES, "indexes": [], **changes}


def problems(*entities: object) -> list[Problem]:
    reader = Reader("manifest.yml")
    read_manifest(reader, tree_of(manifest(*entities)))
    return reader.problems


def test_entities_become_values() -> None:
    indexes = ["age", {"name": "by-team", "partition": ["team"], "range": ["age"]}]
    assert manifest_from_data(manifest(entity(indexes=indexes))).entities == {
        "employee": Entity(
            name="employee",
            attributes={"team": "string", "age": "integer", "note": "any"},
            indexes=(Index(name="age", range="age"), Index(name="by-team", range="age", partition=("team",))),
        )
    }


def on(name: str, *ranges: str, **more: object) -> dict[str, object]:
    return entity(indexes=[{"name": name, "range": list(ranges), **more}])


REFUSED = [
    pytest.param([on("by-x", "age", "team")], "the index 'by-x' has 2 range attributes", id="two range attributes"),
    pytest.param([on("by-x")], "the index 'by-x' has 0 range attributes", id="no range attribute"),
    pytest.param([entity(indexes=[{"name": "by-x", "partition": ["team"]}])], "lacks range", id="no range"),
    pytest.param([on("by", "age")], "the index name 'by' is odd", id="an index name of 2"),
    pytest.param([on("x" * 51, "age")], "is odd", id="an index name of 51"),
    pytest.param([on("by age", "age")], "the index name 'by age' is odd", id="a blank in an index name"),
    pytest.param([on("by-key", "age")], "the index name 'by-key' is taken", id="by-key"),
    pytest.param([on("by-x", "size")], "the index 'by-x' names no attribute: 'size'", id="a range that is none"),
    pytest.param([on("by-x", "age", partition=["size"])], "names no attribute: 'size'", id="a partition that is none"),
    pytest.param([entity(indexes=["size"])], "names no attribute: 'size'", id="an index that is no attribute"),
    pytest.param([entity(name=f"entity-{number}") for number in range(21)], "there are 21 entities", id="21 entities"),
    pytest.param([entity(), entity()], "the entity 'employee' is there twice", id="an entity twice"),
    pytest.param([entity(name="ab")], "the entity name 'ab' is odd", id="a name of 2"),
    pytest.param([entity(name="a" * 61)], "is odd", id="a name of 61"),
    pytest.param([entity(name="_abc")], "is odd", id="a name that begins with _"),
    pytest.param([entity(name="abc.")], "is odd", id="a name that ends with ."),
    pytest.param([entity(name="a..b")], "is odd", id="two dots"),
    pytest.param([entity(attributes={"a" * 31: {"type": "string"}})], "the attribute name", id="an attribute of 31"),
    pytest.param([entity(attributes={"1a": {"type": "string"}})], "the attribute name '1a' is odd", id="a digit first"),
    pytest.param([entity(attributes={"a": {"type": "date"}})], "type of employee.a cannot be 'date'", id="a type"),
    pytest.param([entity(attributes={"a": {}})], "lacks type", id="no type"),
    pytest.param([entity(attributes={f"a{number}": {"type": "any"} for number in range(51)})],
                 "employee has 51 attributes", id="51 attributes"),
    pytest.param([{"name": "employee"}], "lacks attributes", id="no attributes"),
    pytest.param([7], "an entity must be a map", id="no map"),
]  # fmt: skip


@pytest.mark.parametrize(("entities", "what"), REFUSED)
def test_what_the_server_refuses_is_an_error(entities: list[object], what: str) -> None:
    found = problems(*entities)
    assert [problem.what for problem in found if what in problem.what and not problem.warning]


TAKEN = [
    pytest.param(on("by-x", "note"), "'note', which is of type any", id="any as range"),
    pytest.param(on("by-x", "age", partition=["note"]), "'note', which is of type any", id="any as partition"),
    pytest.param(entity(indexes=[{"name": "by-x", "range": ["age"]}, {"name": "by-x", "range": ["team"]}]),
                 "two indexes 'by-x'", id="an index name twice"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "what"), TAKEN)
def test_what_the_server_takes_and_is_of_no_use_is_a_warning(one: object, what: str) -> None:
    found = problems(one)
    assert [problem.warning for problem in found] == [True]
    assert what in found[0].what


def test_an_index_name_may_have_3_or_50_characters_and_there_may_be_20_entities() -> None:
    assert problems(on("abc", "age")) == problems(on("x" * 50, "age")) == []
    assert problems(*(entity(name=f"entity-{number}") for number in range(20))) == []


def test_of_two_indexes_of_a_name_the_first_answers() -> None:
    indexes = [{"name": "by-x", "range": ["age"]}, {"name": "by-x", "range": ["team"]}]
    found = manifest_from_data(manifest(entity(indexes=indexes))).entities["employee"].index("by-x")
    assert found == Index(name="by-x", range="age")


def test_a_runtime_that_the_server_takes_no_more_is_an_error_of_an_app_and_none_of_what_was_deployed(
    make_app: Any,
) -> None:
    folder: Path = make_app("", manifest=MANIFEST.replace("nodejs22.x", "nodejs20.x"))
    app, found = check_app(folder)
    assert app is None
    assert [problem.what for problem in found if not problem.warning] == ["app.runtime.name cannot be 'nodejs20.x'"]
    past = {**DATA, "app": {**DATA["app"], "runtime": {"name": "nodejs20.x"}}}
    assert manifest_from_data(past).runtime == "nodejs20.x"
