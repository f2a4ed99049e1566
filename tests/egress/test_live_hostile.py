"""Whatever a live host does, the app gets an answer in time, memory stays bounded, and nobody else is contacted."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from tests.egress.servers import HOST, Authority, Behaviour, Listener, Peer, Server, answering, broker, send

from forgesim.egress.deadline import Deadline, real_now
from forgesim.egress.exchange import Exchange
from forgesim.egress.failures import LiveError, failed_answer
from forgesim.egress.gunzip import Decoded
from forgesim.egress.live_limits import MAX_ANSWER, MAX_HEAD, MAX_HEADERS, MAX_INFORMATIONAL, MAX_WIRE
from forgesim.egress.policy import Target

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
GZIPPED = OK + b"content-encoding: gzip\r\n\r\n"
ONE_SECOND = 1.0
SLACK = 3.0
"""Real seconds that a busy machine may add."""
MEMORY = 96 << 20
"""Resident bytes that an answer may add, at most: several times what MAX_ANSWER needs, far below what is sent."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def then(*steps: bytes, flood: bytes = b"", drip: bytes = b"", hang: bool = False) -> Behaviour:
    """Says the steps, then floods, drips or says nothing more without closing."""

    def behave(peer: Peer) -> None:
        for step in steps:
            peer.say(step)
        if flood:
            peer.flood(flood)
        if drip:
            peer.drip(drip * 2000)
        if hang:
            peer.over.wait(SLACK + ONE_SECOND)

    return behave


def zipped(size: int) -> Iterator[bytes]:
    """Gzip of so many zero bytes, some at a time."""
    coder = zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(size >> 20):
        yield coder.compress(bytes(1 << 20))
    yield coder.flush()


def bomb(peer: Peer) -> None:
    peer.say(GZIPPED)
    for part in zipped(2 << 30):
        peer.say(part)


