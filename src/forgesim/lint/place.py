"""Where an address or a URL leads: scheme, host, port and path in one form, so that two spellings are one place."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import Final

import can_ada

from forgesim.manifest.addresses import address_fault

__all__ = ["HTTPS_PORT", "Place", "covers", "covers_place", "place_of_address", "place_of_url"]

HTTPS_PORT: Final = 443
_STAND_IN = "w"


@dataclass(frozen=True, slots=True)
class Place:
    """``host`` is lower-case, ``*`` or ``*.name`` in an address; ``path`` is ``/`` where nothing is said."""

    scheme: str
    host: str
    port: int
    path: str = "/"

    @property
    def literal(self) -> IPv4Address | None:
        """The IPv4 address that the host is, in whatever spelling it was written."""
        try:
            found = ip_address(self.host)
        except ValueError:
            return None
        return found if isinstance(found, IPv4Address) else None


def covers(pattern: str, host: str) -> bool:
    """Whether a declared host takes in another: itself, or for ``*.x.com`` whatever is under ``x.com``."""
    if pattern in ("*", host):
        return True
    return pattern.startswith("*.") and host.removeprefix("*").endswith(pattern[1:]) and host != pattern[2:]


def covers_place(wide: Place, place: Place) -> bool:
    """Whether an address without its path lets a request to the place through; ``*`` means https and port 443, and
    names only."""
    if wide.scheme != place.scheme or wide.port != place.port:
        return False
    if wide.host != place.host and place.literal is not None:
        return False
    return covers(wide.host, place.host)


def place_of_address(address: str) -> Place | None:
    """Where a declared address leads; ``None`` where it is none, or its port is no number that a port can have."""
    if address == "*":
        return Place("https", "*", HTTPS_PORT)
    if address_fault(address) is not None:
        return None
    scheme, _, bare = address.rpartition("://")
    wildcard = bare.startswith("*.")
    # A wildcard is read with a label in its place: a parser of URLs takes no star.
    place = place_of_url(f"{scheme or 'https'}://{_STAND_IN + bare[1:] if wildcard else bare}")
    if place is None or not wildcard:
        return place
    return Place(place.scheme, f"*{place.host.removeprefix(_STAND_IN)}", place.port, place.path)


def place_of_url(url: str) -> Place | None:
    """Where an absolute URL leads, read as browsers read it; ``None`` where it is none."""
    try:
        parsed = can_ada.parse(url)
    except (ValueError, TypeError):
        return None
    port = int(parsed.port) if parsed.port else HTTPS_PORT
    return Place(parsed.protocol.rstrip(":"), parsed.hostname.removesuffix("."), port, parsed.pathname or "/")
