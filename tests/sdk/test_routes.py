from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, strategies as st

from forgesim.sdk import Route, api, assume_trusted_route, route, route_from_absolute

if TYPE_CHECKING:
    from tests.sdk.conftest import Run, Wire

FILLED: list[tuple[Route, str]] = [
    (route("/wiki/api/v2/spaces"), "/wiki/api/v2/spaces"),
    (route("/wiki/api/v2/pages/{id}/children", id=12), "/wiki/api/v2/pages/12/children"),
    (route("/rest/{a}-{b}", a="x y", b="ü&="), "/rest/x%20y-%C3%BC%26%3D"),
    (route("/rest/x", query={"b": "1 2", "a": True, "c": None, "d": [1, "é"]}), "/rest/x?b=1%202&a=true&d=1&d=%C3%A9"),
    (route("/rest/x?cql={cql}", cql="a/b?c=..", query={"limit": 5}), "/rest/x?cql=a%2Fb%3Fc%3D..&limit=5"),
    (route_from_absolute("https://a.example/wiki/x?cursor=1%2F2"), "/wiki/x?cursor=1%2F2"),
    (assume_trusted_route("/rest/../x"), "/rest/../x"),
]


@pytest.mark.parametrize(("made", "path"), FILLED, ids=[path for _, path in FILLED])
def test_a_route_is_its_template_filled(made: Route, path: str) -> None:
    assert str(made) == path


@pytest.mark.parametrize(
    "value", ["..", "a..b", ".%2e", "%2e.", "%2E%2e", "%2e%2E", "a/b", "a\\b", "a?b", "a#b", ""], ids=repr
)
def test_a_path_parameter_cannot_climb_out(value: str) -> None:
    with pytest.raises(ValueError, match="path manipulation"):
        route("/wiki/api/v2/pages/{id}", id=value)


@given(st.text(min_size=1))
def test_whatever_a_parameter_is_it_fills_one_segment_or_is_refused(value: str) -> None:
    try:
        path = str(route("/a/{x}/b", x=value))
    except (ValueError, UnicodeEncodeError):
        return
    parts = urlsplit(path)
    assert (parts.query, parts.fragment) == ("", "")
    assert [unquote(part) for part in parts.path.split("/")] == ["", "a", value, "b"]


@pytest.mark.parametrize(("params", "complaint"), [({}, "needs a value for {id}"), ({"id": 1, "x": 2}, "has no {x}")])
def test_holes_and_parameters_must_agree(params: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        route("/pages/{id}", **params)


def test_a_plain_string_is_no_route(wire: Wire, run: Run) -> None:
    with pytest.raises(TypeError, match="must be a route"):
        run(api.as_user().request_confluence("/wiki/x"))  # type: ignore[arg-type]
    assert wire.sent == []
