"""The seam's frames: the only thing that passes between a guest process and the host.

A frame is ``u32 header length, u32 body length, header JSON, body bytes`` (lengths little-endian). The header is
one of the structs below, told apart by ``t``; the body is the payload as it is, without base64. One request shape
serves everything that an app can affect: ``Fetch`` carries the Forge descriptor, path, method and headers of
``__forge_fetch__`` and logs, errors and results travel as descriptors of their own.
"""

from __future__ import annotations

import struct
from typing import Any

import msgspec

__all__ = [
    "MAX_BODY",
    "MAX_HEADER",
    "Answer",
    "Boot",
    "Fatal",
    "Fetch",
    "Fork",
    "FrameError",
    "FrameReader",
    "FromGuest",
    "FromHost",
    "Idle",
    "Invoke",
    "Ready",
    "Reply",
    "Tick",
    "Violation",
    "decode_from_guest",
    "decode_from_host",
    "pack",
]

MAX_HEADER = 256 * 1024
MAX_BODY = 8 * 1024 * 1024

Headers = list[tuple[str, str]]


class Frame(msgspec.Struct, tag_field="t", omit_defaults=True, forbid_unknown_fields=True):
    """Base of the frame headers."""


# --- guest to host -------------------------------------------------------------------------------------------


class Fetch(Frame, tag="fetch"):
    """A call of ``forge_fetch``. ``id`` 0 asks for no reply (log, error, result).

    ``descriptor`` is Forge's: ``{"type": "fpp", "provider": "user", "remote": "confluence"}``, ``{"type": "kvs", …}``,
    ``{"type": "llm", "model": …}``; ours beside them: ``external`` (path is the URL), ``log`` (path is the level),
    ``result`` and ``error``. ``line`` is ``src/…:N`` of the app, ``cov`` the coverage units first hit since then.
    ``idle``: an Idle without a time comes with it. ``left``, of a result or error: the process waits for answers that
    its function no longer does; it takes them, and says Idle after each.
    """

    id: int
    inv: str
    token: str
    descriptor: dict[str, Any]
    path: str
    method: str = "GET"
    headers: Headers = []
    line: str | None = None
    cov: list[int] = []
    idle: bool = False
    left: bool = False


class Idle(Frame, tag="idle"):
    """Nothing in the guest can run before the host answers, or the virtual clock reaches ``until`` (epoch ms). ``cov``:
    units first hit since the result, where that has been said."""

    until: int | None = None
    cov: list[int] = []


class Ready(Frame, tag="ready"):
    """The app is imported. ``functions``: manifest function key → its resolver keys, or null for a plain handler.

    ``errors``: function key → ``{type, message, at}`` where its handler could not be imported or found.
    """

    functions: dict[str, list[str] | None] = {}
    errors: dict[str, dict[str, str | None]] = {}
    cov: list[int] = []


class Violation(Frame, tag="violation"):
    """The audit hook explains what the app tried just before the kernel refuses it. Explains; proves nothing.

    ``refused`` is false where it only tells of what coverage cannot follow.
    """

    event: str
    what: str
    line: str | None = None
    refused: bool = True


class Boot(Frame, tag="boot"):
    """The worker's walls stand; ``listener`` is the descriptor number of its seccomp listener, -1 without one."""

    listener: int
    pid: int


class Fatal(Frame, tag="fatal"):
    """The worker cannot go on: its confinement self-test failed, or its code could not be loaded."""

    why: str


# --- host to guest -------------------------------------------------------------------------------------------


class Invoke(Frame, tag="invoke"):
    """Run ``function``. The body is the JSON array ``[first argument, context]`` of the handler, and behind
    them what ``getAppContext`` tells of the invocation.

    ``now`` and ``deadline`` are virtual epoch ms; ``seed`` seeds the randomness of this invocation.
    """

    inv: str
    token: str
    function: str
    now: int
    deadline: int
    seed: int


class Reply(Frame, tag="reply"):
    """The answer to the Fetch of the same ``id``; ``now`` is the virtual time at which it arrives."""

    id: int
    status: int
    headers: Headers
    now: int


class Tick(Frame, tag="tick"):
    """The virtual clock has moved to ``now``: timers up to it may fire."""

    now: int


class Fork(Frame, tag="fork"):
    """Fork a worker: the process that gets this has imported the app, and serves no invocation itself."""


class Answer(msgspec.Struct, frozen=True):
    """What a service answers, before it becomes a Reply: an HTTP response without a connection."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


FromGuest = Fetch | Idle | Ready | Violation | Boot | Fatal
FromHost = Invoke | Reply | Tick | Fork


class FrameError(ValueError):
    """Bytes that are no frame: too long, malformed, or of an unknown kind."""


_lengths = struct.Struct("<II").unpack_from
_encode = msgspec.json.Encoder().encode
_from_guest: msgspec.json.Decoder[FromGuest] = msgspec.json.Decoder(FromGuest)
_from_host: msgspec.json.Decoder[FromHost] = msgspec.json.Decoder(FromHost)


def pack(header: Frame, body: bytes = b"") -> bytes:
    """The bytes of one frame."""
    head = _encode(header)
    return len(head).to_bytes(4, "little") + len(body).to_bytes(4, "little") + head + body


def decode_from_guest(header: bytes) -> FromGuest:
    """A header that a guest sent, checked against its schema. Raises FrameError."""
    try:
        return _from_guest.decode(header)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FrameError(f"malformed frame header: {error}") from None


def decode_from_host(header: bytes) -> FromHost:
    """A header that the host sent. Raises FrameError."""
    try:
        return _from_host.decode(header)
    except (msgspec.MsgspecError, ValueError) as error:
        raise FrameError(f"malformed frame header: {error}") from None


class FrameReader:
    """Cuts a byte stream into frames; refuses lengths over the limits before it buffers them."""

    __slots__ = ("_buffer", "_max_body")

    def __init__(self, max_body: int = MAX_BODY) -> None:
        self._buffer = bytearray()
        self._max_body = max_body

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """The ``(header, body)`` pairs that ``data`` completes. Raises FrameError."""
        waiting = self._buffer
        waiting += data if waiting else b""
        buffer = waiting or data  # most often nothing waits, and what comes is whole
        frames: list[tuple[bytes, bytes]] = []
        start, size = 0, len(buffer)
        while size - start >= 8:
            head, body = _lengths(buffer, start)
            if head > MAX_HEADER or body > self._max_body:
                raise FrameError(f"a frame of {head} + {body} bytes is over the limit")
            end = start + 8 + head + body
            if size < end:
                break
            frames.append((bytes(buffer[start + 8 : start + 8 + head]), bytes(buffer[start + 8 + head : end])))
            start = end
        if buffer is waiting:
            del waiting[:start]
        elif start < size:
            waiting += data[start:]
        return frames

    @property
    def pending(self) -> int:
        """Bytes of an incomplete frame that wait for the rest."""
        return len(self._buffer)
