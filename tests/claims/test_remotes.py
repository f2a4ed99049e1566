"""What remotes leave open: what they do with tokens at Atlassian, and what endpoints get straight from the platform."""

from __future__ import annotations

from typing import Any

import pytest
from tests.claims.conftest import HOST

REMOTE = {"key": "own", "baseUrl": f"https://{HOST}", "operations": ["compute"]}
TOKENS = {"appSystemToken": {"enabled": True}}


@pytest.fixture
def book(honest: Any) -> Any:
    honest.manifest["remotes"] = [dict(REMOTE)]
    return honest


def why(book: Any, claim: str) -> str:
    return " | ".join(each.why for each in book.verdicts()[claim].evidence)


def test_a_remote_by_itself_leaves_nothing_open(book: Any) -> None:
    assert book.outcomes()["sends_only_declared"] == "HOLDS"
    assert book.outcomes()["reads_only_its_purpose"] == "HOLDS"
    assert book.broken() == {}


def test_what_it_does_with_tokens_is_not_seen(book: Any) -> None:
    """It reads what it likes, whenever it likes; but it cannot write with scopes that do not let the app."""
    book.manifest["remotes"][0]["auth"] = TOKENS
    for claim in ("reads_only_its_purpose", "reads_only_when_asked"):
        assert book.outcomes()[claim] == "UNPROVEN"
        assert "the remote 'own' gets tokens" in why(book, claim)
    assert book.outcomes()["only_reads_content"] == "HOLDS"


@pytest.mark.parametrize(
    "module",
    [
        pytest.param({"trigger": [{"key": "t", "endpoint": "e", "events": ["avi:forge:installed:app"]}]}, id="trigger"),
        pytest.param({"confluence:globalPage": [{"key": "g", "title": "G", "route": "g", "resource": "r",
                                                 "resolver": {"endpoint": "e"}}]}, id="resolver"),
    ],
)  # fmt: skip
def test_what_goes_to_an_endpoint_is_not_seen(book: Any, module: dict[str, Any]) -> None:
    book.manifest["modules"] |= {**module, "endpoint": [{"key": "e", "remote": "own", "route": {"path": "/x"}}]}
    assert book.outcomes()["sends_only_declared"] == "UNPROVEN"
    assert "goes to the endpoint 'e': forgesim does not emulate that" in why(book, "sends_only_declared")
