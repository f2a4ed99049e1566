"""Workers that another worker forks: as fresh, as apart and as walled in as the zygote's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import CLOCK_MONOTONIC, clock_gettime
from typing import Any

import pytest
from tests.sandbox.conftest import APP, Guest, Image, image_of, is_answer

from forgesim.errors import CannotConfineError
from forgesim.sandbox.events import DiedEvent, WitnessEvent
from forgesim.sandbox.host import Sandbox, Worker
from forgesim.sandbox.strays import Strays
from forgesim.seam import Fork, Ready, pack


def parent(guest: Guest) -> int:
    lines = Path(f"/proc/{guest.worker.pid}/status").read_text(errors="replace").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("PPid:"))


class Family:
    """Workers of one app of their own, whose mother has had the time to get ready."""

    def __init__(self, sandbox: Sandbox, image: Image) -> None:
        self._sandbox = sandbox
        self._image = image
        self.zygotes = [self.next(), self.next()]
        self._pause()
        self.zygote = parent(self.zygotes[0])

    def spawn(self) -> Guest:
        return Guest(self._sandbox, self._image)

    def next(self) -> Guest:
        return self.spawn().ready()

    def bore(self, guest: Guest) -> bool:
        """Whether the mother has forked it."""
        return any(n.mother and guest.worker in n.mother.workers.values() for n in self._sandbox._nurseries.values())

    def _pause(self) -> None:
        mothers = [nursery.mother for nursery in self._sandbox._nurseries.values() if nursery.mother is not None]
        until = clock_gettime(CLOCK_MONOTONIC) + 20
        while not all(mother._ready or mother._spoilt for mother in mothers):
            assert clock_gettime(CLOCK_MONOTONIC) < until
            self._sandbox.wait(0.02)

    def close(self) -> None:
        for guest in self.zygotes:
            guest.worker.close()


@pytest.fixture
def walled() -> Iterator[Sandbox]:
    with Sandbox(explain=False) as sandbox:
        if sandbox.tier not in ("full", "full+ns"):
            pytest.skip("without a witness no worker forks another")
        yield sandbox


@pytest.fixture
def family(walled: Sandbox, tmp_path: Path) -> Family:
    return Family(walled, image_of(tmp_path, APP, "family"))


def test_whoever_asks_again_gets_workers_that_a_worker_forked(family: Family) -> None:
    one, other = family.next(), family.next()

    assert parent(one) == parent(other) == family.zygote
    assert [family.bore(guest) for guest in (*family.zygotes, one, other)] == [False, False, True, True]
    assert one.run("answer = given + 1", 2) == 3
    assert [type(event.header) for event in one.events[:1]] == [Ready]  # type: ignore[union-attr]


def test_each_is_as_fresh_as_the_first(family: Family) -> None:
    count = "import index; index.count = getattr(index, 'count', 0) + 1; answer = index.count"

    assert [family.next().run(count) for _ in range(3)] == [1, 1, 1]


STATE = """
import gc, random, sys, os, threading, signal
answer = [sorted(sys.modules), random.random(), os.urandom(4).hex(), len(threading.enumerate()), sys.path,
          dict(os.environ), str(signal.getsignal(signal.SIGCHLD)), os.getpid(), os.getppid(), gc.get_threshold(),
          gc.isenabled()]
"""


def test_what_it_finds_is_what_a_worker_of_the_zygote_finds(family: Family) -> None:
    assert family.next().run(STATE) == family.zygotes[0].run(STATE)


def test_garbage_goes_when_it_goes_in_a_worker_of_the_zygote(family: Family) -> None:
    one, other = (guest.run("import gc; answer = gc.get_count()") for guest in (family.zygotes[0], family.next()))

    assert one[1:] == other[1:]
    assert abs(one[0] - other[0]) < 20


def test_how_it_ends_is_told(family: Family) -> None:
    for code, why in (
        ("os._exit(7)", "ended with status 7"),
        ("libc.kill(libc.getpid(), 9)", "killed by SIGKILL"),
        ("libc.kill(libc.getpid(), 40)", "killed by signal 40"),
        ("libc.prctl(15, b'\\xff', 0, 0, 0); os._exit(8)", "ended with status 8"),
    ):
        guest = family.next()
        guest.start(f"import ctypes, os; libc = ctypes.CDLL(None); {code}")
        event = guest.until(lambda _: False)
        assert isinstance(event, DiedEvent)
        assert event.why == why


SIGNALS = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
answer = [libc.syscall(62, given, 0), libc.kill(libc.getpid(), 0), libc.getppid()]
"""


