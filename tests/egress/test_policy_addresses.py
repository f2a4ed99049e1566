"""Which addresses and names are of the public internet."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given, strategies as st

from forgesim.egress.address import is_odd_host, is_private_name, literal_address, private_reason

PRIVATE = {
    "this host": ["0.0.0.0", "0.1.2.3", "::"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fc00::1", "fd00:ec2::254", "fec0::1"],
    "shared": ["100.64.0.1", "100.100.100.200"],
    "loopback": ["127.0.0.1", "127.255.255.255", "::1"],
    "link-local": ["169.254.169.254", "fe80::1", "fe80::5efe:7f00:1"],
    "protocols": ["192.0.0.1", "192.0.0.8", "192.0.0.9", "192.0.0.170", "192.0.0.200", "2001:1::1", "2001:20::1"],
    "documents": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "old relays": ["192.88.99.1"],
    "benchmarks": ["198.18.0.1", "198.19.255.255", "2001:2::1"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "4000::1", "8000::1", "f000::1", "200::1", "1::1"],
    "discard, segment routing": ["100::1", "5f00::1"],
}
HIDDEN = [
    "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::808:808", "64:ff9b:1::7f00:1", "2002:7f00:1::1", "2002:808:808::1", "2001:0:7f00:1::", "2001::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "100.128.0.1", "172.32.0.1", "192.0.1.1", "2606:4700:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize("text", [text for texts in PRIVATE.values() for text in texts])
def test_special_addresses_are_not_of_the_public_internet(text: str) -> None:
    assert private_reason(ip_address(text)) == f"{ip_address(text)} is not an address of the public internet"


@pytest.mark.parametrize("text", HIDDEN)
def test_an_ipv4_address_in_ipv6_form_is_refused_whatever_it_is(text: str) -> None:
    assert private_reason(ip_address(text)) == f"{ip_address(text)} is an IPv4 address in IPv6 form"


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_has_no_such_reason(text: str) -> None:
    assert private_reason(ip_address(text)) is None


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address: IPv4Address) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert private_reason(address) is not None


@given(st.ip_addresses(v=4))
def test_an_address_is_known_by_its_one_form(address: IPv4Address) -> None:
    assert literal_address(str(address)) == address
    assert literal_address(f"{address}.com") is None


NAMES = [
    "localhost", "a.localhost", "intranet", "printer.local", "metadata.google.internal", "router.home.arpa",
    "home.arpa", "localhost.localdomain", "nas.lan", "dc.corp", "tv.home", "a.b.private", "wiki.intranet",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_that_no_public_resolver_answers_are_private(name: str) -> None:
    assert is_private_name(name)


@pytest.mark.parametrize("name", ["x.com", "local.com", "notlocal.x", "xlocal.host", "lan.example", "in-addr.arpa"])
def test_names_that_only_look_like_them_are_not(name: str) -> None:
    assert not is_private_name(name)


ODD = ["", ".", "a..b", ".a", "a.", "a_b.c", "a b.c", "A.c", "a%b.c", "é.c", "a\n", "a*.c", "a" * 64, "a." * 126 + "aa"]


@pytest.mark.parametrize("host", ODD)
def test_a_host_that_is_no_plain_name_is_odd(host: str) -> None:
    assert is_odd_host(host)


@pytest.mark.parametrize("host", ["a", "a.b", "xn--bcher-kva.example", "a-.b", "1.a", "a" * 63, "a." * 126 + "a"])
def test_a_plain_name_is_not(host: str) -> None:
    assert not is_odd_host(host)
