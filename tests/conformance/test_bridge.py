"""The host's end of the Node bridge, with a scripted process at the other."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from forgesim.conformance.bridge import Bridge, runtime_of
from forgesim.conformance.case import Case
from forgesim.conformance.play import Bench, invocation_of
from forgesim.errors import InternalError
from forgesim.gateway.call import Invocation
from forgesim.runtime.stage import Stage
from forgesim.seam import Fetch, FrameReader, Idle, Invoke, Reply, decode_from_host, pack

CASE = msgspec.convert(
    {"id": "x", "says": "x", "source": "choice", "page": "ours", "ask": {"wait": 1}, "expect": {"status": 200}}, Case
)


@pytest.fixture
def stage(bench: Bench) -> Iterator[Stage]:
    with bench.stage(CASE) as before:
        yield before.stage


class Script:
    """A process that says what it is told to, and keeps what it hears."""

    def __init__(self, *frames: bytes) -> None:
        self._says = b"".join(frames)
        self._reader = FrameReader()
        self.heard: list[tuple[Invoke | Reply, bytes]] = []

    def receive(self, size: int) -> bytes:
        said, self._says = self._says[:size], self._says[size:]
        return said

    def send(self, data: bytes) -> None:
        for header, body in self._reader.feed(data):
            frame = decode_from_host(header)
            assert isinstance(frame, Invoke | Reply)
            self.heard.append((frame, body))


def get(invocation: Invocation, number: int, token: str | None = None) -> bytes:
    """A read of a key that is not there."""
    fetch = Fetch(
        id=number,
        inv=invocation.id,
        token=token or invocation.token,
        descriptor={"type": "kvs", "provider": "app", "remote": "kvs"},
        path="/api/v1/get",
        method="POST",
    )
    return pack(fetch, b'{"key":"nothing"}')


def done(invocation: Invocation, kind: str = "result") -> bytes:
    fetch = Fetch(id=0, inv=invocation.id, token=invocation.token, descriptor={"type": kind}, path="")
    return pack(fetch, b'{"done":true}')


def test_what_is_asked_before_idle_is_answered_at_one_instant(stage: Stage) -> None:
    invocation = invocation_of(stage, "alice")
    script = Script(get(invocation, 1), get(invocation, 2), pack(Idle()), done(invocation))
    bridge = Bridge(script.send, script.receive)
    assert bridge.ask(stage, invocation, {}) == {"done": True}
    replies = [frame for frame, _ in script.heard if isinstance(frame, Reply)]
    assert [(reply.id, reply.status) for reply in replies] == [(1, 404), (2, 404)]
    assert len({reply.now for reply in replies}) == 1
    assert bridge.crossed == 2


def test_the_process_is_told_its_invocation_and_no_other_way_to_storage(stage: Stage) -> None:
    invocation = invocation_of(stage, "alice")
    script = Script(done(invocation))
    Bridge(script.send, script.receive).ask(stage, invocation, {"js": "1"})
    frame, body = script.heard[0]
    assert isinstance(frame, Invoke)
    assert (frame.inv, frame.token) == (invocation.id, invocation.token)
    argument, runtime = msgspec.json.decode(body)
    assert argument == {"js": "1"}
    assert runtime == runtime_of(invocation)
    assert "kvs" not in runtime


def test_another_invocations_token_opens_nothing(stage: Stage) -> None:
    invocation = invocation_of(stage, "alice")
    script = Script(get(invocation, 1, "forged"), pack(Idle()), done(invocation))
    Bridge(script.send, script.receive).ask(stage, invocation, {})
    assert [frame.status for frame, _ in script.heard if isinstance(frame, Reply)] == [401]


def test_nobody_has_no_account(stage: Stage) -> None:
    assert "aaid" not in runtime_of(invocation_of(stage, "nobody"))


@pytest.mark.parametrize(("ends", "why"), [(False, "has ended"), (True, "the driver failed")])
def test_a_process_that_ends_or_fails_is_an_error(stage: Stage, ends: bool, why: str) -> None:
    invocation = invocation_of(stage, "alice")
    script = Script(*([done(invocation, "error")] if ends else []))
    with pytest.raises(InternalError, match=why):
        Bridge(script.send, script.receive).ask(stage, invocation, {})