BROKEN = {
    "closes at once": (then(), 502, "ERR_ZERO_SIZE_OBJECT"),
    "closes within the head": (then(OK + b"content-"), 502, "ERR_INVALID_RESP"),
    "closes within the body": (then(OK + b"content-length: 9\r\n\r\nhi"), 502, "ERR_INVALID_RESP"),
    "closes within a chunk": (then(CHUNKED + b"9\r\nhi"), 502, "ERR_INVALID_RESP"),
    "closes within gzip": (then(GZIPPED + gzip.compress(b"hi" * 99)[:-9]), 502, "ERR_INVALID_RESP"),
    "speaks garbage": (then(b"\x00\xff\x80 garbage\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "speaks HTTP/0.9": (then(b"<html>hi</html>"), 502, "ERR_INVALID_RESP"),
    "speaks HTTP/2": (then(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"), 502, "ERR_INVALID_RESP"),
    "speaks as a client": (then(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "has a status of two digits": (then(b"HTTP/1.1 20 OK\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "has a status of 999": (then(b"HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "switches protocols": (then(b"HTTP/1.1 101 Go\r\nupgrade: x\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "says two lengths": (then(OK + b"content-length: 2\r\ncontent-length: 3\r\n\r\nhi!"), 502, "ERR_INVALID_RESP"),
    "says two lengths in one": (then(OK + b"content-length: 2, 3\r\n\r\nhi!"), 502, "ERR_INVALID_RESP"),
    "says a length below zero": (then(OK + b"content-length: -1\r\n\r\nhi"), 502, "ERR_INVALID_RESP"),
    "says a length of a million digits": (then(OK + b"content-length: ", b"9" * 1_000_000), 502, "ERR_TOO_BIG"),
    "says two places to go": (then(b"HTTP/1.1 302 F\r\nlocation: /a\r\nlocation: /b\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "has a carriage return in a field": (then(OK + b"x-a: b\rlocation: c\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "has a null in a field": (then(OK + b"x-a: b\0c\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "has a control character in a field": (then(OK + b"x-a: b\x1b[2Jc\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "has a blank before the colon": (then(OK + b"content-length : 2\r\n\r\nhi"), 502, "ERR_INVALID_RESP"),
    "has a field without a name": (then(OK + b": b\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "has a chunk size that is none": (then(CHUNKED + b"zz\r\nhi\r\n0\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "has a chunk size with a sign": (then(CHUNKED + b"+2\r\nhi\r\n0\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "has a chunk size below zero": (then(CHUNKED + b"-2\r\nhi\r\n0\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "has a chunk longer than it says": (then(CHUNKED + b"2\r\nhi!\r\n0\r\n\r\n"), 502, "ERR_INVALID_RESP"),
    "has a huge chunk size": (then(CHUNKED + b"f" * 16 + b"\r\n", flood=bytes(65536)), 502, "ERR_TOO_BIG"),
    "has a chunk size beyond bounds": (then(CHUNKED + b"f" * 64 + b"\r\nhi"), 502, "ERR_INVALID_RESP"),
    "has a chunk line without end": (then(CHUNKED + b"2;", flood=b"x" * 65536), 502, "ERR_TOO_BIG"),
    "has trailers without end": (then(CHUNKED + b"0\r\n", flood=b"x-t: 1\r\n" * 999), 502, "ERR_TOO_BIG"),
    "has a body without end": (then(OK + b"\r\n", flood=bytes(65536)), 502, "ERR_TOO_BIG"),
    "says a huge length": (then(OK + b"content-length: 99999999999\r\n\r\n", flood=bytes(65536)), 502, "ERR_TOO_BIG"),
    "has a header field without end": (then(OK + b"x-a: ", flood=b"a" * 65536), 502, "ERR_TOO_BIG"),
    "has header fields without end": (then(OK, flood=b"x-a: b\r\n" * 999), 502, "ERR_TOO_BIG"),
    "has a field too many": (then(OK + b"a: b\r\n" * (MAX_HEADERS + 1) + b"\r\n"), 502, "ERR_TOO_BIG"),
    "has a head that is a little too big": (then(OK + b"a: " + b"b" * MAX_HEAD + b"\r\n\r\n"), 502, "ERR_TOO_BIG"),
    "has a status line without end": (then(b"HTTP/1.1 200 ", flood=b"a" * 65536), 502, "ERR_TOO_BIG"),
    "sends nothing but 1xx": (then(flood=b"HTTP/1.1 103 Hints\r\n\r\n" * 99), 502, "ERR_INVALID_RESP"),
    "is a gzip bomb": (bomb, 502, "ERR_TOO_BIG"),
    "is gzip within gzip": (
        then(OK + b"content-encoding: gzip, gzip\r\n\r\n" + gzip.compress(gzip.compress(b"hi"))),
        502,
        "ERR_INVALID_RESP",
    ),
    "is gzip within gzip in two fields": (
        then(OK + b"content-encoding: gzip\r\ncontent-encoding: gzip\r\n\r\n" + gzip.compress(gzip.compress(b"hi"))),
        502,
        "ERR_INVALID_RESP",
    ),
    "is no gzip": (then(GZIPPED + b"hi there"), 502, "ERR_INVALID_RESP"),
    "is gzip and more": (then(GZIPPED + gzip.compress(b"hi") + b"more"), 502, "ERR_INVALID_RESP"),
    "is coded as nobody asked": (then(OK + b"content-encoding: br\r\n\r\nhi"), 502, "ERR_INVALID_RESP"),
    "says nothing": (then(hang=True), 504, "ERR_READ_TIMEOUT"),
    "stops within the body": (then(OK + b"content-length: 9\r\n\r\nhi", hang=True), 504, "ERR_READ_TIMEOUT"),
    "drips its status line": (then(drip=OK), 504, "ERR_READ_TIMEOUT"),
    "drips header fields": (then(OK, drip=b"x-a: b\r\n"), 504, "ERR_READ_TIMEOUT"),
    "drips its body": (then(OK + b"\r\n", drip=b"drop by drop"), 504, "ERR_READ_TIMEOUT"),
    "drips chunks": (then(CHUNKED, drip=b"1\r\nx\r\n"), 504, "ERR_READ_TIMEOUT"),
    "drips 1xx": (then(drip=b"HTTP/1.1 103 Hints\r\n\r\n"), 504, "ERR_READ_TIMEOUT"),
    "sends tiny chunks without end": (then(CHUNKED, flood=b"1\r\nx\r\n" * 4096), 504, "ERR_READ_TIMEOUT"),
}


def resident(kind: str) -> int:
    """Resident bytes of this process: ``VmRSS`` now, ``VmHWM`` at most since the peak was reset."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(kind))


@pytest.mark.parametrize(("behave", "status", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_a_host_that_misbehaves_costs_an_app_one_answer(
    authority: Authority, behave: Behaviour, status: int, code: str
) -> None:
    with Listener() as stranger, Server(authority.serves(HOST), behave) as server:
        to = broker(authority, request_s=ONE_SECOND)
        Path("/proc/self/clear_refs").write_text("5")
        before, begun = resident("VmRSS"), real_now()
        sent = send(to, server.port)
        took, grown = real_now() - begun, resident("VmHWM") - before
    assert (sent.answer.status, dict(sent.answer.headers)["x-squid-error"]) == (status, code), sent.error
    assert (server.came, stranger.came, sent.peer) == (1, 0, f"127.0.0.1:{server.port}")
    assert took < ONE_SECOND + SLACK
    assert grown < MEMORY
    assert len(sent.answer.body) < 400
    assert b"x-a" not in sent.answer.body, "its own words are not passed on"


BOMB_GOES_OFF = """
import gzip, pathlib
from tests.egress.test_live_hostile import resident, zipped
coded = b"".join(zipped(128 << 20))
pathlib.Path("/proc/self/clear_refs").write_text("5")
before = resident("VmRSS")
whole = gzip.decompress(coded)
print(resident("VmHWM") - before)
"""


def test_the_watch_on_memory_would_see_a_bomb_go_off() -> None:
    # in a process of its own: what other tests left in this one may be freed meanwhile, and hide it
    told = subprocess.run(
        [sys.executable, "-c", BOMB_GOES_OFF],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert int(told.stdout) > MEMORY


def test_a_bomb_in_one_piece_is_stopped_while_it_goes_off() -> None:
    coded = b"".join(zipped(64 << 20))
    Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmRSS")
    with pytest.raises(LiveError, match="ERR_TOO_BIG"):
        Decoded("gzip", 1000).feed(coded)
    assert resident("VmHWM") - before < 8 << 20


def test_the_biggest_answer_that_fits_is_taken_whole_and_one_byte_more_is_not(authority: Authority) -> None:
    for size, status in ((MAX_ANSWER, 200), (MAX_ANSWER + 1, 502)):
        said = OK + b"content-length: " + str(size).encode() + b"\r\n\r\n" + bytes(size)
        with Server(authority.serves(HOST), answering(said)) as server:
            sent = send(broker(authority), server.port)
        assert (sent.answer.status, sent.peer) == (status, f"127.0.0.1:{server.port}")


def test_as_many_1xx_as_are_allowed_come_before_the_answer(authority: Authority) -> None:
    said = b"HTTP/1.1 103 Hints\r\n\r\n" * MAX_INFORMATIONAL + b"HTTP/1.1 204 No\r\n\r\n"
    with Server(authority.serves(HOST), answering(said)) as server:
        assert send(broker(authority), server.port).answer.status == 204


def test_a_connection_that_ends_without_a_word_does_not_end_a_body(authority: Authority) -> None:
    """A body up to the end of the connection: only TLS can say that this is its end, and not somebody's cut."""

    def cut(peer: Peer) -> None:
        peer.say(OK + b"\r\nhalf of it")
        peer.line.shutdown(2)

    with Server(authority.serves(HOST), cut) as server:
        sent = send(broker(authority), server.port)
    assert dict(sent.answer.headers)["x-squid-error"] == "ERR_READ_ERROR"


def test_a_host_that_refuses_a_big_request_early_is_heard(authority: Authority) -> None:
    """It answers and closes after the head, while the body is still on its way."""
    early = b"HTTP/1.1 413 Big\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    with Server(authority.serves(HOST), answering(early)) as server:
        sent = send(broker(authority, request_s=ONE_SECOND * 5), server.port, "POST", body=bytes(8 << 20))
    assert sent.answer.status in (413, 502), sent.error
    assert sent.error is None or "ERR_READ_ERROR" in sent.error


def test_a_host_that_takes_no_bytes_is_given_up(authority: Authority) -> None:
    with Server(authority.serves(HOST), then(hang=True)) as server:
        begun = real_now()
        sent = send(broker(authority, request_s=ONE_SECOND), server.port, "POST", body=bytes(8 << 20))
    assert dict(sent.answer.headers)["x-squid-error"] == "ERR_READ_TIMEOUT"
    assert real_now() - begun < ONE_SECOND + 2 * SLACK


class Plain(Listener):
    """Takes a connection and never speaks TLS."""

    def __init__(self, said: bytes) -> None:
        super().__init__()
        self._said = said

    def meet(self, plain: object) -> None:
        assert hasattr(plain, "sendall")
        plain.sendall(self._said)
        self.over.wait(SLACK)


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"\x16\x03\x03"], ids=["silence", "HTTP", "half TLS"]
)
def test_a_host_without_tls_gets_nothing_and_holds_nobody_up(authority: Authority, said: bytes) -> None:
    with Plain(said) as server:
        begun = real_now()
        sent = send(broker(authority, request_s=ONE_SECOND), server.port)
        assert real_now() - begun < ONE_SECOND + SLACK
    assert dict(sent.answer.headers)["x-squid-error"] == "ERR_SECURE_CONNECT_FAIL"


# --- laws ---------------------------------------------------------------------------------------------------------


class Said:
    """A line whose other end says these bytes, so many at a time, and closes."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data = data
        self._step = step

    def send(self, data: memoryview, _: float) -> int:
        return len(data)

    def receive(self, size: int, _: float) -> bytes:
        taken = min(size, self._step)
        data, self._data = self._data[:taken], self._data[taken:]
        return data


class Endless(Said):
    """Says its bytes, and the last of them for ever."""

    def receive(self, size: int, seconds: float) -> bytes:
        return super().receive(size, seconds) or b"1;" + b"x" * 8000 + b"\r\nx\r\n"


TARGET = Target(f"https://{HOST}/", "https", HOST, 443, "/", "")
PIECES = (
    OK, b"\r\n", b"\r\n\r\n", b"content-length: 2", b"transfer-encoding: chunked", b"0\r\n\r\n", b"2\r\nhi\r\n", b"hi",
    b"content-encoding: gzip\r\n", gzip.compress(b"hi"), b"HTTP/1.1 103 H\r\n", b"location: /", b"\r", b"\n", b": ",
)  # fmt: skip
PARTS = st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=12).map(b"".join)


def test_chunks_that_are_all_framing_end_by_what_they_take_on_the_wire() -> None:
    with pytest.raises(LiveError, match=f"ERR_TOO_BIG: the answer takes over {MAX_WIRE} bytes on the wire"):
        Exchange("GET", TARGET, {}, b"").over(Endless(CHUNKED, 8192), Deadline(60, real_now))


@given(PARTS, st.integers(1, 64), st.sampled_from(["GET", "HEAD", "POST"]))
def test_any_bytes_are_an_answer_without_line_breaks_or_an_error_by_name(data: bytes, step: int, method: str) -> None:
    exchange = Exchange(method, TARGET, {}, b"")
    try:
        answer = exchange.over(Said(data, step), Deadline(20, real_now))
    except LiveError as error:
        answer = failed_answer(error)
    assert 200 <= answer.status < 600
    assert not any(character in value for _, value in answer.headers for character in "\r\n\0\x1b")


@given(st.binary(max_size=300), st.integers(0, 200), st.integers(1, 50))
def test_undoing_a_coding_gives_the_body_or_stops_at_the_limit(body: bytes, limit: int, step: int) -> None:
    coded, decoded = gzip.compress(body), Decoded("gzip", limit)
    stopped = False
    for at in range(0, len(coded), step):
        try:
            decoded.feed(coded[at : at + step])
        except LiveError:
            stopped = True
            break
    assert stopped is (len(body) > limit)
    assert stopped or decoded.finished() == body
