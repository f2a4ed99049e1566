"""What a host sees of its workers, and what a worker cannot do to its host."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.errors import InternalError
from forgesim.sandbox.handle import MAX_REFUSALS
from forgesim.sandbox.host import DiedEvent, Event, FrameEvent, OverdueEvent, ProtocolEvent, Sandbox, WitnessEvent
from forgesim.seam import Fetch, Reply, Violation, pack

if TYPE_CHECKING:
    from tests.sandbox.conftest import Guest, Image, MakeGuest


def is_answer(event: Event) -> bool:
    kinds = ("result", "error")
    return (
        isinstance(event, FrameEvent) and isinstance(event.header, Fetch) and event.header.descriptor["type"] in kinds
    )


FRAME_OF_A_LOG = """
from forgesim.seam import Fetch, pack
log = pack(Fetch(0, "inv-1", "token", {"type": "log"}, "info", "POST"), b"x" * given)
"""


def test_a_worker_answers(guest: Guest) -> None:
    assert guest.run("answer = given + 1", 41) == 42


def test_a_worker_is_a_process_of_its_own_that_ends_with_close(guest: Guest) -> None:
    pid = guest.worker.pid
    assert pid != os.getpid()
    assert Path(f"/proc/{pid}/status").exists()

    guest.worker.close()

    assert not guest.worker.alive
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{pid}").exists()


def test_two_workers_share_nothing(guest: Guest, make_guest: MakeGuest) -> None:
    other = make_guest()
    guest.run("import json; json.planted = 1")
    assert other.run("import json; answer = hasattr(json, 'planted')") is False


def test_a_worker_that_exits_is_reported_with_its_status(guest: Guest) -> None:
    guest.start("import os; os._exit(7)")
    event = guest.until(lambda _: False)
    assert event == DiedEvent(guest.worker, "ended with status 7")
    assert not guest.worker.alive


def test_what_a_worker_said_before_its_death_comes_first(guest: Guest) -> None:
    guest.start(FRAME_OF_A_LOG + "import os; os.write(3, log * 50); os.abort()", 1000)
    event = guest.until(lambda _: False)
    assert event == DiedEvent(guest.worker, "killed by SIGABRT")
    frames = [e for e in guest.events if isinstance(e, FrameEvent) and isinstance(e.header, Fetch)]
    assert len(frames) == 50
    assert guest.events[-1] is event


def test_a_refused_call_is_witnessed_and_names_its_target(guest: Guest) -> None:
    guest.run("import os\ntry: os.chmod(given, 0o777)\nexcept OSError: pass", "/srv/somewhere")
    assert [e for e in guest.events if isinstance(e, WitnessEvent)] == [
        WitnessEvent(guest.worker, "chmod", "/srv/somewhere")
    ]


def test_the_self_test_of_a_worker_is_no_witness(guest: Guest) -> None:
    assert not [e for e in guest.events if isinstance(e, WitnessEvent)]


def test_a_thread_of_the_app_is_witnessed_too(guest: Guest) -> None:
    code = """
import os, threading
def refused():
    try: os.mkdir(given)
    except OSError: pass
