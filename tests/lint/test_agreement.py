"""Lint and the platform say the same of the same thing."""

from __future__ import annotations

import ipaddress

from hypothesis import example, given, strategies as st

from forgesim.egress.limits import PORTS
from forgesim.egress.policy import Policy
from forgesim.lint.limits import BACKEND_PORTS
from forgesim.lint.place import covers, covers_place, place_of_address, place_of_url
from forgesim.manifest.addresses import address_fault
from forgesim.manifest.model import EgressEntry

HOSTS = (
    "a.example",
    "b.a.example",
    "c.b.a.example",
    "xa.example",
    "A.EXAMPLE",
    "8.8.8.8",
    "10.0.0.1",
    "0x8.8.8.8",
    "example",
)
ADDRESSES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "https://", "wss://", "HTTPS://"]),
    st.sampled_from([*HOSTS, "*.a.example", "*.example", "*"]),
    st.sampled_from(["", ":443", ":8443", ":25"]),
    st.sampled_from(["", "/", "/x"]),
)
URLS = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["https", "wss", "http"]),
    st.sampled_from([*HOSTS, "u@a.example", "a.example.", "a.example%2f"]),
    st.sampled_from(["", ":443", ":8443", ":25"]),
    st.sampled_from(["", "/", "/x?y#z"]),
)


@given(st.lists(ADDRESSES, min_size=1, max_size=3), URLS)
@example(["*.a.example"], "https://c.b.a.example/x").via("allowed by a wildcard")
@example(["*"], "https://a.example:443/").via("allowed by *")
@example(["wss://A.EXAMPLE:8443/"], "wss://a.example.:8443/").via("allowed in another spelling")
@example(["0x8.8.8.8"], "https://8.8.8.8/").via("allowed by its own address")
@example(["*"], "https://8.8.8.8/").via("no wildcard covers an address")
@example(["a.example:8443"], "https://a.example/").via("another port")
def test_what_lint_calls_declared_is_what_the_platform_lets_through(addresses: list[str], url: str) -> None:
    entries = [EgressEntry(kind="fetch.backend", address=each) for each in addresses if address_fault(each) is None]
    decision, _ = Policy(entries, analytics=True).decide(url)
    place = place_of_url(url)
    declared = any(
        (wide := place_of_address(entry.address)) is not None and place is not None and covers_place(wide, place)
        for entry in entries
    )
    if decision.allow:
        assert declared
    elif declared:
        assert place is not None
        assert decision.rule in ("userinfo", "private-address", "odd-host") or place.port not in PORTS


def test_the_ports_are_those_of_the_policy() -> None:
    assert BACKEND_PORTS == PORTS


@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_address_is_one(address: ipaddress.IPv4Address) -> None:
    for text in (str(address), f"0x{int(address):08x}"[:4] + f".{int(address) & 0xFFFFFF}"):
        place = place_of_url(f"https://{text}/")
        assert place is not None
        assert place.literal == address


def test_a_wildcard_covers_what_is_under_it() -> None:
    table = [
        ("a.b", "a.b", True), ("*.a.b", "x.a.b", True), ("*.a.b", "y.x.a.b", True), ("*.a.b", "*.x.a.b", True),
        ("*.a.b", "*.a.b", True), ("*.a.b", "a.b", False), ("*.a.b", "xa.b", False), ("a.b", "*.a.b", False),
        ("*", "a.b", True),
    ]  # fmt: skip
    assert [covers(pattern, host) for pattern, host, _ in table] == [expected for _, _, expected in table]
