"""Which addresses of a name a live request may go to: all that one look-up found, or none."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from forgesim.egress.address import private_reason
from forgesim.egress.failures import LiveError

__all__ = ["pinned", "refusal"]

_LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_UNICAST: Final = IPv6Network("2000::/3")
"""All that IANA has given out of IPv6 as global unicast; what it has not is nobody's public host."""
_SPECIAL: Final = tuple(
    ip_network(block)
    for block in (
        "192.0.0.0/24", "192.88.99.0/24",  # protocol assignments (RFC 6890), relays of 6to4 (RFC 7526)
        "2001::/23", "3fff::/20",  # the same, Teredo among them (RFC 2928); documentation (RFC 9637)
    )
)  # fmt: skip
"""Blocks of the IANA special-purpose registries (2026-08) that not every Python knows as such, some of them in part."""


def refusal(address: IPv4Address | IPv6Address, *, allow_loopback: bool) -> str | None:
    """Why live egress goes to no such address, or None.

    Refused: private, shared (100.64.0.0/10), loopback, link-local, multicast, unspecified, reserved and documentation
    addresses; IPv6 that holds IPv4 (mapped, compatible, translated, NAT64, 6to4, Teredo); IPv6 outside 2000::/3.
    ``allow_loopback`` opens 127.0.0.0/8 and ::1, and no other spelling of them.
    """
    if allow_loopback and any(address in block for block in _LOOPBACK):
        return None
    if (reason := private_reason(address)) is not None:
        return reason
    if any(address in block for block in _SPECIAL) or (address.version == 6 and address not in _UNICAST):
        return f"{address} is not an address of the public internet"
    return None


def pinned(host: str, found: Iterable[str], *, allow_loopback: bool) -> tuple[str, ...]:
    """The addresses of a name, each once, in the order given, for every request of a run.

    Raises LiveError where there is none, or where *any* of them is refused: a name that also leads inside is not one
    that a vendor's public service has, and which of its addresses is taken would be chance.
    """
    addresses = dict.fromkeys(_parsed(host, text) for text in found)
    if not addresses:
        raise LiveError("ERR_DNS_FAIL", f"{host} has no address")
    for address in addresses:
        if (reason := refusal(address, allow_loopback=allow_loopback)) is not None:
            raise LiveError("BLOCKED_EGRESS", f"{host} leads inside: {reason}")
    return tuple(map(str, addresses))


def _parsed(host: str, text: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address(text)
    except ValueError:
        raise LiveError("ERR_DNS_FAIL", f"the look-up of {host} gave what is no address") from None
