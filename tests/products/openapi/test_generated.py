"""No request that the documents allow, or that looks like one, gets an answer that they do not know."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from tests.openapi import documented
from tests.products.openapi.bench import Bench, Request
from tests.products.openapi.calls import allowed, plain
from tests.products.openapi.conversation import EMULATED, answered
from tests.products.openapi.deviations import reason_of
from tests.products.openapi.findings import found_in

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@cache
def bench() -> Bench:
    """One for all that only read."""
    return Bench()


def queries(name: str) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Some parameters of the document, each with a value that its schema allows or with any text."""
    pairs = [
        st.tuples(st.just(each["name"]), st.sampled_from(allowed(each["schema"])) | st.text(max_size=12))
        for each in documented()[name].of("query")
    ]
    return st.lists(st.one_of(pairs), max_size=5) if pairs else st.just([])


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Ways to each part of a body."""
    yield at
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*at, key))


def put(value: Any, at: tuple[Any, ...], part: Any) -> Any:
    """The value with another part at the end of a way."""
    if not at:
        return part
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[at[0]] = put(value[at[0]], at[1:], part)
    return changed


def drawn(data: st.DataObject, usual: Request) -> Request:
    asked = usual.but(by=data.draw(st.sampled_from(["alice", "bob", "app", "nobody"]), label="by"))
    for name, value in data.draw(queries(usual.name), label="query"):
        asked = asked.also(name, value)
    elsewhere: bool = data.draw(st.booleans(), label="another path")
    if elsewhere and asked.params:
        name = data.draw(st.sampled_from(sorted(asked.params)), label="parameter")
        value = data.draw(st.integers(0, 10**20).map(str) | st.text("abé-0:~", min_size=1, max_size=9), label="value")
        asked = asked.but(params={**asked.params, name: value})
    if asked.body is not None:
        at = data.draw(st.sampled_from(list(places(asked.body))), label="at")
        asked = asked.but(body=put(asked.body, at, data.draw(JSON, label="part")))
    return asked


@pytest.mark.parametrize("name", EMULATED)
@settings(max_examples=15, derandomize=True)
@given(data=st.data())
def test_no_request_gets_an_answer_that_the_document_does_not_know(name: str, data: st.DataObject) -> None:
    request = drawn(data, plain(name, bench()))
    reply = answered(bench(), request)
    unknown = [each for each in found_in(request, reply) if not each.startswith("accepted")]
    assert [each for each in unknown if reason_of(name, each) is None] == [], request
