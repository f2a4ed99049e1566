"""What an app may ask about its permissions before it tries."""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.sdk import permissions

EXTERNAL = {
    "fetch": {"backend": ["https://api.example.com", "*.wild.example"], "client": ["http://page.example/v1/"]},
    "images": ["https://images.example/one.png"],
}


@pytest.fixture(autouse=True)
def granted(wire: Any) -> None:
    wire.about = {"permissions": {"scopes": ["storage:app"], "external": EXTERNAL}}


@pytest.mark.parametrize(
    ("side", "url", "may"),
    [
        ("backend", "https://api.example.com/any/path?q", True),
        ("backend", "http://api.example.com", False),
        ("backend", "https://api.example.com:8443/", False),
        ("backend", "https://API.example.com/", False),
        ("backend", "https://a.b.wild.example/", True),
        ("backend", "https://wild.example/", False),
        ("backend", "https://evil.example/api.example.com", False),
        ("client", "http://page.example/v1/x", True),
        ("client", "https://page.example/v1/x", True),
        ("client", "https://page.example/v2", False),
        ("client", "https://api.example.com/", False),
    ],
)
def test_a_url_may_be_fetched_where_an_address_covers_it(side: Any, url: str, may: bool) -> None:
    assert permissions.can_fetch_from(side, url) is may


def test_everything_may_be_fetched_where_everything_is_declared(wire: Any) -> None:
    wire.about["permissions"]["external"] = {"fetch": {"backend": ["*"]}}
    assert permissions.can_fetch_from("backend", "ftp://anything.example")


def test_resources_are_covered_to_the_path() -> None:
    loads = [permissions.can_load_resource("images", f"https://images.example/{name}.png") for name in ("one", "two")]
    assert loads == [True, False]
    assert not permissions.can_load_resource("fonts", "https://images.example/one.png")


def test_what_is_missing_is_told_in_the_form_of_the_question() -> None:
    asked = {
        "scopes": ["storage:app", "read:jira-work"],
        "external": {
            "fetch": {"backend": ["https://api.example.com", "https://no.example"]},
            "fonts": ["https://f.ex"],
        },
    }
    external = {"fetch": {"backend": ["https://no.example"]}, "fonts": ["https://f.ex"]}
    missing = {"scopes": ["read:jira-work"], "external": external}
    assert permissions.has_permission(asked) == {"granted": False, "missing": missing}
    assert permissions.has_permission({"scopes": ["storage:app"]}) == {"granted": True}


def test_nothing_is_granted_where_the_platform_tells_nothing(wire: Any) -> None:
    wire.about = {}
    assert not permissions.has_scope("storage:app")
    assert not permissions.can_fetch_from("backend", "https://api.example.com")


@pytest.mark.parametrize("asked", [{"scope": []}, {"external": {"image": []}}, {"external": {"fetch": {"front": []}}}])
def test_another_key_is_a_mistake_of_the_app(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Invalid permission key"):
        permissions.has_permission(asked)


def test_scopes_are_a_list() -> None:
    with pytest.raises(TypeError, match="scopes must be a list"):
        permissions.has_permission({"scopes": "storage:app"})
