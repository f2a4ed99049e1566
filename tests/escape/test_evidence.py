"""What is refused reaches the ledger file of a real run: the call, where it would have gone, and the app's line where
the audit hook saw it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forgesim.ledger.read import read
from forgesim.manifest.load import load_app
from forgesim.runtime.running import run
from forgesim.sandbox.host import Sandbox
from forgesim.site.generate import demo

CONNECT = "import socket\ntry:\n    socket.socket().connect(('127.0.0.1', 9))\nexcept OSError:\n    pass"
EXECUTE = "import os\ntry:\n    os.execv('/bin/true', ['true'])\nexcept OSError:\n    pass"
WRITE = "import os\ntry:\n    os.mkdir('/stolen')\nexcept OSError:\n    pass"
BY_CTYPES = """\
import ctypes
libc = ctypes.CDLL(None)
address = bytes([2, 0, 0, 9, 127, 0, 0, 1]) + bytes(8)
libc.connect(libc.socket(2, 1, 0), address, 16)"""
MACHINE_CODE = """\
import ctypes, mmap, struct
address = ctypes.create_string_buffer(bytes([2, 0, 0, 9, 127, 0, 0, 1]) + bytes(8))
code = (b"\\xb8\\x29\\0\\0\\0\\xbf\\x02\\0\\0\\0\\xbe\\x01\\0\\0\\0\\x31\\xd2\\x0f\\x05\\x48\\x89\\xc7\\x48\\xbe"
        + struct.pack("=Q", ctypes.addressof(address)) + b"\\xba\\x10\\0\\0\\0\\xb8\\x2a\\0\\0\\0\\x0f\\x05\\xc3")
page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
page.write(code)
ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()"""


Seen = set[tuple[str, str, str | None, str | None]]


def refused(make_app: Callable[..., Path], sandbox: Sandbox, body: str, ledger: Path) -> Seen:
    """Layer, call, target and line of every refusal that the ledger file of a run tells of."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    app = load_app(make_app(f'@resolver.define("call")\nasync def call(request):\n{lines}'))
    run(app, sandbox=lambda: sandbox, site=demo(1), function="call", ledger=ledger, catalog="1")
    return {(each.layer, each.call, each.target, each.line) for each in read(ledger).witnesses if each.refused}


EXPLAINED = {
    "network": (CONNECT, ("audit", "socket.__new__", "open a socket (AF_INET)", "src/index.py:11")),
    "execution": (EXECUTE, ("audit", "os.exec", "become the program '/bin/true'", "src/index.py:11")),
    "writing": (WRITE, ("audit", "os.mkdir", "create the folder '/stolen'", "src/index.py:11")),
    "ctypes": (BY_CTYPES, ("audit", "ctypes.dlopen", "load the native library None", "src/index.py:10")),
}
BY_THE_KERNEL = {
    "network": (CONNECT, ("kernel", "connect", "127.0.0.1:9", None)),
    "execution": (EXECUTE, ("kernel", "execve", "/bin/true", None)),
    "writing": (WRITE, ("kernel", "mkdir", "/stolen", None)),
    "ctypes": (BY_CTYPES, ("kernel", "connect", "127.0.0.1:9", None)),
    "machine code": (MACHINE_CODE, ("kernel", "connect", "127.0.0.1:9", None)),
}


@pytest.mark.parametrize(("body", "record"), EXPLAINED.values(), ids=EXPLAINED.keys())
def test_what_the_hook_sees_is_on_record_with_the_line_of_the_app(
    make_app: Callable[..., Path], tmp_path: Path, body: str, record: tuple[str, ...]
) -> None:
    with Sandbox() as sandbox:
        assert record in refused(make_app, sandbox, body, tmp_path / "ledger.jsonl")


@pytest.mark.parametrize(("body", "record"), BY_THE_KERNEL.values(), ids=BY_THE_KERNEL.keys())
def test_what_only_the_kernel_sees_is_on_record_with_its_destination(
    make_app: Callable[..., Path], tmp_path: Path, body: str, record: tuple[str, ...]
) -> None:
    with Sandbox(explain=False) as sandbox:
        assert record in refused(make_app, sandbox, body, tmp_path / "ledger.jsonl")