thread = threading.Thread(target=refused); thread.start(); thread.join()
"""
    guest.run(code, "/srv/by-thread")
    assert WitnessEvent(guest.worker, "mkdir", "/srv/by-thread") in guest.events


def test_a_flood_of_refused_calls_ends_the_worker(guest: Guest) -> None:
    guest.start("import os\nwhile True:\n  try: os.mkdir('/x')\n  except OSError: pass")
    event = guest.until(lambda _: False)
    assert isinstance(event, ProtocolEvent)
    assert "refused" in event.why
    assert sum(isinstance(e, WitnessEvent) for e in guest.events) == MAX_REFUSALS + 1


def test_a_worker_past_its_deadline_is_killed(guest: Guest) -> None:
    began = time.monotonic()
    guest.worker.set_deadline(0.2)
    guest.start("while True: pass")
    assert guest.until(lambda _: False) == OverdueEvent(guest.worker)
    assert 0.15 < time.monotonic() - began < 5


def test_a_deadline_that_is_taken_off_does_not_act(guest: Guest) -> None:
    guest.worker.set_deadline(0.05)
    guest.worker.set_deadline(None)
    assert guest.sandbox.wait(0.2) == []
    assert guest.run("answer = 1") == 1


def test_a_drip_of_single_bytes_does_not_hold_the_host(guest: Guest) -> None:
    guest.worker.set_deadline(0.3)
    guest.start("import os\nwhile True: os.write(3, b'\\x01')")
    assert isinstance(guest.until(lambda _: False), OverdueEvent | ProtocolEvent)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("b'\\xff' * 8", "over the limit"),
        ("(5).to_bytes(4, 'little') + bytes(4) + b'{\"t\":'", "malformed"),
        ("pack(Boot(listener=9, pid=1)) + pack(Idle())", "Boot at the wrong time"),
        ("pack(Invoke('i', 't', 'f', 1, 2, 3))", "malformed"),
    ],
    ids=["a length of 4 GB", "half a header", "a second start", "a frame of the host's"],
)
def test_a_broken_frame_ends_the_worker(guest: Guest, what: str, why: str) -> None:
    guest.start(f"import os\nfrom forgesim.seam import *\nos.write(3, {what})\nwhile True: pass")
    event = guest.until(lambda _: False)
    assert isinstance(event, ProtocolEvent)
    assert why in event.why
    assert guest.events[-1] is event, "nothing that it says after that counts"


def test_a_worker_that_hangs_up_ends(guest: Guest) -> None:
    guest.start("import os\nos.close(3)\nwhile True: pass")
    assert isinstance(guest.until(lambda _: False), DiedEvent)


def test_a_guest_that_writes_and_does_not_read_cannot_block_the_host(guest: Guest) -> None:
    """Both sides have far more to say than the socket between them holds."""
    guest.start(FRAME_OF_A_LOG + "import os\nfor _ in range(300): os.write(3, log)", 20_000)
    for _ in range(4):
        guest.worker.send(pack(Reply(999, 200, [], EPOCH_MS), bytes(2 << 20)))
    guest.until(is_answer)
    assert sum(isinstance(e, FrameEvent) and e.body == b"x" * 20_000 for e in guest.events) == 300
    assert guest.run("answer = 'still there'") == "still there"


def test_a_guest_that_never_reads_is_ended_before_memory_is(guest: Guest) -> None:
    guest.start("while True: pass")
    for _ in range(80):
        guest.worker.send(bytes(1 << 20))
    assert isinstance(guest.until(lambda _: False), ProtocolEvent)


def test_a_frozen_worker_does_nothing_until_it_is_thawed(guest: Guest) -> None:
    guest.worker.freeze()
    guest.start("answer = 1")
    assert guest.sandbox.wait(0.2) == []
    guest.worker.thaw()
    assert isinstance(guest.until(lambda e: isinstance(e, FrameEvent)), FrameEvent)


def test_a_killed_worker_gives_no_more_events(guest: Guest) -> None:
    guest.start("import os\nwhile True: os.getppid()")
    guest.worker.kill()
    assert guest.sandbox.wait(0.1) == []
    guest.worker.send(b"ignored")
    guest.worker.kill()


def test_waiting_with_nobody_alive_is_our_bug_and_not_a_hang(make_guest: MakeGuest) -> None:
    with Sandbox() as sandbox:
        make_guest(sandbox).worker.close()
        with pytest.raises(InternalError, match="no worker is alive"):
            sandbox.wait(None)


def test_the_workers_end_with_their_sandbox(image: Image) -> None:
    with Sandbox() as sandbox:
        pid = sandbox.spawn(image).pid
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_dead_zygote_takes_its_workers_along_and_another_one_takes_over(make_guest: MakeGuest) -> None:
    with Sandbox() as sandbox:
        guest = make_guest(sandbox)
        zygote = int(Path(f"/proc/{guest.worker.pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        os.kill(zygote, signal.SIGKILL)
        event = guest.until(lambda _: False)
        assert isinstance(event, DiedEvent)
        assert make_guest(sandbox).run("answer = 2") == 2


def test_the_audit_hook_says_what_was_tried_before_the_kernel_refuses_it(make_guest: MakeGuest) -> None:
    with Sandbox() as sandbox:
        guest = make_guest(sandbox)
        answer = guest.run("import socket\nsocket.create_connection(('127.0.0.1', 9))")
        tried = [e.header for e in guest.events if isinstance(e, FrameEvent) and isinstance(e.header, Violation)]
        assert answer["type"] == "PermissionError"
        assert any("127.0.0.1" in violation.what for violation in tried)


def test_a_frozen_test_clock_does_not_stretch_deadlines(guest: Guest) -> None:
    import freezegun

    began = time.perf_counter()
    with freezegun.freeze_time("2020-01-01"):
        guest.worker.set_deadline(0.2)
        guest.start("while True: pass")
        assert isinstance(guest.until(lambda _: False), OverdueEvent)
    assert time.perf_counter() - began < 5
