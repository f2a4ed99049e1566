"""The table against the documents themselves, read here once more and by none of the code that built the table."""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path
from typing import Any

import pytest
from tests.openapi import Document, Documented, digest, documented, documents, manifest_of

from forgesim.scopes.table import Operation, Remote, decide, find, operations

TABLES = Path(__file__).parents[2] / "src" / "forgesim" / "scopes" / "data"
ROWS = {each.name: each for each in operations()}
PICKED = 60


def opened_by(told: Documented) -> set[frozenset[str]]:
    """The scope lists of which one has to be held whole, as the document says it."""
    listed = told.raw.get("x-atlassian-oauth2-scopes")
    if listed is not None:
        return {frozenset(each["scopes"]) for each in listed}
    return set(oauth_lists(told))


def oauth_lists(told: Documented) -> list[frozenset[str]]:
    """The OAuth entries of ``security``; without one, no app may call the operation."""
    schemes = told.document.contents["components"]["securitySchemes"]
    entries = [entry for each in told.raw.get("security", ()) for entry in each.items()]
    return [frozenset(scopes) for name, scopes in entries if schemes[name]["type"] == "oauth2"]


def called(told: Documented) -> tuple[Remote, str, str]:
    """Remote, method and a path that means the operation: every parameter has a value."""
    method, _, path = told.name.partition(" ")
    remote: Remote = "confluence" if path.startswith("/wiki/") else "jira"
    return remote, method, re.sub(r"\{[^}]*\}", "v-1", path)


def tried(opened: set[frozenset[str]]) -> set[frozenset[str]]:
    """Nothing, each list of scopes whole, each without one of them, and all of them together."""
    halves = {each - {one} for each in opened for one in each}
    return {frozenset(), *opened, *halves, frozenset().union(*opened)}


def named(told: Documented, where: str) -> set[str]:
    return {each["name"] for each in told.of(where)}


def bare(names: tuple[str, ...]) -> set[str]:
    return {each.rstrip("!").removesuffix("[]") for each in names}


def unlike(row: Operation, told: Documented) -> list[str]:
    """Where a row differs from the operation that it was made of."""
    wrong = []
    offered = bool(oauth_lists(told))
    if ("n" not in row.flags) != offered:
        wrong.append(f"OAuth is {'' if offered else 'not '}offered")
    if {frozenset(each) for each in row.alternatives} != opened_by(told):
        wrong.append(f"scopes {row.alternatives} for {opened_by(told)}")
    query = bare(tuple(each for each in row.query if not each.startswith("h:")))
    if query != named(told, "query"):
        wrong.append(f"query {query} for {named(told, 'query')}")
    good = {int(code) for code in told.raw["responses"] if code.isdigit() and int(code) < 400}
    if set(row.ok) != good:
        wrong.append(f"statuses {row.ok} for {good}")
    return wrong


@pytest.mark.parametrize("document", documents(), ids=lambda each: each.product)
def test_the_document_is_the_one_that_its_carrier_and_the_table_name(document: Document) -> None:
    head: dict[str, Any] = json.loads((TABLES / f"{document.product}.json").read_text())["source"]
    assert digest(document.path) == manifest_of(document)["sha256"] == head["sha256"]
    assert manifest_of(document)["url"] == head["upstream"]


def test_table_and_documents_have_the_same_operations() -> None:
    assert set(ROWS) == set(documented())


def test_sixty_operations_are_decided_as_their_documents_say() -> None:
    """Other ones in every run, so that no table can be made to fit; a run that failed tells its seed."""
    seed = int(os.environ.get("FORGESIM_ROWS_SEED") or random.SystemRandom().randrange(1 << 32))
    for name in random.Random(seed).sample(sorted(documented()), PICKED):
        told = documented()[name]
        match = find(*called(told))
        assert match is not None, name
        opens = opened_by(told) if oauth_lists(told) and not match.operation.retired else set()
        for scopes in tried(opened_by(told)):
            wanted = any(map(scopes.issuperset, opens))
            assert decide(match, scopes).allow == wanted, f"{name} with {set(scopes)}; FORGESIM_ROWS_SEED={seed}"


@pytest.mark.parametrize("document", documents(), ids=lambda each: each.product)
def test_every_row_says_what_its_document_says(document: Document) -> None:
    mine = [each for each in documented().values() if each.document is document]
    assert {each.name: wrong for each in mine if (wrong := unlike(ROWS[each.name], each))} == {}


def test_a_row_that_lost_a_scope_is_told() -> None:
    row = ROWS["GET /rest/api/3/issue/{issueIdOrKey}"]
    assert row.granular is not None
    shorter = Operation(row.method, row.path, row.classic, row.granular[1:], row.flags, row.op_class, row.query)
    told = unlike(shorter, documented()[row.name])
    assert [each.split()[0] for each in told] == ["scopes", "statuses"]
