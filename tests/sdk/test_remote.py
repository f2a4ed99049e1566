"""``invoke_remote`` sends what @forge/api's ``invokeRemote`` sends, and raises as that does."""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.sdk import InvalidRemoteError, ProxyRequestError, invoke_remote


def test_a_remote_is_called_by_its_key(wire: Any, run: Any) -> None:
    wire.answer(404, {"why": "none"})
    answer = run(invoke_remote("rk", path="/p", method="POST", json={"n": 1}))
    descriptor, path, init = wire.sent[0]
    assert (descriptor, path, init.method, wire.body) == ({"type": "frc", "remote": "rk"}, "/p", "POST", {"n": 1})
    assert answer.status == 404


def test_what_the_platform_refuses_is_raised(wire: Any, run: Any) -> None:
    wire.answer(400, headers=(("forge-proxy-error", "INVALID_REMOTE"),))
    with pytest.raises(InvalidRemoteError, match='Invalid remote key provided: "nowhere"') as unknown:
        run(invoke_remote("nowhere", path="/p"))
    assert (unknown.value.status, unknown.value.remote_key) == (400, "nowhere")
    wire.answer(403, headers=(("forge-proxy-error", "BLOCKED_EGRESS"),))
    with pytest.raises(ProxyRequestError, match="BLOCKED_EGRESS"):
        run(invoke_remote("shelf", path="/p"))


@pytest.mark.parametrize(("key", "path", "lacks"), [("", "/p", "remote key"), ("rk", "", "path")])
def test_without_key_or_path_nothing_is_sent(wire: Any, run: Any, key: str, path: str, lacks: str) -> None:
    with pytest.raises(ValueError, match=lacks):
        run(invoke_remote(key, path=path))
    assert wire.sent == []
