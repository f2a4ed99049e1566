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


ROUTE = {"route": {"path": "/x"}}
PAGE = {"key": "g", "title": "G", "route": "g", "resource": "r", "resolver": {"endpoint": "e"}}


@pytest.mark.parametrize(
    ("module", "endpoint", "says"),
    [
        pytest.param({"confluence:globalPage": [PAGE]}, {}, "what else its front end may send is not known",
                     id="a front end"),
        pytest.param({"webtrigger": [{"key": "w", "endpoint": "e"}]}, ROUTE, "forgesim does not emulate that",
                     id="a web trigger"),
        pytest.param({"scheduledTrigger": [{"key": "s", "endpoint": "e", "interval": "hour"}]}, {},
                     "forgesim does not emulate that", id="a schedule without a route"),
        pytest.param({"scheduledTrigger": [{"key": "s", "endpoint": "e", "interval": "hour"}]}, ROUTE, "",
                     id="a schedule"),
    ],
)  # fmt: skip
def test_what_goes_to_an_endpoint_unseen_is_left_open(
    book: Any, module: dict[str, Any], endpoint: dict[str, Any], says: str
) -> None:
    """What the platform sends by itself was seen; what a front end's code may send was not."""
    book.manifest["modules"] |= {**module, "endpoint": [{"key": "e", "remote": "own", **endpoint}]}
    assert book.outcomes()["sends_only_declared"] == ("UNPROVEN" if says else "HOLDS")
    assert says in why(book, "sends_only_declared")


def test_an_endpoint_that_gets_tokens_acts_out_of_sight_too(book: Any) -> None:
    book.manifest["modules"] |= {
        "scheduledTrigger": [{"key": "s", "endpoint": "e", "interval": "hour"}],
        "endpoint": [{"key": "e", "remote": "own", "auth": TOKENS, **ROUTE}],
    }
    assert "the remote 'own' gets tokens" in why(book, "reads_only_its_purpose")


STORES_NONE = {"operations": ["storage"], "storage": {"inScopeEUD": False}}


@pytest.mark.parametrize(
    ("remote", "kept", "sent", "told"),
    [
        pytest.param(STORES_NONE, "30 days", "content", True, id="stores none, and content is kept"),
        pytest.param({"operations": ["compute"]}, "30 days", "content", True, id="does not store, and content is kept"),
        pytest.param(STORES_NONE, "None", "content", False, id="content is sent and nothing kept"),
        pytest.param(STORES_NONE, "30 days", "int 0..1000", False, id="counts are kept"),
        pytest.param({"operations": ["storage"], "storage": {"inScopeEUD": True}}, "30 days", "content", False,
                     id="says that it stores content"),
        pytest.param({}, "30 days", "content", False, id="says nothing, which counts as storing it"),
    ],
)  # fmt: skip
def test_what_a_remote_is_said_to_store_agrees_with_what_it_gets(
    book: Any, remote: dict[str, Any], kept: str, sent: str, told: bool
) -> None:
    book.manifest["remotes"] = [{"key": "own", "baseUrl": f"https://{HOST}", **remote}]
    for honest, other in (("retention: Counts only", f"retention: {kept}"), ("count: int 0..1000", f"count: {sent}")):
        assert honest in book.trust_text
        book.trust_text = book.trust_text.replace(honest, other)
    assert ("no end-user data is stored there, but content is sent there" in why(book, "sends_only_declared")) is told
