"""One HTTP/1.1 request and its answer over a connection that serves nothing else, every number of it limited.

The bytes are h11's matter: strict about framing, and it opens nothing, follows nothing and keeps nothing.
"""

from __future__ import annotations

from typing import Final, Protocol

import h11

from forgesim.egress.deadline import Deadline
from forgesim.egress.failures import LiveError
from forgesim.egress.gunzip import Decoded
from forgesim.egress.headers import answer_headers
from forgesim.egress.limits import HTTPS_PORT
from forgesim.egress.live_limits import MAX_ANSWER, MAX_HEAD, MAX_HEADERS, MAX_INFORMATIONAL, MAX_WIRE, RECEIVE
from forgesim.egress.policy import Target
from forgesim.seam import Answer

__all__ = ["Exchange", "Line"]

_BODIED: Final = frozenset({"PATCH", "POST", "PUT"})
_CODES: Final = range(200, 600)
"""Statuses of the answers that the fetch standard knows."""


class Line(Protocol):
    """A connection. ``receive`` gives nothing where the other end has closed; both raise OSError, TimeoutError in
    time."""

    def send(self, data: memoryview, seconds: float) -> int: ...

    def receive(self, size: int, seconds: float) -> bytes: ...


class Exchange:
    """One request, ready to be sent. ``headers`` are clean. Raises ValueError where it cannot be put into HTTP."""

    def __init__(self, method: str, target: Target, headers: dict[str, str], body: bytes) -> None:
        self._connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        fields = _fields(method, target, headers, body)
        path = f"{target.path}?{target.query}" if target.query else target.path
        try:
            asked = h11.Request(method=method.encode("ascii"), target=path.encode("ascii"), headers=fields)
            events = (asked, h11.Data(data=body), h11.EndOfMessage())
            self._data = b"".join(self._connection.send(event) or b"" for event in events)
        except h11.LocalProtocolError as error:
            raise ValueError(f"the request cannot be sent: {error}") from None

    def over(self, line: Line, deadline: Deadline) -> Answer:
        """Send it and read its answer, the body decoded. Raises LiveError."""
        sent = _send(line, self._data, deadline)
        return _answer(_Reader(self._connection, line, deadline), sent=sent)


def _fields(method: str, target: Target, headers: dict[str, str], body: bytes) -> list[tuple[bytes, bytes]]:
    """Where a request goes and how long it is says the broker; so does which coding may come back."""
    authority = target.host if target.port == HTTPS_PORT else f"{target.host}:{target.port}"
    given = {name: value.strip(" \t") for name, value in headers.items()}
    fields = {**given, "host": authority, "accept-encoding": "gzip", "connection": "close"}
    if body or method in _BODIED:
        fields["content-length"] = str(len(body))
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in fields.items()]


def _send(line: Line, data: bytes, deadline: Deadline) -> bool:
    """Send all of it; False where the host takes no more, which it may do after an early answer."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[line.send(rest, deadline.left()) :]
        except TimeoutError:
            deadline.left()
        except OSError:
            return False
    return True


class _Reader:
    """Events of an answer as they come in."""

    def __init__(self, connection: h11.Connection, line: Line, deadline: Deadline) -> None:
        self._connection = connection
        self._line = line
        self._deadline = deadline
        self._received = 0

    def next(self) -> object:
        """The next event. Raises LiveError."""
        while True:
            self._deadline.left()
            try:
                event = self._connection.next_event()
                if event is not h11.NEED_DATA:
                    return event
                self._connection.receive_data(self._receive())
            except h11.RemoteProtocolError as error:
                raise self._wrong(error) from None

    def _receive(self) -> bytes:
        try:
            data = self._line.receive(RECEIVE, self._deadline.left())
        except TimeoutError:
            self._deadline.left()
            raise LiveError("ERR_READ_TIMEOUT", "the host fell silent") from None
        except OSError:
            raise self._broken_off() from None
        self._received += len(data)
        if self._received > MAX_WIRE:
            raise LiveError("ERR_TOO_BIG", f"the answer takes over {MAX_WIRE} bytes on the wire")
        if not data and not self._received:
            raise self._broken_off()
        return data

    def _broken_off(self) -> LiveError:
        if not self._received:
            return LiveError("ERR_ZERO_SIZE_OBJECT", "the host closed without an answer")
        return LiveError("ERR_READ_ERROR", "the answer was broken off")

    @staticmethod
    def _wrong(error: h11.RemoteProtocolError) -> LiveError:
        """In words of ours: h11's quote what the host sent."""
        if error.error_status_hint == 431:
            return LiveError("ERR_TOO_BIG", f"its head, or a line of it, is over {MAX_HEAD} bytes")
        return LiveError("ERR_INVALID_RESP", "what came back is not a whole HTTP/1.1 answer")


def _answer(reader: _Reader, *, sent: bool) -> Answer:
    try:
        head = _head(reader)
    except LiveError as error:
        if not sent and error.code == "ERR_ZERO_SIZE_OBJECT":
            raise LiveError("ERR_READ_ERROR", "the host broke off before it had the whole request") from None
        raise
    fields = [(name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers]
    if len(fields) > MAX_HEADERS or sum(len(name) + len(value) + 4 for name, value in fields) > MAX_HEAD:
        raise LiveError("ERR_TOO_BIG", f"it has over {MAX_HEADERS} header fields, or over {MAX_HEAD} bytes of them")
    try:
        kept = answer_headers(fields)
    except ValueError:
        raise LiveError("ERR_INVALID_RESP", "a header field of the answer cannot stand in one") from None
    return Answer(head.status_code, _body(reader, _coding(fields)), kept)


def _head(reader: _Reader) -> h11.Response:
    for _ in range(MAX_INFORMATIONAL + 1):
        event = reader.next()
        if isinstance(event, h11.InformationalResponse):
            continue
        if isinstance(event, h11.Response) and event.status_code in _CODES:
            return event
        raise LiveError("ERR_INVALID_RESP", "it has a status that answers no such request")
    raise LiveError("ERR_INVALID_RESP", f"over {MAX_INFORMATIONAL} answers came before the one that counts")


def _coding(fields: list[tuple[str, str]]) -> str:
    return ", ".join(value for name, value in fields if name == "content-encoding")


def _body(reader: _Reader, coding: str) -> bytes:
    body: Decoded | None = None
    while True:
        event = reader.next()
        if isinstance(event, h11.EndOfMessage):
            return body.finished() if body is not None else b""
        if not isinstance(event, h11.Data):
            raise LiveError("ERR_INVALID_RESP", "something other than its body follows the head")
        if body is None:  # an answer without a body may well name the coding that it would have had
            body = Decoded(coding, MAX_ANSWER)
        body.feed(bytes(event.data))
