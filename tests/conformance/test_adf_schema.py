"""Every document that ours makes is one by the schema of Atlassian's own package."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import Phase, assume, given, reject, settings, strategies as st
from tests.conformance.adf_schema import documents, problem, published
from tests.conformance.conftest import PACKAGES
from tests.site.bodies.drawn_bodies import ANY_BODY

from forgesim.site.bodies.around import Alone
from forgesim.site.bodies.from_adf import read_adf
from forgesim.site.bodies.from_storage import read_storage
from forgesim.site.bodies.node import BodyError
from forgesim.site.bodies.to_adf import write_adf
from forgesim.site.generate import demo
from forgesim.site.jira_text import document

pytestmark = pytest.mark.node

Json = dict[str, Any]
FOLDER = PACKAGES / "@atlaskit" / "adf-schema" / "dist" / "json-schema" / "v1"


class Filed(Alone):
    """A page that has a file of every media id."""

    def file_name(self, id: str) -> str | None:  # noqa: A002
        return f"{id}.png"


@pytest.fixture(scope="module")
def schema() -> Json:
    if not (FOLDER / "full.json").is_file():
        pytest.skip(f"npm has not installed @atlaskit/adf-schema into {PACKAGES}")
    return published(FOLDER)


@settings(max_examples=300, deadline=None)
@given(body=ANY_BODY)
def test_storage_format_becomes_a_document_of_the_schema(schema: Json, body: str) -> None:
    assert problem(schema, write_adf(read_storage(body), Alone())) is None


@settings(max_examples=60, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_a_document_of_the_schema_is_read_and_stays_one(schema: Json, data: st.DataObject) -> None:
    sent = data.draw(documents(schema, 4))
    assume(problem(schema, sent) is None)
    try:
        read = read_adf(msgspec.json.encode(sent).decode(), Filed())
    except BodyError:  # sync blocks, cards without an address: refused with their place
        reject()
    assert problem(schema, write_adf(read, Filed())) is None


def test_bodies_of_the_demo_site_are_documents_of_the_schema(schema: Json) -> None:
    site = demo(3)
    bodies = {page.body for page in site.pages.values()}
    bodies |= {each.body for page in site.pages.values() for each in page.comments}
    texts = [each.description for each in list(site.issues.values())[:50] if each.description is not None]
    made = [*(write_adf(read_storage(body), Alone()) for body in sorted(bodies)), *map(document, texts)]
    assert len(made) > 200
    assert [found for each in made if (found := problem(schema, each))] == []


def test_what_is_no_document_has_a_problem(schema: Json) -> None:
    wrong = {"type": "doc", "version": 1, "content": [{"type": "blockquote", "content": []}]}
    assert problem(schema, wrong) is not None
