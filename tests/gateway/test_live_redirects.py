"""Each hop of a live request is decided afresh: undeclared hosts are not contacted, others than live ones simulated."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import IPv4Address
from typing import Any

import pytest
from tests.egress.servers import HOST, Authority, Behaviour, Listener, Lookups, Peer, Server, answering
from tests.gateway.conftest import Desk, entry

from forgesim.egress.broker import Broker
from forgesim.egress.live import Connector, LiveEgress
from forgesim.gateway.faults import Fault
from forgesim.gateway.gateway import LATENCY_MS, MAX_REDIRECTS
from forgesim.ledger.records import Live
from forgesim.seam import Fetch

OTHER = "other.example.com"
PORT = 8443
"""One that Forge lets apps reach; every server of these tests has a loopback address of its own."""
NET = f"127.{os.getpid() // 250 % 250 + 1}.{os.getpid() % 250 + 1}"
"""Of this process, so that tests may run beside each other."""
HERE, THERE = f"{NET}.1", f"{NET}.2"
DECLARED = (f"https://{HOST}:{PORT}", f"https://{OTHER}", f"https://{OTHER}:{PORT}")
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nreal"


class Names(Lookups):
    """Each host at its own address."""

    def __call__(self, host: str, _: float) -> list[str]:
        self.asked.append(host)
        return [HERE if host == HOST else THERE]


class Lab:
    """A desk whose live hosts stand on this machine, and listeners that nobody should come to."""

    def __init__(self, desk: Desk, authority: Authority, stack: ExitStack, hosts: frozenset[str]) -> None:
        self.desk, self.authority, self.stack = desk, authority, stack
        self.names = Names()
        live = LiveEgress(hosts=hosts, allow_loopback=True, authorities=authority.file, look_up=self.names)
        desk.services.broker = Broker(desk.hosts, Connector(live=live, sleep=lambda _: None))
        desk.installation.live = hosts
        self.strangers = [stack.enter_context(Listener(f"{NET}.{number}", PORT)) for number in (3, 4)]

    def serve(self, host: str, behave: Behaviour) -> Server:
        address = HERE if host == HOST else THERE
        return self.stack.enter_context(Server(self.authority.serves(host), behave, address, PORT))

    def fetch(self, path: str = "/", **frame: Any) -> Any:
        return self.desk.fetch(f"https://{HOST}:{PORT}{path}", **frame)

    @property
    def hops(self) -> list[tuple[str, bool, bool]]:
        """Rule, live, and whether an address was reached, of each crossing in order."""
        lives = [answered.live for answered in self.desk.answered]
        return [
            (asked.decision.rule, asked.live, live is not None and live.peer is not None)
            for asked, live in zip(self.desk.decided, lives, strict=True)
        ]


MakeLab = Callable[..., Lab]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def lab(make_desk: Any, authority: Authority) -> Iterator[MakeLab]:
    with ExitStack() as stack:
        yield lambda *hosts: Lab(
            make_desk(egress=[entry(each) for each in DECLARED]), authority, stack, frozenset(hosts or (HOST,))
        )


def to(location: str, status: int = 302) -> Behaviour:
    return answering(f"HTTP/1.1 {status} Go\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n".encode())


def test_a_live_crossing_is_recorded_before_and_after_it_left(lab: MakeLab) -> None:
    made = lab()
    server = made.serve(HOST, answering(OK))
    crossed = made.fetch("/a?b", method="POST", body=b"data")
    assert (crossed.answer.body, crossed.delay_ms) == (b"real", LATENCY_MS["egress"])
    assert (made.desk.decided[0].live, server.came) == (True, 1)
    assert made.desk.answered[0].live == Live(host=HOST, peer=f"{HERE}:{PORT}", tls="TLSv1.3")


def test_a_host_that_is_not_live_is_simulated_and_nobody_looks_it_up(lab: MakeLab) -> None:
    made = lab()
    server = made.serve(OTHER, answering(OK))
    assert made.desk.fetch(f"https://{OTHER}/x").answer.body == b"ok"
    assert (made.hops, server.came, made.names.asked) == ([("declared", False, False)], 0, [])


NOWHERE = {
    "an undeclared host": (f"https://evil.example:{PORT}/", "undeclared"),
    "an undeclared host that looks declared": (f"https://{HOST}.evil.example:{PORT}/", "undeclared"),
    "a declared name in front of another": (f"https://{HOST}@evil.example:{PORT}/", "userinfo"),
    "loopback": (f"https://{NET}.3:{PORT}/", "private-address"),
    "loopback as a number": (f"https://{int(IPv4Address(f'{NET}.3'))}:{PORT}/", "private-address"),
    "loopback in IPv6": (f"https://[::1]:{PORT}/", "private-address"),
    "loopback by name": (f"https://localhost:{PORT}/", "private-address"),
    "a private address": ("https://10.0.0.1/", "private-address"),
    "the cloud's metadata": ("https://169.254.169.254/latest/meta-data/", "private-address"),
    "http": (f"http://{HOST}:{PORT}/", "not-https"),
    "a file": ("file:///etc/passwd", "not-https"),
    "another port": (f"https://{HOST}:8089/", "port"),
    "a protocol-relative host": (f"//evil.example:{PORT}/", "undeclared"),
    "a backslash": (rf"\\evil.example:{PORT}/", "undeclared"),
    "what is no address": ("https://[", "bad-url"),
}


@pytest.mark.parametrize(("location", "rule"), NOWHERE.values(), ids=NOWHERE.keys())
def test_a_redirect_to_what_is_not_allowed_ends_there(lab: MakeLab, location: str, rule: str) -> None:
    made = lab()
    server = made.serve(HOST, to(location))
    crossed = made.fetch()
    assert (crossed.answer.status, crossed.answer.headers) == (403, (("forge-proxy-error", "BLOCKED_EGRESS"),))
    assert made.hops == [("declared", True, True), (rule, False, False)]
    assert (server.came, made.names.asked) == (1, [HOST])
    assert [stranger.came for stranger in made.strangers] == [0, 0]


def test_a_redirect_to_a_declared_host_that_is_not_live_is_simulated(lab: MakeLab) -> None:
    made = lab()
    made.serve(HOST, to(f"https://{OTHER}/x"))
    other = made.serve(OTHER, answering(OK))
    assert made.fetch().answer.body == b"ok"
    assert made.hops == [("declared", True, True), ("declared", False, False)]
    assert (other.came, made.names.asked) == (0, [HOST])


def test_a_redirect_to_another_live_host_goes_there_without_the_firsts_credentials(lab: MakeLab) -> None:
    made = lab(HOST, OTHER)
    made.serve(HOST, to(f"https://{OTHER}:{PORT}/x", 307))
    other = made.serve(OTHER, answering(OK))
    headers = [("authorization", "Bearer secret"), ("cookie", "a=b"), ("x-kept", "1")]
    assert made.fetch(headers=headers, method="POST", body=b"data").answer.body == b"real"
    peers = [answered.live.peer for answered in made.desk.answered if answered.live]
    assert peers == [f"{HERE}:{PORT}", f"{THERE}:{PORT}"]
    assert other.log.names == [OTHER]
    assert b"secret" not in other.log.requests[0]
    assert b"cookie" not in other.log.requests[0]
    assert other.log.requests[0].startswith(b"POST /x HTTP/1.1\r\n")
    assert b"\r\nhost: other.example.com:8443\r\n" in other.log.requests[0]


def test_redirects_without_end_are_followed_so_often_and_no_more(lab: MakeLab) -> None:
    made = lab()
    server = made.serve(HOST, to("/again"))
    assert made.fetch().answer.status == 302
    assert (server.came, len(made.desk.decided)) == (MAX_REDIRECTS + 1, MAX_REDIRECTS + 1)


def test_a_redirect_cannot_split_the_next_request(lab: MakeLab) -> None:
    made = lab()

    def split(peer: Peer) -> None:
        first = b" / " in peer.request.split(b"\r\n")[0]
        peer.say(b"HTTP/1.1 302 F\r\nlocation: /a%0d%0aX-Evil:%201\tb c\r\ncontent-length: 0\r\n\r\n" if first else OK)

    server = made.serve(HOST, split)
    assert made.fetch().answer.body == b"real"
    assert server.log.requests[1].split(b"\r\n")[0] == b"GET /a%0d%0aX-Evil:%201b%20c HTTP/1.1"
    assert b"\r\nx-evil" not in server.log.requests[1].lower()


def test_a_name_that_leads_inside_is_refused_as_the_policy_refuses(lab: MakeLab) -> None:
    made = lab()
    connector = Connector(live=LiveEgress(hosts=frozenset({HOST}), look_up=made.names))
    made.desk.services.broker = Broker(made.desk.hosts, connector)
    server = made.serve(HOST, answering(OK))
    assert made.fetch().answer.headers == (("forge-proxy-error", "BLOCKED_EGRESS"),)
    live = made.desk.answered[0].live
    assert live is not None
    assert (live.peer, live.error) == (
        None,
        f"BLOCKED_EGRESS: {HOST} leads inside: {HERE} is not an address of the public internet",
    )
    assert (made.desk.decided[0].live, server.came) == (True, 0)


def test_what_is_refused_failed_forged_or_probed_leaves_nothing(lab: MakeLab) -> None:
    made = lab()
    server = made.serve(HOST, answering(OK))
    made.fetch(token="guess")
    made.desk.gateway.faults.add(Fault(service=HOST, failure="500"))
    assert made.fetch().answer.status == 500
    made.desk.installation.installed = False
    made.fetch()
    assert made.hops == [("token", False, False), ("declared", False, False), ("uninstalled", False, False)]
    assert (server.came, made.names.asked) == (0, [])


def test_a_probe_of_a_live_host_performs_nothing(lab: MakeLab) -> None:
    made = lab()
    server = made.serve(HOST, answering(OK))
    fetch = Fetch(id=1, inv="inv-1.1", token="", descriptor={"type": "external"}, path=f"https://{HOST}:{PORT}/")
    assert made.desk.gateway.probe(made.desk.invocation, fetch).allow
    assert (made.desk.decided[0].live, server.came, made.names.asked) == (False, 0, [])


@pytest.mark.parametrize(("method", "status"), [("TRACE", 501), ("a b", 400)])
def test_a_method_that_is_not_sent_reaches_no_address(lab: MakeLab, method: str, status: int) -> None:
    made = lab()
    server = made.serve(HOST, answering(OK))
    assert made.fetch(method=method).answer.status == status
    assert (made.hops, server.came) == ([("declared", True, False)], 0)
