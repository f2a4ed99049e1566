"""Fails closed: what a sandbox does on a machine that lacks a wall."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from forgesim.errors import CannotConfineError
from forgesim.sandbox.doctor import report
from forgesim.sandbox.host import Sandbox, Tier, WitnessEvent
from forgesim.sandbox.tiers import best_tier, missing

if TYPE_CHECKING:
    from tests.sandbox.conftest import MakeGuest

BARE = dict.fromkeys(("limits", "capabilities", "no_new_privs", "landlock", "seccomp", "witness", "namespaces"))

MACHINE = """
import os, sys
from forgesim.sandbox import bpf, kernel
policy = {name: bpf.errno_action(1) for name in sys.argv[1].split()}
kernel.forbid_privileges()
kernel.install_filter(bpf.assemble(bpf.compile_policy(policy, bpf.ALLOW, os.uname().machine)), listener=False)

from forgesim.errors import CannotConfineError
from forgesim.sandbox.host import Sandbox
try:
    with Sandbox() as sandbox:
        print(sandbox.tier)
except CannotConfineError as error:
    print("refused:", *[wall.split(":")[0] for wall in error.missing])
with Sandbox(allow_unconfined=True) as sandbox:
    print(sandbox.tier)
"""


@pytest.mark.parametrize(
    ("hidden", "tier", "unconfined"),
    [
        ("unshare", "full", "full"),
        ("mount", "full", "full"),
        ("pidfd_getfd", "full-no-witness", "full-no-witness"),
        ("unshare pidfd_getfd", "full-no-witness", "full-no-witness"),
        ("landlock_create_ruleset", "refused: landlock", "none"),
        ("seccomp", "refused: seccomp", "none"),
        ("capset", "refused: capabilities", "none"),
    ],
)
def test_a_machine_that_refuses_a_call_gets_the_tier_that_is_left(hidden: str, tier: str, unconfined: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MACHINE, hidden],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split("\n")[:2] == [tier, unconfined]


HOST = """
import marshal, sys, time
from pathlib import Path
from types import SimpleNamespace
from forgesim.sandbox.host import Sandbox
code = marshal.dumps((None, compile("def handler(event, context): return 1", "src/index.py", "exec")))
image = SimpleNamespace(root=Path(sys.argv[2]), modules={"index": ("src/index.py", False, code)},
                        functions={"main": "index.handler"}, units=(), digest="x", dependencies=False,
                        variables={}, patterns=(), memory_bytes=None, program=None)
sandbox = Sandbox(tier=sys.argv[1], allow_unconfined=True)
worker = sandbox.spawn(image)
sandbox.wait(20)
print(worker.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("tier", ["full+ns", "full", "none"])
def test_nothing_outlives_a_host_that_is_killed(tier: str, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOST, tier, str(tmp_path)], stdout=subprocess.PIPE) as host:
        assert host.stdout
        worker = Path(f"/proc/{int(host.stdout.readline())}")
        assert worker.exists()
        host.kill()
        host.wait()
        give_up = time.monotonic() + 10
        while worker.exists() and time.monotonic() < give_up:
            time.sleep(0.01)
        assert not worker.exists()


@pytest.mark.parametrize("wall", ["limits", "capabilities", "no_new_privs", "landlock", "seccomp"])
def test_without_one_of_the_walls_there_is_no_confined_tier(wall: str) -> None:
    assert best_tier({**BARE, wall: "gone"}) == "none"
    assert missing({**BARE, wall: "gone"}, "full-no-witness") == (f"{wall}: gone",)


def test_a_wall_that_was_not_tried_does_not_stand() -> None:
    assert best_tier({}) == "none"


def test_unconfined_workers_must_be_asked_for_twice() -> None:
    with pytest.raises(CannotConfineError, match="not allowed"):
        Sandbox(tier="none")


def test_the_doctor_and_the_sandbox_agree(sandbox: Sandbox) -> None:
    found = report()
    assert found.tier == sandbox.tier
    assert found.can_confine
    assert {wall.name for wall in found.walls if wall.ok} >= set(BARE) - {"namespaces"}
    assert found.kernel == f"Linux {os.uname().release}"


@pytest.mark.parametrize("tier", ["full", "full-no-witness"])
def test_a_weaker_tier_confines_as_well(tier: Tier, make_guest: MakeGuest) -> None:
    with Sandbox(tier=tier, explain=False) as sandbox:
        guest = make_guest(sandbox)
        answer = guest.run("import socket\nsocket.create_connection(('127.0.0.1', 9))")
        assert answer["type"] == "PermissionError"
        assert any(isinstance(event, WitnessEvent) for event in guest.events) is (tier == "full")
