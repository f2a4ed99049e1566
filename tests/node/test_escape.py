"""Attacks of a JavaScript app on its walls: nothing is touched, the ledger names them, and without walls they work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from tests.node.conftest import APPS, MakeApp

from forgesim.errors import AppError
from forgesim.manifest.load import load_app
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.lures import Lures
from forgesim.site.open import open_site
from forgesim.testing.kit import InstalledApp

pytestmark = pytest.mark.node

SECRET = "quince-marmalade-9241"
Walls = Literal["walls and words", "walls", "none"]

NAMED = {
    "connects_by_tcp": (r"socket.connect connect to 127.0.0.1:\d+", "socket|connect"),
    "connects_by_a_unix_socket": (r"socket.connect connect to unix:/", "socket|connect"),
    "connects_by_an_agent": (r"socket.connect connect to 127.0.0.1:\d+", "socket|connect"),
    "connects_by_http2": (r"socket.connect connect to 127.0.0.1:\d+", "socket|connect"),
    "connects_by_tls": (r"socket.connect connect to 127.0.0.1:\d+", "socket|connect"),
    "connects_by_a_binding": (r"process.binding reach into Node's own tcp_wrap", "socket|connect"),
    "connects_in_a_thread": (r"worker_threads.Worker start a thread", r"connect 127.0.0.1:\d+"),
    "connects_after_it_broke_the_shim": (r"process.binding|socket", "socket|connect"),
    "sends_a_datagram": (r"socket.sendto send to 127.0.0.1:\d+", "socket|sendto|bind"),
    "runs_a_program": (r"subprocess.Popen run the program '/bin/sh'", "clone|fork|pidfd|sched"),
    "runs_a_program_and_waits": (r"subprocess.Popen run the program ': >", "clone|fork|pidfd|sched"),
    "runs_a_program_by_a_binding": (r"process.binding reach into Node's own spawn_sync", "clone|fork|pidfd|sched"),
    "becomes_a_program": (r"os.exec become the program '/bin/sh'", "execve /bin/sh"),
    "writes_a_file": (r"open write to '/\S+/new'", None),
    "writes_a_file_later": (r"open write to '/\S+/new'", None),
    "changes_a_mode": (r"open write to '/\S+/letter.txt'", r"chmod|fchmodat"),
    "removes_a_file": (r"open write to '/\S+/letter.txt'", r"unlink"),
    "stops_a_process": (r"os.kill send signal SIGKILL to process \d+", r"kill signal 9"),
    "reads_a_file": (r"open read '/\S+/letter.txt'", None),
    "reads_a_file_by_a_binding": (r"process.binding reach into Node's own fs", None),
    "reads_the_environment_of_a_process": (r"open read '/proc/\d+/environ'", None),
}  # fmt: skip
"""Attack → what the ledger names it, and what the kernel witnesses where the shim says nothing (null: it refuses files
in silence, by Landlock and by flags of ``open``)."""


@pytest.fixture
def lures() -> Iterator[Lures]:
    made = Lures(SECRET)
    try:
        yield made
    finally:
        made.close()


def _attack(make_app: MakeApp, lures: Lures, name: str, walls: Walls) -> tuple[str, list[str]]:
    """What the app got, and what the ledger has of it."""
    app = load_app(make_app("attacks"))
    given = {"name": name, "lures": lures.given()}
    if walls == "none":
        sandbox = Sandbox(allow_unconfined=True, tier="none")
    else:
        sandbox = Sandbox(explain=walls == "walls and words")
    with sandbox:
        installed = InstalledApp(app, open_site("demo", seed=1, base=APPS), sandbox, seed=0, warm=False)
        try:
            lures.look()
            lures.begin()
            try:
                got = str(installed.invoke("attack", given))
            except AppError as error:
                got = f"refused: {error}"
            return got, [f"{witness.call} {witness.target or ''}" for witness in installed.ledger.witnesses]
        finally:
            installed.close()


def test_every_attack_has_its_name() -> None:
    source = (APPS / "attacks" / "src" / "index.js").read_text()
    assert set(re.findall(r"^  (\w+): \(", source, re.MULTILINE)) == set(NAMED)


@pytest.mark.parametrize("walls", ["walls and words", "walls"])
@pytest.mark.parametrize("name", NAMED)
def test_the_walls_hold(js_app: MakeApp, lures: Lures, name: str, walls: Walls) -> None:
    got, told = _attack(js_app, lures, name, walls)

    assert lures.look() is None
    assert SECRET not in got
    expected = NAMED[name][0 if walls == "walls and words" else 1]
    assert expected is None or any(re.search(expected, each) for each in told), (got, told)


@pytest.mark.parametrize("name", NAMED)
def test_without_walls_it_works(js_app: MakeApp, lures: Lures, name: str) -> None:
    got, _ = _attack(js_app, lures, name, "none")

    # What has become another program has left the seam, and the host ends it, at times before it does anything.
    ended = name == "becomes_a_program" and "Killed" in got
    assert lures.look() is not None or SECRET in got or ended


@pytest.mark.parametrize(
    ("code", "why"),
    [
        pytest.param(
            "const { Worker } = require('worker_threads'); for (let n = 0; n < 6; n += 1)"
            " new Worker('1', { eval: true }); return new Promise((resolve) => { setTimeout(resolve, 500); });",
            "killed by SIGTRAP: as V8 ends a process that gets no memory: .* the walls leave none for a thread",
            id="threads that got past the shim",
        ),
        pytest.param(
            "const kept = []; for (;;) kept.push(new Array(1e6).fill(kept.length + 0.5));",
            "killed by SIG(ABRT|TRAP): as .* its heap is full",
            id="a heap that is full",
        ),
    ],
)
def test_an_end_that_node_brings_on_itself_is_explained(js_app: MakeApp, code: str, why: str) -> None:
    path = js_app("attacks")
    source = path / "src" / "index.js"
    source.write_text(f"{source.read_text()}\nexports.attack = () => {{ {code} }};\n")
    with Sandbox(explain=False) as sandbox:
        installed = InstalledApp(load_app(path), open_site("demo", seed=1, base=APPS), sandbox, seed=0, warm=False)
        try:
            with pytest.raises(AppError, match=why):
                installed.invoke("attack", {})
        finally:
            installed.close()
