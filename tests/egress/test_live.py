"""A live request goes to the one host that was decided on, at the address that was looked up, and nowhere else."""

from __future__ import annotations

import gzip
import socket
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.egress.servers import HOST, Authority, Listener, Lookups, Server, answering, broker, send

from forgesim.egress.broker import Broker
from forgesim.egress.dial import look_up
from forgesim.egress.failures import LiveError
from forgesim.egress.live import host_name
from forgesim.egress.pinned import pinned
from forgesim.egress.policy import Target, parse_target
from forgesim.errors import InputError, InternalError
from forgesim.seam import Answer

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
BLOCKED = Answer(403, b"", (("forge-proxy-error", "BLOCKED_EGRESS"),))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


# --- what goes out and what comes back ----------------------------------------------------------------------------


def test_the_host_gets_the_request_and_the_app_its_answer(authority: Authority) -> None:
    said = b"HTTP/1.1 201 Made\r\nX-A: b\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 2\r\n\r\nhi"
    with Server(authority.serves(HOST), answering(said)) as server:
        sent = send(broker(authority), server.port, "post", "/a/b?c=%20d", b"body", accept="text/plain")
    assert sent.answer == Answer(201, b"hi", (("x-a", "b"), ("set-cookie", "a=1"), ("set-cookie", "b=2")))
    assert (sent.peer, sent.tls, sent.error) == (f"127.0.0.1:{server.port}", "TLSv1.3", None)
    assert server.log.names == [HOST]
    head, _, body = server.log.requests[0].partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    assert (line, body) == (b"POST /a/b?c=%20d HTTP/1.1", b"body")
    assert sorted(fields) == [
        b"accept-encoding: gzip", b"accept: text/plain", b"connection: close", b"content-length: 4",
        f"host: {HOST}:{server.port}".encode(),
    ]  # fmt: skip


