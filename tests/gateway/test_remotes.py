"""Forge Remote at the gateway: which remote a function may call, what goes with the request, and how it is verified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest
from jwt.types import Options
from tests.gateway.conftest import Desk

from forgesim.clock import EPOCH_MS
from forgesim.seam import Answer

FRC = {"type": "frc", "remote": "api"}
REMOTE = {"key": "api", "baseUrl": "https://api.example.com/forge", "operations": ["compute"]}
BOTH = {"appSystemToken": {"enabled": True}, "appUserToken": {"enabled": True}}

MakeDesk = Callable[..., Desk]


@pytest.fixture
def with_remotes(make_desk: MakeDesk) -> MakeDesk:
    def make(*remotes: dict[str, Any], **more: Any) -> Desk:
        desk = make_desk(**more)
        app = desk.installation.app
        data = {**app.manifest.data, "remotes": list(remotes)}
        desk.installation.app = replace(app, manifest=replace(app.manifest, data=data))
        return desk

    return make


def _asked(desk: Desk) -> Any:
    (request,) = desk.hosts["api.example.com"].asked
    return request


def test_a_token_says_who_calls_and_anybody_with_the_key_set_can_verify_it(with_remotes: MakeDesk) -> None:
    """Another implementation of RFC 7515 reads it; it is valid for 25 seconds of the run's own time, and names neither
    the user nor what the user sees."""
    desk = with_remotes(REMOTE)

    answer = desk.ask(
        FRC, "/rate?x=1", {"n": 1}, method="POST", headers=[("Authorization", "Bearer mine"), ("X-A", "b")]
    )

    assert answer.answer.status == 200
    asked = _asked(desk)
    assert (asked.method, asked.path, asked.query, asked.headers["x-a"]) == ("POST", "/forge/rate", "x=1", "b")
    token = asked.headers["authorization"].removeprefix("Bearer ")
    (key,) = jwt.PyJWKSet.from_dict(desk.services.tokens.jwks()).keys
    audience = desk.installation.app.manifest.app_id
    unchecked: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    said = jwt.decode(token, key.key, algorithms=["RS256"], audience=audience, options=unchecked)
    assert jwt.get_unverified_header(token)["kid"] == key.key_id
    assert (said["iss"], said["exp"] - said["iat"], said["nbf"]) == ("forge/invocation-token", 25, said["iat"])
    assert said["iat"] == EPOCH_MS // 1000
    assert said["app"]["id"] == audience
    assert not said.keys() & {"principal", "context"}
    assert desk.people["alice"] not in str(said)


def test_the_app_cannot_make_the_platform_sign_for_another_key(with_remotes: MakeDesk) -> None:
    """One byte of the token changed, or another run's key, and it is not verified."""
    desk = with_remotes(REMOTE)
    desk.ask(FRC, "/rate")
    token = _asked(desk).headers["authorization"].removeprefix("Bearer ")
    (key,) = jwt.PyJWKSet.from_dict(desk.services.tokens.jwks()).keys
    (other,) = jwt.PyJWKSet.from_dict(type(desk.services.tokens)(7).jwks()).keys
    head, body, signature = token.split(".")

    for wrong, by in ((f"{head}.{body[:-2]}AA.{signature}", key), (token, other)):
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(wrong, by.key, algorithms=["RS256"], options={"verify_aud": False})


def test_the_same_run_makes_the_same_token(with_remotes: MakeDesk) -> None:
    tokens = set()
    for _ in range(2):
        desk = with_remotes(REMOTE)
        desk.ask(FRC, "/rate")
        tokens.add(_asked(desk).headers["authorization"])
    assert len(tokens) == 1


@pytest.mark.parametrize(
    ("auth", "scopes", "user", "expected"),
    [
        pytest.param({}, None, "alice", set(), id="none asked for"),
        pytest.param(BOTH, None, "alice", {"system", "user"}, id="both"),
        pytest.param(BOTH, None, None, {"system"}, id="nobody in session"),
        pytest.param(BOTH, ["read:app-user-token"], "alice", {"user"}, id="one scope"),
        pytest.param(BOTH, [], "alice", set(), id="no scope"),
    ],
)
def test_tokens_of_atlassians_go_along_where_manifest_and_scopes_say_so(
    with_remotes: MakeDesk, auth: dict[str, Any], scopes: list[str] | None, user: str | None, expected: set[str]
) -> None:
    granted = ["read:app-system-token", "read:app-user-token"] if scopes is None else scopes
    desk = with_remotes({**REMOTE, "auth": auth}, scopes=granted, user=user)
    desk.ask(FRC, "/rate")
    sent = {name.removeprefix("x-forge-oauth-") for name in _asked(desk).headers if name.startswith("x-forge-oauth-")}
    assert sent == expected


@pytest.mark.parametrize(
    ("remote", "path", "rule", "status"),
    [
        pytest.param({**REMOTE, "key": "other"}, "/x", "unknown-remote", 400, id="not declared"),
        pytest.param({**REMOTE, "operations": ["fetch"]}, "/x", "remote-operations", 403, id="not for compute"),
        pytest.param({"key": "api", "operations": ["compute"], "configurable": {"name": "n"}}, "/x",
                     "remote-configurable", 501, id="the customer's"),
        pytest.param({**REMOTE, "baseUrl": "http://api.example.com"}, "/x", "not-https", 403, id="no https"),
        pytest.param({**REMOTE, "baseUrl": "https://10.0.0.1"}, "/x", "private-address", 403, id="a private address"),
        pytest.param({**REMOTE, "baseUrl": "https://api.example.com:9999"}, "/x", "port", 403, id="an odd port"),
        pytest.param({**REMOTE, "baseUrl": "https://api.example.com"}, "@other.example.com/", "remote", 200,
                     id="a path is no host"),
    ],
)  # fmt: skip
def test_what_is_refused(with_remotes: MakeDesk, remote: dict[str, Any], path: str, rule: str, status: int) -> None:
    desk = with_remotes(remote)
    crossed = desk.ask(FRC, path)
    assert (crossed.decision.rule, crossed.answer.status) == (rule, status)
    assert desk.hosts["other.example.com"].asked == []
    assert [each.channel for each in desk.decided] == ["egress"]


def test_a_realm_of_its_own_and_redirects(with_remotes: MakeDesk) -> None:
    """The remote of the installation's realm is called, and where that sends one on, nobody goes."""
    desk = with_remotes(
        {**REMOTE, "baseUrl": {"default": "https://other.example.com", "US": "https://api.example.com"}}
    )
    desk.hosts["api.example.com"].answers["/moved"] = Answer(302, b"", (("location", "https://other.example.com/"),))

    assert desk.ask(FRC, "/moved").answer.status == 302
    assert [each.target for each in desk.decided] == ["https://api.example.com/moved"]
    assert desk.hosts["other.example.com"].asked == []


def test_a_guest_cannot_have_an_endpoint_called(with_remotes: MakeDesk) -> None:
    """Only the platform calls endpoints, and says for whom: a frame of an app's that asks for it is not understood."""
    desk = with_remotes(REMOTE)
    answer = desk.ask({"type": "endpoint"}, "/rate", {"n": 1}, method="POST")
    assert answer.answer.status == 501
    assert (answer.kind.channel, answer.decision.rule) == ("platform", "not-emulated")
    assert desk.hosts["api.example.com"].asked == []
