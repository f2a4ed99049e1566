"""Addresses that a manifest may declare for egress: the documented form, stricter than the published
validator.

The validator lets through custom schemes with anything behind them, userinfo and query strings; the
documented form has none of these, and a policy could not be decided on them.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from forgesim.manifest.limits import LONGEST_ADDRESS

__all__ = ["Fault", "address_fault", "host_of", "is_host"]

_DOCUMENTED = re.compile(r"(\*\.)?[.a-zA-Z0-9_\-/:~#%]+")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(?!\d)")
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST: Final = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*")


class Fault(NamedTuple):
    """What is wrong with an address, what to write instead, and the name under which ``lint`` tells it."""

    what: str
    hint: str
    rule: str


def is_host(text: str) -> bool:
    """Whether the text is a lower-case host name with a dot, perhaps after ``*.``, and nothing else."""
    return "." in text.removeprefix("*.") and len(text) <= 255 and _HOST.fullmatch(text) is not None


def host_of(address: str) -> str:
    """The host of a declared address in lower case, without scheme, port and path; ``*`` stays ``*``."""
    rest = address.split("://", 1)[-1]
    return re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].split(":")[0].lower()


def address_fault(address: str) -> Fault | None:
    """What is wrong with a declared address, and what to write instead; ``None`` where it is good."""
    if address == "*":
        return None
    if not address.strip():
        return Fault("an empty address", "write a host, for example https://api.example.com", "egress-host")
    if len(address) > LONGEST_ADDRESS:
        what = f"an address of {len(address)} characters"
        return Fault(what, f"at most {LONGEST_ADDRESS} are allowed", "egress-host")
    scheme = _SCHEME.match(address)
    if scheme and scheme[1].lower() not in ("https", "wss"):
        return Fault(f"{scheme[1]}: addresses are refused", "only https and wss are allowed", "egress-scheme")
    if scheme and not address[scheme.end() :].startswith("//"):
        return Fault(f"{address!r} lacks // after the scheme", f"write {scheme[1]}://HOST", "egress-scheme")
    bare = address[scheme.end() + 2 :] if scheme else address
    if bare and not _DOCUMENTED.fullmatch(bare):
        return _odd(bare)
    host = host_of(address)
    if not is_host(host.replace("*.", "any.", 1)):
        missing_dot = "." not in host
        what = f"the host {host!r} has no dot" if missing_dot else f"{host!r} is not a host name"
        return Fault(what, "write a full host name, for example api.example.com", "egress-host")
    return None


def _odd(bare: str) -> Fault:
    host = re.split(r"[/?#]", bare, maxsplit=1)[0]
    if "*" in host:
        hint = "a wildcard is '*.' at the start: *.example.com"
        return Fault(f"the wildcard in {host!r} is not a whole first label", hint, "egress-wildcard")
    if not bare.isascii():
        what = f"{bare!r} is not ASCII"
        return Fault(what, "write the xn-- form of an international name", "egress-characters")
    strange = next(char for char in bare if not _DOCUMENTED.fullmatch(char))
    hint = "leave out userinfo, query strings, blanks and other odd characters"
    rule = "egress-userinfo" if strange == "@" and "@" in host else "egress-characters"
    return Fault(f"the address has {strange!r}", hint, rule)
