"""What kind of host a URL names: an IP address, a name that only a private network knows, or a public name."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network
from typing import Final

from forgesim.egress.limits import MAX_HOST, MAX_LABEL

__all__ = ["is_odd_host", "is_private_name", "literal_address", "private_reason"]

_LABEL: Final = f"[a-z0-9-]{{1,{MAX_LABEL}}}"
_PLAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_PRIVATE_ENDS: Final = (
    ".localhost", ".local", ".internal", ".home.arpa", ".localdomain", ".intranet", ".private", ".corp", ".home",
    ".lan",
)  # fmt: skip
"""Names that no public resolver answers: RFC 6761, RFC 6762 with its appendix G, the ICANN reservation of
2024-07-29, RFC 8375; and ``localdomain``, under which many a machine's own hosts file has its loopback address."""

_EMBEDDING: Final = tuple(
    IPv6Network(block)
    for block in (
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
    )
)
"""IPv4-compatible, mapped, translated, NAT64 (RFC 6052, RFC 8215), Teredo and 6to4 addresses: IPv4 in disguise."""

_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""All of IPv6 that is given out for use on the internet (IANA IPv6 address space, August 2026)."""

_SPECIAL: Final = tuple(ip_network(block) for block in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20"))
"""Blocks for protocols, for relays that are no more (RFC 7526) and for documents (RFC 9637), from IANA's
special-purpose registries, August 2026. Python's versions differ on them; refused whole, every version agrees."""


def literal_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host from a WHATWG parser is, or None for a name. Every spelling of an IPv4
    address has become dotted decimal there, and an IPv6 address stands in brackets."""
    if host.startswith("["):
        return IPv6Address(host[1:-1])
    if not host[-1:].isdigit():
        return None
    try:
        return IPv4Address(host)
    except ValueError:
        return None


def private_reason(address: IPv4Address | IPv6Address) -> str | None:
    """Why an address is not one of the public internet, or None. IPv6 addresses that hold an IPv4 one never
    are."""
    embeds = address.version == 6 and int(address) > 1  # :: and ::1 are what they are
    if embeds and any(address in block for block in _EMBEDDING):
        return f"{address} is an IPv4 address in IPv6 form"
    unallocated = address.version == 6 and address not in _GLOBAL_UNICAST
    special = unallocated or any(address in block for block in _SPECIAL)
    if special or not address.is_global or address.is_multicast or address.is_reserved:
        return f"{address} is not an address of the public internet"
    return None


def is_odd_host(host: str) -> bool:
    """True where a name has other characters than ``a-z 0-9 - .``, an empty label, or is too long for DNS."""
    return len(host) > MAX_HOST or _PLAIN.fullmatch(host) is None


def is_private_name(host: str) -> bool:
    """True for a name of one label and for names under a suffix that only private networks resolve."""
    return "." not in host or f".{host}".endswith(_PRIVATE_ENDS)
