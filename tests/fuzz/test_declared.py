"""The address rule, written a second time: the campaign's own measure of what a manifest declares."""

from __future__ import annotations

import pytest

from forgesim.fuzz.declared import is_declared

RULE = {
    "the host itself": ("api.example.com", 443, "api.example.com", True),
    "the host with its scheme": ("api.example.com", 443, "https://API.example.com", True),
    "the host with a path": ("api.example.com", 443, "https://api.example.com/v1/*", True),
    "another port": ("api.example.com", 8443, "api.example.com", False),
    "the declared port": ("api.example.com", 8443, "https://api.example.com:8443", True),
    "the usual port where another is declared": ("api.example.com", 443, "api.example.com:8443", False),
    "a name below": ("a.api.example.com", 443, "api.example.com", False),
    "an end without its dot": ("evilexample.com", 443, "*.example.com", False),
    "any depth below a wildcard": ("a.b.example.com", 443, "*.example.com", True),
    "the wildcard's own name": ("example.com", 443, "*.example.com", False),
    "a wildcard over a whole domain": ("example.com", 443, "*.com", True),
    "an address under a wildcard": ("10.0.0.1", 443, "*.0.0.1", False),
    "any name": ("evil.example", 443, "*", True),
    "any name on another port": ("evil.example", 8443, "*", False),
    "an address for any name": ("93.184.216.34", 443, "*", False),
    "a name of this machine": ("localhost", 443, "*", False),
    "a name of a private network": ("nas.local", 443, "*", False),
    "another scheme": ("api.example.com", 443, "wss://api.example.com", False),
    "an empty label": ("a..example.com", 443, "*.example.com", False),
    "a blank": ("a b.example.com", 443, "*.example.com", False),
    "no name": ("", 443, "*", False),
}


@pytest.mark.parametrize(("host", "port", "address", "expected"), RULE.values(), ids=RULE)
def test_a_place_is_declared_by_the_address_rule(host: str, port: int, address: str, expected: bool) -> None:
    assert is_declared(host, port, [address]) is expected


def test_nothing_is_declared_by_nothing() -> None:
    assert not is_declared("api.example.com", 443, [])