def test_it_may_signal_itself_and_neither_its_mother_nor_another(family: Family) -> None:
    one, other = family.next(), family.next()
    mother = int(one.run("import ctypes; answer = ctypes.CDLL(None).getppid()"))
    sibling = int(other.run("import ctypes; answer = ctypes.CDLL(None).getpid()"))

    assert one.run(SIGNALS, mother)[:2] == [-1, 0]
    assert one.run(SIGNALS, sibling)[:2] == [-1, 0]
    assert [event.call for event in one.events if isinstance(event, WitnessEvent)] == ["kill", "kill"]
    assert other.run("answer = 'well'") == "well"


OPEN = """
import fcntl
answer = []
for number in range(256):
    try:
        fcntl.fcntl(number, fcntl.F_GETFD)
        answer.append(number)
    except OSError:
        pass
"""

FLAGS = """
import fcntl
answer = [fcntl.fcntl(number, fcntl.F_GETFL) & 0x800 for number in range(4)]
for number in range(3):
    fcntl.fcntl(number, fcntl.F_SETFL, 0x800 | 0x400)
"""


def test_nothing_that_is_open_in_one_is_open_in_another(family: Family) -> None:
    assert [family.next().run(FLAGS) for _ in range(2)] == [[0, 0, 0, 0], [0, 0, 0, 0]]
    assert family.next().run(OPEN) == [0, 1, 2, 3]


def test_memory_that_it_maps_as_shared_is_its_own(family: Family) -> None:
    write = "import mmap, index; index.m = mmap.mmap(-1, 4096); answer = index.m[0]; index.m[0] = 7"

    assert [family.next().run(write) for _ in range(2)] == [0, 0]


def test_it_cannot_fork(family: Family) -> None:
    guest = family.next()

    said = guest.run("import os; answer = os.fork()")

    assert said["type"] == "PermissionError"
    assert [event.call for event in guest.events if isinstance(event, WitnessEvent)] == ["clone"]


def test_one_that_is_asked_to_fork_and_is_no_mother_is_refused(family: Family) -> None:
    guest = family.next()

    guest.worker.send(pack(Fork()))
    event = guest.until(lambda _: False)

    assert isinstance(event, DiedEvent)
    assert [event.call for event in guest.events if isinstance(event, WitnessEvent)] == ["clone"]


def test_all_end_with_their_mother(walled: Sandbox, family: Family) -> None:
    one, other = family.next(), family.next()

    (mother,) = (n.mother for n in walled._nurseries.values())
    assert mother is not None
    os.kill(mother._pid, 9)

    ends: dict[Worker, str] = {}
    while len(ends) < 2:
        events = walled.wait(20)
        assert events
        ends |= {event.worker: event.why for event in events if isinstance(event, DiedEvent)}
    assert ends == dict.fromkeys((one.worker, other.worker), "killed by SIGKILL")
    assert family.next().run("answer = 'well'") == "well"


def test_who_asks_before_it_is_known_that_the_mother_has_ended_gets_a_worker(walled: Sandbox, family: Family) -> None:
    family.next()
    (mother,) = (nursery.mother for nursery in walled._nurseries.values())
    assert mother is not None
    os.kill(mother._pid, 9)

    assert family.next().run("answer = 'well'") == "well"


def test_a_name_of_no_letters_does_not_matter(walled: Sandbox, tmp_path: Path) -> None:
    named = "import ctypes\nctypes.CDLL(None).prctl(15, b'\\xff\\xfe', 0, 0, 0)\n"
    family = Family(walled, image_of(tmp_path, named + APP, "named"))

    guest = family.next()

    assert family.bore(guest)
    assert guest.run("answer = 'well'") == "well"


