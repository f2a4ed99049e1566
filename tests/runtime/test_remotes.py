"""A Python app calls its remote: the vendor's code verifies the token with the key set in its environment."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.test_bad_input import forgesim

from forgesim.testing.kit import Forge
from tests.conftest import MANIFEST, TRUST

CODE = """\
from forgesim.sdk import Resolver, invoke_remote

resolver = Resolver()


@resolver.define("call")
async def call(request):
    answer = await invoke_remote("own", path="/rate", method="POST", json={"n": 3})
    return {"status": answer.status, **(await answer.json())}


handler = resolver.handler
"""
REMOTE = """\
import json
import os
import jwt


def rate(event, context):
    token = event["headers"]["authorization"].removeprefix("Bearer ")
    (key,) = jwt.PyJWKSet.from_dict(json.loads(os.environ["FORGE_JWKS"])).keys
    said = jwt.decode(token, key.key, algorithms=["RS256"], audience=APP, issuer="forge/invocation-token")
    (place,) = said["app"]["installation"]["contexts"]
    assert place["apiBaseUrl"] == said["app"]["apiBaseUrl"]
    return {"of": said["app"]["module"]["key"], "n": json.loads(event["body"])["n"], "in": place["name"]}


APP = "ari:cloud:ecosystem::app/5d4f7a0e-1111-4222-8333-444455556666"
"""
PARTY = """\
subprocessors:
  - {name: Own, hosts: [own.example.com], purpose: rates, location: United States, retention: None, receives: rates,
     service: {kind: aws-lambda, handler: vendor.rate, region: us-east-1}}
"""
SENDS = "sends: {rates: {method: const POST, path: const /rate, body: {n: int 0..9}}}\n"


@pytest.fixture
def path(make_app: Callable[..., Path]) -> Path:
    manifest = MANIFEST + "remotes:\n  - {key: own, baseUrl: 'https://own.example.com', operations: [compute]}\n"
    trust = TRUST.replace("subprocessors: []\n", PARTY).replace("sends: {}\n", SENDS)
    folder = make_app(CODE, manifest=manifest, trust=trust)
    (folder / "vendor.py").write_text(REMOTE)
    (folder / "requirements.txt").write_text("pyjwt\ncryptography\n")
    return folder


def test_the_vendors_own_library_verifies_the_token(forge: Forge, path: Path) -> None:
    """The token is valid in virtual time, years from now or ago."""
    app = forge.install(path)
    assert app.invoke("call") == {"status": 200, "of": "page", "n": 3, "in": "confluence"}
    assert app.jwks["keys"][0]["alg"] == "RS256"


def test_without_the_extra_it_is_501_by_name(forge: Forge, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "Crypto", None)  # as if it were not installed
    app = forge.install(path)
    answer = app.invoke("call")
    assert answer["status"] == 501
    assert "pip install 'forgesim[remote]'" in answer["message"]
    (asked,) = [each for each in app.ledger.crossings if each.decided.channel == "egress"]
    assert asked.answered is not None
    assert "forgesim[remote]" in str(asked.answered.unsupported)


def test_a_trigger_that_a_container_takes_is_said_by_its_name(path: Path) -> None:
    """Nothing is sent there by forgesim; the step says why it runs nothing."""
    manifest, trust = path / "manifest.yml", path / "trust.yml"
    modules = (
        "  trigger:\n    - {key: told, endpoint: inbox, events: ['avi:confluence:updated:page']}\n"
        "  endpoint:\n    - {key: inbox, service: box, route: {path: /inbox}}\n  function:\n"
    )
    manifest.write_text(manifest.read_text().replace("  function:\n", modules))
    steps = "    steps:\n      - {trigger: avi:confluence:updated:page}\n"
    trust.write_text(trust.read_text().partition("    steps:")[0] + steps)
    ran = forgesim("run", str(path))
    assert ran.returncode == 2
    assert "not emulated: the endpoint 'inbox', which alone takes the trigger" in ran.stderr