GZIPPED = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
THERE = "https://evil.example/"
LAWFUL = {
    "a length": (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", Answer(200, b"hi")),
    "the same length twice": (
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nhi",
        Answer(200, b"hi"),
    ),
    "up to the end": (b"HTTP/1.1 200 OK\r\n\r\nto the end", Answer(200, b"to the end")),
    "HTTP/1.0": (b"HTTP/1.0 200\r\n\r\nold", Answer(200, b"old")),
    "chunks": (CHUNKED + b"2;x=y\r\nhi\r\n1\r\n!\r\n0\r\nX-T: 1\r\n\r\n", Answer(200, b"hi!")),
    "hints first": (b"HTTP/1.1 103 Hints\r\nlink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n", Answer(204)),
    "no body": (b"HTTP/1.1 304 Not\r\ncontent-length: 9\r\ncontent-encoding: gzip\r\n\r\n", Answer(304)),
    "gzip in two members": (GZIPPED + b"\r\n" + gzip.compress(b"a") + gzip.compress(b"b"), Answer(200, b"ab")),
    "gzip of nothing": (GZIPPED + b"content-length: 0\r\n\r\n", Answer(200)),
    "a second answer, which nobody asked for": (OK + b"HTTP/1.1 200 OK\r\n\r\nnobody asked", Answer(200, b"hi")),
    "a redirect, which is not followed": (
        b"HTTP/1.1 302 Found\r\nlocation: " + THERE.encode() + b"\r\ncontent-length: 0\r\n\r\n",
        Answer(302, b"", (("location", THERE),)),
    ),
}


@pytest.mark.parametrize(("said", "answer"), LAWFUL.values(), ids=LAWFUL.keys())
def test_an_answer_of_any_lawful_form_is_read(authority: Authority, said: bytes, answer: Answer) -> None:
    with Server(authority.serves(HOST), answering(said)) as server:
        sent = send(broker(authority), server.port)
    assert (sent.answer, sent.error, server.came) == (answer, None, 1)


def test_headers_of_the_connection_and_of_the_platform_stay_outside(authority: Authority) -> None:
    said = (
        b"HTTP/1.1 501 Not\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nUpgrade: h2c\r\n"
        b"Proxy-Authenticate: Basic\r\nforge-proxy-error: BLOCKED_EGRESS\r\nx-forgesim-unsupported: it\r\n"
        b"x-squid-error: ERR_DNS_FAIL\r\nX-Kept: yes\r\nContent-Length: 0\r\n\r\n"
    )
    with Server(authority.serves(HOST), answering(said)) as server:
        sent = send(
            broker(authority), server.port, host="evil.example", te="gzip", x_kept="1", connection="x-gone", x_gone="1"
        )
    assert sent.answer == Answer(501, b"", (("x-kept", "yes"),))
    fields = server.log.requests[0].split(b"\r\n")[1:-2]
    assert sorted(field.partition(b":")[0] for field in fields) == [
        b"accept-encoding",
        b"connection",
        b"host",
        b"x-kept",
    ]


def test_a_cookie_of_one_answer_is_not_sent_with_the_next_request(authority: Authority) -> None:
    said = b"HTTP/1.1 200 OK\r\nset-cookie: id=alice; Path=/\r\ncontent-length: 0\r\n\r\n"
    with Server(authority.serves(HOST), answering(said)) as server:
        to = broker(authority)
        for _ in range(2):
            assert dict(send(to, server.port).answer.headers)["set-cookie"] == "id=alice; Path=/"
    assert [b"cookie" in request.lower() for request in server.log.requests] == [False, False]


@pytest.mark.parametrize("value", ["a\r\nx: y", "a\n", "a\rb", "\0", "\u2028"], ids=ascii)
def test_a_header_that_would_split_the_request_is_sent_nowhere(authority: Authority, value: str) -> None:
    with Server(authority.serves(HOST), answering(OK)) as server:
        sent = send(broker(authority), server.port, x_a=value)
    assert (sent.answer.status, sent.peer, server.came) == (400, None, 0)


def test_line_breaks_in_a_url_do_not_reach_the_wire(authority: Authority) -> None:
    with Server(authority.serves(HOST), answering(OK)) as server:
        send(broker(authority), server.port, path="/a\r\nX-Evil: 1\r\n\r\nGET /b?c=\r\nd#e")
    head = server.log.requests[0].split(b"\r\n")
    assert head[0] == b"GET /aX-Evil:%201GET%20/b?c=d HTTP/1.1"
    assert len(head) == 6


# --- where it goes ------------------------------------------------------------------------------------------------


def test_a_name_is_looked_up_once_and_every_request_goes_to_what_was_found(authority: Authority) -> None:
    names = Lookups(["127.0.0.1"], ["127.0.0.2"])
    with Server(authority.serves(HOST), answering(OK)) as server, Listener("127.0.0.2", server.port) as rebound:
        to = broker(authority, names)
        peers = [send(to, server.port).peer for _ in range(3)]
    assert peers == [f"127.0.0.1:{server.port}"] * 3
    assert (names.asked, server.came, rebound.came) == ([HOST], 3, 0)


def test_one_address_that_is_not_public_refuses_the_whole_name(authority: Authority) -> None:
    with Listener() as inside:
        names = Lookups(["93.184.216.34", "127.0.0.1"], ["93.184.216.34"])
        to = broker(authority, names, allow_loopback=False)
        sent = [send(to, inside.port) for _ in range(2)]
    assert [each.answer for each in sent] == [BLOCKED, BLOCKED]
    assert sent[0].error == f"BLOCKED_EGRESS: {HOST} leads inside: 127.0.0.1 is not an address of the public internet"
    assert (names.asked, [each.peer for each in sent], inside.came) == ([HOST], [None, None], 0)


REFUSED = {
    "private": ["10.0.0.1", "172.16.0.1", "192.168.1.1", "fd00::1", "fec0::1"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "link-local": ["169.254.169.254", "fe80::1", "fe80::1%lo"],
    "multicast": ["224.0.0.1", "239.1.2.3", "ff02::1", "ff0e::1"],
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],
    "shared by carriers": ["100.64.0.1", "100.127.255.255"],
    "reserved": ["240.0.0.1", "255.255.255.255", "192.0.0.8", "192.0.0.1", "4000::1", "64:ff9c::1"],
    "documentation and tests": [
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "198.18.0.1",
        "2001:db8::1",
        "3fff::1",
        "100::1",
    ],
    "mapped": ["::ffff:8.8.8.8", "::ffff:127.0.0.1", "::ffff:0:8.8.8.8"],
    "compatible": ["::8.8.8.8", "::127.0.0.1"],
    "NAT64": ["64:ff9b::8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1"],
    "6to4": ["2002:7f00:1::1", "2002:808:808::1", "192.88.99.1"],
    "Teredo": ["2001:0:7f00:1::1", "2001::1", "2001:20::1"],
}


@pytest.mark.parametrize("kind", REFUSED)
def test_an_address_that_is_not_public_is_refused_beside_a_public_one(kind: str) -> None:
    for address in REFUSED[kind]:
        with pytest.raises(LiveError, match=f"BLOCKED_EGRESS: {HOST} leads inside: "):
            pinned(HOST, ["8.8.8.8", address], allow_loopback=False)


def test_allow_loopback_opens_loopback_and_nothing_else() -> None:
    opened: set[str] = set()
    for address in [address for addresses in REFUSED.values() for address in addresses]:
        with suppress(LiveError):
            opened.update(pinned(HOST, [address], allow_loopback=True))
    assert opened == {"127.0.0.1", "127.255.255.254", "::1"}


def test_public_addresses_are_pinned_each_once_in_the_order_given() -> None:
    found = ["2606:4700::1111", "1.1.1.1", "1.1.1.1", "2606:4700:0::1111"]
    assert pinned(HOST, found, allow_loopback=False) == ("2606:4700::1111", "1.1.1.1")


@given(st.lists(st.ip_addresses().map(str) | st.text(max_size=8), max_size=4))
def test_whatever_a_look_up_gives_is_pinned_public_or_refused(found: list[str]) -> None:
    with suppress(LiveError):
        addresses = pinned(HOST, found, allow_loopback=False)
        assert 0 < len(addresses) <= len(found)
        assert all(ip_address(address).is_global for address in addresses)


def test_the_next_address_is_tried_where_one_takes_no_connection(authority: Authority) -> None:
    with Server(authority.serves(HOST), answering(OK), "::1") as server:
        sent = send(broker(authority, Lookups(["127.0.0.3", "::1"])), server.port)
    assert (sent.answer.body, sent.peer) == (b"hi", f"[::1]:{server.port}")


def test_an_address_that_takes_no_answer_leaves_time_for_the_next(authority: Authority) -> None:
    """Its queue of connections is full, so that the kernel drops whoever comes."""
    with (
        socket.create_server(("127.0.0.3", 0), backlog=0) as full,
        socket.create_connection(full.getsockname()),
        Server(authority.serves(HOST), answering(OK), "127.0.0.1", full.getsockname()[1]) as server,
    ):
        sent = send(broker(authority, Lookups(["127.0.0.3", "127.0.0.1"])), server.port)
    assert (sent.answer.body, sent.peer) == (b"hi", f"127.0.0.1:{server.port}")


@pytest.mark.parametrize(
    ("found", "code"), [([], "ERR_DNS_FAIL"), (["here"], "ERR_DNS_FAIL"), (["127.0.0.3"], "ERR_CONNECT_FAIL")]
)
def test_a_host_that_is_not_there_is_named_as_forges_proxy_names_it(
    authority: Authority, found: list[str], code: str
) -> None:
    with Listener() as other:
        sent = send(broker(authority, Lookups(found)), other.port)
    assert (sent.answer.status, dict(sent.answer.headers)["x-squid-error"]) == (503, code)
    assert (sent.peer, other.came) == (None, 0)


def test_the_systems_resolver_gives_addresses_or_a_failure_by_name() -> None:
    assert {"127.0.0.1", "::1"} & set(look_up("localhost", 5))
    with pytest.raises(LiveError, match="ERR_DNS_FAIL"):
        look_up("a" * 64 + ".example", 5)  # no name: the resolver asks nobody


def test_a_look_up_that_is_late_is_left_behind() -> None:
    over = Event()

    def ask(*_: object, **__: object) -> list[tuple[Any, Any, Any, str, tuple[Any, ...]]]:
        over.wait(10)
        return []

    with pytest.raises(LiveError, match=f"ERR_DNS_FAIL: the look-up of {HOST} took over"):
        look_up(HOST, 0.05, ask=ask)
    over.set()


@pytest.mark.parametrize("host", ["other.example.com", "api.example.com.evil.example", "example.com"])
def test_a_host_that_is_not_live_is_looked_up_by_nobody_whoever_asks(authority: Authority, host: str) -> None:
    names = Lookups()
    target = parse_target(f"https://{host}/")
    assert isinstance(target, Target)
    with pytest.raises(InternalError, match="about to leave the machine"):
        broker(authority, names).send_live("GET", target, (), b"")
    assert names.asked == []


def test_a_broker_without_live_egress_sends_nothing() -> None:
    target = parse_target(f"https://{HOST}/")
    assert isinstance(target, Target)
    with pytest.raises(InternalError, match="live egress is off"):
        Broker({}).send_live("GET", target, (), b"")


@pytest.mark.parametrize(
    "text",
    [
        "*", "*.example.com", "example.*", "https://api.example.com", "api.example.com/x", "api.example.com:443",
        "api.example.com?x", "api.example.com#x", "a@b.com", "127.0.0.1", "0x7f.1", "8.8.8.8", "[::1]", "localhost",
        "intranet", "a.local", "", " api.example.com", "api.example%2ecom", "a,b.com", "a_b.com", "bücher.example",
    ],
)  # fmt: skip
def test_only_an_explicit_public_name_can_be_made_live(text: str) -> None:
    with pytest.raises(InputError, match="is no host name"):
        host_name(text)


@pytest.mark.parametrize("text", ["api.example.com", "API.example.com", "api.example.com.", "xn--bcher-kva.example"])
def test_a_live_host_is_written_as_the_policy_writes_it(text: str) -> None:
    assert host_name(text) == text.lower().removesuffix(".")


def test_proxies_and_credentials_of_the_environment_are_not_used(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text(f"machine {HOST} login alice password secret\n")
    with Listener() as proxy, Server(authority.serves(HOST), answering(OK)) as server:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
        assert send(broker(authority), server.port).answer.body == b"hi"
    assert (proxy.came, server.came) == (0, 1)
    assert b"authorization" not in server.log.requests[0].lower()
    assert not (tmp_path / "keys").exists()


# --- who it is ----------------------------------------------------------------------------------------------------


def refused_tls(server: Server, authority: Authority, says: str) -> None:
    with server:
        sent = send(broker(authority), server.port, body=b"secret", method="POST")
    assert (sent.answer.status, dict(sent.answer.headers)["x-squid-error"]) == (503, "ERR_SECURE_CONNECT_FAIL")
    assert says in (sent.error or "")
    assert sent.peer == f"127.0.0.1:{server.port}"
    assert (server.came, server.log.requests) == (1, [])


def test_a_certificate_for_another_host_is_refused(authority: Authority) -> None:
    refused_tls(Server(authority.serves("other.example.com"), answering(OK)), authority, "Hostname mismatch")


def test_a_certificate_for_the_address_is_not_one_for_the_host(authority: Authority) -> None:
    refused_tls(Server(authority.serves("127.0.0.1"), answering(OK)), authority, "Hostname mismatch")


def test_a_certificate_that_has_expired_is_refused(authority: Authority) -> None:
    old = authority.serves(HOST, until=datetime(2020, 1, 1, tzinfo=UTC))
    refused_tls(Server(old, answering(OK)), authority, "has expired")


def test_a_certificate_of_an_unknown_authority_is_refused(authority: Authority, tmp_path: Path) -> None:
    refused_tls(Server(Authority(tmp_path).serves(HOST), answering(OK)), authority, "unable to get local issuer")


def test_the_environment_vouches_for_nobody(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(stranger.file))
    refused_tls(Server(stranger.serves(HOST), answering(OK)), authority, "unable to get local issuer")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_below_1_2_is_refused(authority: Authority) -> None:
    context = authority.serves(HOST)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with Server(context, answering(OK)) as server:
        old = ssl.create_default_context(cafile=str(authority.file))
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        old.minimum_version = ssl.TLSVersion.TLSv1_1
        plain = socket.create_connection(("127.0.0.1", server.port))
        with old.wrap_socket(plain, server_hostname=HOST) as control:
            assert control.version() == "TLSv1.1", "the control speaks it"
    refused_tls(Server(context, answering(OK)), authority, "ALERT_PROTOCOL_VERSION")
