"""Sockets of the host that somebody may reach."""

from __future__ import annotations

import os
import select
import socket
from typing import Any

from tests.escape.arena import Outcome
from tests.escape.witnesses.base import Place, Witness


class Listener(Witness):
    """A socket of the host's. Gives the attack its port, path or name."""

    family: int = socket.AF_INET
    kind: int = socket.SOCK_STREAM

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._socket = socket.socket(self.family, self.kind)
        self._socket.bind(self._address())
        if self.kind != socket.SOCK_DGRAM:
            self._socket.listen()
        self.given = (self._given(),)

    def _address(self) -> Any:
        return ("127.0.0.1", 0)

    def _given(self) -> Any:
        return self._socket.getsockname()[1]

    def harm(self, outcome: Outcome) -> str | None:
        return "the listener was reached" if select.select([self._socket], [], [], 0)[0] else None

    def close(self) -> None:
        self._socket.close()


class TcpListener(Listener):
    """Counts connections at 127.0.0.1."""


class Tcp6Listener(Listener):
    """Counts connections at ::1."""

    family = socket.AF_INET6

    def _address(self) -> Any:
        return ("::1", 0)


class UdpListener(Listener):
    """Receives datagrams at 127.0.0.1."""

    kind = socket.SOCK_DGRAM


class Udp6Listener(Tcp6Listener):
    """Receives datagrams at ::1."""

    kind = socket.SOCK_DGRAM


class UnixListener(Listener):
    """Counts connections at a path."""

    family = socket.AF_UNIX

    def _address(self) -> Any:
        return str(self.place.host / "s")

    def _given(self) -> Any:
        return self._address()


class UnixDatagrams(UnixListener):
    """Receives datagrams at a path."""

    kind = socket.SOCK_DGRAM


class UnixPackets(UnixListener):
    """Counts connections of packets at a path."""

    kind = socket.SOCK_SEQPACKET


class AbstractListener(UnixListener):
    """Counts connections at an abstract name."""

    def _address(self) -> Any:
        return "\0" + self._given()

    def _given(self) -> Any:
        return f"forgesim-escape-{self.place.host.name}-{os.getpid()}"
