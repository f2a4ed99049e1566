"""What a host and its zygote say to each other over their control socket (AF_UNIX, SOCK_SEQPACKET).

Order: the host sends Setup; the zygote answers Walls and preloads; the host sends Adopt (the image as a
memfd), answered by Adopted; from then on each Spawn (with a seam's guest end) is answered by Born (with a
pidfd), and every worker's end is told with Gone. Failed may come instead of an answer. Both sides are ours
and run one interpreter, hence marshal; a worker has no descriptor of this socket.
"""

from __future__ import annotations

import marshal
import socket
from collections.abc import Sequence
from typing import NamedTuple

__all__ = [
    "Adopt",
    "Adopted",
    "Born",
    "Failed",
    "Gone",
    "Message",
    "Setup",
    "Spawn",
    "Walls",
    "receive",
    "send",
]

MAX_MESSAGE = 128 * 1024
MAX_DESCRIPTORS = 4


class Setup(NamedTuple):
    """How to start. ``probe``: try the walls. ``preload`` and ``entry`` name the guest program's modules."""

    probe: bool
    preload: str
    entry: str
    write_bytecode: bool


class Walls(NamedTuple):
    """The walls tried in a throw-away child: name → null where it stands, else why not.

    Comes with the zygote's pidfd; ``control`` is the descriptor of its control socket.
    """

    tried: dict[str, str | None]
    landlock_abi: int
    control: int


class Adopt(NamedTuple):
    """The zygote's one app. Comes with a memfd of the marshalled image.

    ``read``: what may be read. ``list_only``: folders whose names may be listed. ``path``: the worker's
    ``sys.path``. ``memory``: bytes that a worker may allocate over what the zygote maps. Where there is a ``program``,
    workers become it instead of running Python code: its arguments, its ``environment`` and the files to ``execute``.
    """

    confined: bool
    witness: bool
    private_root: bool
    audit: bool
    read: list[str]
    list_only: list[str]
    path: list[str]
    memory: int
    program: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    execute: tuple[str, ...] = ()


class Adopted(NamedTuple):
    """The image is loaded and the private root, where there is one, entered."""


class Spawn(NamedTuple):
    """Fork a worker, or one that is a ``mother`` of workers. Comes with the guest's end of its seam."""

    mother: bool = False


class Watch(NamedTuple):
    """A worker was forked beside; ``pid`` as the zygote sees it, which is its parent. Comes with its pidfd."""

    pid: int


class Born(NamedTuple):
    """A worker was forked; ``pid`` as the zygote sees it. Comes with its pidfd."""

    pid: int


class Gone(NamedTuple):
    """A worker has ended; ``status`` as waitpid gives it."""

    pid: int
    status: int


class Failed(NamedTuple):
    """What was asked for could not be done, in words."""

    why: str


Message = Setup | Walls | Adopt | Adopted | Spawn | Watch | Born | Gone | Failed

_KINDS = {kind.__name__: kind for kind in (Setup, Walls, Adopt, Adopted, Spawn, Watch, Born, Gone, Failed)}


def send(control: socket.socket, message: Message, descriptors: Sequence[int] = ()) -> None:
    """Raises OSError where the other side is gone."""
    data = marshal.dumps((type(message).__name__, *message))
    socket.send_fds(control, [data], list(descriptors), socket.MSG_NOSIGNAL)


def receive(control: socket.socket) -> tuple[Message, list[int]]:
    """The next message and its descriptors. Raises EOFError where the other side is gone, TimeoutError in
    time.
    """
    try:
        data, descriptors, _, _ = socket.recv_fds(control, MAX_MESSAGE, MAX_DESCRIPTORS)
    except ConnectionResetError:
        raise EOFError from None
    if not data:
        raise EOFError
    name, *fields = marshal.loads(data)  # noqa: S302 - written by our own process of the same interpreter
    kind: type[Message] = _KINDS[name]
    return kind(*fields), descriptors
