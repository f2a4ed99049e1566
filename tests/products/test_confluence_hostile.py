"""Whatever an app sends, Confluence answers; it never raises and never breaks the tree."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from forgesim.clock import EPOCH_MS
from forgesim.products.confluence.service import ROUTES, Confluence
from forgesim.scopes.table import Operation, operations
from forgesim.site.model import Site

Ask = Callable[..., Any]

EMULATED = [each for each in operations() if each.name in ROUTES]
IDS = st.sampled_from(["10", "20", "100", "101", "102", "103", "106", "200", "501", "601", "701", "999", "x", ""])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-2, 300), st.text(max_size=5), IDS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["number", "value", "representation"]), inner)
    ),
    max_leaves=5,
)
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "status": st.sampled_from(["current", "draft"]),
    "body": st.just({"representation": "storage", "value": "<p/>"}),
    "version": st.fixed_dictionaries({"number": st.integers(0, 4)}),
    "accountIds": st.lists(st.sampled_from(["712020:bob", "x"]), max_size=3),
}
FIELDS = ("id", "status", "title", "body", "version", "spaceId", "parentId", "ownerId", "key", "value", "pageId")
BODIES = st.fixed_dictionaries(
    {}, optional={name: GOOD.get(name, SCALARS) | VALUES for name in (*FIELDS, "parentCommentId", "accountIds")}
)
QUERY = ("sort", "limit", "cursor", "status", "id", "space-id", "body-format", "purge", "draft", "version", "fromDate")


def test_every_route_is_a_documented_operation() -> None:
    assert {each.name for each in EMULATED} == set(ROUTES)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    operation=st.sampled_from(EMULATED),
    ids=st.lists(IDS, min_size=3, max_size=3),
    query=st.lists(st.tuples(st.sampled_from(QUERY), st.sampled_from(["1", "-id", "true", "current", "%", "é"]))),
    body=BODIES | VALUES,
    account=st.sampled_from(["712020:alice", "712020:bob", None]),
)
def test_no_input_raises_or_makes_a_loop(
    site: Site,
    operation: Operation,
    ids: list[str],
    query: list[tuple[str, str]],
    body: object,
    account: str | None,
) -> None:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    params = dict(zip(names, ids, strict=False))
    raw = json.dumps(body).encode()
    got = Confluence(site).perform(operation, params, query, raw, account=account, now_ms=EPOCH_MS)
    assert got.answer.status in (200, 201, 204, 400, 403, 404, 409, 501)
    assert (got.answer.status == 501) == (got.unsupported is not None)
    assert got.answer.status < 400 or got.reads == ()
    for page in site.pages.values():
        seen = {page.id}
        while page.parent_id in site.pages:
            page = site.pages[page.parent_id]  # noqa: PLW2901
            assert page.id not in seen
            seen.add(page.id)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'"\\ud800"', b"[" * 5000])
def test_a_body_that_is_no_json_is_a_400(site: Site, raw: bytes) -> None:
    create = next(each for each in EMULATED if each.name == "POST /wiki/api/v2/pages")
    got = Confluence(site).perform(create, {}, [], raw, account="712020:alice", now_ms=EPOCH_MS)
    assert got.answer.status == 400