@pytest.mark.parametrize("tier", ["full", "full+ns"])
def test_a_child_that_does_not_come_forward_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tier: Any
) -> None:
    monkeypatch.setattr("forgesim.sandbox.mother._PATIENCE_S", 1.0)
    spins = "import ctypes, os, posix, time\ndef hook():\n    while True: time.monotonic()\n"
    claims = "def claim():\n    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)\n"
    hooks = "posix.register_at_fork(after_in_child=hook, after_in_parent=claim)\n"
    try:
        sandbox = Sandbox(tier=tier, explain=False)
    except CannotConfineError as error:
        pytest.skip(str(error))
    with closing(Strays()) as strays, sandbox:
        family = Family(sandbox, image_of(tmp_path, spins + claims + hooks + APP, f"spins {tier}"))
        assert family.next().run("answer = 'well'") == "well"
        sandbox.close()

        assert strays.take() == set()


def test_a_call_that_one_makes_while_another_is_forked_is_answered(family: Family) -> None:
    one = family.next()
    one.start("import socket\nfor _ in range(500):\n    try: socket.socket(2, 3)\n    except OSError: answer = 'well'")
    others = [family.spawn() for _ in range(20)]

    one.until(is_answer)

    assert sum(isinstance(event, WitnessEvent) for event in one.events) == 500
    assert len({parent(guest) for guest in (one, *others)}) == 1


IMPORTS = {
    "a pipe that stays open": "import os\nkept = os.pipe()",
    "a copy of the seam": "import os\nkept = os.dup(3)",
    "shared memory": "import mmap\nkept = mmap.mmap(-1, 4096)",
    "a thread": "import threading\nkept = threading.Event()\nthreading.Thread(target=kept.wait, daemon=True).start()",
    "a timer": "import signal\nkept = signal.setitimer(signal.ITIMER_REAL, 1000)",
    "a wish to be told of forks": "import os\nkept = []\nos.register_at_fork(after_in_child=lambda: kept.append(1))",
    "a call that leaves something open": "import socket\nkept = socket.socket()",
}


@pytest.mark.parametrize("import_", IMPORTS.values(), ids=IMPORTS)
def test_an_app_that_does_more_at_import_than_import_has_workers_of_the_zygotes_own(
    walled: Sandbox, tmp_path: Path, import_: str
) -> None:
    image = image_of(tmp_path, f"{import_}\n{APP}", import_)
    family = Family(walled, image)

    guests = [family.next() for _ in range(2)]

    assert not any(family.bore(guest) for guest in guests)
    assert [parent(guest) for guest in guests] == [family.zygote] * 2
    assert [guest.run("answer = 'well'") for guest in guests] == ["well"] * 2


def test_what_is_refused_at_import_is_told_of_each(walled: Sandbox, tmp_path: Path) -> None:
    refused = "import os\ntry:\n    os.fork()\nexcept OSError:\n    pass\n"
    family = Family(walled, image_of(tmp_path, refused + APP, "refused"))

    guests = [*family.zygotes, family.next(), family.next()]

    assert [family.bore(guest) for guest in guests] == [False, False, True, True]
    for guest in guests:
        assert [event.call for event in guest.events if isinstance(event, WitnessEvent)] == ["clone"]


HOOKS: dict[str, Any] = {
    "does not come forward": "import time\n    while True: time.monotonic()",
    "keeps its mother's seam": "os.dup(3)",
    "ends": "os._exit(0)",
}


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_a_child_that_is_not_as_it_has_to_be_is_no_worker(
    walled: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: str
) -> None:
    monkeypatch.setattr("forgesim.sandbox.mother._PATIENCE_S", 1.0)
    hidden = "import os, posix\ndef hook():\n    " + hook + "\nposix.register_at_fork(after_in_child=hook)\n"
    family = Family(walled, image_of(tmp_path, hidden + APP, hook))

    guests = [family.next() for _ in range(3)]

    assert [guest.run("answer = 'well'") for guest in guests] == ["well"] * 3
    assert len({parent(guest) for guest in guests}) == 1
