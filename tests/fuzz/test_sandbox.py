"""Programs of ways out: each witness sees an escape where there are no walls, and none where they stand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forgesim.fuzz.campaign import Case
from forgesim.fuzz.drive import drive
from forgesim.fuzz.sandbox import SandboxCampaign
from forgesim.manifest.model import App
from forgesim.sandbox.host import Sandbox


def ref(name: str) -> dict[str, str]:
    return {"ref": name}


def python(name: str, *args: Any) -> dict[str, Any]:
    return {"do": "python", "name": name, "args": list(args)}


def on(slot: int, name: str, *args: Any) -> dict[str, Any]:
    return {**python(name, *args), "on": {"slot": slot}}


def call(how: str, name: str, *args: Any) -> dict[str, Any]:
    return {"do": "call", "how": how, "name": name, "args": list(args)}


SLOT = {"slot": 0}
DISARM = {"do": "disarm"}
THERE = {"words": [ref("victim_memory"), 64]}
MESSAGE = {"words": [ref("udp_address"), 16, {"words": ["stolen", 6]}, 1, 0, 0, 0]}
NETWORK, FILES, SECRET = "nothing leaves", "no file is changed", "nothing of the host comes out"
OTHERS, HOST = "other processes are left alone", "the host is left alone"

ESCAPES: dict[str, tuple[str, Case]] = {
    "a connection by socket": (NETWORK, [python("socket:socket", 2, 1), on(0, "connect", ref("tcp"))]),
    "a connection by system calls": (
        NETWORK,
        [call("raw", "socket", 2, 1, 0), call("libc", "connect", SLOT, ref("tcp_address"), 16)],
    ),
    "a datagram": (
        NETWORK,
        [call("libc", "socket", 2, 2, 0), call("raw", "sendto", SLOT, "stolen", 6, 0, ref("udp_address"), 16)],
    ),
    "a message": (NETWORK, [call("raw", "socket", 2, 2, 0), call("raw", "sendmsg", SLOT, MESSAGE, 0)]),
    "a unix socket": (NETWORK, [python("socket:socket", 1, 1), on(0, "connect", ref("unix"))]),
    "unix datagrams": (
        NETWORK,
        [python("socket:socket", 1, 2), on(0, "sendto", ref("tcp_address"), ref("unix_datagrams"))],
    ),
    "a thread that connects": (
        NETWORK,
        [{"do": "thread", "steps": [python("socket:create_connection", ref("tcp"))]}],
    ),
    "a child that connects": (NETWORK, [{"do": "fork", "steps": [python("socket:create_connection", ref("tcp"))]}]),
    "another mode": (FILES, [python("os:chmod", ref("file"), 0o777)]),
    "a new file": (FILES, [call("raw", "mkdir", ref("new"), 0o700)]),
    "a file that is gone": (FILES, [call("libc", "unlink", ref("file"))]),
    "other attributes": (FILES, [python("os:utime", ref("file"))]),
    "a program": (FILES, [python("os:system", ref("touch"))]),
    "a file that is read": (SECRET, [python("builtins:open", ref("file")), on(0, "read")]),
    "a file that is read by calls": (
        SECRET,
        [call("raw", "open", ref("file"), 0, 0), call("raw", "read", SLOT, {"buf": 200}, 200)],
    ),
    "an environment": (SECRET, [python("builtins:open", ref("victim_environ")), on(0, "read")]),
    "memory that is read": (
        SECRET,
        [call("raw", "process_vm_readv", ref("victim"), {"words": [{"buf": 64}, 64]}, 1, THERE, 1, 0)],
    ),
    "memory that is written": (
        OTHERS,
        [
            call(
                "raw", "process_vm_writev", ref("victim"), {"words": ["stolen!!", 8]}, 1,
                {"words": [ref("victim_memory"), 8]}, 1, 0,
            )
        ],
    ),
    "a signal": (OTHERS, [python("os:kill", ref("victim"), 15)]),
    "a process that is stopped": (OTHERS, [call("raw", "kill", ref("victim"), 19)]),
    "another priority": (OTHERS, [python("os:setpriority", 0, ref("victim"), 15)]),
    "other limits": (OTHERS, [python("resource:prlimit", ref("victim"), 7, [10, 10])]),
    "a process that is traced": (OTHERS, [call("raw", "ptrace", 0x4206, ref("victim"), 0, 0)]),
    "the host's processors": (HOST, [python("os:sched_setaffinity", ref("host"), [0])]),
    "a process that stays": (
        "no process is left behind",
        [{"do": "fork", "stays": True, "steps": [call("libc", "pause")]}],
    ),
}  # fmt: skip


@pytest.fixture
def processors() -> Iterator[None]:
    """One control takes processors from this very process."""
    before = os.sched_getaffinity(0)
    yield
    os.sched_setaffinity(0, before)


@pytest.fixture(scope="module")
def free(pulse: App, unconfined: Sandbox) -> Iterator[SandboxCampaign]:
    campaign = SandboxCampaign(pulse, sandbox=unconfined)
    yield campaign
    campaign.close()


@pytest.fixture(scope="module")
def walled(pulse: App, confined: Sandbox) -> Iterator[SandboxCampaign]:
    campaign = SandboxCampaign(pulse, sandbox=confined)
    yield campaign
    campaign.close()


@pytest.mark.usefixtures("processors")
@pytest.mark.parametrize(("kind", "case"), ESCAPES.values(), ids=ESCAPES)
def test_an_escape_is_seen_without_walls_and_comes_to_nothing_within(
    kind: str, case: Case, free: SandboxCampaign, walled: SandboxCampaign
) -> None:
    control = free.attempt(case) or free.attempt(case)  # on a busy machine a child may do it after the look
    assert control is not None
    assert control.kind == kind

    assert walled.attempt([DISARM, *_moved(case)]) is None
    assert walled.attempt(case) is None


def test_the_end_of_what_makes_processes_is_seen_and_left_behind(pulse: App) -> None:
    killed: Case = [call("libc", "getppid"), python("os:kill", SLOT, 9)]
    with Sandbox(allow_unconfined=True, tier="none") as sandbox:
        campaign = SandboxCampaign(pulse, sandbox=sandbox)
        finding, later = campaign.attempt(killed), campaign.attempt([])
        campaign.close()
    assert finding is not None
    assert finding.kind in ("the host goes on", "no process is left behind")  # whether it noticed before the next call
    assert later is None


def test_what_makes_processes_outlives_a_program_that_would_end_it(walled: SandboxCampaign) -> None:
    assert walled.attempt([DISARM, call("libc", "getppid"), python("os:kill", {"slot": 1}, 9)]) is None


def _moved(value: Any) -> Any:
    """The same steps one place later: the first slot is the second now."""
    if isinstance(value, list):
        return [_moved(each) for each in value]
    if isinstance(value, dict):
        return {"slot": value["slot"] + 1} if "slot" in value else {name: _moved(each) for name, each in value.items()}
    return value


FRAME = {
    "do": "frame", "genuine": False, "head": None, "path": "/api/v1/set", "body": '{"key": "MARK", "value": 1}',
    "descriptor": {"type": "kvs", "provider": "app", "remote": "kvs"}, "id": 7, "inv": "", "token": "0" * 16,
    "more_head": 0, "more_body": 0, "cut": 0, "times": 1,
}  # fmt: skip


def test_a_forged_frame_is_refused_and_one_with_the_right_token_would_be_seen(walled: SandboxCampaign) -> None:
    assert walled.attempt([FRAME]) is None
    assert walled.attempt([{**FRAME, "token": "", "inv": "inv-1.1"}]) is None

    finding = walled.attempt([{**FRAME, "token": None}])  # its own token: nothing is forged but the mark

    assert finding is not None
    assert finding.kind == "a forged frame is refused"


def test_broken_frames_end_a_program_and_nothing_else(walled: SandboxCampaign) -> None:
    for lie in ({"more_head": 1 << 31}, {"more_body": -5}, {"cut": 7}, {"head": "{"}, {"times": 50, "cut": 1}):
        assert walled.attempt([{**FRAME, **lie}]) is None


def test_programs_at_random_get_nowhere(pulse: App, confined: Sandbox, corpus: Path) -> None:
    campaign = SandboxCampaign(pulse, sandbox=confined, hang_s=1)

    tally = drive(campaign, seed=5, seconds=60, corpus=corpus, most=60)

    campaign.close()
    assert tally.findings == ()
    assert tally.cases == 60
    assert 0 < tally.allowed < tally.tried


def test_each_step_of_the_grammar_is_one_that_the_program_knows(walled: SandboxCampaign) -> None:
    from hypothesis import HealthCheck, given, settings

    from forgesim.fuzz import escaper

    known: set[str] = set()

    @settings(max_examples=150, database=None, suppress_health_check=list(HealthCheck))
    @given(walled.cases())
    def collect(case: Case) -> None:
        known.update(step["do"] for step in case)

    collect()
    assert known == {name.removeprefix("do_") for name in vars(escaper.Program) if name.startswith("do_")}
