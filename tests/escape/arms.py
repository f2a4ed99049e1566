"""What attacks have in common. It runs in the guest, in front of each attack: every function brings its own imports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

NUMBERS: dict[str, int] = {}
"""System call numbers of this machine; the arena writes them in."""

KEPT: list[object] = []
"""Code that threads may still run."""


def libc() -> Any:
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def checked(answer: int) -> int:
    """The answer of a C function; OSError where it is negative."""
    import ctypes
    import os

    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer


def syscall(name: str, *args: Any) -> int:
    """A system call by name, past libc's wrappers."""
    import ctypes

    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in args]
    return checked(libc().syscall(ctypes.c_long(NUMBERS[name]), *words))


def inet(port: int) -> bytes:
    """A sockaddr_in of this machine's loopback."""
    import struct

    return struct.pack("=H", 2) + struct.pack(">H", port) + bytes([127, 0, 0, 1]) + bytes(8)


def machine_code(code: bytes) -> int:
    """What bytes of machine code return; OSError where that is negative."""
    import ctypes
    import mmap

    page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
    page.write(code)
    KEPT.append(page)
    answer = int(ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))())
    if answer < 0:
        raise OSError(-answer, "machine code")
    return answer


def in_thread(job: Callable[[], Any]) -> Any:
    """What ``job`` returns in a thread of its own, where no event loop runs."""
    import threading

    answers: list[Any] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(job())
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return answers[0]


def own_call() -> Any:
    """The running invocation as the guest knows it: its ``inv`` and ``token``."""
    from forgesim.sdk.fetch import transport

    guest: Any = transport()
    return guest.current.invoke


def say(header: Any, body: bytes = b"") -> None:
    """Write one frame to the seam, past the SDK."""
    import os

    from forgesim.seam import pack

    data = pack(header, body)
    while data:
        data = data[os.write(3, data) :]


def ask_for_row(key: str, inv: str, token: str, number: int = 900) -> Any:
    """A frame that stores ``{"stolen": 1}`` under ``key``, in the name of any invocation."""
    import json

    from forgesim.seam import Fetch

    descriptor = {"type": "kvs", "provider": "app", "remote": "kvs"}
    body = json.dumps({"key": key, "value": {"stolen": 1}}).encode()
    return Fetch(number, inv, token, descriptor, "/api/v1/set", "POST"), body
