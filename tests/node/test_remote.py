"""Forge Remote through ``invokeRemote``: the vendor's own back end verifies who calls, and is judged as a recipient."""

from __future__ import annotations

import pytest
from tests.node.conftest import MakeApp
from tests.node.stories import said

from forgesim.claims.kit import Outcome
from forgesim.errors import AppError
from forgesim.testing.kit import Forge, InstalledApp

pytestmark = pytest.mark.node


@pytest.fixture
def courier(forge: Forge, js_app: MakeApp) -> InstalledApp:
    return forge.install(js_app("courier"), forge.site("demo", seed=1), warm=True)


def test_the_remote_verifies_the_token_and_answers(courier: InstalledApp) -> None:
    """The vendor's code checks the signature with the published key; the token names no person and no page."""
    answer = courier.invoke("compare", {"pageId": "$page"})

    assert answer == {
        "status": 200,
        "longer": answer["longer"],
        "module": "courier-page",
        "knows": ["app", "aud", "exp", "iat", "iss", "jti", "nbf"],
    }
    (sent,) = [each for each in courier.ledger.crossings if each.decided.channel == "egress"]
    asked = sent.decided
    assert (asked.verb, asked.target, asked.op) == ("POST", "https://scores.example.com/v1/words", "remote scores")
    assert (asked.decision.allow, asked.decision.rule) == (True, "remote")
    assert said(sent).keys() == {"words"}
    assert "authorization" not in dict(asked.headers)


@pytest.mark.parametrize(
    ("key", "error", "message", "rule"),
    [
        pytest.param("nowhere", "INVALID_REMOTE_ERR", 'Invalid remote key provided: "nowhere"', "unknown-remote",
                     id="a remote that is not declared"),
        pytest.param("shelf", "PROXY_ERR", "403 - BLOCKED_EGRESS", "remote-operations", id="one that may not compute"),
    ],
)  # fmt: skip
def test_what_the_platform_refuses(
    forge: Forge, js_app: MakeApp, key: str, error: str, message: str, rule: str
) -> None:
    path = js_app("courier")
    source = path / "src" / "index.js"
    source.write_text(source.read_text().replace("'scores'", f"'{key}'"))
    app = forge.install(path, forge.site("demo", seed=1))

    with pytest.raises(AppError, match=message) as raised:
        app.invoke("compare", {"pageId": "$page"})

    assert raised.value.type == error
    (asked,) = [each.decided for each in app.ledger.crossings if each.decided.channel == "egress"]
    assert (asked.decision.allow, asked.decision.rule, asked.op) == (False, rule, f"remote {key}")


def test_a_redirect_is_not_followed(forge: Forge, js_app: MakeApp) -> None:
    path = js_app("courier")
    source = path / "src" / "index.js"
    source.write_text(source.read_text().replace("/words", "/moved"))
    app = forge.install(path, forge.site("demo", seed=1))

    assert app.invoke("compare", {"pageId": "$page"}) == {"status": 302}
    assert [c.decided.target for c in app.ledger.crossings if c.decided.channel == "egress"] == [
        "https://scores.example.com/v1/moved"
    ]


@pytest.mark.slow
def test_a_remote_is_a_recipient_like_any_other(forge: Forge, js_app: MakeApp) -> None:
    """What trust.yml does not let it receive breaks one claim, a host that trust.yml lacks another; and what it does
    with a token at Atlassian nobody sees here."""
    path = js_app("courier")
    trust = path / "trust.yml"
    honest = trust.read_text()

    found = {each.claim: each for each in forge.prove(path, trials=1, plays=1)}
    assert found["reaches_only_declared"].outcome is Outcome.HOLDS
    assert found["sends_only_declared"].outcome is not Outcome.BROKEN
    assert found["encrypted_in_transit"].outcome is Outcome.HOLDS
    assert found["only_reads_content"].outcome is Outcome.HOLDS
    assert found["reads_only_when_asked"].outcome is Outcome.UNPROVEN
    assert "the remote 'scores' gets tokens" in found["reads_only_its_purpose"].says
    assert found["asks_least_scopes"].outcome is Outcome.UNPROVEN

    trust.write_text(honest.replace("{words: int 0..1000000}", "{pages: int 0..1000000}"))
    sends = {each.claim: each for each in forge.prove(path, trials=1, plays=1)}["sends_only_declared"]
    assert sends.outcome is Outcome.BROKEN
    assert "sends scores.example.com what trust.yml does not declare" in sends.evidence[0].why

    trust.write_text(honest.replace("hosts: [scores.example.com]", "hosts: [other.example.com]"))
    reaches = {each.claim: each for each in forge.prove(path, trials=1, plays=1)}["reaches_only_declared"]
    assert reaches.outcome is Outcome.BROKEN
    assert "the host scores.example.com, which trust.yml does not name" in reaches.evidence[0].why
