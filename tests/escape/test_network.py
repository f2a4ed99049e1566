"""Nothing but the seam leaves a worker. Listeners are ours, on this machine; they count who came."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.escape.conftest import Arena


class Listener:
    """A socket that tells, without any help of the attacker's, whether somebody reached it."""

    def __init__(self, family: int, kind: int, address: Any) -> None:
        self._socket = socket.socket(family, kind)
        self._socket.bind(address)
        if kind == socket.SOCK_STREAM:
            self._socket.listen()

    @property
    def address(self) -> Any:
        return self._socket.getsockname()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def was_reached(self) -> bool:
        """Whether a connection or datagram has come since the last look, which also takes it."""
        if not select.select([self._socket], [], [], 0.05)[0]:
            return False
        if self._socket.type == socket.SOCK_STREAM:
            self._socket.accept()[0].close()
        else:
            self._socket.recv(100)
        return True

    def close(self) -> None:
        self._socket.close()


Listen = Callable[[int, int, Any], Listener]


@pytest.fixture
def listen() -> Iterator[Listen]:
    opened: list[Listener] = []

    def open_listener(family: int, kind: int, address: Any) -> Listener:
        opened.append(Listener(family, kind, address))
        return opened[-1]

    yield open_listener
    for listener in opened:
        listener.close()


def connect_through_ctypes(port: int) -> str:
    import ctypes
    import struct

    libc = ctypes.CDLL(None, use_errno=True)
    address = struct.pack("=H", 2) + struct.pack(">H", port) + bytes([127, 0, 0, 1]) + bytes(8)
    fd = libc.socket(2, 1, 0)
    if fd < 0 or libc.connect(fd, address, 16) != 0:
        raise OSError(ctypes.get_errno(), "refused")
    libc.write(fd, b"stolen", 6)
    return "connected"


def test_a_raw_tcp_connection_through_ctypes_reaches_nobody(confined: Arena, unconfined: Arena, listen: Listen) -> None:
    listener = listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
    assert unconfined.run(connect_through_ctypes, listener.port).result == "connected"
    assert listener.was_reached()

    attempt = confined.run(connect_through_ctypes, listener.port)

    assert attempt.error is not None
    assert not listener.was_reached()
    assert ("connect", f"127.0.0.1:{listener.port}") in attempt.witnesses


def disarm_and_connect(port: int) -> str:
    import ctypes
    import struct

    from forgesim.guest import audit

    described = vars(audit)["_DESCRIBE"]
    described.update(dict.fromkeys(described, lambda _: None))
    libc = ctypes.CDLL(None, use_errno=True)
    address = struct.pack("=H", 2) + struct.pack(">H", port) + bytes([127, 0, 0, 1]) + bytes(8)
    fd = libc.socket(2, 1, 0)
    if fd < 0 or libc.connect(fd, address, 16) != 0:
        raise OSError(ctypes.get_errno(), "refused")
    return "connected"


def test_disarming_the_audit_hook_opens_no_way_out(explained: Arena, unconfined: Arena, listen: Listen) -> None:
    listener = listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
    assert unconfined.run(disarm_and_connect, listener.port).result == "connected"
    assert listener.was_reached()

    attempt = explained.run(disarm_and_connect, listener.port)

    assert "refused" in str(attempt.error), "the hook was not disarmed, so this shows nothing"
    assert not listener.was_reached()
    assert ("connect", f"127.0.0.1:{listener.port}") in attempt.witnesses


def machine_code(port: int) -> str:
    """socket(AF_INET, SOCK_STREAM) and connect as bytes of x86_64, below libc and below Python."""
    import ctypes
    import mmap
    import struct

    data = ctypes.create_string_buffer(
        struct.pack("=H", 2) + struct.pack(">H", port) + bytes([127, 0, 0, 1]) + bytes(8)
    )
    code = (
        b"\xb8\x29\0\0\0\xbf\x02\0\0\0\xbe\x01\0\0\0\x31\xd2\x0f\x05"  # socket(2, 1, 0)
        b"\x48\x89\xc7\x48\xbe"
        + struct.pack("=Q", ctypes.addressof(data))  # rdi = fd; rsi = address
        + b"\xba\x10\0\0\0\xb8\x2a\0\0\0\x0f\x05\xc3"  # connect(fd, address, 16)
    )
    page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
    page.write(code)
    entry = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    answer = entry()
    if answer < 0:
        raise OSError(-answer, "refused")
    return "connected"


