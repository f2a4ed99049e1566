"""Servers on the loopback addresses of this machine that behave as badly as a test asks, and count who came."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import trustme

from forgesim.egress.broker import Broker
from forgesim.egress.live import Connector, LiveEgress, Sent
from forgesim.egress.policy import Target, parse_target

__all__ = [
    "HOST",
    "Authority",
    "Behaviour",
    "Listener",
    "Lookups",
    "Peer",
    "Server",
    "answering",
    "broker",
    "live",
    "send",
]


class Authority:
    """A certificate authority of one test: nobody trusts it who is not told to."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.file))

    def serves(self, *names: str, until: datetime | None = None) -> ssl.SSLContext:
        """What a server needs to show that it is any of these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names, not_after=until).configure_cert(context)
        return context


@dataclass
class Peer:
    """One connection as a server sees it; ``request`` is everything up to the end of the header fields."""

    line: socket.socket
    request: bytes
    over: Event

    def say(self, data: bytes) -> None:
        self.line.sendall(data)

    def flood(self, data: bytes) -> None:
        """Say it again for as long as somebody listens."""
        with suppress(OSError):
            while not self.over.is_set():
                self.line.sendall(data)

    def drip(self, data: bytes, every_s: float = 0.02) -> None:
        with suppress(OSError):
            for at in range(len(data)):
                self.line.sendall(data[at : at + 1])
                if self.over.wait(every_s):
                    return


Behaviour = Callable[[Peer], None]


def answering(data: bytes) -> Behaviour:
    """Says these bytes, closes."""
    return lambda peer: peer.say(data)


class Listener:
    """Accepts on an address of this machine and counts; says nothing."""

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        self.came = 0
        self.over = Event()
        self._socket = socket.create_server(
            (address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET
        )
        self.port: int = self._socket.getsockname()[1]
        self._thread = Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            with plain:
                if self.over.is_set():
                    return
                self.came += 1
                plain.settimeout(10)
                self.meet(plain)

    def meet(self, plain: socket.socket) -> None:
        """What happens to one connection."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes accept
        self._thread.join(20)
        self._socket.close()
        assert not self._thread.is_alive()


@dataclass
class Log:
    """What a server was asked, and the names that its callers said they wanted."""

    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)


class Server(Listener):
    """TLS by ``context``; ``behaviour`` has the connection once a request's head is in."""

    def __init__(
        self, context: ssl.SSLContext, behaviour: Behaviour, address: str = "127.0.0.1", port: int = 0
    ) -> None:
        super().__init__(address, port)
        self.log = Log()
        self._behaviour = behaviour
        self._context = context
        context.sni_callback = lambda _, name, __: self.log.names.append(name)

    def meet(self, plain: socket.socket) -> None:
        with suppress(OSError), self._context.wrap_socket(plain, server_side=True) as line:
            request = b""
            while b"\r\n\r\n" not in request:
                data = line.recv(16384)
                if not data:
                    return
                request += data
            self.log.requests.append(request)
            self._behaviour(Peer(line, request, self.over))
            with suppress(OSError, ValueError):  # it may have been cut off on purpose
                line.unwrap()


HOST = "api.example.com"


class Lookups:
    """A resolver that says what it is told to, one answer a question, the last one for ever; and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = answers or (("127.0.0.1",),)
        self.asked: list[str] = []

    def __call__(self, host: str, _: float) -> Sequence[str]:
        self.asked.append(host)
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


def live(authority: Authority, look_up: Lookups | None = None, **options: Any) -> LiveEgress:
    """Live egress to ``HOST``, which is on this machine."""
    given = {"hosts": frozenset({HOST}), "allow_loopback": True, "authorities": authority.file, **options}
    return LiveEgress(look_up=look_up or Lookups(), **given)


def broker(authority: Authority, look_up: Lookups | None = None, **options: Any) -> Broker:
    return Broker({}, Connector(live=live(authority, look_up, **options)))


def send(to: Broker, port: int, method: str = "GET", path: str = "/", body: bytes = b"", **headers: str) -> Sent:
    target = parse_target(f"https://{HOST}:{port}{path}")
    assert isinstance(target, Target)
    return to.send_live(method, target, [(name.replace("_", "-"), value) for name, value in headers.items()], body)
