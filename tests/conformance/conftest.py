"""The bench of the cases, and where Node and the packages are, a Node process that speaks the seam."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from forgesim.conformance.bridge import SEAM, Bridge, bridge_file
from forgesim.conformance.play import Bench, opened_bench
from forgesim.errors import InputError
from forgesim.sandbox.javascript.node import Node, find_node

HERE = Path(__file__).parent / "node"
PACKAGES = Path(os.environ.get("FORGESIM_NODE_PACKAGES", HERE / "node_modules"))
"""Where npm has put them: ``npm install`` in ``tests/conformance/node``, or another folder's ``node_modules``."""


def needed_node() -> Node:
    """A Node that is new enough for apps. Skips where there is none."""
    try:
        return find_node()
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    with opened_bench() as bench:
        yield bench


@pytest.fixture(scope="session")
def node() -> Iterator[Bridge]:
    """A Node process with the real packages. Skips where there is no Node, or npm has not installed them."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("there is no node on PATH")
    if not (PACKAGES / "@forge" / "kvs").is_dir():
        pytest.skip(f"npm has not installed the packages into {PACKAGES}")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(PACKAGES), SEAM: str(theirs.fileno())}
        command = [program, str(bridge_file()), str(HERE / "driver.cjs")]
        with subprocess.Popen(command, env=environment, pass_fds=[theirs.fileno()]) as process:
            theirs.close()
            ours.settimeout(60)
            try:
                yield Bridge(ours.sendall, ours.recv)
            finally:
                ours.close()
                process.wait(10)