def test_machine_code_is_no_way_round_the_filter(confined: Arena, unconfined: Arena, listen: Listen) -> None:
    import os

    if os.uname().machine != "x86_64":
        pytest.skip("written in x86_64")
    listener = listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
    assert unconfined.run(machine_code, listener.port).result == "connected"
    assert listener.was_reached()

    attempt = confined.run(machine_code, listener.port)

    assert attempt.error is not None
    assert not listener.was_reached()
    assert ("connect", f"127.0.0.1:{listener.port}") in attempt.witnesses


def send_a_datagram(port: int) -> int:
    import socket

    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"stolen", ("127.0.0.1", port))


def test_a_datagram_reaches_nobody(confined: Arena, unconfined: Arena, listen: Listen) -> None:
    listener = listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
    assert unconfined.run(send_a_datagram, listener.port).result == 6
    assert listener.was_reached()

    attempt = confined.run(send_a_datagram, listener.port)

    assert attempt.error is not None
    assert not listener.was_reached()
    assert ("sendto", f"127.0.0.1:{listener.port}") in attempt.witnesses


def connect_to_a_path(path: str) -> str:
    import socket

    socket.socket(socket.AF_UNIX).connect(path)
    return "connected"


def test_a_unix_socket_of_the_host_is_out_of_reach(
    confined: Arena, unconfined: Arena, listen: Listen, tmp_path: Path
) -> None:
    listener = listen(socket.AF_UNIX, socket.SOCK_STREAM, str(tmp_path / "s"))
    assert unconfined.run(connect_to_a_path, listener.address).result == "connected"
    assert listener.was_reached()

    attempt = confined.run(connect_to_a_path, listener.address)

    assert attempt.error is not None
    assert not listener.was_reached()
    assert ("connect", f"unix:{listener.address}") in attempt.witnesses


def send_from_a_pair(path: str) -> int:
    import socket

    return socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"stolen", path)


def test_a_datagram_pair_cannot_address_a_socket_of_the_host(
    confined: Arena, unconfined: Arena, listen: Listen, tmp_path: Path
) -> None:
    listener = listen(socket.AF_UNIX, socket.SOCK_DGRAM, str(tmp_path / "d"))
    unconfined.run(send_from_a_pair, listener.address)
    assert listener.was_reached()

    attempt = confined.run(send_from_a_pair, listener.address)

    assert attempt.error is not None
    assert not listener.was_reached()
    assert ("socketpair", "AF_UNIX SOCK_DGRAM") in attempt.witnesses


def connect_to_an_abstract_name(name: str) -> str:
    import socket

    socket.socket(socket.AF_UNIX).connect(f"\0{name}")
    return "connected"


def test_an_abstract_socket_of_the_host_is_out_of_reach(
    confined: Arena, unconfined: Arena, listen: Listen, tmp_path: Path
) -> None:
    name = tmp_path.name + "-forgesim-escape"
    listener = listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{name}")
    assert unconfined.run(connect_to_an_abstract_name, name).result == "connected"
    assert listener.was_reached()

    attempt = confined.run(connect_to_an_abstract_name, name)

    assert attempt.error is not None
    assert not listener.was_reached()
    assert ("connect", f"unix:@{name}") in attempt.witnesses


def look_up(name: str) -> object:
    import socket

    return socket.getaddrinfo(name, 80)[0][4][0]


def test_names_are_not_looked_up(confined: Arena, unconfined: Arena) -> None:
    assert unconfined.run(look_up, "localhost").result in ("127.0.0.1", "::1")
    attempt = confined.run(look_up, "localhost")
    assert "gaierror" in str(attempt.error)
    assert "socket" in attempt.calls


def pass_a_descriptor_over_the_seam() -> int:
    import array
    import os
    import socket

    seam = socket.socket(fileno=os.dup(3))
    null = os.open("/dev/null", os.O_RDONLY)
    return seam.sendmsg([b""], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [null]))])


def test_no_descriptor_goes_over_the_seam(confined: Arena, unconfined: Arena) -> None:
    assert unconfined.run(pass_a_descriptor_over_the_seam).error is None
    assert "sendmsg" in confined.run(pass_a_descriptor_over_the_seam).calls
